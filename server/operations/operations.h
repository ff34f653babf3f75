#pragma once
// Changes that people make to a running system, one file each. All act at the present simulated time, between events; what takes time goes
// on as a Process.

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "model/deployment_spec.h"
#include "model/evacuation.h"
#include "model/problem.h"
#include "model/world.h"

namespace operations {

inline constexpr std::size_t version_length_max = 50;

/// Kills one instance, as Chaos Monkey does. not_found, or gone when it is dead already.
std::variant<model::InstanceId, model::Refusal> kill(model::World& world, const std::string& instance);

/// Kills a machine with all that runs on it, which is returned. not_found, or gone when it is dead already.
std::variant<std::vector<model::InstanceId>, model::Refusal> kill_machine(model::World& world, const std::string& machine);

struct ScaleRequest {
  std::string service;
  std::optional<std::uint32_t> replicas;          ///< in total: each new one goes where there are fewest
  std::map<std::string, std::uint32_t> per_zone;  ///< or so many in each named zone
};
/// Instances that start or stop; new ones take their start-up time, old ones say Goodbye and drain.
std::variant<std::vector<model::InstanceId>, model::Refusal> scale(model::World& world, const ScaleRequest& request);

/// Starts a deployment; returns its id. Conflict when the service already runs that version alone, while something holds deployments up, or
/// when clients need a version that would go.
std::variant<std::string, model::Refusal> push(model::World& world, const std::string& service, const model::DeploymentSpec& spec);
/// Replaces what a deployment brought by what was there before. Conflict when it is not the service's newest.
std::variant<std::string, model::Refusal> roll_back(model::World& world, const std::string& service, const std::string& deployment);
/// "paused", "progressing", "promoted" or "rolledBack". Conflict when its present state is none for that.
std::variant<std::string, model::Refusal> set_deployment_state(model::World& world, const std::string& service,
                                                               const std::string& deployment, const std::string& state);
/// Retires all instances of a version. Conflict when it is the current one, or somebody needs it: says who.
std::optional<model::Refusal> remove_version(model::World& world, const std::string& service, const std::string& version);

/// Which version gets which requests, from now on.
std::optional<model::Refusal> set_routing(model::World& world, const std::string& service, const model::RoutingSpec& routing);
std::optional<model::Refusal> set_flags(model::World& world, const std::string& service, const std::vector<model::FeatureFlag>& flags);
/// Whether deployments wait while a zone or a region is down.
void set_gates(model::World& world, bool deployments_wait);

/// Who says how many instances a service has, from now on; nullptr: people. not_found when there is none to take away, invalid for a load
/// source. REQUIRES: it is valid().
std::optional<model::Refusal> set_autoscaler(model::World& world, const std::string& service, const policies::AutoscalerSpec* spec);

/// Requests per second of all instances of a load source together, 0 to 1,000,000, in place of those that its load has.
std::optional<model::Refusal> set_traffic(model::World& world, const std::string& service, double requests_per_second);

/// The whole load of a load source, from now on. Open arrivals without a rate keep the rate of the load before.
/// REQUIRES: the spec came from architecture::read_load.
std::optional<model::Refusal> set_load(model::World& world, const std::string& service, model::LoadSpecPtr load);

/// How `service` calls its dependency of that name from now on; nullptr: without a policy. Calls under way go on as they began. not_found,
/// or invalid for one that is not called by a policy: the registry, the service itself. REQUIRES: the policy came from
/// architecture::read_policy.
std::optional<model::Refusal> set_policy(model::World& world, const std::string& service, const std::string& dependency,
                                         const model::Policy* policy);

/// What `service` turns down from now on; nullptr: nothing. not_found, or invalid for a load source. REQUIRES: it came from
/// architecture::read_shedding.
std::optional<model::Refusal> set_shedding(model::World& world, const std::string& service, const model::Shedding* shedding);

inline constexpr sim::Time drain_max = sim::Time{24} * 3'600 * sim::second;

/// A zone or a region gets so many percent of the traffic that it would get, after a while of change.
struct ShiftRequest {
  std::string place;  ///< "us-east-1.zoneA" or "us-east-1"
  bool region = false;
  double weight = 0;    ///< 0 to 100
  sim::Time drain = 0;  ///< 0 to drain_max
};
std::optional<model::Refusal> shift_traffic(model::World& world, const ShiftRequest& request);

struct EvacuationRequest {
  std::string region;
  std::string preset;
  model::EvacuationStages stages{};  ///< each 0 to drain_max
  bool adds_capacity = true;         ///< services of the other regions grow by as much; those that keep data do not
};
/// Begins; returns its id. Conflict when there is no other region, or it is going on already.
std::variant<std::string, model::Refusal> evacuate(model::World& world, const EvacuationRequest& request);
/// Gives the region its traffic back, then the others their size.
std::variant<std::string, model::Refusal> fail_back(model::World& world, const std::string& evacuation);

/// The service's index, or a not_found with the known names.
std::variant<std::uint32_t, model::Refusal> service_named(const model::World& world, const std::string& name);

}  // namespace operations
