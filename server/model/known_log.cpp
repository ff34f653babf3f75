#include "model/known_log.h"

#include <algorithm>

namespace model {

void KnownLog::note_push(std::size_t size, sim::Time now, sim::Time horizon) {
  forget(horizon);
  note_size(size, now);
  note_occupant(size, no_instance, now);
}

void KnownLog::note_take(const InstanceList& list, std::size_t place, sim::Time now, sim::Time horizon) {
  forget(horizon);
  note_size(list.size(), now);
  note_occupant(place, list[place], now);
  if (place + 1 < list.size()) note_occupant(list.size() - 1, list.back(), now);
}

void KnownLog::note_size(std::size_t before, sim::Time now) {
  if (sizes_.empty() || sizes_.back().time != now) sizes_.push_back({now, before});
  changed_ = now;
}

/// Of several changes of a place at one time only the first says what was before.
void KnownLog::note_occupant(std::size_t place, InstanceId before, sim::Time now) {
  std::uint64_t& newest = newest_[place];
  if (newest >= first_ && occupants_[newest - first_].time == now) return;
  occupants_.push_back({now, newest, before});
  newest = first_ + occupants_.size() - 1;
}

/// All of it when nobody looks back any more, else what is old once that is most of it: so that each note is moved once.
void KnownLog::forget(sim::Time horizon) {
  if (notes() == 0) return;
  if (changed_ <= horizon) {
    first_ += occupants_.size();
    std::vector<Size>().swap(sizes_);
    std::vector<Occupant>().swap(occupants_);
    std::unordered_map<std::size_t, std::uint64_t>().swap(newest_);
    return;
  }
  const auto old = [horizon](const auto& note) { return note.time <= horizon; };
  if (old(sizes_[sizes_.size() / 2])) sizes_.erase(sizes_.begin(), std::partition_point(sizes_.begin(), sizes_.end(), old));
  if (!old(occupants_[occupants_.size() / 2])) return;
  const auto end = std::partition_point(occupants_.begin(), occupants_.end(), old);
  first_ += static_cast<std::uint64_t>(end - occupants_.begin());
  occupants_.erase(occupants_.begin(), end);
  if (newest_.size() > 2 * occupants_.size()) std::erase_if(newest_, [this](const auto& place) { return place.second < first_; });
}

std::size_t KnownLog::size_at(const InstanceList& list, sim::Time at) const {
  const auto after = std::partition_point(sizes_.begin(), sizes_.end(), [at](const Size& size) { return size.time <= at; });
  return after == sizes_.end() ? list.size() : after->before;
}

InstanceId KnownLog::at(const InstanceList& list, std::size_t n, sim::Time at) const {
  InstanceId found = n < list.size() ? list[n] : no_instance;
  const auto newest = newest_.find(n);
  std::uint64_t number = newest == newest_.end() ? nothing : newest->second;
  for (; number >= first_ && occupants_[number - first_].time > at; number = occupants_[number - first_].previous) {
    found = occupants_[number - first_].before;
  }
  return found;
}

}  // namespace model
