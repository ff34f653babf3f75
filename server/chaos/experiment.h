#pragma once
// Starting, ending and undoing faults. A fault that runs is a Process of the World: it hits whom its selector matches, then also who is
// started later; its level follows its ramp and jitter; its end takes back all that it did.

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "model/fault_request.h"
#include "model/parameter.h"
#include "model/problem.h"
#include "model/records.h"
#include "model/selector.h"
#include "model/world.h"

namespace chaos {

inline constexpr std::size_t faults_max = 100;  ///< at a time

using model::FaultRequest;

struct Started {
  std::string id;
  std::vector<model::InstanceId> targets;
};

/// What a fault would do. Capacity: of instances that are up, those that send requests left out.
struct Plan {
  struct Loss {
    std::string service;
    std::uint64_t up = 0;
    std::uint64_t hit = 0;  ///< of these
    double capacity_lost_percent = 0;
  };
  std::vector<model::InstanceId> targets;
  std::vector<Loss> services;  ///< that are hit
  std::vector<std::string> zones;
  double capacity_lost_percent = 0;  ///< of all
};

/// Problems have pointers into the request: /type, /selector/zones/0, /latencyMs ...
std::variant<Started, model::Refusal> start_fault(model::World& world, const FaultRequest& request);
inline std::variant<Started, model::Refusal> start_fault(model::World& world, const std::string& type, const model::Selector& selector,
                                                         std::optional<sim::Time> duration = {}, const model::Parameters& parameters = {}) {
  FaultRequest request;
  request.type = type;
  request.selector = selector;
  request.duration = duration;
  request.parameters = parameters;
  return start_fault(world, request);
}
/// The same without doing it: a start at this time hits the same ones.
std::variant<Plan, model::Refusal> plan_fault(const model::World& world, const FaultRequest& request);

/// At once, whatever its ramp. Nothing of the fault is left afterwards. not_found, or gone when it has ended.
std::optional<model::Refusal> stop_fault(model::World& world, const std::string& id);

}  // namespace chaos
