#pragma once
// The horizontal pod autoscaler of Kubernetes (autoscaling/v2): how many instances a service should have, from what is measured of each of
// them. A plain value: it is told the time and the measurements, and remembers what it recommended and what was changed.
//
// Sources: kubernetes/kubernetes, pkg/controller/podautoscaler: replica_calculator.go (groupPods, GetResourceReplicas,
// calcPlainMetricReplicas), metrics/utilization.go, horizontal.go (computeReplicasForMetrics, normalizeDesiredReplicasWithBehaviors,
// stabilizeRecommendationWithBehaviors, convertDesiredReplicasWithBehaviorRate); defaults: pkg/apis/autoscaling/v2/defaults.go and
// pkg/controller/podautoscaler/config. As there, measurements are whole thousandths, and utilisation whole percent, rounded down.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/time.h"

namespace policies {

struct AutoscalerSpec {
  enum class Metric : std::uint8_t {
    utilisation,  ///< busy workers, in percent of those that an instance has
    requests,     ///< that an instance gets in a second
    queue,        ///< calls that wait for a worker of an instance
  };
  struct Target {
    Metric metric = Metric::utilisation;
    double target = 50;  ///< of an instance: percent, requests a second, calls; over 0, at most target_max

    bool operator==(const Target&) const = default;
  };
  struct Rule {
    enum class Kind : std::uint8_t { instances, percent };
    Kind kind = Kind::percent;
    std::uint32_t value = 100;            ///< so many in each period; 1 to 1,000,000
    sim::Time period = 15 * sim::second;  ///< 1 s to 30 min

    bool operator==(const Rule&) const = default;
  };
  enum class Select : std::uint8_t { max, min, disabled };  ///< which of the rules counts: the one that changes most, least; no change
  struct Behaviour {
    sim::Time window = 0;  ///< the most careful recommendation of so long; 0 to an hour
    Select select = Select::max;
    std::vector<Rule> rules;  ///< 1 to rules_max

    bool operator==(const Behaviour&) const = default;
  };

  static constexpr double target_max = 1'000'000;
  static constexpr std::uint32_t instances_max = 1'000'000;
  static constexpr std::size_t rules_max = 10;
  static constexpr std::size_t metrics_max = 10;

  bool enabled = true;
  std::uint32_t min = 1;   ///< 1 to instances_max
  std::uint32_t max = 10;  ///< min to instances_max
  std::vector<Target> metrics{Target{}};
  double tolerance = 0.1;                          ///< 0 to 1
  sim::Time sync = 15 * sim::second;               ///< 1 s to an hour
  sim::Time initial_readiness = 30 * sim::second;  ///< one that was never ready is left out for so long after its start; 0 to an hour
  sim::Time initialisation = 300 * sim::second;    ///< one that is so young counts when it was ready for a whole measurement; 0 to an hour
  Behaviour up{0, Select::max, {{Rule::Kind::instances, 4, 15 * sim::second}, {Rule::Kind::percent, 100, 15 * sim::second}}};
  Behaviour down{300 * sim::second, Select::max, {{Rule::Kind::percent, 100, 15 * sim::second}}};

  bool operator==(const AutoscalerSpec&) const = default;
};
bool valid(const AutoscalerSpec& spec);

/// In the order of their values: "utilisation", "requests", "queue"; "instances", "percent"; "max", "min", "disabled".
const std::vector<std::string>& autoscaler_metric_names();
const std::vector<std::string>& autoscaler_rule_names();
const std::vector<std::string>& autoscaler_select_names();

/// What is measured of one instance that should be there.
struct InstanceSample {
  bool pending = false;  ///< not started yet
  bool ready = true;
  sim::Time started = 0;
  sim::Time changed = 0;              ///< when it became ready, or no longer was
  std::optional<std::int64_t> value;  ///< in thousandths: busy workers, requests a second, calls; nothing: not measured
  std::int64_t capacity = 1'000;      ///< of utilisation, in thousandths of workers
};

/// One metric: the number that it asks for, and why; nothing when it cannot be told.
struct MetricAdvice {
  std::optional<std::uint32_t> wanted;
  double value = 0;  ///< measured, on average
  std::string reason;
};
/// `window`: how long the measurements took.
MetricAdvice advise(const AutoscalerSpec& spec, const AutoscalerSpec::Target& target, const std::vector<InstanceSample>& samples,
                    std::uint32_t current, sim::Time now, sim::Time window);

class Autoscaler {
 public:
  struct Decision {
    std::uint32_t current = 0;
    std::uint32_t raw = 0;         ///< what the metrics ask for
    std::uint32_t stabilised = 0;  ///< after the windows
    std::uint32_t applied = 0;     ///< after the rules and the bounds
    std::string reason;
  };

  /// `samples`: parallel to spec.metrics. Does not change anything but its memory of recommendations: tell it with `changed`.
  Decision decide(const AutoscalerSpec& spec, const std::vector<std::vector<InstanceSample>>& samples, std::uint32_t current, sim::Time now,
                  sim::Time window);
  /// The same from a number that the metrics ask for.
  Decision decide(const AutoscalerSpec& spec, std::uint32_t raw, std::uint32_t current, sim::Time now, std::string reason);
  /// The number was changed as decided.
  void changed(const AutoscalerSpec& spec, std::uint32_t from, std::uint32_t to, sim::Time now);

 private:
  struct Past {
    sim::Time at = 0;
    std::uint32_t number = 0;
  };
  std::uint32_t stabilise(const AutoscalerSpec& spec, std::uint32_t raw, std::uint32_t current, sim::Time now);
  std::uint32_t limit_up(const AutoscalerSpec& spec, std::uint32_t current, sim::Time now) const;
  std::uint32_t limit_down(const AutoscalerSpec& spec, std::uint32_t current, sim::Time now) const;
  static std::int64_t sum_since(const std::vector<Past>& changes, sim::Time from);

  std::vector<Past> recommendations_;
  std::vector<Past> ups_, downs_;
};

}  // namespace policies
