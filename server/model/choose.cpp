// Whom a caller asks.

#include "model/shard.h"

namespace model {

unsigned Shard::pick_dependency(InstanceId from, const Group& group) {
  if (group.routes.size() == 1) return 0;
  std::uint64_t all = 0;
  for (const Route& route : group.routes) {
    for (const RouteEnd& end : route.ends) all += shared_->groups[end.group].known.size();
  }
  if (all == 0) return 0;
  std::uint64_t place = sim::scale(random(from, sim::Purpose::routing), all);
  for (unsigned i = 0; i < group.routes.size(); ++i) {
    std::uint64_t size = 0;
    for (const RouteEnd& end : group.routes[i].ends) size += shared_->groups[end.group].known.size();
    if (place < size) return i;
    place -= size;
  }
  return 0;
}

Shard::Pick Shard::pick(InstanceId from, const Route& route, InstanceId avoid, std::uint32_t avoid_group) {
  std::size_t begin = 0;
  for (std::size_t tier = 1; tier < route.tier_end.size(); ++tier) {
    const std::size_t end = route.tier_end[tier];
    std::uint64_t known = 0;
    for (std::size_t i = begin; i < end; ++i) {
      if (route.ends[i].group != avoid_group) known += shared_->groups[route.ends[i].group].known.size();
    }
    std::uint64_t place = known < 2 ? 0 : sim::scale(random(from, sim::Purpose::routing), known);
    for (std::size_t i = begin; i < end && known > 0; ++i) {
      if (route.ends[i].group == avoid_group) continue;
      const std::vector<InstanceId>& candidates = shared_->groups[route.ends[i].group].known;
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
  if (avoid_group != outside) return pick(from, route, avoid);
  return {};
}

}  // namespace model
