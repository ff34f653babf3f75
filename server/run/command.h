#pragma once
// What a person can ask of a running simulation. Plain values: they are queued, journaled with the simulated time at which they
// took effect, and applied between events; a replay applies the same ones at the same times.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "model/deployment_spec.h"
#include "model/evacuation.h"
#include "model/experiment.h"
#include "model/fault_request.h"
#include "model/load_spec.h"
#include "model/objective.h"
#include "model/policy.h"
#include "model/problem.h"
#include "model/records.h"
#include "model/routing.h"
#include "model/schedule.h"
#include "model/shedding.h"
#include "policies/autoscaler.h"
#include "sim/time.h"

namespace run {

template <class Value>
bool same_value(const std::shared_ptr<const Value>& x, const std::shared_ptr<const Value>& y) {
  return x == y || (x && y && *x == *y);
}

struct KillInstance {
  std::string instance;  ///< short name
  bool operator==(const KillInstance&) const = default;
};

/// With all that runs on it.
struct KillMachine {
  std::string machine;  ///< its name
  bool operator==(const KillMachine&) const = default;
};

/// To a number of instances in total (spread over the zones), or to one for each named zone ("us-east-1.zoneA").
struct Scale {
  std::string service;
  std::optional<std::uint32_t> replicas;
  std::map<std::string, std::uint32_t> per_zone;
  bool operator==(const Scale&) const = default;
};

struct Push {
  std::string service;
  std::shared_ptr<const model::DeploymentSpec> deployment;
  bool operator==(const Push& o) const { return service == o.service && same_value(deployment, o.deployment); }
};

/// "paused", "progressing", "promoted" or "rolledBack".
struct SetDeploymentState {
  std::string service;
  std::string deployment;
  std::string state;
  bool operator==(const SetDeploymentState&) const = default;
};

struct RemoveVersion {
  std::string service;
  std::string version;
  bool operator==(const RemoveVersion&) const = default;
};

struct SetRouting {
  std::string service;
  std::shared_ptr<const model::RoutingSpec> routing;
  bool operator==(const SetRouting& o) const { return service == o.service && same_value(routing, o.routing); }
};

struct SetFlags {
  std::string service;
  std::vector<model::FeatureFlag> flags;
  bool operator==(const SetFlags&) const = default;
};

/// Whether deployments wait while a zone or a region is down.
struct SetGates {
  bool deployments_wait = true;
  bool operator==(const SetGates&) const = default;
};

/// A zone or a region gets so many percent of its traffic.
struct ShiftTraffic {
  std::string place;
  bool region = false;
  double weight = 0;
  sim::Time drain = 0;
  bool operator==(const ShiftTraffic&) const = default;
};

struct Evacuate {
  std::string region;
  std::string preset;
  model::EvacuationStages stages{};
  bool adds_capacity = true;
  bool operator==(const Evacuate&) const = default;
};

/// The end of an evacuation.
struct FailBack {
  std::string evacuation;
  bool operator==(const FailBack&) const = default;
};

/// Who scales a service from now on; nullptr: people.
struct SetAutoscaler {
  std::string service;
  std::shared_ptr<const policies::AutoscalerSpec> autoscaler;
  bool operator==(const SetAutoscaler& o) const { return service == o.service && same_value(autoscaler, o.autoscaler); }
};

struct StartFault {
  model::FaultRequest request;
  bool dry_run = false;  ///< only says what it would do: nothing is done, and nothing journaled
  bool operator==(const StartFault&) const = default;
};

struct StopFault {
  std::string fault;
  bool operator==(const StopFault&) const = default;
};

struct StartExperiment {
  model::ExperimentPtr experiment;
  bool dry_run = false;  ///< as of StartFault
  bool operator==(const StartExperiment& o) const { return same_value(experiment, o.experiment) && dry_run == o.dry_run; }
};

/// "stopped", "paused" or "running".
struct SetExperimentState {
  std::string experiment;
  std::string state;
  bool operator==(const SetExperimentState&) const = default;
};

/// Engaged: everything is reverted, and no fault and no experiment may begin.
struct SetSafetyLever {
  bool engaged = false;
  std::string reason;
  bool operator==(const SetSafetyLever&) const = default;
};

/// All experiments and faults end.
struct Halt {
  std::string reason;
  bool operator==(const Halt&) const = default;
};

/// Another load for a load source, or another rate for the one that it has.
struct SetTraffic {
  std::string service;
  double requests_per_second = 0;  ///< of all its instances together; when there is no `load`
  model::LoadSpecPtr load = nullptr;
  bool operator==(const SetTraffic& o) const {
    return service == o.service && requests_per_second == o.requests_per_second && same_value(load, o.load);
  }
};

/// How a service calls one of its dependencies from now on; nullptr: without a policy.
struct SetPolicy {
  std::string service;
  std::string dependency;
  std::shared_ptr<const model::Policy> policy;
  bool operator==(const SetPolicy& o) const { return service == o.service && dependency == o.dependency && same_value(policy, o.policy); }
};

/// What a service turns down from now on; nullptr: nothing.
struct SetShedding {
  std::string service;
  std::shared_ptr<const model::Shedding> shedding;
  bool operator==(const SetShedding& o) const { return service == o.service && same_value(shedding, o.shedding); }
};

/// What is promised to the users of a load source from now on. Changes what is said of the run, not the run.
struct SetObjective {
  std::string service;
  model::Objective objective;
  bool operator==(const SetObjective&) const = default;
};

/// Faults again and again.
struct AddSchedule {
  std::shared_ptr<const model::ScheduleSpec> schedule;
  bool dry_run = false;  ///< only says when it would fire: nothing is done, and nothing journaled
  bool operator==(const AddSchedule& o) const { return dry_run == o.dry_run && same_value(schedule, o.schedule); }
};

struct ChangeSchedule {
  std::string schedule;
  model::ScheduleChange change;
  bool operator==(const ChangeSchedule&) const = default;
};

struct RemoveSchedule {
  std::string schedule;
  bool operator==(const RemoveSchedule&) const = default;
};

/// Other random numbers from now on: what a fork that is to differ by chance alone begins with.
struct Reseed {
  std::uint64_t seed = 1;
  bool operator==(const Reseed&) const = default;
};

using Command =
    std::variant<KillInstance, Scale, Push, SetDeploymentState, StartFault, StopFault, SetTraffic, SetPolicy, SetShedding, KillMachine,
                 SetAutoscaler, RemoveVersion, SetRouting, SetFlags, SetGates, ShiftTraffic, Evacuate, FailBack, SetObjective, Reseed,
                 StartExperiment, SetExperimentState, SetSafetyLever, Halt, AddSchedule, ChangeSchedule, RemoveSchedule>;

/// What a fault or an experiment would do. Capacity: of instances that are up, those that send requests left out.
struct Prediction {
  struct Loss {
    std::string service;
    std::uint64_t up = 0;
    std::uint64_t hit = 0;
    double capacity_lost_percent = 0;
  };
  /// Of an experiment; times are after the first fault begins.
  struct Fault {
    std::string id;
    sim::Time begins = 0, ends = 0;
    std::uint64_t targets = 0;
    double capacity_lost_percent = 0;
  };
  double capacity_lost_percent = 0;  ///< of an experiment: when most is lost
  std::vector<std::string> zones;
  std::vector<Loss> services;  ///< of a fault
  std::vector<Fault> faults;   ///< of an experiment
};

/// What came of a command that was carried out.
struct Applied {
  sim::Time at = 0;
  std::string id;                    ///< of the deployment, fault or experiment that it made, else ""
  std::vector<std::string> targets;  ///< short names of the instances concerned, at most 1,000; of what a halt stopped the ids
  std::uint64_t target_count = 0;
  std::shared_ptr<const Prediction> predicted = nullptr;  ///< of a dry run, and of an experiment
  std::vector<sim::Time> firings;                         ///< of a schedule: the next ones, of a dry run
  bool dry_run = false;                                   ///< nothing was done
};

using Outcome = std::variant<Applied, model::Refusal>;

/// One line of the journal.
struct JournalEntry {
  std::uint64_t seq = 0;
  sim::Time sim_time = 0;
  std::int64_t wall_time_ms = 0;  ///< Unix time; for people only, not part of a replay
  Command command;
  std::size_t action = 0;  ///< of the simulation's scenario, its number from 1; 0: people asked for it
};

}  // namespace run
