// Strategies: what is there at every moment, who gets the traffic, and the way back.

#include "support/deploying.h"

namespace {

using namespace deploying;

TEST(RollingUpdate, OfTenThereAreAtMostThirteenAndAtLeastEightAtEveryMoment) {
  model::World world(ten_spec());
  DeploymentSpec spec = model::deployment_preset("kubernetes");
  spec.version.name = "1.2.4";
  pushed(world, spec);
  std::uint64_t most = 0, least = 10;
  each_moment(world, 60 * second, [&] {
    most = std::max(most, sum(in_states(world, {InstanceState::starting, InstanceState::up, InstanceState::down})));
    least = std::min(least, sum(up(world)));
  });
  EXPECT_EQ(most, 13U) << "a quarter, rounded up";
  EXPECT_EQ(least, 8U) << "a quarter, rounded down";
  EXPECT_EQ(last(world).state, "succeeded");
  EXPECT_EQ(up(world), (Numbers{{"1.2.4", 10}}));
  EXPECT_EQ(worlds::requests_of(world).failed, 0U);
}

TEST(RollingUpdate, BothNothingMeansOneFewer) {
  model::World world(ten_spec());
  DeploymentSpec spec = version("1.2.4");
  spec.max_surge = {0, false};
  spec.max_unavailable = {0, true};
  pushed(world, spec);
  std::uint64_t most = 0, least = 10;
  each_moment(world, 120 * second, [&] {
    most = std::max(most, sum(in_states(world, {InstanceState::starting, InstanceState::up})));
    least = std::min(least, sum(up(world)));
  });
  EXPECT_EQ(most, 10U);
  EXPECT_EQ(least, 9U);
  EXPECT_EQ(up(world), (Numbers{{"1.2.4", 10}}));
}

TEST(RollingUpdate, ANewInstanceCountsWhenItHasBeenUpForAWhile) {
  const auto takes = [](sim::Time min_ready) {
    model::World world(ten_spec());
    DeploymentSpec spec = version("1.2.4");
    spec.max_surge = {100, true};
    spec.min_ready = min_ready;
    pushed(world, spec);
    world.run_until(120 * second);
    return *last(world).ended;
  };
  const sim::Time known = 100 * sim::millisecond;
  EXPECT_EQ(takes(0), 5 * second + known);
  EXPECT_EQ(takes(20 * second), 25 * second);
}

TEST(RollingUpdate, ReportsThatItIsLateAndDoesNoMore) {
  model::World world(ten_spec());
  for (std::uint32_t& denied : world.denials().capacity) denied = 1;
  DeploymentSpec spec = version("1.2.4");
  spec.force = true;
  spec.progress_deadline = 30 * second;
  pushed(world, spec);
  world.run_until(29 * second);
  EXPECT_EQ(last(world).reason, "");
  world.run_until(31 * second);
  EXPECT_EQ(last(world).reason, "no progress for 30 s");
  EXPECT_EQ(last(world).state, "progressing");
  EXPECT_EQ(up(world), (Numbers{{"1.2.3", 10}}));
  for (std::uint32_t& denied : world.denials().capacity) denied = 0;
  world.run_until(90 * second);
  EXPECT_EQ(last(world).state, "succeeded");
}

TEST(Recreate, AllOldOnesGoFirst) {
  model::World world(ten_spec());
  world.run_until(second);
  pushed(world, version("1.2.4", Strategy::recreate));
  bool together = false;
  std::uint64_t least = 10;
  each_moment(world, 60 * second, [&] {
    const Numbers there = in_states(world, {InstanceState::starting, InstanceState::up, InstanceState::draining});
    together = together || there.size() > 1;
    least = std::min(least, sum(up(world)));
  });
  EXPECT_FALSE(together);
  EXPECT_EQ(least, 0U);
  EXPECT_GT(worlds::requests_of(world).failed, 0U) << "nobody answered meanwhile";
  EXPECT_EQ(up(world), (Numbers{{"1.2.4", 10}}));
  EXPECT_EQ(last(world).state, "succeeded");
}

TEST(Canary, GetsItsWeightStepByStep) {
  model::World world(ten_spec());
  pushed(world, canary("1.2.4", {weight(10), pause(60 * second), weight(50), pause(60 * second)}));
  world.run_until(5 * second);
  EXPECT_EQ(answers(world)["1.2.4"], 0U);
  world.run_until(10 * second);
  EXPECT_EQ(up(world), (Numbers{{"1.2.3", 10}, {"1.2.4", 1}}));
  EXPECT_NEAR(share_of(world, "1.2.4", 40 * second), 0.1, doubt(0.1, 40'000));
  EXPECT_EQ(world.shared().profiles[world.shared().services[0].current_profile].version, "1.2.3") << "not promoted yet";
  world.run_until(80 * second);
  EXPECT_EQ(up(world), (Numbers{{"1.2.3", 10}, {"1.2.4", 5}}));
  EXPECT_NEAR(share_of(world, "1.2.4", 40 * second), 0.5, doubt(0.5, 40'000));
  world.run_until(300 * second);
  EXPECT_EQ(last(world).state, "succeeded");
  EXPECT_EQ(up(world), (Numbers{{"1.2.4", 10}}));
  EXPECT_TRUE(world.shared().steering.tables.empty()) << "nothing of it is left on the path of a call";
  EXPECT_EQ(worlds::requests_of(world).failed, 0U);
}

TEST(Canary, CountsTheStepsThatItWasGiven) {
  model::World world(ten_spec());
  pushed(world, canary("1.2.4", {weight(10), pause(30 * second), weight(50), pause(30 * second)}));
  std::vector<std::uint32_t> seen;
  each_moment(world, 200 * second, [&] {
    EXPECT_EQ(last(world).steps, 4U);
    if (seen.empty() || seen.back() != last(world).step) seen.push_back(last(world).step);
  });
  EXPECT_EQ(last(world).state, "succeeded");
  EXPECT_EQ(seen, (std::vector<std::uint32_t>{1, 2, 3, 4}));
}

TEST(Canary, EveryStepIsAChangeToBeSeenAndGoingBackKeepsItsNumber) {
  model::World world(ten_spec());
  DeploymentSpec spec = canary("1.2.4", {weight(10), pause(10 * second), analysis});
  spec.version.error_rate = 0.2;
  spec.analysis = errors_below(0.05);
  pushed(world, spec);
  std::string text;
  std::uint64_t version = 0;
  each_moment(world, 120 * second, [&] {
    const bool shown = last(world).step_text == text || world.structure_version() > version;
    EXPECT_TRUE(shown) << text << " -> " << last(world).step_text;
    text = last(world).step_text;
    version = world.structure_version();
    EXPECT_EQ(last(world).steps, 3U);
  });
  EXPECT_EQ(last(world).state, "rolledBack");
  EXPECT_EQ(last(world).step, 3U);
  EXPECT_EQ(last(world).steps, 3U);
}

TEST(Canary, ABadOneGoesBackByItself) {
  model::World world(ten_spec());
  DeploymentSpec spec = canary("1.2.4", {weight(10), analysis});
  spec.version.error_rate = 0.2;
  spec.analysis = errors_below(0.05);
  pushed(world, spec);
  world.run_until(20 * second);
  EXPECT_EQ(last(world).state, "progressing");
  world.run_until(60 * second);
  EXPECT_EQ(last(world).state, "rolledBack");
  EXPECT_NE(last(world).reason.find("errorRate is"), std::string::npos) << last(world).reason;
  EXPECT_EQ(up(world), (Numbers{{"1.2.3", 10}}));
  const worlds::Sums sums = worlds::requests_of(world);
  EXPECT_LT(static_cast<double>(sums.failed), 0.2 * 0.1 * 22 * 1'000 * 1.2) << "a tenth of the users for twenty-odd seconds";
}

TEST(Canary, ASlowOneIsComparedWithTheOldVersion) {
  model::World world(ten_spec());
  DeploymentSpec spec = canary("1.2.4", {weight(20), analysis});
  spec.version.service_time_factor = 2;
  spec.analysis.bounds = {{AnalysisSpec::Metric::latency_p50, std::nullopt, 1.5, std::nullopt}};
  spec.analysis.interval = 20 * second;
  spec.auto_rollback = false;
  const std::string id = pushed(world, spec);
  world.run_until(60 * second);
  EXPECT_EQ(last(world).state, "paused");
  EXPECT_NE(last(world).reason.find("latencyP50 is 20."), std::string::npos) << last(world).reason;
  EXPECT_TRUE(std::holds_alternative<std::string>(operations::set_deployment_state(world, "api", id, "promoted")));
  world.run_until(200 * second);
  EXPECT_EQ(last(world).state, "succeeded");
}

TEST(Canary, FailuresUpToTheLimitAreForgiven) {
  for (const std::uint32_t limit : {0U, 1U, 2U}) {
    model::World world(ten_spec());
    DeploymentSpec spec = canary("1.2.4", {weight(20), analysis});
    spec.version.error_rate = 0.5;
    spec.analysis = errors_below(0.1, 2);
    spec.analysis.failure_limit = limit;
    pushed(world, spec);
    world.run_until(200 * second);
    EXPECT_EQ(last(world).state, limit < 2 ? "rolledBack" : "succeeded") << limit;
  }
}

TEST(Canary, WithoutCallsItFailsAndWithTooFewItPauses) {
  model::World silent(ten_spec(0));
  DeploymentSpec spec = canary("1.2.4", {weight(20), analysis});
  spec.analysis = errors_below(0.1);
  spec.analysis.consecutive_error_limit = 1;
  pushed(silent, spec);
  silent.run_until(40 * second);
  EXPECT_EQ(last(silent).state, "progressing");
  silent.run_until(60 * second);
  EXPECT_EQ(last(silent).state, "rolledBack");
  EXPECT_EQ(last(silent).reason, "no call of the new version was answered");

  model::World quiet(ten_spec(2));
  const std::string id = pushed(quiet, spec);
  quiet.run_until(60 * second);
  EXPECT_EQ(last(quiet).state, "paused");
  EXPECT_NE(last(quiet).reason.find("inconclusive"), std::string::npos);
  operations::set_traffic(quiet, "users", 1'000);
  EXPECT_TRUE(std::holds_alternative<std::string>(operations::set_deployment_state(quiet, "api", id, "progressing")));
  quiet.run_until(200 * second);
  EXPECT_EQ(last(quiet).state, "succeeded");
}

TEST(Canary, WaitsForAPersonPausesAndGoesOn) {
  model::World world(ten_spec());
  const auto set = [&](const std::string& state) { return operations::set_deployment_state(world, "api", last(world).id, state); };
  pushed(world, canary("1.2.4", {weight(20), pause(std::nullopt), weight(40)}));
  EXPECT_EQ(std::get<model::Refusal>(set("progressing")).kind, Kind::conflict);
  EXPECT_EQ(std::get<model::Refusal>(set("promoted")).kind, Kind::conflict) << "it starts instances";
  EXPECT_EQ(std::get<model::Refusal>(set("purple")).kind, Kind::invalid);
  world.run_until(100 * second);
  EXPECT_EQ(last(world).state, "paused");
  EXPECT_EQ(last(world).weights, (std::vector<std::pair<std::string, double>>{{"1.2.4", 20}, {"1.2.3", 80}}));
  EXPECT_TRUE(std::holds_alternative<std::string>(set("promoted")));
  world.run_until(101 * second);
  EXPECT_TRUE(std::holds_alternative<std::string>(set("paused")));
  const std::uint32_t step = last(world).step;
  world.run_until(200 * second);
  EXPECT_EQ(last(world).step, step);
  EXPECT_EQ(last(world).reason, "paused by hand");
  EXPECT_TRUE(std::holds_alternative<std::string>(set("progressing")));
  world.run_until(300 * second);
  EXPECT_EQ(last(world).state, "succeeded");
  EXPECT_EQ(std::get<model::Refusal>(set("paused")).kind, Kind::conflict) << "it has ended";
}

/// Flagger #869, Argo #3888: the old version has shrunk with its traffic, and gets all of it back at once.
double lost_going_back(bool weighted) {
  DeploymentSpec spec = canary("1.2.4", {weight(80), pause(std::nullopt)});
  spec.scales_stable = true;
  spec.weighted_rollback = weighted;
  model::WorldSpec small = ten_spec(1'200, 2);  // ten instances with two workers of 10 ms can do 2000
  small.services[0].queue_limit = 20;
  model::World tight(small);
  const std::string id = std::get<std::string>(operations::push(tight, "api", spec));
  tight.run_until(60 * second);
  EXPECT_EQ(up(tight), (Numbers{{"1.2.3", 2}, {"1.2.4", 8}}));
  EXPECT_EQ(worlds::requests_of(tight).failed, 0U);
  EXPECT_TRUE(std::holds_alternative<std::string>(operations::roll_back(tight, "api", id)));
  tight.run_until(120 * second);
  EXPECT_EQ(last(tight).state, "rolledBack");
  EXPECT_EQ(up(tight), (Numbers{{"1.2.3", 10}}));
  return static_cast<double>(worlds::requests_of(tight).failed);
}

TEST(RollBack, AtOnceOverloadsAnOldVersionThatHasShrunkAndByWeightDoesNot) {
  // Two instances can do 400 of 1200 requests a second until the others have started, in 5 s and the time until they are known.
  EXPECT_GT(lost_going_back(false), (1'200 - 400) * 5 * 0.9);
  EXPECT_EQ(lost_going_back(true), 0);
}

TEST(BlueGreen, AllTrafficAtOnceAndTheOldVersionAWhileLater) {
  model::World world(ten_spec());
  DeploymentSpec spec = version("1.2.4", Strategy::blue_green);
  spec.auto_promote = false;
  const std::string id = pushed(world, spec);
  world.run_until(20 * second);
  EXPECT_EQ(up(world), (Numbers{{"1.2.3", 10}, {"1.2.4", 10}}));
  EXPECT_EQ(answers(world)["1.2.4"], 0U);
  EXPECT_EQ(last(world).state, "paused");
  EXPECT_TRUE(std::holds_alternative<std::string>(operations::set_deployment_state(world, "api", id, "promoted")));
  world.run_until(21 * second);
  EXPECT_EQ(share_of(world, "1.2.4", 10 * second), 1);
  EXPECT_EQ(up(world), (Numbers{{"1.2.3", 10}, {"1.2.4", 10}}));
  world.run_until(60 * second);
  EXPECT_EQ(up(world), (Numbers{{"1.2.4", 10}}));
  EXPECT_EQ(last(world).state, "succeeded");
  EXPECT_EQ(worlds::requests_of(world).failed, 0U);
}

TEST(RedBlack, TheOldVersionStaysWarmSoThatGoingBackTakesNoStartUp) {
  model::World world(ten_spec());
  const std::string id = pushed(world, version("1.2.4", Strategy::red_black));
  world.run_until(30 * second);
  EXPECT_EQ(last(world).state, "succeeded");
  EXPECT_EQ(up(world), (Numbers{{"1.2.3", 10}, {"1.2.4", 10}}));
  EXPECT_EQ(share_of(world, "1.2.4", 10 * second), 1);
  EXPECT_EQ(world.shared().services[0].desired, 10U);
  operations::scale(world, {"api", 12, {}});
  world.run_until(50 * second);
  EXPECT_EQ(up(world), (Numbers{{"1.2.3", 10}, {"1.2.4", 12}})) << "the disabled ones do not count";
  operations::scale(world, {"api", 10, {}});
  world.run_until(60 * second);
  EXPECT_TRUE(std::holds_alternative<std::string>(operations::roll_back(world, "api", id)));
  world.run_until(61 * second);
  EXPECT_EQ(share_of(world, "1.2.3", 5 * second), 1);
  EXPECT_EQ(last(world).state, "rolledBack");
  EXPECT_EQ(worlds::requests_of(world).failed, 0U);
}

TEST(RedBlack, OfOlderVersionsAsManyRemainAsMay) {
  model::World world(ten_spec());
  for (const char* name : {"1.2.4", "1.2.5", "1.2.6"}) {
    pushed(world, version(name, Strategy::red_black));
    world.run_until(world.now() + 60 * second);
    EXPECT_EQ(last(world).state, "succeeded");
    EXPECT_EQ(share_of(world, name, 5 * second), 1);
  }
  EXPECT_EQ(up(world), (Numbers{{"1.2.5", 10}, {"1.2.6", 10}}));
  DeploymentSpec alone = version("1.2.7", Strategy::red_black);
  alone.max_remaining = 1;
  pushed(world, alone);
  world.run_until(world.now() + 60 * second);
  EXPECT_EQ(up(world), (Numbers{{"1.2.7", 10}}));
  pushed(world, version("1.2.8"));
  world.run_until(world.now() + 60 * second);
  EXPECT_EQ(up(world), (Numbers{{"1.2.8", 10}}));
  EXPECT_EQ(worlds::requests_of(world).failed, 0U);
}

TEST(RollingRedBlack, GrowsAndDisablesByParts) {
  model::World world(ten_spec());
  DeploymentSpec spec = version("1.2.4", Strategy::rolling_red_black);
  spec.target_percentages = {30, 60};
  spec.delay_before_disable = 20 * second;
  pushed(world, spec);
  world.run_until(20 * second);
  EXPECT_EQ(up(world), (Numbers{{"1.2.3", 10}, {"1.2.4", 3}})) << "the old group is pinned";
  world.run_until(26 * second);
  EXPECT_NEAR(share_of(world, "1.2.4", 4 * second), 0.3, doubt(0.3, 4'000));
  world.run_until(200 * second);
  EXPECT_EQ(last(world).state, "succeeded");
  EXPECT_EQ(up(world), (Numbers{{"1.2.3", 10}, {"1.2.4", 10}}));
  EXPECT_EQ(share_of(world, "1.2.4", 5 * second), 1);
}

TEST(Asgard, OneThenAllThenNoneOfTheOld) {
  model::World world(ten_spec());
  DeploymentSpec spec = model::deployment_preset("asgard");
  spec.version.name = "1.2.4";
  pushed(world, spec);
  world.run_until(60 * second);
  EXPECT_EQ(up(world), (Numbers{{"1.2.3", 10}, {"1.2.4", 1}}));
  world.run_until(100 * second);
  EXPECT_EQ(up(world), (Numbers{{"1.2.3", 10}, {"1.2.4", 10}}));
  EXPECT_NEAR(share_of(world, "1.2.4", 20 * second), 0.5, doubt(0.5, 20'000));
  world.run_until(150 * second);
  EXPECT_EQ(share_of(world, "1.2.4", 20 * second), 1) << "disabled, and warm";
  // 5.1 s and 60 s, twice; 90 s until everybody has heard; 60 s.
  world.run_until(280 * second);
  EXPECT_EQ(up(world)["1.2.3"], 10U);
  world.run_until(300 * second);
  EXPECT_EQ(up(world), (Numbers{{"1.2.4", 10}}));
  EXPECT_EQ(last(world).state, "succeeded");
}

TEST(Asgard, GoesBackWhenItDoesNotComeUp) {
  model::World world(ten_spec());
  DeploymentSpec spec = model::deployment_preset("asgard");
  spec.version.name = "1.2.4";
  spec.version.start_up_ms = 3'600'000;
  spec.progress_deadline = 60 * second;
  pushed(world, spec);
  world.run_until(90 * second);
  EXPECT_EQ(last(world).state, "rolledBack");
  EXPECT_EQ(in_states(world, {InstanceState::starting, InstanceState::up}), (Numbers{{"1.2.3", 10}}));
  spec.version.name = "1.2.5";
  spec.auto_rollback = false;
  pushed(world, spec);
  world.run_until(180 * second);
  EXPECT_EQ(last(world).state, "failed");
  EXPECT_EQ(last(world).reason, "no progress for 60 s");
}

}  // namespace
