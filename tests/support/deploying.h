#pragma once
// A service of ten instances that is deployed, and what is seen of it.

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "operations/operations.h"
#include "support/worlds.h"

namespace deploying {

using model::AnalysisSpec;
using model::CanaryStep;
using model::DeploymentSpec;
using model::InstanceState;
using model::Strategy;
using Kind = model::Refusal::Kind;
using Numbers = std::map<std::string, std::uint64_t>;

inline constexpr sim::Time second = sim::second;

/// users -> api, ten instances of version 1.2.3 that start in 5 s.
inline model::WorldSpec ten_spec(double requests_per_second = 1'000, std::uint32_t concurrency = 1'000) {
  model::WorldSpec spec = worlds::small({worlds::service("api", "store", 10, {}, 10), worlds::service("users", "denominator", 0, {0})});
  spec.services[0].version = "1.2.3";
  spec.services[0].start_up = 5 * second;
  spec.services[0].replace_after = 60 * second;
  spec.services[0].concurrency = concurrency;
  spec.services[1].requests_per_second = requests_per_second;
  return spec;
}

inline DeploymentSpec version(const std::string& name, Strategy strategy = Strategy::rolling) {
  DeploymentSpec spec;
  spec.version.name = name;
  spec.strategy = strategy;
  return spec;
}

inline std::string pushed(model::World& world, const DeploymentSpec& spec) {
  const auto result = operations::push(world, "api", spec);
  if (const auto* refusal = std::get_if<model::Refusal>(&result)) ADD_FAILURE() << refusal->detail;
  return std::holds_alternative<std::string>(result) ? std::get<std::string>(result) : "";
}

inline model::Refusal refused(model::World& world, const DeploymentSpec& spec) {
  const auto result = operations::push(world, "api", spec);
  EXPECT_TRUE(std::holds_alternative<model::Refusal>(result));
  return std::holds_alternative<model::Refusal>(result) ? std::get<model::Refusal>(result) : model::Refusal{};
}

inline const model::DeploymentRecord& last(const model::World& world) {
  return world.deployments().back();
}

inline Numbers in_states(const model::World& world, std::initializer_list<InstanceState> states) {
  Numbers numbers;
  for (const model::InstanceId id : worlds::instances_of(world, "api")) {
    for (const InstanceState state : states) {
      if (world.instance(id).state == state) ++numbers[world.shared().profiles[world.instance(id).profile].version];
    }
  }
  return numbers;
}

inline Numbers up(const model::World& world) {
  return in_states(world, {InstanceState::up});
}

inline std::uint64_t sum(const Numbers& numbers) {
  std::uint64_t all = 0;
  for (const auto& [name, number] : numbers) all += number;
  return all;
}

/// Answers that callers got of each version so far.
inline Numbers answers(const model::World& world) {
  Numbers numbers;
  for (const model::Shard& shard : world.shards()) {
    for (std::size_t c = 0; c < world.shared().cells.size(); ++c) {
      const model::Cell& cell = world.shared().cells[c];
      if (world.shared().groups[cell.group].service != 0) continue;
      numbers[world.shared().profiles[cell.profile].version] += shard.cell_counts()[c].replies;
    }
  }
  return numbers;
}

inline double share_of(model::World& world, const std::string& name, sim::Time period) {
  const Numbers before = answers(world);
  world.run_until(world.now() + period);
  Numbers after = answers(world);
  const double all = static_cast<double>(sum(after) - sum(before));
  return static_cast<double>(after[name] - (before.contains(name) ? before.at(name) : 0)) / all;
}

/// Six standard deviations of a share of so many calls.
inline double doubt(double share, double calls) {
  return 6 * std::sqrt(share * (1 - share) / calls);
}

template <class Each>
void each_moment(model::World& world, sim::Time until, Each each) {
  while (world.now() < until) {
    world.run_until(world.now() + 100 * sim::millisecond);
    each();
  }
}

inline CanaryStep weight(double percent) {
  return {CanaryStep::Kind::weight, percent, std::nullopt};
}
inline CanaryStep pause(std::optional<sim::Time> duration) {
  return {CanaryStep::Kind::pause, 0, duration};
}
inline constexpr CanaryStep analysis{CanaryStep::Kind::analysis, 0, std::nullopt};

inline DeploymentSpec canary(const std::string& name, std::vector<CanaryStep> steps) {
  DeploymentSpec spec = version(name, Strategy::canary);
  spec.steps = std::move(steps);
  return spec;
}

inline AnalysisSpec errors_below(double share, std::uint32_t count = 1) {
  AnalysisSpec spec;
  spec.bounds = {{AnalysisSpec::Metric::error_rate, share, std::nullopt, std::nullopt}};
  spec.interval = 20 * second;
  spec.count = count;
  return spec;
}

}  // namespace deploying
