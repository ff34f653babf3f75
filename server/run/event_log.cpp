#include "run/event_log.h"

#include <algorithm>

namespace run {

std::uint64_t EventLog::add(Event event) {
  event.wall_time = std::chrono::system_clock::now();
  const std::scoped_lock lock(mutex_);
  event.seq = ++last_;
  events_.push_back(std::move(event));
  if (events_.size() > kept_) events_.pop_front();
  return last_;
}

std::uint64_t EventLog::cause_of(std::uint64_t occurrence, std::uint64_t otherwise) const {
  const auto known = event_of_occurrence_.find(occurrence);
  return known == event_of_occurrence_.end() ? otherwise : known->second;
}

void EventLog::add(std::vector<model::Occurrence> occurrences, std::uint64_t cause) {
  std::map<std::pair<std::string, std::uint64_t>, std::size_t> alike;
  for (model::Occurrence& o : occurrences) {
    if (o.subject_kind == "instance" && ++alike[{o.type, o.cause}] > alike_max) continue;
    Event event;
    event.sim_time = o.at;
    event.type = std::move(o.type);
    event.severity = std::move(o.severity);
    event.subject_kind = std::move(o.subject_kind);
    event.subject_id = std::move(o.subject_id);
    if (event.subject_kind == "simulation") event.subject_id = simulation_;
    event.message = std::move(o.message);
    event.data = std::move(o.data);
    event.cause_seq = cause_of(o.cause, cause);
    event_of_occurrence_[o.number] = add(std::move(event));
    if (event_of_occurrence_.size() > kept_) event_of_occurrence_.erase(event_of_occurrence_.begin());
  }
  for (const auto& [kind, count] : alike) {
    if (count <= alike_max) continue;
    Event event;
    event.sim_time = occurrences.back().at;
    event.type = kind.first;
    event.severity = "info";
    event.subject_kind = "instances";
    event.message = std::to_string(count - alike_max) + " more instances: " + kind.first.substr(kind.first.find('.') + 1);
    event.data = {{"more", std::to_string(count - alike_max)}};
    event.cause_seq = cause_of(kind.second, cause);
    add(std::move(event));
  }
}

std::vector<Event> EventLog::since(std::uint64_t seq, std::size_t limit) const {
  const std::scoped_lock lock(mutex_);
  std::vector<Event> result;
  if (events_.empty() || seq >= last_) return result;
  const std::uint64_t oldest = events_.front().seq;
  std::size_t index = seq < oldest ? 0 : static_cast<std::size_t>(seq - oldest + 1);
  for (; index < events_.size() && result.size() < limit; ++index) result.push_back(events_[index]);
  return result;
}

std::uint64_t EventLog::last() const {
  const std::scoped_lock lock(mutex_);
  return last_;
}

std::uint64_t EventLog::oldest() const {
  const std::scoped_lock lock(mutex_);
  return events_.empty() ? 0 : events_.front().seq;
}

}  // namespace run
