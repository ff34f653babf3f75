#pragma once
// What the World remembers of changes for those who ask: plain data, written by faults and operations, published by run.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/parameter.h"
#include "model/selector.h"
#include "sim/time.h"

namespace model {

struct FaultRecord {
  std::string id;
  std::string type;
  Selector selector;
  Parameters parameters;
  std::uint64_t targets = 0;
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
  std::string state;  ///< progressing, succeeded, rollingBack, rolledBack, superseded
  std::uint32_t updated = 0;
  std::uint32_t total = 0;
  sim::Time started = 0;
  std::optional<sim::Time> ended;
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
