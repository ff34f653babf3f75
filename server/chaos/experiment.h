#pragma once
// Starting, ending and undoing faults. A fault that runs is a Process of the World: it hits what its selector matches, then also what is
// started later.

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "model/parameter.h"
#include "model/problem.h"
#include "model/selector.h"
#include "model/world.h"

namespace chaos {

inline constexpr std::size_t faults_max = 100;  ///< at a time
inline constexpr sim::Time duration_max = sim::second * 3600 * 24 * 7;

struct Started {
  std::string id;
  std::vector<model::InstanceId> targets;
};

/// Problems have pointers into the request: /type, /selector/zones/0, /latencyMs ...
std::variant<Started, model::Refusal> start_fault(model::World& world, const std::string& type, const model::Selector& selector,
                                                  std::optional<sim::Time> duration, const model::Parameters& parameters);

/// Nothing of the fault is left afterwards. not_found, or gone when it has ended.
std::optional<model::Refusal> stop_fault(model::World& world, const std::string& id);

}  // namespace chaos
