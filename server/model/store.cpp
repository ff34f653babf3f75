// Words of packages that keep keys.

#include "model/impaired.h"
#include "model/package.h"

namespace model {

/// Whether a get finds its key, by chance or by what is there. A put brings its key in.
bool Shard::look_up(std::uint32_t call) {
  const Call& c = calls_[call];
  Instance& instance = at(c.target);
  const Profile& profile = shared_->profiles[instance.profile];
  const bool get = c.verb == Verb::get;
  bool hit = true;
  if (profile.content) {
    InstanceDetail& detail = details_[slot_of(c.target)];
    if (detail.content == 0) {
      if (contents_.empty()) contents_.emplace_back();
      detail.content = static_cast<std::uint32_t>(contents_.size());
      contents_.emplace_back();
    }
    const std::uint64_t bits = profile.content->eviction == Eviction::random ? random(c.target, sim::Purpose::outcome) : 0;
    hit = contents_[detail.content].access(c.key, *profile.content, bits);
  } else if (get && profile.hit != ~std::uint64_t{0}) {
    hit = random(c.target, sim::Purpose::outcome) < profile.hit;
  }
  if (get && instance.impaired && !profile.content && Impaired(*this).is_cold(c.target)) [[unlikely]]
    hit = false;
  if (!get) return true;
  CellCount& cell = cell_counts_[instance.cell];
  ++(hit ? cell.hits : cell.misses);
  return hit;
}

void Shard::drop_content(std::uint32_t slot) {
  if (details_[slot].content != 0) contents_[details_[slot].content].clear();
}

Status Task::found() {
  const bool looked = verb() == Verb::get && shard_.shared_->profiles[shard_.at(self()).profile].looks_first;
  if (looked) return status();
  return shard_.look_up(call_) ? Status::ok : Status::miss;
}

bool Task::hit() {
  return shard_.look_up(call_);
}

}  // namespace model
