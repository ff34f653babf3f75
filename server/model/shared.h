#pragma once
// What all shards of a World read: the structure, the versions, the policies. Owned by the World, changed only at barriers. Plain value.

#include <cstdint>
#include <vector>

#include "model/belief.h"
#include "model/function.h"
#include "model/impairment.h"
#include "model/network.h"
#include "model/policy.h"
#include "model/routing.h"
#include "model/shedding.h"
#include "model/topology.h"
#include "policies/checks.h"

namespace model {

/// What shards read and only barriers change.
struct Shared {
  std::uint64_t seed = 1;
  std::uint64_t phase_seed = 1;  ///< of what is computed again and again instead of kept: phases of polls, heartbeats, checks
  std::vector<Location> locations;
  std::vector<std::uint32_t> shard_of_location;
  std::vector<Service> services;
  std::vector<Profile> profiles;
  std::vector<Dependency> dependencies;         ///< of all services
  std::vector<Policy> policies{Policy{}};       ///< 0: none
  std::vector<Shedding> sheddings{Shedding{}};  ///< 0: none
  std::vector<Group> groups;
  std::vector<Link> links;
  std::vector<Cell> cells;
  std::vector<Subscription> subscriptions;
  std::vector<ReplicaSet> sets;
  std::vector<std::vector<policies::TargetHistory>> histories;  ///< by shard and slot; empty while no policy needs them
  bool changed_reach = false;                                   ///< whether since then anybody has come or gone
  std::vector<Function> functions;
  std::uint32_t function_limit = 0;  ///< calls of functions at a time in a region
  Network network;
  std::uint64_t trace_threshold = 0;  ///< of a trace id's hash
  Views views;
  Steering steering;
  // What faults impose, all empty while none does anything of the kind.
  std::vector<Imposition> impositions;                ///< by place; of a fault that is over: free
  std::vector<Burden> burdens;                        ///< the first one, of nothing, is everybody else's
  std::vector<std::vector<std::uint32_t>> burden_of;  ///< by shard and slot: index of burdens

  const std::vector<Touch>& touches_of(InstanceId id) const {
    static const std::vector<Touch> none;
    if (burden_of.empty() || slot_of(id) >= burden_of[shard_of(id)].size()) return none;
    return burdens[burden_of[shard_of(id)][slot_of(id)]].touches;
  }
  /// How far its clock is from the time.
  sim::Time clock_of(InstanceId id) const {
    sim::Time offset = 0;
    for (const Touch& touch : touches_of(id)) {
      if ((touch.sides & side_a) != 0) offset += impositions[touch.imposition].clock;
    }
    return offset;
  }
};

}  // namespace model
