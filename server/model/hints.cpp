// Hinted handoff: the coordinator of a write keeps it for a copy that did not get it, and delivers it when that copy is known again. Hints
// are on disk: a node that was down for a while still has them.

#include <algorithm>

#include "model/package.h"
#include "model/shard.h"

namespace model {
namespace {

constexpr sim::Time hint_look = 10 * sim::second;  ///< how often a node looks who is back
constexpr unsigned hint_threads = 2;               ///< max_hints_delivery_threads: copies that it delivers to at a time

}  // namespace

/// Whether it is kept: not for one that has been away for too long.
bool Shard::keep_hint(InstanceId self, InstanceId target, std::uint32_t link, std::uint64_t key) {
  const std::uint32_t slot = slot_of(self);
  const Replication& replication = *shared_->services[shared_->groups[instances_[slot].group].service].replication;
  if (replication.hint_window == 0) return false;
  InstanceDetail& detail = details_[slot];
  if (detail.hints == 0) {
    if (hints_.empty()) hints_.emplace_back();
    detail.hints = static_cast<std::uint32_t>(hints_.size());
    hints_.emplace_back();
  }
  Hints& here = hints_[detail.hints];
  auto place = std::find_if(here.queues.begin(), here.queues.end(), [&](const HintQueue& queue) { return queue.target == target; });
  if (place == here.queues.end()) {
    here.queues.push_back({target, link, engine_.now(), {}, 0, 0});
    place = here.queues.end() - 1;
  }
  if (engine_.now() - place->since > replication.hint_window) {
    ++replication_count_.hints_dropped;
    return false;
  }
  place->keys.push_back(key);
  place->paused_until = engine_.now() + hint_look;
  ++replication_count_.hints_kept;
  wake_for_hints(slot, hint_look);
  return true;
}

void Shard::wake_for_hints(std::uint32_t slot, sim::Time after) {
  Hints& here = hints_[details_[slot].hints];
  if (here.queues.empty() || (here.wakes_in == details_[slot].load_generation && here.awake)) return;
  here.awake = true;
  here.wakes_in = details_[slot].load_generation;
  schedule_load(slot, load_kind, engine_.now() + after);
}

void Shard::drop_hints(std::uint32_t slot) {
  if (details_[slot].hints != 0) hints_[details_[slot].hints] = {};
}

/// One to each of those that are back and take them, two of them at most; and when the next are due.
void Shard::deliver_hints(std::uint32_t call) {
  const InstanceId self = calls_[call].target;
  const std::uint32_t slot = slot_of(self);
  if (details_[slot].hints == 0) return;
  const std::uint32_t index = details_[slot].hints;
  const Group& own = shared_->groups[instances_[slot].group];
  hints_[index].awake = false;
  unsigned busy = 0;
  for (std::size_t i = 0; i < hints_[index].queues.size(); ++i) {
    HintQueue& queue = hints_[index].queues[i];
    const Group& group = shared_->groups[shared_->links[queue.link].target];
    const auto place = std::find(group.members.begin(), group.members.end(), queue.target);
    if (place == group.members.end()) {
      replication_count_.hints_dropped += queue.keys.size() - queue.sent;
      queue.keys.clear();
      queue.sent = 0;
    }
    if (place == group.members.end() || group.ring[static_cast<std::size_t>(place - group.members.begin())] == no_instance) continue;
    queue.since = engine_.now();  // if it goes away again, it does so from now on
    if (busy == hint_threads || queue.paused_until > engine_.now()) continue;
    ++busy;
    calls_[call].key = queue.keys[queue.sent++];
    ++replication_count_.hints_sent;
    send(call, {queue.target, queue.link}, Verb::put, 0, 1, false);
  }
  std::erase_if(hints_[index].queues, [](const HintQueue& queue) { return queue.sent == queue.keys.size(); });
  std::size_t nodes = 0;
  for (const RouteEnd& end : own.cluster.ends) nodes += shared_->groups[end.group].members.size();
  const Replication& replication = *shared_->services[own.service].replication;
  const sim::Wide bytes = sim::Wide{replication.hint_bytes} * std::max<std::size_t>(1, nodes - 1);
  const auto pace = static_cast<sim::Time>(bytes * sim::second / (sim::Wide{replication.hint_kib_per_second} * 1'024));
  wake_for_hints(slot, busy > 0 ? std::max(pace, sim::Time{1}) : hint_look);
}

void Task::deliver_hints() {
  shard_.deliver_hints(call_);
}

}  // namespace model
