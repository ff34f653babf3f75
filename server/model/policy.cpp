// Policies that change while a World runs.

#include "model/policy.h"

#include "model/world.h"

namespace model {

const std::vector<std::string>& balancer_names() {
  static const std::vector<std::string> names{"random", "roundRobin", "leastRequest", "sticky"};
  return names;
}

const std::vector<std::string>& zones_names() {
  static const std::vector<std::string> names{"nearest", "any", "aware", "ribbon"};
  return names;
}

void World::set_policy(std::uint32_t service, std::uint32_t dependency, const std::optional<Policy>& policy) {
  const std::uint32_t index = shared_->services[service].calls[dependency];
  Dependency& changed = shared_->dependencies[index];
  changed.policy = 0;
  if (policy) {
    changed.policy = static_cast<std::uint32_t>(shared_->policies.size());
    shared_->policies.push_back(*policy);
    for (Shard& shard : shards_) shard.grow_statistics();
    if (policy->balancing.needs_histories()) keep_histories();
  }
  for (const std::uint32_t g : shared_->services[service].groups) {
    const Group& group = shared_->groups[g];
    for (std::uint32_t route = 0; route < group.routes.size(); ++route) {
      if (group.routes[route].dependency != index) continue;
      for (const InstanceId id : group.members) shards_[shard_of(id)].renew_gate(slot_of(id), route);
    }
  }
  structure_changed();
}

}  // namespace model
