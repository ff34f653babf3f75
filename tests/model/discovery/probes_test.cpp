// Lists by checks: Kubernetes, and a load balancer's target groups.

#include <gtest/gtest.h>

#include "support/registry.h"

namespace {

using model::InstanceId;
using model::Reach;
using model::World;
using sim::second;
using worlds::believers;
using worlds::instances_of;
using worlds::registered;
using worlds::registry;

constexpr sim::Time step = 100 * sim::millisecond;

/// How long until all callers, or none, believe in it.
sim::Time until(World& world, InstanceId id, std::size_t wanted, sim::Time longest) {
  const sim::Time begin = world.now();
  while (world.now() < begin + longest && believers(world, id) != wanted) world.run_until(world.now() + step);
  return world.now() - begin;
}

struct Bounds {
  sim::Time least;
  sim::Time most;
};

/// What is down from 100 s on is off its list within these, and on again within those.
void expect_bounds(const std::string& preset, Reach reach, Bounds off, Bounds on) {
  sim::Time first_off = sim::never, last_off = 0, first_on = sim::never, last_on = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    World world(registered(registry(preset), 9, 3, seed));
    world.run_until(100 * second);
    const InstanceId victim = instances_of(world, "data")[seed % 9];
    world.hold_down({victim}, reach);
    const sim::Time gone = until(world, victim, 0, 200 * second);
    first_off = std::min(first_off, gone);
    last_off = std::max(last_off, gone);
    world.run_until(300 * second);
    world.release({victim}, reach);
    const sim::Time back = until(world, victim, 3, 300 * second);
    first_on = std::min(first_on, back);
    last_on = std::max(last_on, back);
  }
  EXPECT_GE(first_off, off.least);
  EXPECT_LE(last_off, off.most + step);
  EXPECT_GE(first_on, on.least);
  EXPECT_LE(last_on, on.most + step);
  // 60 phases: all in the same half of the range once in 2^59.
  const sim::Time middle_off = (off.least + off.most) / 2, middle_on = (on.least + on.most) / 2;
  EXPECT_LT(first_off, middle_off);
  EXPECT_GT(last_off, middle_off);
  EXPECT_LT(first_on, middle_on);
  EXPECT_GT(last_on, middle_on);
}

/// Three failures at 10 s, one pass, and 1 s until all nodes know.
TEST(Probes, KubernetesNeeds20To31Seconds) {
  expect_bounds("kubernetes", Reach::refuse, {20 * second, 31 * second}, {0, 11 * second});
}

TEST(Probes, OneThatDoesNotAnswerNeedsItsTimeoutMore) {
  expect_bounds("kubernetes", Reach::blackhole, {21 * second, 32 * second}, {0, 11 * second});
}

/// Two failures at 30 s, five passes.
TEST(Probes, ATargetGroupNeeds30To60SecondsAndFiveChecksToBelieveInOneAgain) {
  expect_bounds("target-group", Reach::refuse, {30 * second, 60 * second}, {120 * second, 150 * second});
}

TEST(Probes, ANewTargetNeedsOnePass) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    World world(registered(registry("target-group"), 9, 3, seed));
    world.run_until(100 * second);
    const std::uint32_t location = world.shared().groups[world.instance(instances_of(world, "data")[0]).group].location;
    const InstanceId fresh = world.start_instance(0, location, 0);
    world.run_until(101 * second);
    const sim::Time seen = until(world, fresh, 3, 100 * second);
    EXPECT_LE(seen, 30 * second + step);
  }
}

TEST(Probes, AnInitialDelayIsAddedToTheStart) {
  model::DiscoverySpec discovery = registry("kubernetes");
  discovery.probes.initial_delay = 60 * second;
  World world(registered(discovery, 9, 3, 1));
  world.run_until(100 * second);
  const std::uint32_t location = world.shared().groups[world.instance(instances_of(world, "data")[0]).group].location;
  const InstanceId fresh = world.start_instance(0, location, 0);
  world.run_until(160 * second - 1);
  EXPECT_FALSE(world.instance(fresh).known);
  world.run_until(170 * second);
  EXPECT_TRUE(world.instance(fresh).known);
}

