#pragma once
// Experiments: several faults with a steady state that has to hold (model/experiment.h), and the safety lever. An experiment that runs is a
// Process of the World: it starts and stops its faults, measures its probes between events, and ends with a verdict.

#include <string>
#include <variant>
#include <vector>

#include "chaos/experiment.h"
#include "model/experiment.h"

namespace chaos {

/// What an experiment would do, if every fault came and nothing waited.
struct ExperimentPlan {
  struct Fault {
    std::string id;
    model::FaultTimes times;  ///< after the first ones begin
    Plan plan;                ///< as if it began now
  };
  std::vector<Fault> faults;
  std::vector<model::InstanceId> targets;  ///< of all of them, by id
  std::vector<std::string> zones;
  double capacity_lost_percent = 0;  ///< when most is lost, the faults that are on then added up
  sim::Time ends = 0;                ///< of the last fault, after the first ones begin
};

/// Problems have pointers into the request: /faults/0/selector/zones/0, /steadyState/1/service ... REQUIRES: the spec came from
/// architecture::read_experiment.
std::variant<ExperimentPlan, model::Refusal> plan_experiment(const model::World& world, const model::ExperimentSpec& spec);

struct StartedExperiment {
  std::string id;
  ExperimentPlan plan;
};
/// Refused as plan_experiment, and by its own limits: what it would take from the system is more than it may.
std::variant<StartedExperiment, model::Refusal> start_experiment(model::World& world, const model::ExperimentPtr& spec);

/// "stopped", "paused" or "running". not_found, gone when it has ended, conflict when its present state is none for that.
std::optional<model::Refusal> set_experiment_state(model::World& world, const std::string& id, const std::string& state);

/// Stops all experiments and then all faults, now; returns their ids. What people started meanwhile is not refused.
std::vector<std::string> halt(model::World& world, const std::string& reason);

/// Engaged: as halt(), and nothing new may begin until it is released. The ids of what was stopped.
std::vector<std::string> set_safety_lever(model::World& world, bool engaged, const std::string& reason);
/// Nothing while it is released.
std::optional<model::Refusal> locked_by_lever(const model::World& world);

}  // namespace chaos
