// An autoscaler at work: load that grows and shrinks, instances that take their time to start, faults that freeze it.

#include <gtest/gtest.h>

#include "operations/operations.h"
#include "support/worlds.h"

namespace {

using Kind = model::Refusal::Kind;
using Metric = policies::AutoscalerSpec::Metric;

constexpr sim::Time second = sim::second;
constexpr double work_ms = 20;
constexpr std::uint32_t workers = 4;

/// users -> api: of an instance all workers are busy at 200 requests a second. It starts in 20 s.
model::WorldSpec spec(double requests_per_second) {
  model::WorldSpec s = worlds::small({worlds::service("api", "store", 6, {}, work_ms), worlds::service("users", "denominator", 0, {0})});
  s.services[0].concurrency = workers;
  s.services[0].start_up = 20 * second;
  s.services[0].replace_after = 60 * second;
  s.services[1].requests_per_second = requests_per_second;
  return s;
}

policies::AutoscalerSpec by(Metric metric, double target) {
  policies::AutoscalerSpec a;
  a.min = 2;
  a.max = 100;
  a.metrics = {{metric, target}};
  return a;
}

std::uint32_t desired(const model::World& world) {
  return world.shared().services[0].desired;
}

const std::vector<model::AutoscalerRecord::Entry>& decisions(const model::World& world) {
  return world.autoscalers().at(0).decisions;
}

TEST(Autoscaling, FollowsAStepUpWhenInstancesHaveStartedAndAStepDownFiveMinutesLater) {
  model::World world(spec(600));  // 6 x 100: half of their workers
  const auto a = by(Metric::utilisation, 50);
  ASSERT_FALSE(operations::set_autoscaler(world, "api", &a));
  world.run_until(60 * second);
  EXPECT_EQ(desired(world), 6U) << "on the target";
  ASSERT_EQ(decisions(world).size(), 4U);
  EXPECT_EQ(decisions(world)[0].at, 15 * second);
  EXPECT_NE(decisions(world)[1].decision.reason.find("within the tolerance"), std::string::npos) << decisions(world)[1].decision.reason;

  operations::set_traffic(world, "users", 1'200);
  world.run_until(76 * second);
  EXPECT_EQ(desired(world), 12U) << "twice the load, twice as many";
  EXPECT_EQ(worlds::in_state(world, "api", model::InstanceState::up), 6U) << "they have not started yet";
  world.run_until(90 * second);
  EXPECT_EQ(desired(world), 12U) << "those that start have nothing to do yet, and count so";
  world.run_until(300 * second);
  EXPECT_EQ(desired(world), 12U);
  EXPECT_EQ(worlds::in_state(world, "api", model::InstanceState::up), 12U);

  operations::set_traffic(world, "users", 300);
  world.run_until(599 * second);
  EXPECT_EQ(desired(world), 12U) << "the highest recommendation of five minutes";
  world.run_until(700 * second);
  EXPECT_EQ(desired(world), 3U);
  EXPECT_EQ(worlds::requests_of(world).failed, 0U);
}

TEST(Autoscaling, ByRequestsAndByQueue) {
  model::World world(spec(600));
  const auto requests = by(Metric::requests, 50);
  operations::set_autoscaler(world, "api", &requests);
  world.run_until(100 * second);
  EXPECT_EQ(desired(world), 12U) << "600 / 50";
  model::World queued(spec(2'400));  // twice what they can do
  auto calls = by(Metric::queue, 10);
  calls.up.rules = {{policies::AutoscalerSpec::Rule::Kind::instances, 2, 15 * second}};
  operations::set_autoscaler(queued, "api", &calls);
  queued.run_until(16 * second);
  EXPECT_EQ(desired(queued), 8U) << "two at a time";
  queued.run_until(31 * second);
  EXPECT_EQ(desired(queued), 10U);
}

TEST(Autoscaling, OneThatDiedIsNotMeasured) {
  model::World world(spec(600));
  const auto a = by(Metric::utilisation, 50);
  operations::set_autoscaler(world, "api", &a);
  world.run_until(20 * second);
  world.kill(worlds::instances_of(world, "api").front());
  world.run_until(31 * second);
  EXPECT_EQ(desired(world), 6U) << "five at 60 % ask for six";
  world.run_until(120 * second);
  EXPECT_EQ(worlds::in_state(world, "api", model::InstanceState::up), desired(world)) << "it is replaced";
}

TEST(Autoscaling, AFreezeIsADecisionToo) {
  model::World world(spec(1'200));
  const auto a = by(Metric::utilisation, 50);
  operations::set_autoscaler(world, "api", &a);
  world.denials().autoscalers[0] = 1;
  world.run_until(61 * second);
  EXPECT_EQ(desired(world), 6U);
  ASSERT_EQ(decisions(world).size(), 4U);
  EXPECT_NE(decisions(world).back().decision.reason.find("frozen"), std::string::npos);
  world.denials().autoscalers[0] = 0;
  world.run_until(76 * second);
  EXPECT_GT(desired(world), 6U);
}

TEST(Autoscaling, KeepsTheLastHundredDecisionsAndEndsWhenTakenAway) {
  model::World world(spec(10));
  auto a = by(Metric::utilisation, 50);
  a.sync = second;
  operations::set_autoscaler(world, "api", &a);
  world.run_until(150 * second);
  ASSERT_EQ(decisions(world).size(), 100U);
  EXPECT_EQ(decisions(world).front().at, 51 * second);
  a.enabled = false;
  operations::set_autoscaler(world, "api", &a);
  world.run_until(200 * second);
  EXPECT_TRUE(decisions(world).empty());
  EXPECT_FALSE(operations::set_autoscaler(world, "api", nullptr));
  EXPECT_TRUE(world.autoscalers().empty());
  EXPECT_EQ(operations::set_autoscaler(world, "api", nullptr)->kind, Kind::not_found);
  EXPECT_EQ(operations::set_autoscaler(world, "users", &a)->kind, Kind::invalid);
  EXPECT_EQ(operations::set_autoscaler(world, "nobody", &a)->kind, Kind::not_found);
}

/// What was counted of it before is forgotten: it is not measured until the sync after.
TEST(Autoscaling, AnOutageBetweenTwoSyncsIsNoMeasurement) {
  model::World world(spec(600));
  const auto a = by(Metric::requests, 100);
  operations::set_autoscaler(world, "api", &a);
  world.run_until(20 * second);
  const std::vector<model::InstanceId> one{worlds::instances_of(world, "api").front()};
  world.hold_down(one, model::Reach::refuse);
  world.run_until(21 * second);
  world.release(one, model::Reach::refuse);
  world.run_until(31 * second);
  EXPECT_EQ(desired(world), 6U);
  EXPECT_NE(decisions(world).back().decision.reason.find("1 not measured"), std::string::npos) << decisions(world).back().decision.reason;
}

/// Whether somebody looks at instances must not matter, nor where a run is cut, nor that it is a copy.
TEST(Autoscaling, DecidesAlikeWhoeverLooks) {
  model::WorldSpec s = spec(900);
  s.services[0].autoscaler = by(Metric::utilisation, 50);
  model::World world(s);
  model::World looked_at(s);
  world.run_until(20 * second);
  model::World fork(world);
  for (int t = 1; t <= 120; ++t) {
    looked_at.count_instances(t % 7 < 3);
    looked_at.run_until(t * second);
  }
  world.run_until(120 * second);
  fork.run_until(120 * second);
  EXPECT_EQ(looked_at.fingerprint(), world.fingerprint());
  EXPECT_EQ(fork.fingerprint(), world.fingerprint());
  EXPECT_EQ(desired(world), 9U);
}

}  // namespace
