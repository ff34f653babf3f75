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

#include "model/load_spec.h"
#include "model/parameter.h"
#include "model/policy.h"
#include "model/problem.h"
#include "model/records.h"
#include "model/selector.h"
#include "model/shedding.h"
#include "sim/time.h"

namespace run {

struct KillInstance {
  std::string instance;  ///< short name
};

/// With all that runs on it.
struct KillMachine {
  std::string machine;  ///< its name
};

/// To a number of instances in total (spread over the zones), or to one for each named zone ("us-east-1.zoneA").
struct Scale {
  std::string service;
  std::optional<std::uint32_t> replicas;
  std::map<std::string, std::uint32_t> per_zone;
};

struct Push {
  std::string service;
  std::string version;
  std::string strategy = "rolling";
  double service_time_factor = 1;  ///< of the new version against the service's settings, 0.001 to 1,000
  double error_rate = 0;           ///< chance that a call fails in the new version, 0 to 1
  double batch_percent = 25;       ///< instances replaced at a time, over 0 to 100; at least one
};

struct RollBack {
  std::string service;
  std::string deployment;
};

/// As chaos::FaultRequest has it.
struct StartFault {
  std::string type;
  model::Selector selector;
  std::optional<sim::Time> duration;
  model::Parameters parameters;
  std::optional<model::SelectorParts> target = {};
  std::optional<model::Direction> direction = {};
  model::Ramp ramp = {};
  double jitter = 0;
  bool dry_run = false;  ///< only says what it would do: nothing is done, and nothing journaled
};

struct StopFault {
  std::string fault;
};

/// Another load for a load source, or another rate for the one that it has.
struct SetTraffic {
  std::string service;
  double requests_per_second = 0;  ///< of all its instances together; when there is no `load`
  model::LoadSpecPtr load = nullptr;
};

/// How a service calls one of its dependencies from now on; nullptr: without a policy.
struct SetPolicy {
  std::string service;
  std::string dependency;
  std::shared_ptr<const model::Policy> policy;
};

/// What a service turns down from now on; nullptr: nothing.
struct SetShedding {
  std::string service;
  std::shared_ptr<const model::Shedding> shedding;
};

using Command = std::variant<KillInstance, Scale, Push, RollBack, StartFault, StopFault, SetTraffic, SetPolicy, SetShedding, KillMachine>;

/// What a fault would do. Capacity: of instances that are up, those that send requests left out.
struct Prediction {
  struct Loss {
    std::string service;
    std::uint64_t up = 0;
    std::uint64_t hit = 0;
    double capacity_lost_percent = 0;
  };
  double capacity_lost_percent = 0;
  std::vector<std::string> zones;
  std::vector<Loss> services;
};

/// What came of a command that was carried out.
struct Applied {
  sim::Time at = 0;
  std::string id;                    ///< of the deployment or fault that it made, else ""
  std::vector<std::string> targets;  ///< short names of the instances concerned, at most 1,000
  std::uint64_t target_count = 0;
  std::shared_ptr<const Prediction> predicted = nullptr;  ///< of a dry run
};

using Outcome = std::variant<Applied, model::Refusal>;

/// One line of the journal.
struct JournalEntry {
  std::uint64_t seq = 0;
  sim::Time sim_time = 0;
  std::int64_t wall_time_ms = 0;  ///< Unix time; for people only, not part of a replay
  Command command;
};

}  // namespace run
