#include "model/belief.h"

#include <algorithm>

#include "model/world.h"

namespace model {

sim::Time World::view_of(InstanceId caller) const {
  const sim::Time as_of = sees_as_of(caller);
  if (as_of == nobody_known) return detail(caller).started;
  return is_from_far_side(as_of) ? as_of - from_far_side : as_of;
}

/// As Believed takes it.
sim::Time World::sees_as_of(InstanceId caller) const {
  const std::uint32_t location = shared_->groups[instance(caller).group].location;
  return seen_by(shared_->views, shared_->phase_seed, location, caller, detail(caller), now_);
}

std::vector<const Route*> World::routes_to(const Group& caller, std::uint32_t service) const {
  std::vector<const Route*> routes;
  for (const Route& route : caller.routes) {
    if (route.service == service) routes.push_back(&route);
  }
  if (!caller.cluster.ends.empty() && caller.service == service) routes.push_back(&caller.cluster);
  return routes;
}

std::vector<Belief> World::beliefs_of(InstanceId caller) const {
  const Group& own = shared_->groups[instance(caller).group];
  const sim::Time as_of = sees_as_of(caller);
  std::vector<Belief> beliefs;
  const auto add = [&](const Route& route, std::uint32_t service) {
    Belief belief;
    belief.service = service;
    std::uint64_t up = 0;
    for (const RouteEnd& end : route.ends) {
      const Group& group = shared_->groups[end.group];
      belief.believed += Believed(group, as_of).size();
      up += instances_of(group).up;
    }
    belief.counted = belief.believed <= beliefs_counted_max;
    for (std::size_t e = 0; belief.counted && e < route.ends.size(); ++e) {
      const Believed list(shared_->groups[route.ends[e].group], as_of);
      const std::size_t size = list.size();
      for (std::size_t i = 0; i < size; ++i) belief.gone += instance(list[i]).state == InstanceState::up ? 0U : 1U;
    }
    if (belief.counted) belief.missing = up - (belief.believed - belief.gone);
    beliefs.push_back(belief);
  };
  for (const Route& route : own.routes) add(route, route.service);
  if (!own.cluster.ends.empty()) add(own.cluster, own.service);
  return beliefs;
}

std::vector<InstanceId> World::believed_by(InstanceId caller, std::uint32_t service, std::uint64_t from, std::uint64_t count) const {
  const sim::Time as_of = sees_as_of(caller);
  std::vector<InstanceId> found;
  for (const Route* route : routes_to(shared_->groups[instance(caller).group], service)) {
    for (const RouteEnd& end : route->ends) {
      const Believed list(shared_->groups[end.group], as_of);
      const std::uint64_t size = list.size();
      for (std::uint64_t i = from; i < size && found.size() < count; ++i) found.push_back(list[i]);
      from -= std::min(from, size);
    }
  }
  return found;
}

}  // namespace model
