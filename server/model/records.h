#pragma once
// What the World remembers of changes for those who ask: plain data, written by faults and operations, published by run.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/deployment_spec.h"
#include "model/evacuation.h"
#include "model/parameter.h"
#include "model/selector.h"
#include "policies/autoscaler.h"
#include "sim/time.h"

namespace model {

/// How a fault begins and ends.
struct Ramp {
  enum class Shape : std::uint8_t {
    step,         ///< all at once
    linear,       ///< evenly
    exponential,  ///< from a thousandth: ten times twice as much
  };
  Shape shape = Shape::step;
  sim::Time up = 0;    ///< from its beginning until it is there in full
  sim::Time down = 0;  ///< from when it gets less until its end
  bool operator==(const Ramp&) const = default;
};
/// In the order of the values: "step", "linear", "exponential".
const std::vector<std::string>& ramp_shape_names();

/// Messages between those that a fault selects and those that it has for a target.
enum class Direction : std::uint8_t { both, to, from };
/// "both", "to", "from".
const std::vector<std::string>& direction_names();

struct FaultRecord {
  std::string id;
  std::string type;
  Selector selector;
  std::optional<SelectorParts> target = {};
  Direction direction = Direction::both;
  Ramp ramp = {};
  double jitter = 0;
  Parameters parameters;
  std::uint64_t number = 0;   ///< in its id
  std::uint64_t targets = 0;  ///< at its beginning
  sim::Time started = 0;
  std::optional<sim::Time> ends;   ///< planned
  std::optional<sim::Time> ended;  ///< set when it is over
  std::uint32_t process = 0;
};

struct DeploymentRecord {
  std::string id;
  std::string service;
  std::string version;
  std::string previous_version;
  std::string strategy;
  std::string state;  ///< pending, progressing, paused, promoting, succeeded, rollingBack, rolledBack, failed, superseded
  DeploymentSpec spec;
  std::uint32_t step = 0;  ///< of its plan, from 1; 0: none begun
  std::uint32_t steps = 0;
  std::string step_text;                                          ///< what it does
  std::string reason;                                             ///< why it is paused, or failed, or late; "" else
  std::vector<std::pair<std::string, double>> weights;            ///< percent of the traffic by version; empty: as there are instances
  std::vector<std::pair<std::string, std::uint32_t>> by_version;  ///< instances that should be
  std::uint32_t updated = 0;
  std::uint32_t total = 0;
  sim::Time started = 0;
  std::optional<sim::Time> ended;
  std::uint32_t process = 0;
};

/// An autoscaler of a service, and what it decided.
struct AutoscalerRecord {
  static constexpr std::size_t decisions_kept = 100;
  struct Entry {
    sim::Time at = 0;
    policies::Autoscaler::Decision decision;
  };
  policies::AutoscalerSpec spec;
  sim::Time since = 0;
  std::vector<Entry> decisions;  ///< oldest first
  std::uint32_t process = 0;
};

/// How much of its traffic a zone or a region gets.
struct PlaceTraffic {
  bool region = false;
  double weight = 100;  ///< percent, now
  double target = 100;  ///< from `ends` on
  sim::Time ends = 0;
  std::uint32_t process = 0;  ///< 0: it is there
};

struct EvacuationRecord {
  std::string id;
  std::string region;
  std::string preset;         ///< "": none
  std::string state;          ///< running, succeeded, failingBack, failedBack
  std::string stage;          ///< decide, provision, startUp, switch; "": between them
  EvacuationStages stages{};  ///< how long each takes
  bool adds_capacity = true;  ///< the other regions grow by as much
  sim::Time stage_began = 0;
  sim::Time started = 0;
  std::optional<sim::Time> ended;  ///< when it has failed back
  std::uint32_t process = 0;
};

/// Something that happened, in the order in which it did. `cause` is the number of the occurrence that led to it, 0 for none.
struct Occurrence {
  std::uint64_t number = 0;
  std::uint64_t cause = 0;
  sim::Time at = 0;
  std::string type;      ///< "fault.started", "instance.died" ...
  std::string severity;  ///< info, warning, error
  std::string subject_kind;
  std::string subject_id;
  std::string message;
  std::vector<std::pair<std::string, std::string>> data;
};

}  // namespace model
