// Ramps, selectors and their blast radius, dry runs.

#include <algorithm>

#include "chaos/running.h"
#include "chaos/support.h"
#include "sim/math.h"

namespace {

using model::Selector;
using Mode = model::Selector::Mode;

TEST(Ramps, FollowTheirFormulas) {
  const auto at = [](model::Ramp ramp, double seconds) {
    return chaos::level_at(ramp, 0, 1, 1, 10 * sim::second, 110 * sim::second, 10 * sim::second + sim::from_ms(1'000 * seconds));
  };
  const model::Ramp step;
  EXPECT_EQ(at(step, 0), 1);
  EXPECT_EQ(at(step, 99.9), 1);
  const model::Ramp linear{model::Ramp::Shape::linear, 20 * sim::second, 40 * sim::second};
  EXPECT_EQ(at(linear, 0), 0);
  EXPECT_NEAR(at(linear, 5), 0.25, 1e-12);
  EXPECT_EQ(at(linear, 30), 1);
  EXPECT_NEAR(at(linear, 90), 0.25, 1e-12);
  EXPECT_EQ(at(linear, 100), 0);
  const model::Ramp exponential{model::Ramp::Shape::exponential, 20 * sim::second, 0};
  EXPECT_EQ(at(exponential, 0), 0);
  EXPECT_NEAR(at(exponential, 10), 31.0 / 1023, 1e-9);  // (2^(10/2) - 1) / (2^10 - 1)
  EXPECT_NEAR(at(exponential, 18), 511.0 / 1023, 1e-9);
  EXPECT_EQ(at(exponential, 20), 1);
}

TEST(Ramps, JitterIsWithinItsShareAndAnewEverySecond) {
  double sum = 0;
  double last = -1;
  for (int second = 0; second < 1'000; ++second) {
    const sim::Time now = second * sim::second;
    const double level = chaos::level_at({}, 0.4, 7, 3, 0, {}, now);
    EXPECT_LE(level, 1);
    EXPECT_GE(level, 0.6);
    EXPECT_NE(level, last);
    EXPECT_EQ(level, chaos::level_at({}, 0.4, 7, 3, 0, {}, now + sim::second - 1));
    sum += last = level;
  }
  EXPECT_NEAR(sum / 1'000, 0.8, 5 * 0.4 / std::sqrt(12.0 * 1'000));
}

TEST(Ramps, StrengthGrows) {
  trial::Trial trial;
  chaos::FaultRequest request = trial::on("service.latency", "db", {{"latencyMs", 100.0}});
  request.ramp = {model::Ramp::Shape::linear, 10 * sim::second, 0};
  trial::start(trial.world, request);
  trial.see(5 * sim::second);
  const trial::Seen half = trial.see(100 * sim::millisecond);
  EXPECT_NEAR(sim::to_ms(half.response.quantile(0.5)), 52.4, 2);
  trial.see(5 * sim::second);
  trial::expect_time(trial.see(sim::second).response.quantile(0.5), 102.4, "all of it");
}

TEST(Ramps, NumbersGrowAndShrink) {
  trial::Trial trial;
  chaos::FaultRequest request = trial::on("service.outage", "web");
  request.ramp = {model::Ramp::Shape::linear, 6 * sim::second, 6 * sim::second};
  request.duration = 20 * sim::second;
  trial::start(trial.world, request);
  for (int second = 0; second <= 20; ++second) {
    trial.world.run_until(second * sim::second);
    const int expected = second >= 20 ? 0 : std::min({second, 6, 20 - second});
    EXPECT_EQ(worlds::in_state(trial.world, "web", model::InstanceState::down), static_cast<std::size_t>(expected)) << second;
  }
}

std::vector<model::InstanceId> targets(model::World& world, const chaos::FaultRequest& request) {
  auto plan = chaos::plan_fault(world, request);
  if (std::holds_alternative<model::Refusal>(plan)) return {};
  const auto started = chaos::start_fault(world, request);
  EXPECT_EQ(std::get<chaos::Plan>(plan).targets, std::get<chaos::Started>(started).targets) << "a dry run says whom it hits";
  return std::get<chaos::Plan>(plan).targets;
}

TEST(Selectors, ChooseAsManyAsTheySaySpreadOverTheZones) {
  const auto chosen = [](Mode mode, double value, std::uint64_t seed = 1) {
    model::World world(trial::spec(seed));
    chaos::FaultRequest request = trial::on("instance.outage", "web");
    request.type = "instance.slow";
    request.selector.mode = mode;
    request.selector.value = value;
    const auto ids = targets(world, request);
    std::map<std::uint32_t, int> zones;
    for (const model::InstanceId id : ids) ++zones[world.instance(id).group];
    int most = 0, least = 100;
    for (const auto& [zone, count] : zones) {
      most = std::max(most, count);
      least = std::min(least, count);
    }
    EXPECT_TRUE(zones.size() < 3 || most - least <= 1);
    return ids;
  };
  EXPECT_EQ(chosen(Mode::all, 0).size(), 6U);
  EXPECT_EQ(chosen(Mode::one, 0).size(), 1U);
  EXPECT_EQ(chosen(Mode::count, 3).size(), 3U);
  EXPECT_EQ(chosen(Mode::count, 60).size(), 6U);
  EXPECT_EQ(chosen(Mode::percent, 50).size(), 3U);
  EXPECT_EQ(chosen(Mode::percent, 1).size(), 1U);
  std::set<model::InstanceId> by_chance;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) by_chance.insert(chosen(Mode::one, 0, seed)[0]);
  EXPECT_EQ(by_chance.size(), 6U);  // the chance to miss one of them is 6 (5/6)^60 < 0.0002
}

TEST(Selectors, ExcludeAndLeaveSome) {
  model::World world(trial::spec());
  chaos::FaultRequest request = trial::on("instance.slow", "web");
  request.selector.exclude.zones = {"us-east-1.zoneA"};
  EXPECT_EQ(targets(world, request).size(), 4U);
  request.selector.exclude = {};
  request.selector.min_remaining = 4;
  EXPECT_EQ(targets(world, request).size(), 2U);
  request.selector.min_remaining = 6;
  const auto refused = chaos::start_fault(world, request);
  EXPECT_EQ(std::get<model::Refusal>(refused).problems.at(0).code, "matchesNothing");
}

TEST(Selectors, KnowVersionsLabelsContinentsAndStates) {
  model::WorldSpec spec = trial::spec();
  spec.services[0].labels = {{"tier", "db"}};
  spec.regions[0].continent = "North America";
  model::World world(spec);
  chaos::FaultRequest request;
  request.type = "instance.slow";
  request.selector.labels = {{"tier", "db"}};
  EXPECT_EQ(targets(world, request).size(), 3U);
  request.selector.labels.clear();
  request.selector.continents = {"North America"};
  EXPECT_EQ(targets(world, request).size(), 9U);  // users are nowhere
  model::VersionSpec version;
  version.name = "2.0";
  const std::uint32_t other = world.add_version(1, version);
  world.start_instance(1, *world.find_location("us-east-1.zoneA"), other);
  request.selector.continents.clear();
  request.selector.versions = {"2.0"};
  EXPECT_EQ(targets(world, request).size(), 1U);
  request.selector.versions.clear();
  request.selector.states = {"starting"};
  EXPECT_EQ(targets(world, request).size(), 1U);
}

TEST(Selectors, SayWhatIsWrong) {
  model::World world(trial::spec());
  chaos::FaultRequest request = trial::on("network.latency", "web");
  request.selector.mode = Mode::percent;
  request.selector.value = 101;
  request.selector.versions = {"9"};
  request.selector.states = {"upp"};
  request.selector.continents = {"Atlantis"};
  request.selector.labels = {{"tier", "db"}};
  request.selector.exclude.services = {"wep"};
  request.target.emplace().zones = {"us-east-1.zoneD"};
  request.jitter = 2;
  request.ramp = {model::Ramp::Shape::step, sim::second, sim::second};
  const auto refusal = std::get<model::Refusal>(chaos::start_fault(world, request));
  std::vector<std::string> pointers;
  for (const model::Problem& problem : refusal.problems) pointers.push_back(problem.pointer);
  std::sort(pointers.begin(), pointers.end());
  EXPECT_EQ(pointers, (std::vector<std::string>{"/jitter", "/ramp/downMs", "/ramp/shape", "/selector/continents/0",
                                                "/selector/exclude/services/0", "/selector/labels/tier", "/selector/states/0",
                                                "/selector/value", "/selector/versions/0", "/target/zones/0"}));
  chaos::FaultRequest local = trial::on("instance.slow", "web");
  local.target.emplace().services = {"db"};
  local.direction = model::Direction::to;
  EXPECT_EQ(std::get<model::Refusal>(chaos::start_fault(world, local)).problems.size(), 2U);
  EXPECT_TRUE(world.faults().empty());
}

TEST(DryRuns, SayWhatWouldBeLost) {
  model::World world(trial::spec());
  chaos::FaultRequest request;
  request.type = "zone.outage";
  request.selector.zones = {"us-east-1.zoneB"};
  const auto plan = std::get<chaos::Plan>(chaos::plan_fault(world, request));
  EXPECT_EQ(plan.targets.size(), 3U);  // two of the web, one of the db
  EXPECT_EQ(plan.zones, (std::vector<std::string>{"us-east-1.zoneB"}));
  ASSERT_EQ(plan.services.size(), 2U);
  for (const auto& loss : plan.services) EXPECT_NEAR(loss.capacity_lost_percent, 100.0 / 3, 1e-9) << loss.service;
  EXPECT_NEAR(plan.capacity_lost_percent, 100.0 / 3, 1e-9);
  request = trial::on("cpu.stress", "db", {{"percent", 60.0}});
  EXPECT_NEAR(std::get<chaos::Plan>(chaos::plan_fault(world, request)).capacity_lost_percent, 100 * 0.6 * 3 / 9, 1e-9);
  EXPECT_TRUE(world.faults().empty());
  EXPECT_TRUE(world.overlays() == model::World(trial::spec()).overlays());
}

}  // namespace
