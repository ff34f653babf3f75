#pragma once
// How a new version of a service replaces the old one. Plain data: what people say (docs/api.md), and the presets, each after its original.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/release.h"
#include "sim/time.h"

namespace model {

enum class Strategy : std::uint8_t {
  rolling,            ///< Kubernetes: as many at a time as there may be too many, or too few
  recreate,           ///< all old ones go first
  canary,             ///< Argo, Flagger: the new version gets a little of the traffic, is looked at, gets more
  blue_green,         ///< all of the new version beside the old one; then all traffic at once
  red_black,          ///< Spinnaker: the same, and the old version stays, without traffic
  rolling_red_black,  ///< Spinnaker: the same by parts
  asgard,             ///< Netflix: one, a look, all, a look, the old ones without traffic, a look, gone
};
/// In the order of the values: "rolling", "recreate", "canary", "blueGreen", "redBlack", "rollingRedBlack", "asgard".
const std::vector<std::string>& strategy_names();

/// So many instances, or a part of those that there should be.
struct Amount {
  double value = 25;
  bool percent = true;

  std::uint32_t up(std::uint32_t of) const;    ///< rounded up
  std::uint32_t down(std::uint32_t of) const;  ///< rounded down
  bool operator==(const Amount&) const = default;
};

/// What the calls of the new version have to be like, measured from one look to the next.
struct AnalysisSpec {
  enum class Metric : std::uint8_t { error_rate, latency_p50, latency_p90, latency_p99 };
  /// At least one of the bounds.
  struct Bound {
    Metric metric = Metric::error_rate;
    std::optional<double> max;        ///< share 0 to 1, or ms
    std::optional<double> max_ratio;  ///< against the old version in the same time
    std::optional<double> max_over;   ///< so much more than the old version

    bool operator==(const Bound&) const = default;
  };
  static constexpr std::size_t bounds_max = 10;

  std::vector<Bound> bounds;                  ///< none: no analysis
  sim::Time interval = 60 * sim::second;      ///< 1 s to a day
  std::uint32_t count = 1;                    ///< looks of an analysis, 1 to 1,000
  std::uint32_t failure_limit = 0;            ///< one look more that is bad, and it has failed
  std::uint32_t consecutive_error_limit = 4;  ///< looks in a row that find no call at all; one more, and it has failed
  std::uint32_t requests_min = 20;            ///< with fewer calls a look is inconclusive: the deployment pauses; 1 to 1,000,000

  bool operator==(const AnalysisSpec&) const = default;
};
/// In the order of the values: "errorRate", "latencyP50", "latencyP90", "latencyP99".
const std::vector<std::string>& analysis_metric_names();

struct CanaryStep {
  enum class Kind : std::uint8_t { weight, pause, analysis };
  Kind kind = Kind::weight;
  double weight = 0;                  ///< percent of the traffic
  std::optional<sim::Time> duration;  ///< of a pause; nothing: until somebody promotes

  bool operator==(const CanaryStep&) const = default;
};

struct DeploymentSpec {
  static constexpr std::size_t steps_max = 100;
  static constexpr sim::Time longest = sim::Time{7} * 24 * 3'600 * sim::second;

  VersionSpec version;
  Strategy strategy = Strategy::rolling;
  std::string preset;  ///< what it began from; "": nothing
  bool force = false;  ///< although a zone is down, or clients need the old version
  bool keep = false;   ///< the old version stays beside the new one

  // rolling
  Amount max_surge;                                 ///< more than there should be, rounded up
  Amount max_unavailable{0, true};                  ///< fewer, rounded down; when both come to nothing it is one
  sim::Time min_ready = 0;                          ///< a new one counts when it has been up for so long
  sim::Time progress_deadline = 600 * sim::second;  ///< without progress for so long it is reported, no more
  // canary
  std::vector<CanaryStep> steps;
  AnalysisSpec analysis;
  bool scales_stable = false;  ///< the old version has no more instances than its traffic needs (dynamicStableScale)
  // blue_green; canary: scale_down_delay
  bool auto_promote = true;
  sim::Time scale_down_delay = 30 * sim::second;  ///< after the traffic has gone
  // red_black, rolling_red_black
  sim::Time delay_before_disable = 0;
  std::uint32_t max_remaining = 2;         ///< versions that stay, the new one counted; 1 to 100
  std::vector<double> target_percentages;  ///< ascending, over 0 to 100; 100 is added
  // asgard, at the end of each of its parts
  sim::Time judgment = 60 * sim::second;
  sim::Time eureka_wait = 90 * sim::second;  ///< after the old ones get no traffic any more

  bool auto_rollback = true;       ///< when an analysis has failed; else it pauses
  bool weighted_rollback = false;  ///< traffic goes back as fast as there are instances for it, not at once

  bool operator==(const DeploymentSpec&) const = default;
};

/// kubernetes, argo, flagger, spinnaker-redblack, spinnaker-rolling-redblack, asgard.
const std::vector<std::string>& deployment_preset_names();
/// Without a version. REQUIRES: it is one of those.
DeploymentSpec deployment_preset(const std::string& name);

}  // namespace model
