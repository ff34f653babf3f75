#include "model/deployment_spec.h"

#include <cassert>
#include <cmath>

namespace model {
namespace {

using Bound = AnalysisSpec::Bound;

CanaryStep weight(double percent) {
  return {CanaryStep::Kind::weight, percent, std::nullopt};
}

CanaryStep pause(std::optional<sim::Time> duration) {
  return {CanaryStep::Kind::pause, 0, duration};
}

constexpr CanaryStep analysis{CanaryStep::Kind::analysis, 0, std::nullopt};

double share_of(const Amount& amount, std::uint32_t of) {
  return amount.percent ? of * amount.value / 100 : amount.value;
}

}  // namespace

const std::vector<std::string>& strategy_names() {
  static const std::vector<std::string> names{"rolling", "recreate", "canary", "blueGreen", "redBlack", "rollingRedBlack", "asgard"};
  return names;
}

const std::vector<std::string>& analysis_metric_names() {
  static const std::vector<std::string> names{"errorRate", "latencyP50", "latencyP90", "latencyP99"};
  return names;
}

std::uint32_t Amount::up(std::uint32_t of) const {
  return static_cast<std::uint32_t>(std::ceil(share_of(*this, of)));
}

std::uint32_t Amount::down(std::uint32_t of) const {
  return static_cast<std::uint32_t>(std::floor(share_of(*this, of)));
}

const std::vector<std::string>& deployment_preset_names() {
  static const std::vector<std::string> names{"kubernetes", "argo", "flagger", "spinnaker-redblack", "spinnaker-rolling-redblack",
                                              "asgard"};
  return names;
}

DeploymentSpec deployment_preset(const std::string& name) {
  DeploymentSpec spec;
  spec.preset = name;
  if (name == "kubernetes") {
    spec.max_unavailable = {25, true};
  } else if (name == "argo") {
    // The canary of its documentation: a fifth until somebody promotes, then by fifths with pauses of 10 s.
    spec.strategy = Strategy::canary;
    spec.steps = {weight(20), pause(std::nullopt)};
    for (const double percent : {40.0, 60.0, 80.0}) {
      spec.steps.push_back(weight(percent));
      spec.steps.push_back(pause(10 * sim::second));
    }
  } else if (name == "flagger") {
    // stepWeight 10, maxWeight 50, interval 1 min; success rate 99 %, p99 500 ms.
    spec.strategy = Strategy::canary;
    spec.analysis.bounds = {Bound{AnalysisSpec::Metric::error_rate, 0.01, std::nullopt, std::nullopt},
                            Bound{AnalysisSpec::Metric::latency_p99, 500, std::nullopt, std::nullopt}};
    for (const double percent : {10.0, 20.0, 30.0, 40.0, 50.0}) {
      spec.steps.push_back(weight(percent));
      spec.steps.push_back(analysis);
    }
  } else if (name == "spinnaker-redblack") {
    spec.strategy = Strategy::red_black;
  } else if (name == "spinnaker-rolling-redblack") {
    spec.strategy = Strategy::rolling_red_black;
    spec.target_percentages = {50};
  } else {
    assert(name == "asgard");
    spec.strategy = Strategy::asgard;
  }
  return spec;
}

}  // namespace model
