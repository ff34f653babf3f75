// Words of packages that keep keys.

#include "model/package.h"
#include "model/shard.h"

namespace model {

void Task::compute_look_up() {
  Call& c = shard_.calls_[call_];
  const Profile& profile = shard_.shared_->profiles[shard_.at(c.target).profile];
  if (profile.looks_first && c.verb == Verb::get) c.status = hit() ? Status::ok : Status::miss;
  compute();
}

Status Task::found() {
  if (verb() != Verb::get) return Status::ok;
  if (shard_.shared_->profiles[shard_.at(self()).profile].looks_first) return status();
  return hit() ? Status::ok : Status::miss;
}

}  // namespace model