/// One that ends is off the list at once, and everybody knows a second later.
TEST(Probes, AGoodbyeIsSeenWithinASecond) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    World world(registered(registry("kubernetes"), 9, 3, seed, 100));
    world.run_until(100 * second);
    const InstanceId victim = instances_of(world, "data")[seed % 9];
    world.retire(victim);
    EXPECT_FALSE(world.instance(victim).known);
    world.run_until(101 * second);
    EXPECT_EQ(believers(world, victim), 0U);
    world.run_until(110 * second);
    EXPECT_EQ(instances_of(world, "data").size(), 8U);
    EXPECT_EQ(worlds::requests_of(world).failed, 0U);
    EXPECT_EQ(worlds::cells_of(world, "data").errors, 0U);
  }
}

/// 300 s for what it has in hand; idle, it ends early.
TEST(Probes, DeregistrationEndsEarlyWhenIdle) {
  model::WorldSpec spec = registered(registry("target-group"), 3, 3, 1, 10);
  spec.services[0].service_time.mean_ms = 500'000;
  spec.services[0].timeout = 3'000 * second;
  spec.services[1].timeout = 3'000 * second;
  World busy(spec);
  busy.run_until(100 * second);
  busy.retire(instances_of(busy, "data")[0]);
  busy.run_until(399 * second);
  EXPECT_EQ(instances_of(busy, "data").size(), 3U);
  busy.run_until(401 * second);
  EXPECT_EQ(instances_of(busy, "data").size(), 2U);
  World idle(registered(registry("target-group"), 3, 3, 1));
  idle.run_until(100 * second);
  idle.retire(instances_of(idle, "data")[0]);
  idle.run_until(102 * second);
  EXPECT_EQ(instances_of(idle, "data").size(), 2U);
}

TEST(Probes, ATargetGroupFailsOpen) {
  World world(registered(registry("target-group"), 9, 3, 1));
  world.run_until(100 * second);
  const std::vector<InstanceId> all = instances_of(world, "data");
  const InstanceId caller = instances_of(world, "web")[0];
  world.hold_down({all.begin() + 1, all.end()}, Reach::refuse);
  world.run_until(200 * second);
  EXPECT_EQ(world.beliefs_of(caller)[0].believed, 1U);
  EXPECT_EQ(world.registries()[0].open_groups, 0U);
  world.hold_down({all[0]}, Reach::refuse);
  world.run_until(300 * second);
  EXPECT_EQ(world.beliefs_of(caller)[0].believed, 9U) << "none is healthy";
  EXPECT_EQ(world.beliefs_of(caller)[0].gone, 9U);
  EXPECT_EQ(world.registries()[0].open_groups, 1U);
  world.retire(all[1]);
  EXPECT_EQ(world.beliefs_of(caller)[0].believed, 8U);
  const std::uint32_t location = world.shared().groups[world.instance(all[0]).group].location;
  world.start_instance(0, location, 0);
  EXPECT_EQ(world.beliefs_of(caller)[0].believed, 9U) << "not checked yet, and as good as the others";
  world.run_until(340 * second);
  EXPECT_EQ(world.beliefs_of(caller)[0].believed, 1U) << "the new one is healthy";
  EXPECT_EQ(world.registries()[0].open_groups, 0U);
  EXPECT_EQ(world.registries()[0].registered, 9U + 3U);
}

TEST(Probes, KubernetesDoesNotFailOpen) {
  World world(registered(registry("kubernetes"), 9, 3, 1));
  world.run_until(100 * second);
  world.hold_down(instances_of(world, "data"), Reach::refuse);
  world.run_until(200 * second);
  EXPECT_EQ(world.beliefs_of(instances_of(world, "web")[0])[0].believed, 0U);
}

/// One that was killed is shown for a while and then no target any more; nothing stays behind.
TEST(Probes, TheDeadLeaveNothingBehind) {
  World world(registered(registry("kubernetes"), 9, 3, 1));
  world.run_until(100 * second);
  const InstanceId victim = instances_of(world, "data")[0];
  const std::uint32_t group = world.instance(victim).group;
  const std::uint32_t location = world.shared().groups[group].location;
  world.kill(victim);
  world.run_until(200 * second);
  EXPECT_EQ(world.discovery().ghosts, 0U);
  EXPECT_EQ(world.shared().groups[group].ghosts, 0U);
  EXPECT_EQ(world.registries()[0].registered, 11U);
  EXPECT_EQ(world.start_instance(0, location, 0), victim);
}

}  // namespace
