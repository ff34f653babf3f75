// Whom a caller asks.

#include "model/shard.h"

namespace model {

sim::Time Shard::old_view_of(InstanceId from) const {
  const Instance& caller = instances_[slot_of(from)];
  return seen_by(shared_->views, shared_->phase_seed, shared_->groups[caller.group].location, from, details_[slot_of(from)], engine_.now());
}

unsigned Shard::pick_dependency(InstanceId from, const Group& group) {
  if (group.routes.size() == 1) return 0;
  const sim::Time as_of = view_of(from);
  std::uint64_t all = 0;
  for (const Route& route : group.routes) all += known_to(route, as_of);
  if (all == 0) return 0;
  std::uint64_t place = sim::scale(random(from, sim::Purpose::routing), all);
  for (unsigned i = 0; i < group.routes.size(); ++i) {
    const std::uint64_t size = known_to(group.routes[i], as_of);
    if (place < size) return i;
    place -= size;
  }
  return 0;
}

/// `lists(group)`: what the caller believes of a group.
template <class Lists>
Shard::Pick Shard::pick_among(InstanceId from, const Route& route, InstanceId avoid, std::uint32_t avoid_group, const Lists& lists) {
  std::size_t begin = 0;
  for (std::size_t tier = 1; tier < route.tier_end.size(); ++tier) {
    const std::size_t end = route.tier_end[tier];
    std::uint64_t known = 0;
    for (std::size_t i = begin; i < end; ++i) {
      if (route.ends[i].group != avoid_group) known += lists(shared_->groups[route.ends[i].group]).size();
    }
    std::uint64_t place = known < 2 ? 0 : sim::scale(random(from, sim::Purpose::routing), known);
    for (std::size_t i = begin; i < end && known > 0; ++i) {
      if (route.ends[i].group == avoid_group) continue;
      const auto& candidates = lists(shared_->groups[route.ends[i].group]);
      if (place >= candidates.size()) {
        place -= candidates.size();
        continue;
      }
      InstanceId target = candidates[place];
      if (target == avoid) target = candidates[place + 1 < candidates.size() ? place + 1 : 0];
      if (target != avoid) return {target, route.ends[i].link};
      break;  // it is the only one there
    }
    begin = end;
  }
  if (avoid_group != outside) return pick_among(from, route, avoid, outside, lists);
  return {};
}

Shard::Pick Shard::pick(InstanceId from, const Route& route, InstanceId avoid, std::uint32_t avoid_group) {
  const sim::Time as_of = view_of(from);
  if (as_of == sim::never) [[likely]]
    return pick_among(from, route, avoid, avoid_group, [](const Group& group) -> const InstanceList& { return group.known; });
  return pick_among(from, route, avoid, avoid_group, [as_of](const Group& group) { return Believed(group, as_of); });
}

}  // namespace model
