// Deployments and what comes between: deaths, newer ones, people who roll back, zones that are down.

#include "chaos/experiment.h"
#include "support/deploying.h"

namespace {

using namespace deploying;

TEST(Deployments, EveryStrategySurvivesDeathsAndComesToItsEnd) {
  for (std::size_t s = 0; s < model::strategy_names().size(); ++s) {
    model::World world(ten_spec(100));
    DeploymentSpec spec = version("1.2.4", static_cast<Strategy>(s));
    spec.steps = {weight(30), pause(5 * second), weight(60)};
    pushed(world, spec);
    for (int i = 0; i < 6; ++i) {
      world.run_until(world.now() + 3 * second);
      const auto all = worlds::instances_of(world, "api");
      for (std::size_t n = static_cast<std::size_t>(i); n < all.size(); n += 7) world.kill(all[n]);
    }
    world.run_until(900 * second);
    EXPECT_EQ(last(world).state, "succeeded") << model::strategy_names()[s];
    EXPECT_EQ(up(world)["1.2.4"], 10U) << model::strategy_names()[s];
  }
}

TEST(Deployments, ANewerOneTakesOverWhateverIsGoingOn) {
  for (std::size_t s = 0; s < model::strategy_names().size(); ++s) {
    for (std::size_t t = 0; t < model::strategy_names().size(); ++t) {
      model::World world(ten_spec(100));
      DeploymentSpec first = version("1.2.4", static_cast<Strategy>(s));
      DeploymentSpec next = version("1.2.5", static_cast<Strategy>(t));
      first.steps = next.steps = {weight(30), pause(20 * second)};
      pushed(world, first);
      world.run_until(4 * second);
      pushed(world, next);
      world.run_until(600 * second);
      EXPECT_EQ(world.deployments()[0].state, "superseded");
      EXPECT_EQ(last(world).state, "succeeded");
      EXPECT_EQ(up(world)["1.2.5"], 10U) << s << " " << t;
      EXPECT_EQ(up(world)["1.2.4"] % 10, 0U) << s << " " << t;
      EXPECT_EQ(share_of(world, "1.2.5", 5 * second), 1) << s << " " << t;
    }
  }
}

TEST(Deployments, CanBeRolledBackAtAnyTime) {
  for (std::size_t s = 0; s < model::strategy_names().size(); ++s) {
    for (const int at : {1, 8, 40, 400}) {
      for (const bool weighted : {false, true}) {
        model::World world(ten_spec(100));
        DeploymentSpec spec = version("1.2.4", static_cast<Strategy>(s));
        spec.steps = {weight(30), pause(20 * second)};
        spec.weighted_rollback = weighted;
        const std::string id = pushed(world, spec);
        world.run_until(at * second);
        ASSERT_TRUE(std::holds_alternative<std::string>(operations::roll_back(world, "api", id)));
        world.run_until(world.now() + 200 * second);
        EXPECT_EQ(last(world).state, "rolledBack") << s << " " << at;
        EXPECT_EQ(up(world), (Numbers{{"1.2.3", 10}})) << s << " " << at;
        EXPECT_EQ(world.shared().services[0].current_profile, 0U);
        EXPECT_TRUE(world.shared().steering.tables.empty());
      }
    }
  }
}

TEST(Deployments, AForkGoesOnAsItsOrigin) {
  model::World world(ten_spec(100));
  DeploymentSpec spec = canary("1.2.4", {weight(10), pause(10 * second), weight(50), analysis});
  spec.analysis = errors_below(0.1);
  pushed(world, spec);
  for (const int at : {3, 9, 18, 30}) {
    world.run_until(at * second);
    model::World fork(world);
    model::World other(world);
    fork.run_until(120 * second);
    other.run_until(120 * second);
    EXPECT_EQ(fork.fingerprint(), other.fingerprint());
    EXPECT_EQ(last(fork).state, "succeeded");
  }
}

TEST(Deployments, AVersionThatLeaksCrashesAgainAndAgain) {
  model::World world(ten_spec());
  DeploymentSpec spec = version("1.2.4");
  spec.version.crash_after_ms = 100'000;
  pushed(world, spec);
  world.run_until(60 * second);
  EXPECT_EQ(up(world), (Numbers{{"1.2.4", 10}}));
  world.run_until(130 * second);
  EXPECT_LT(sum(up(world)), 5U);
  world.run_until(200 * second);
  EXPECT_GT(sum(up(world)), 5U) << "replaced after a minute";
}

TEST(Gate, WhatRunsWaitsForAZoneAndGoesOnByItself) {
  model::World world(ten_spec());
  pushed(world, version("1.2.4"));
  world.run_until(2 * second);
  std::uint32_t& denied = world.denials().capacity[*world.find_location("us-east-1.zoneB")];
  denied = 1;
  world.run_until(100 * second);
  EXPECT_EQ(last(world).state, "paused");
  EXPECT_NE(last(world).reason.find("us-east-1.zoneB"), std::string::npos);
  EXPECT_EQ(up(world)["1.2.3"], 10U);
  denied = 0;
  world.run_until(200 * second);
  EXPECT_EQ(last(world).state, "succeeded");
}

TEST(Gate, CanBeTurnedOffButForAFreeze) {
  model::World world(ten_spec());
  world.denials().capacity[*world.find_location("us-east-1.zoneB")] = 1;
  EXPECT_EQ(refused(world, version("1.2.4")).kind, Kind::conflict);
  operations::set_gates(world, false);
  world.denials().deployments[0] = 1;
  DeploymentSpec forced = version("1.2.4");
  forced.force = true;
  EXPECT_NE(refused(world, forced).detail.find("frozen"), std::string::npos);
  world.denials().deployments[0] = 0;
  pushed(world, version("1.2.4"));
  world.run_until(5 * second);
  world.denials().deployments[0] = 1;
  world.run_until(60 * second);
  EXPECT_EQ(last(world).state, "paused");
  world.denials().deployments[0] = 0;
  world.run_until(120 * second);
  EXPECT_EQ(last(world).state, "succeeded");
}

TEST(Gate, APartOfAZoneIsNoZone) {
  model::World world(ten_spec());
  model::Selector part;
  part.zones = {"us-east-1.zoneB"};
  part.services = {"api"};
  ASSERT_TRUE(std::holds_alternative<chaos::Started>(chaos::start_fault(world, "zone.outage", part, 60 * second, {})));
  pushed(world, version("1.2.4"));
  part.services.clear();
  ASSERT_TRUE(std::holds_alternative<chaos::Started>(chaos::start_fault(world, "zone.outage", part, 60 * second, {})));
  EXPECT_EQ(refused(world, version("1.2.5")).kind, Kind::conflict);
}

}  // namespace
