// The life of a call at its edges: full queues, the dead, the silent, retries, what users see.

#include <gtest/gtest.h>

#include <cmath>

#include "support/worlds.h"

namespace {

using worlds::service;
using worlds::small;

/// users -> web (3 instances, a zone each)
model::WorldSpec one_tier(double requests_per_second, std::uint32_t web = 3) {
  model::WorldSpec spec = small({service("web", "store", web, {}), service("users", "denominator", 0, {0})});
  spec.services[1].requests_per_second = requests_per_second;
  return spec;
}

TEST(Call, EveryRequestEndsOnce) {
  model::World world(one_tier(1000));
  world.run_until(10 * sim::second);
  world.set_traffic(1, 0);
  world.run_until(20 * sim::second);
  const worlds::Sums sums = worlds::requests_of(world);
  EXPECT_GT(sums.sent, 9'000U);
  EXPECT_EQ(sums.in_flight(), 0U);
  EXPECT_EQ(sums.failed, 0U);
  EXPECT_EQ(worlds::calls_in_flight(world), 0U);
}

TEST(Call, AFullQueueRejects) {
  model::WorldSpec spec = one_tier(1000, 1);
  spec.services[0].service_time.mean_ms = 100;
  spec.services[0].concurrency = 2;
  spec.services[0].queue_limit = 3;
  model::World world(spec);
  for (int t = 1; t <= 200; ++t) {
    world.run_until(t * 10 * sim::millisecond);
    EXPECT_LE(world.instance(worlds::instances_of(world, "web")[0]).queued, 3U);
    EXPECT_LE(world.instance(worlds::instances_of(world, "web")[0]).busy, 2U);
  }
  const model::CellCount web = worlds::cells_of(world, "web");
  EXPECT_NEAR(static_cast<double>(web.replies - web.errors), 20 * 2.0, 5);  // two workers, ten a second each, two seconds
  EXPECT_GT(web.errors, 1'500U);
  EXPECT_EQ(worlds::requests_of(world).failed, web.errors);  // a rejection is not tried again
}

TEST(Call, TheDeadRefuseAndAreTriedElsewhere) {
  model::World world(one_tier(1000));
  world.run_until(sim::second);
  world.kill(worlds::instances_of(world, "web")[0]);
  world.run_until(5 * sim::second);
  EXPECT_EQ(worlds::requests_of(world).failed, 0U);
  const model::CellCount web = worlds::cells_of(world, "web");
  EXPECT_GT(web.errors, 10U);  // refused attempts within the registry delay of 100 ms: a third of 1000/s
  EXPECT_LT(web.errors, 60U);
}

TEST(Call, WithoutAnotherInstanceARefusalFails) {
  model::World world(one_tier(1000, 1));
  world.run_until(sim::second);
  world.kill(worlds::instances_of(world, "web")[0]);
  const std::uint64_t before = worlds::requests_of(world).succeeded;
  world.run_until(2 * sim::second);
  EXPECT_LE(worlds::requests_of(world).succeeded, before + 1);
  EXPECT_GT(worlds::requests_of(world).failed, 900U);
}

/// To the nanosecond, and whatever else goes on.
TEST(Call, ATimeOutComesWhenItIsDue) {
  model::WorldSpec spec = one_tier(1000);
  spec.services[0].service_time.mean_ms = 100;
  spec.services[0].timeout = 20 * sim::millisecond;
  model::World world(spec);
  world.run_until(sim::second);
  world.set_traffic(1, 0);
  world.run_until(2 * sim::second);
  const model::CellCount web = worlds::cells_of(world, "web");
  EXPECT_GT(web.replies, 1'500U);  // each request is tried twice
  EXPECT_EQ(web.errors, web.replies);
  EXPECT_EQ(web.response.sum_ns(), web.replies * static_cast<std::uint64_t>(20 * sim::millisecond));
}

TEST(Call, TheSilentCostATimeOutAndOneMoreTry) {
  model::WorldSpec spec = one_tier(100);
  spec.services[0].timeout = 300 * sim::millisecond;
  spec.registry_delay = 5 * sim::second;
  model::World world(spec);
  world.run_until(sim::second);
  world.hold_down({worlds::instances_of(world, "web")[0]}, model::Reach::blackhole);
  world.run_until(4 * sim::second);
  EXPECT_EQ(worlds::requests_of(world).failed, 0U);
  const model::CellCount users = worlds::cells_of(world, "users");
  // 300 ms of waiting, then an answer after 1.2 ms, for a third of them.
  EXPECT_NEAR(sim::to_ms(users.response.quantile(0.95)), 301.2, 3.1);
  EXPECT_NEAR(sim::to_ms(users.response.quantile(0.5)), 1.2, 0.02);
}

TEST(Call, LateAnswersAreCountedAndDropped) {
  model::WorldSpec spec = one_tier(100, 1);
  spec.services[0].timeout = 50 * sim::millisecond;
  spec.services[0].service_time.mean_ms = 80;
  model::World world(spec);
  world.run_until(2 * sim::second);
  world.set_traffic(1, 0);
  world.run_until(4 * sim::second);
  EXPECT_EQ(worlds::requests_of(world).succeeded, 0U);
  EXPECT_EQ(world.shards()[0].late_replies(), worlds::cells_of(world, "web").replies);
  EXPECT_EQ(worlds::calls_in_flight(world), 0U);
}

TEST(Call, ARegionWithoutAnyInstanceIsUnavailable) {
  model::World world(one_tier(100, 1));
  world.kill(worlds::instances_of(world, "web")[0]);
  world.run_until(60 * sim::second);
  EXPECT_EQ(worlds::instances_of(world, "web").size(), 0U);
  EXPECT_EQ(worlds::requests_of(world).succeeded, 0U);
  EXPECT_LE(worlds::requests_of(world).in_flight(), 1U);
  EXPECT_FALSE(world.redundant());
}

TEST(Call, GoodbyeLosesNothing) {
  model::WorldSpec spec = one_tier(2000);
  spec.services[0].service_time.mean_ms = 20;
  model::World world(spec);
  world.run_until(sim::second);
  world.retire(worlds::instances_of(world, "web")[0]);
  world.run_until(10 * sim::second);
  EXPECT_EQ(worlds::requests_of(world).failed, 0U);
  EXPECT_EQ(worlds::cells_of(world, "web").errors, 0U);
  EXPECT_EQ(worlds::instances_of(world, "web").size(), 2U);
}

TEST(Call, ErrorsOfAServiceAreNotTriedAgain) {
  model::WorldSpec spec = one_tier(1000);
  spec.services[0].error_rate = 0.25;
  model::World world(spec);
  world.run_until(20 * sim::second);
  const worlds::Sums sums = worlds::requests_of(world);
  const double n = static_cast<double>(sums.sent);
  EXPECT_NEAR(static_cast<double>(sums.failed) / n, 0.25, 5 * std::sqrt(0.25 * 0.75 / n));
  EXPECT_LE(worlds::cells_of(world, "web").requests, sums.sent);
}

TEST(Call, ARunKilledInFlightLeavesNoRecordBehind) {
  model::WorldSpec spec = small({service("db", "store", 3, {}, 30), service("web", "karyon", 6, {0}, 10), service("elb", "elb", 0, {1}),
                                 service("users", "denominator", 0, {2})});
  spec.services[3].requests_per_second = 2000;
  model::World world(spec);
  for (int i = 0; i < 5; ++i) {
    world.run_until((i + 1) * 500 * sim::millisecond);
    world.kill(worlds::instances_of(world, "web").back());
    world.hold_down({worlds::instances_of(world, "db")[0]}, i % 2 == 0 ? model::Reach::blackhole : model::Reach::refuse);
    world.run_until((i + 1) * 500 * sim::millisecond + 200 * sim::millisecond);
    world.release({worlds::instances_of(world, "db")[0]}, i % 2 == 0 ? model::Reach::blackhole : model::Reach::refuse);
  }
  world.set_traffic(3, 0);
  world.run_until(60 * sim::second);
  EXPECT_EQ(worlds::requests_of(world).in_flight(), 0U);
  EXPECT_EQ(worlds::calls_in_flight(world), 0U);
  for (const std::string name : {"db", "web", "elb"}) {
    for (const model::InstanceId id : worlds::instances_of(world, name)) {
      EXPECT_EQ(world.instance(id).in_flight, 0U) << world.name_of(id);
      EXPECT_EQ(world.instance(id).busy, 0U);
      EXPECT_EQ(world.instance(id).queued, 0U);
    }
  }
}

}  // namespace
