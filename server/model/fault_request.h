#pragma once
// A fault as it is asked for. Plain data; chaos says what is wrong with it and starts it.

#include <optional>
#include <string>

#include "model/parameter.h"
#include "model/records.h"
#include "model/selector.h"

namespace model {

struct FaultRequest {
  static constexpr sim::Time time_max = sim::hour * 24 * 7;  ///< of its duration and of its ramp, either way

  std::string type;
  Selector selector;
  /// Of faults between two groups of instances: the other one. Nothing: all others.
  std::optional<SelectorParts> target = {};
  std::optional<Direction> direction = {};  ///< of these; nothing: as the type has it
  Ramp ramp = {};
  double jitter = 0;                       ///< 0 to 1: each second the level is less by a share of up to that
  std::optional<sim::Time> duration = {};  ///< nothing: until it is stopped
  Parameters parameters = {};

  bool operator==(const FaultRequest&) const = default;
};

}  // namespace model
