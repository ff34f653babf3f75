#pragma once
// What every call goes through in more than one place of the engine, and is short: compiled into each of them. The last line of shard.h
// brings it in; nobody else does.

#include "model/shard.h"

namespace model {

inline void Shard::take_worker(Instance& server) {
  ++server.busy;
  cell_counts_[server.cell].busy.enter(engine_.now());
  if (watched_) [[unlikely]]
    tell_worker(server, true);
}

inline std::uint32_t Shard::known_to(const Route& route, sim::Time as_of) const {
  std::size_t known = 0;
  for (const RouteEnd& end : route.ends) known += known_in(end.group, as_of);
  return static_cast<std::uint32_t>(known);
}

inline void Shard::resume(std::uint32_t parent, Status status) {
  Call& p = calls_[parent];
  if (p.is(Call::quorum)) [[unlikely]] {
    if (is_coordinated(parent)) return speculate(parent);
    resume_quorum(parent, status);
    return;
  }
  if (status > p.status) p.status = status;
  if (--p.pending == 0) step(parent);
}

inline const Group& Task::own_group() const {
  return shard_.shared_->groups[shard_.at(self()).group];
}

inline sim::Time Shard::view_of(InstanceId from) const {
  if (shared_->views.settled <= engine_.now()) [[likely]]
    return sim::never;
  return old_view_of(from);
}

inline Shard::Pick Shard::pick_for(std::uint32_t request, InstanceId from, const Route& route, InstanceId avoid,
                                   std::uint32_t avoid_group) {
  const Pick found = pick(from, route, avoid, avoid_group);
  return found.id == no_instance && route.directed ? pick_directed(request, from, route, avoid, avoid_group) : found;
}

inline bool Shard::awaited(const Call& call, Caller caller) const {
  return call.parent != no_call && calls_[call.parent].generation == caller.generation;
}

inline bool Shard::is_primary(InstanceId id) const {
  const ReplicaSet& set = shared_->sets[set_of(id)];
  return set.primary == id && set.primary_incarnation == details_[slot_of(id)].incarnation;
}

}  // namespace model
