#pragma once
// How instances start: how long it takes, and what they do when those that they depend on are not there yet. Plain data.
//
// One that starts looks at its dependencies (its own service and the registry left out): each has to have an instance that the registry
// names to it. It looks when its start-up time is over, as a program does that connects when it has begun; or, `first`, before it takes
// that time, as one whose container is not started until what it depends on is there (Docker Compose: depends_on with service_healthy; init
// containers of Kubernetes). When one is missing it goes up all the same, waits for it, or crashes and is started again after a back-off.

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "model/distribution_spec.h"
#include "model/instance.h"
#include "sim/time.h"

namespace model {

enum class WhenMissing : std::uint8_t {
  fail,   ///< goes up; its calls fail
  wait,   ///< stays as it is until one of each is known
  retry,  ///< crashes, and is started again after a back-off
};
/// In the order of their values: "fail", "wait", "retry".
const std::vector<std::string>& when_missing_names();

/// The back-off's defaults are those of Kubernetes (CrashLoopBackOff): 10 s, doubled with each crash, at most 5 min.
struct StartUpSpec {
  static constexpr sim::Time longest = 86'400 * sim::second;

  std::optional<DistributionSpec> time;  ///< nothing: always ServiceSpec::start_up
  WhenMissing when_missing = WhenMissing::fail;
  bool first = false;                          ///< looks before it takes its start-up time
  sim::Time back_off = 10 * sim::second;       ///< after the first crash, 1 ms to `longest`
  sim::Time back_off_max = 300 * sim::second;  ///< at least back_off, at most `longest`

  bool operator==(const StartUpSpec&) const = default;
};

/// Before the start that follows the n-th crash, n from 1.
sim::Time back_off(const StartUpSpec& spec, std::uint32_t n);

/// What a World knows of those that start.
struct StartUps {
  std::map<std::uint32_t, std::vector<InstanceRef>> waiting;  ///< by group; who is no more, or begins anew, may still be there
  std::set<std::uint32_t> deadlocked;                         ///< services, as they were reported
  bool cold = false;                                          ///< the architecture began with nothing up
  std::uint32_t first_nodes = 0;                              ///< the last of those that it began with
  std::uint64_t left = 0;                                     ///< of them: neither up yet nor dead
  std::optional<sim::Time> complete;                          ///< when there were none left; 0 when it began warm
};

}  // namespace model
