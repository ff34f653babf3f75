// What every kind of discovery has to keep: the same run however it is run, copies, and cost that goes with what changes.

#include <gtest/gtest.h>

#include "operations/operations.h"
#include "run/thread_team.h"
#include "support/pushes.h"
#include "support/registry.h"

namespace {

using model::InstanceId;
using model::Reach;
using model::World;
using sim::second;
using worlds::instances_of;
using worlds::registry;

/// Three regions that call each other, in which things come and go.
model::WorldSpec eventful(const std::string& preset, std::uint64_t seed = 11) {
  model::WorldSpec spec = worlds::registered(registry(preset), 12, 9, seed, 60);
  spec.services[0].package = packages::find("priamCassandra");
  spec.services[0].dependencies = {0};
  spec.services[0].everywhere = true;
  spec.services[0].regions = spec.services[1].regions = 3;
  spec.regions.push_back({"us-west-2", {"zoneA", "zoneB", "zoneC"}, {"54.245", "54.244", "54.214"}});
  spec.regions.push_back({"eu-west-1", {"zoneA", "zoneB", "zoneC"}, {"54.247", "54.246", "54.216"}});
  spec.network = {0.1, 0.4, 10, 0.1, {{0, 30, 40}, {30, 0, 50}, {40, 50, 0}}};
  return spec;
}

void command(World& world, std::uint64_t n) {
  const std::vector<InstanceId> data = instances_of(world, "data");
  const InstanceId some = data[n * 7 % data.size()];
  const model::Group& group = world.shared().groups[world.instance(some).group];
  switch (n % 5) {
    case 0:
      world.kill(some);
      break;
    case 1:
      world.start_instance(group.service, group.location, 0);
      break;
    case 2:
      world.hold_down({some}, n % 2 == 0 ? Reach::refuse : Reach::blackhole);
      break;
    case 3:
      world.retire(some);
      break;
    default:
      for (const InstanceId id : data) {
        for (const Reach reach : {Reach::refuse, Reach::blackhole}) {
          const auto& d = world.detail(id);
          if ((reach == Reach::refuse ? d.holds_refuse : d.holds_blackhole) > 0) world.release({id}, reach);
        }
      }
  }
}

std::uint64_t run(World& world, sim::Time slice, std::uint64_t from = 0) {
  for (std::uint64_t n = from; n < 20; ++n) {
    const sim::Time end = static_cast<sim::Time>(n + 1) * 17 * second;
    while (world.now() < end) world.run_until(std::min(end, world.now() + slice));
    command(world, n);
  }
  world.run_until(400 * second);
  return world.fingerprint();
}

class Views : public testing::TestWithParam<const char*> {};

TEST_P(Views, ThreadsAndSlicesDoNotMatter) {
  World one(eventful(GetParam())), sliced(eventful(GetParam()));
  const std::uint64_t expected = run(one, 17 * second);
  EXPECT_EQ(run(sliced, 777'777'777), expected);
  for (const unsigned threads : {2U, 3U}) {
    run::ThreadTeam team(threads);
    World world(eventful(GetParam()));
    world.run_by(&team);
    EXPECT_EQ(run(world, 17 * second), expected) << threads;
    EXPECT_EQ(world.registries(), one.registries());
  }
  World other(eventful(GetParam(), 12));
  EXPECT_NE(run(other, 17 * second), expected);
}

TEST_P(Views, ACopyGoesOnAsTheOriginal) {
  World original(eventful(GetParam()));
  for (std::uint64_t n = 0; n < 6; ++n) {
    original.run_until(static_cast<sim::Time>(n + 1) * 17 * second);
    command(original, n);
  }
  original.run_until(110 * second);
  World copy(original);
  const std::uint64_t expected = run(original, 17 * second, 6);
  EXPECT_EQ(run(copy, 1'234'567'890, 6), expected);
  EXPECT_EQ(copy.registries(), original.registries());
}

/// Each list holds each instance once, at the place that it knows, and nobody whom its registry does not know.
TEST_P(Views, ListsAgreeWithWhatIsKnown) {
  World world(eventful(GetParam()));
  for (std::uint64_t n = 0; n < 40; ++n) {
    world.run_until(static_cast<sim::Time>(n + 1) * 9 * second);
    command(world, n);
    std::uint64_t listed = 0, ghosts = 0;
    for (const model::Group& group : world.shared().groups) {
      std::uint32_t gone = 0;
      for (std::uint32_t place = 0; place < group.known.size(); ++place) {
        const InstanceId id = group.known[place];
        ASSERT_TRUE(world.instance(id).known);
        ASSERT_EQ(world.detail(id).known_at, place);
        ASSERT_EQ(&world.shared().groups[world.instance(id).group], &group);
        if (!world.discovery().fixed()) {
          ASSERT_NE(world.discovery().lease(id).registered, sim::never);
        }
        gone += world.detail(id).in_use ? 0U : 1U;
      }
      ASSERT_EQ(group.ghosts, gone);
      listed += group.known.size();
      ghosts += gone;
    }
    std::uint64_t told = 0;
    for (const model::RegistryStatus& status : world.registries()) told += status.listed;
    ASSERT_EQ(listed, told);
    ASSERT_GE(world.discovery().ghosts, ghosts);
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, Views, testing::Values("fixed", "eureka-default", "eureka-fast", "kubernetes", "target-group"),
                         [](const auto& i) {
                           std::string name = i.param;
                           std::erase(name, '-');
                           return name;
                         });

/// A change in a large world is noted by what changes.
TEST(Discovery, AKillAmongManyIsASmallChange) {
  World world(worlds::registered(registry("eureka-fast"), 100'000, 3, 1));
  world.run_until(10 * second);
  const InstanceId victim = instances_of(world, "data")[50'000];
  const model::Group& group = world.shared().groups[world.instance(victim).group];
  world.kill(victim);
  EXPECT_EQ(group.log.notes(), 0U);
  world.run_until(60 * second);
  EXPECT_FALSE(world.instance(victim).known);
  EXPECT_EQ(group.log.notes(), 3U);
}

/// Heartbeats, polls and checks are no events: an hour in which nobody asks for anything has none.
TEST(Discovery, AnHourOfPollingHasNoEvents) {
  for (const char* preset : {"eureka-default", "eureka-fast", "kubernetes", "target-group"}) {
    World world(worlds::registered(registry(preset), 300, 30, 1));
    const std::uint64_t before = world.fingerprint();
    world.run_until(3'600 * second);
    EXPECT_EQ(world.events(), 0U) << preset;
    EXPECT_EQ(world.fingerprint(), before) << preset << ": nothing was acted on either";
  }
}

/// As it always was: everybody hears after the delay.
TEST(Discovery, FixedHasNoViewsOfItsOwn) {
  World world(worlds::registered(registry("fixed"), 9, 6, 1));
  const InstanceId victim = instances_of(world, "data")[0];
  world.run_until(10 * second);
  world.kill(victim);
  world.run_until(10 * second + world.registry_delay() - 1);
  EXPECT_EQ(worlds::believers(world, victim), 6U);
  world.run_until(10 * second + world.registry_delay());
  EXPECT_EQ(worlds::believers(world, victim), 0U);
  EXPECT_EQ(world.shared().views.settled, 0);
}

TEST(Discovery, ADelayOfItsOwnIsTheRegistrys) {
  model::WorldSpec spec = worlds::registered(registry("fixed"), 9, 6, 1);
  spec.discovery.delay = 7 * second;
  World world(spec);
  EXPECT_EQ(world.registry_delay(), 7 * second);
}

/// A rolling deployment goes on when all callers have heard of the new ones.
TEST(Discovery, ARolloutWaitsUntilAllHaveHeard) {
  World world(worlds::registered(registry("eureka-fast"), 6, 6, 1, 50));
  world.run_until(10 * second);
  ASSERT_TRUE(std::holds_alternative<std::string>(operations::push(world, "data", worlds::rolling("2.0"))));
  world.run_until(300 * second);
  EXPECT_EQ(worlds::requests_of(world).failed, 0U);
  EXPECT_EQ(worlds::cells_of(world, "data").errors, 0U);
  EXPECT_EQ(world.deployments().front().state, "succeeded");
}

}  // namespace
