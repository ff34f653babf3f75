// A whole architecture starts cold: how long that takes, by what services do while those that they depend on are not there.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "operations/operations.h"
#include "support/worlds.h"

namespace {

using model::InstanceState;
using model::WhenMissing;
using sim::second;

/// s1 calls s0, s2 calls s1 ...; users call the last. Each takes a second more than the one before, the first `first`.
struct Chain {
  std::uint32_t length = 5;
  sim::Time first = second;
  WhenMissing when_missing = WhenMissing::wait;
  bool before = false;  ///< looks before it takes its time

  sim::Time start_up(std::uint32_t i) const { return first + i * second; }
  model::WorldSpec spec() const {
    std::vector<model::ServiceSpec> services;
    for (std::uint32_t i = 0; i < length; ++i) {
      services.push_back(
          worlds::service("s" + std::to_string(i), "monolith", 3, i == 0 ? std::vector<std::uint32_t>{} : std::vector{i - 1}));
      services.back().start_up = start_up(i);
      services.back().starting.when_missing = when_missing;
      services.back().starting.first = before;
    }
    services.push_back(worlds::service("users", "denominator", 0, {length - 1}));
    services.back().start_up = 0;
    services.back().requests_per_second = 10;
    model::WorldSpec spec = worlds::small(std::move(services));
    spec.cold_start = true;
    return spec;
  }
};

/// When each service had its first instance up.
std::vector<sim::Time> up_at(const model::WorldSpec& spec, sim::Time until, std::vector<model::Occurrence>* log = nullptr) {
  model::World world(spec);
  world.run_until(until);
  std::vector<sim::Time> up(spec.services.size(), sim::never);
  std::vector<model::Occurrence> occurrences = world.take_occurrences();
  for (const model::Occurrence& o : occurrences) {
    if (o.type != "instance.up") continue;
    const std::uint32_t service = *world.find_service(o.data[0].second);
    up[service] = std::min(up[service], o.at);
  }
  if (log != nullptr) *log = std::move(occurrences);
  return up;
}

std::size_t count(const std::vector<model::Occurrence>& log, const std::string& type) {
  return static_cast<std::size_t>(std::count_if(log.begin(), log.end(), [&](const model::Occurrence& o) { return o.type == type; }));
}

TEST(ColdStart, IsOverAfterTheLongestStartUpWhenServicesGoUpAnyway) {
  Chain chain;
  chain.when_missing = WhenMissing::fail;
  model::World world(chain.spec());
  EXPECT_EQ(worlds::in_state(world, "s0", InstanceState::starting), 3U);
  EXPECT_TRUE(world.shared().groups[world.instance(worlds::instances_of(world, "s0")[0]).group].known.empty());
  const sim::Time longest = chain.start_up(chain.length - 1);
  world.run_until(longest - 1);
  EXPECT_FALSE(world.start_ups().complete.has_value());
  world.run_until(longest);
  EXPECT_EQ(world.start_ups().complete, longest);
  EXPECT_EQ(worlds::requests_of(world).succeeded, 0U);
  EXPECT_GT(worlds::requests_of(world).failed, 0U) << "users do not wait for the architecture";
  world.run_until(longest + 10 * second);
  EXPECT_GT(worlds::requests_of(world).succeeded, 50U);
}

TEST(ColdStart, TellsWhenEverythingIsUp) {
  Chain chain;
  std::vector<model::Occurrence> log;
  up_at(chain.spec(), 60 * second, &log);
  ASSERT_EQ(count(log, "architecture.up"), 1U);
  const auto told = std::find_if(log.begin(), log.end(), [](const model::Occurrence& o) { return o.type == "architecture.up"; });
  EXPECT_EQ(told->at, chain.start_up(4));
  EXPECT_EQ(told->message, "all of small is up after 5 s");
}

/// r(i) = max(start-up of i, r(i-1) + registry delay), when it looks at the end of its start-up.
TEST(ColdStart, WhoWaitsAtTheEndOfItsStartUpIsUpWhenTheOneBeforeIsKnown) {
  for (const sim::Time delay : {sim::Time{0}, 100 * sim::millisecond, 7 * second}) {
    Chain chain;
    model::WorldSpec spec = chain.spec();
    spec.registry_delay = delay;
    const std::vector<sim::Time> up = up_at(spec, 100 * second);
    sim::Time ready = 0;
    for (std::uint32_t i = 0; i < chain.length; ++i) {
      ready = i == 0 ? chain.start_up(0) : std::max(chain.start_up(i), ready + delay);
      EXPECT_EQ(up[i], ready) << i << ", delay " << delay;
    }
  }
}

/// The sum of the start-ups, and a registry delay for each of those before.
TEST(ColdStart, WhoWaitsBeforeItsStartUpTakesTheSum) {
  for (const sim::Time delay : {sim::Time{0}, 100 * sim::millisecond, 7 * second}) {
    Chain chain;
    chain.before = true;
    model::WorldSpec spec = chain.spec();
    spec.registry_delay = delay;
    std::vector<model::Occurrence> log;
    const std::vector<sim::Time> up = up_at(spec, 100 * second, &log);
    sim::Time ready = 0;
    for (std::uint32_t i = 0; i < chain.length; ++i) {
      ready += chain.start_up(i) + (i == 0 ? 0 : delay);
      EXPECT_EQ(up[i], ready) << i << ", delay " << delay;
    }
    EXPECT_EQ(count(log, "instance.waits"), 3U * (chain.length - 1));
  }
}

/// Crashes come at t1 = s, t(k+1) = t(k) + back-off(k) + s, with back-offs 10, 20, 40 ... 300 s; the first of them at or after the time
/// when the one before is known is none any more.
TEST(ColdStart, WhoCrashesIsUpAtTheNextTryAfterTheOneBefore) {
  Chain chain;
  chain.when_missing = WhenMissing::retry;
  chain.first = 100 * second;
  std::vector<model::Occurrence> log;
  model::WorldSpec spec = chain.spec();
  const sim::Time delay = 7 * second;
  spec.registry_delay = delay;
  const std::vector<sim::Time> up = up_at(spec, 4'000 * second, &log);
  sim::Time known = 0;
  std::size_t crashes = 0;
  for (std::uint32_t i = 0; i < chain.length; ++i) {
    sim::Time at = chain.start_up(i);
    for (sim::Time pause = 10 * second; at < known; pause = std::min(2 * pause, 300 * second)) {
      at += pause + chain.start_up(i);
      crashes += 3;
    }
    EXPECT_EQ(up[i], at) << i;
    known = at + delay;
  }
  EXPECT_GT(crashes, 3U * (chain.length - 1)) << "some more than once";
  EXPECT_EQ(count(log, "instance.crashed"), crashes);
}

TEST(ColdStart, ThatLooksFirstCrashesByTheBackOffAlone) {
  Chain chain;
  chain.length = 2;
  chain.first = 65 * second;
  chain.when_missing = WhenMissing::retry;
  chain.before = true;
  const std::vector<sim::Time> up = up_at(chain.spec(), 1'000 * second);
  EXPECT_EQ(up[0], 65 * second);
  EXPECT_EQ(up[1], (10 + 20 + 40) * second + chain.start_up(1)) << "looks at 0, 10, 30 and 70 s; the other is known at 65.1 s";
}

TEST(BackOff, DoublesUpToItsMost) {
  const model::StartUpSpec kubernetes;
  std::vector<sim::Time> pauses;
  for (std::uint32_t n = 1; n <= 8; ++n) pauses.push_back(model::back_off(kubernetes, n) / second);
  EXPECT_THAT(pauses, testing::ElementsAre(10, 20, 40, 80, 160, 300, 300, 300));
  EXPECT_EQ(model::back_off(kubernetes, 255), 300 * second);
}

TEST(ColdStart, StartUpTimesAreDrawnForEachInstance) {
  Chain chain;
  chain.when_missing = WhenMissing::fail;
  model::WorldSpec spec = chain.spec();
  spec.services[0].count = 300;
  spec.services[0].starting.time = model::DistributionSpec{};
  spec.services[0].starting.time->kind = model::DistributionSpec::Kind::uniform;
  spec.services[0].starting.time->min_ms = 2'000;
  spec.services[0].starting.time->max_ms = 4'000;
  model::World world(spec);
  world.run_until(2 * second - 1);
  EXPECT_EQ(worlds::in_state(world, "s0", InstanceState::up), 0U);
  world.run_until(3 * second);
  // Half of 300 with a standard deviation of 8.7; beyond five of them once in 1.7 million.
  EXPECT_NEAR(static_cast<double>(worlds::in_state(world, "s0", InstanceState::up)), 150, 5 * 8.67);
  world.run_until(4 * second);
  EXPECT_EQ(worlds::in_state(world, "s0", InstanceState::up), 300U);
}

/// Two that wait for each other, as only a document that starts warm may have them.
model::WorldSpec circle(WhenMissing a, WhenMissing b) {
  std::vector<model::ServiceSpec> services{worlds::service("a", "monolith", 3, {1}), worlds::service("b", "monolith", 3, {0}),
                                           worlds::service("users", "denominator", 0, {0})};
  services[0].starting.when_missing = a;
  services[1].starting.when_missing = b;
  model::WorldSpec spec = worlds::small(std::move(services));
  spec.cold_start = true;
  return spec;
}

TEST(ColdStart, ThoseThatWaitForEachOtherAreReportedOnce) {
  for (const WhenMissing b : {WhenMissing::wait, WhenMissing::retry}) {
    std::vector<model::Occurrence> log;
    const std::vector<sim::Time> up = up_at(circle(WhenMissing::wait, b), 600 * second, &log);
    EXPECT_EQ(up[0], sim::never);
    EXPECT_EQ(up[1], sim::never);
    EXPECT_EQ(count(log, "architecture.up"), 0U);
    ASSERT_EQ(count(log, "startUp.deadlocked"), 1U);
    const auto told = std::find_if(log.begin(), log.end(), [](const model::Occurrence& o) { return o.type == "startUp.deadlocked"; });
    EXPECT_THAT(told->message, testing::AllOf(testing::HasSubstr("a waits for b"), testing::HasSubstr("b waits for a")));
    EXPECT_EQ(told->at, second) << "when the last of them looks for the first time";
  }
}

TEST(ColdStart, ACircleIsNoneWhenOneOfThemGoesUp) {
  std::vector<model::Occurrence> log;
  const std::vector<sim::Time> up = up_at(circle(WhenMissing::wait, WhenMissing::fail), 10 * second, &log);
  EXPECT_EQ(up[0], second + 100 * sim::millisecond);
  EXPECT_EQ(count(log, "startUp.deadlocked"), 0U);
}

/// The same rules for what is started later, and for what a fault let go.
TEST(StartUp, WhatIsScaledUpWaitsToo) {
  Chain chain;
  chain.length = 2;
  model::WorldSpec spec = chain.spec();
  spec.cold_start = false;
  model::World world(spec);
  EXPECT_EQ(world.start_ups().complete, 0);
  for (const model::InstanceId id : worlds::instances_of(world, "s0")) world.kill(id);
  world.run_until(second);
  operations::scale(world, {"s1", 6, {}});
  world.run_until(30 * second);
  EXPECT_EQ(worlds::in_state(world, "s1", InstanceState::starting), 3U) << "nobody to call is known";
  operations::scale(world, {"s0", 3, {}});
  world.run_until(30 * second + chain.start_up(0) + 100 * sim::millisecond);
  EXPECT_EQ(worlds::in_state(world, "s1", InstanceState::up), 6U);
}

TEST(StartUp, AFaultMakesOneThatWaitsBeginAnew) {
  Chain chain;
  chain.length = 2;
  chain.first = 20 * second;
  model::World world(chain.spec());
  world.run_until(25 * second);
  const std::vector<model::InstanceId> held = worlds::instances_of(world, "s1");
  ASSERT_EQ(worlds::in_state(world, "s1", InstanceState::up), 3U);
  model::World other(chain.spec());
  other.run_until(19 * second);
  other.hold_down(held, model::Reach::refuse);
  other.run_until(22 * second);
  EXPECT_EQ(worlds::in_state(other, "s1", InstanceState::down), 3U);
  other.release(held, model::Reach::refuse);
  other.run_until(22 * second + chain.start_up(1) - 1);
  EXPECT_EQ(worlds::in_state(other, "s1", InstanceState::starting), 3U) << "what was planned before the fault counts no more";
  other.run_until(22 * second + chain.start_up(1));
  EXPECT_EQ(worlds::in_state(other, "s1", InstanceState::up), 3U);
  EXPECT_EQ(other.start_ups().complete, 22 * second + chain.start_up(1));
}

TEST(StartUp, OneThatDiesWhileItStartsIsNotWaitedFor) {
  Chain chain;
  model::World world(chain.spec());
  world.run_until(second);
  for (const model::InstanceId id : worlds::instances_of(world, "s4")) world.kill(id);
  world.run_until(60 * second);
  EXPECT_EQ(world.start_ups().complete, chain.start_up(3));
}

TEST(StartUp, ACopyGoesOnLikeTheOriginal) {
  Chain chain;
  chain.when_missing = WhenMissing::wait;
  model::World world(chain.spec());
  world.run_until(2'500 * sim::millisecond);
  model::World copy(world);
  world.run_until(20 * second);
  copy.run_until(20 * second);
  EXPECT_EQ(copy.fingerprint(), world.fingerprint());
  EXPECT_EQ(copy.start_ups().complete, world.start_ups().complete);
}

}  // namespace
