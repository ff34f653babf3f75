#pragma once
// What one instance believes of those that it calls. Plain values; made between events on the simulation thread.

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "model/discovery.h"
#include "model/problem.h"

namespace model {
class World;
}  // namespace model

namespace run {

struct BeliefScope {
  std::string instance;  ///< short name of the caller
  std::string service;   ///< "": how many of each service; else which of this one
  std::uint64_t from = 0;
  std::uint64_t count = 0;  ///< of the instances of `service`: from the `from`th on, at most so many
};

struct ServiceBelief {
  std::string service;
  model::Belief belief;
};

struct BelievedInstance {
  std::string id;
  std::string state;  ///< as it is in truth; "removed" for one that is no more
};

struct Beliefs {
  sim::Time at = 0;
  sim::Time as_of = 0;  ///< it sees what the registry listed then
  std::vector<ServiceBelief> services;
  std::vector<BelievedInstance> instances;  ///< of the one service that was asked for
};
using BeliefResult = std::variant<Beliefs, model::Refusal>;

/// Refused: not_found when there is no such instance, or it does not call that service.
BeliefResult beliefs_of(const model::World& world, const BeliefScope& scope);

}  // namespace run
