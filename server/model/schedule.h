#pragma once
// What is done again and again, and when. Plain data: what people say (docs/api.md), and what the World remembers of it.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "model/cron.h"
#include "model/experiment.h"
#include "model/fault_request.h"
#include "sim/time.h"

namespace model {

/// Each so long after the one before, the first so long after the beginning.
struct EveryTimes {
  static constexpr sim::Time least = 100 * sim::millisecond;
  static constexpr sim::Time most = 366 * day_length;
  sim::Time period = 0;  ///< least to most
  bool operator==(const EveryTimes&) const = default;
};

/// By chance.
struct RandomTimes {
  enum class Kind : std::uint8_t {
    exponential,  ///< no firing says anything of the next; time that is not active does not count
    daily,        ///< each day that is active a coin with chance day / mean; when it falls so, once at an even time of the active hours
  };
  static constexpr sim::Time mean_least = 100 * sim::millisecond;  ///< of daily: a day
  static constexpr sim::Time most = 366 * day_length;
  Kind kind = Kind::exponential;
  sim::Time mean = 0;       ///< between two; of exponential: after the least time has gone
  sim::Time min_gap = 0;    ///< 0 to most. Daily: in whole days that are active
  std::uint32_t from = 0;   ///< minutes of the day
  std::uint32_t to = 1440;  ///< from < to
  bool weekdays_only = false;
  double probability = 1;  ///< that one that is due happens, over 0
  bool operator==(const RandomTimes&) const = default;
};
/// In the order of the values: "exponential", "daily".
const std::vector<std::string>& random_kind_names();

using ScheduleTimes = std::variant<Cron, EveryTimes, RandomTimes>;

/// What is done when it is time. Another kind of thing to do is an alternative of `what`.
struct ScheduleAction {
  enum class Place : std::uint8_t {
    said,    ///< as the selector says
    zone,    ///< some zone, another each time; the selector's is left out
    region,  ///< likewise. Not done where there is but one
  };
  double weight = 1;          ///< among several, over 0
  Place place = Place::said;  ///< of faults
  std::variant<FaultRequest, ExperimentPtr> what;
  bool operator==(const ScheduleAction& other) const;
};
/// In the order of the values: "said", "zone", "region".
const std::vector<std::string>& schedule_place_names();

struct ScheduleSpec {
  static constexpr std::size_t actions_max = 20;
  static constexpr std::uint32_t history_max = 100;
  std::string name;
  std::string preset;                   ///< what it began from; "": nothing
  std::vector<ScheduleAction> actions;  ///< one of them each time, by chance and weight; at least one
  ScheduleTimes times;
  bool overlaps = false;             ///< also while what it started before goes on
  std::uint32_t history_limit = 20;  ///< outcomes that are remembered, 1 to history_max
  bool operator==(const ScheduleSpec&) const = default;
};

struct ScheduleRecord {
  /// What became of one firing.
  struct Outcome {
    sim::Time at = 0;
    std::string result;  ///< started; refused; skipped: what it started before goes on
    std::string what;    ///< "instance.terminate on service homepage"
    std::string kind;    ///< of what was started: fault, experiment
    std::string id;      ///< of what was started
    std::string reason;  ///< why not
  };
  std::string id;
  std::uint64_t number = 0;  ///< in its id
  std::shared_ptr<const ScheduleSpec> spec;
  std::string state;              ///< active, paused, over: it never is time again
  std::optional<sim::Time> next;  ///< of active ones
  std::uint64_t fired = 0;        ///< started and refused and skipped
  std::uint64_t refused = 0;
  std::uint64_t skipped = 0;
  std::vector<Outcome> history;  ///< the last ones, oldest first
  sim::Time since = 0;
  std::uint32_t process = 0;
};

/// What is to be different from now on; the rest stays.
struct ScheduleChange {
  std::optional<bool> paused;
  std::optional<bool> overlaps;
  std::optional<ScheduleTimes> times;
  bool operator==(const ScheduleChange&) const = default;
};

struct SchedulePreset {
  std::string name;
  std::string why;
  std::string source;
  ScheduleSpec spec;
};

}  // namespace model
