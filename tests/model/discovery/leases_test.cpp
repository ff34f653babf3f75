// Eureka as callers see it: crashes, Goodbyes, lost zones, and what keeps a registry from forgetting everybody.

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "support/registry.h"

namespace {

using model::InstanceId;
using model::Reach;
using model::World;
using sim::second;
using worlds::believers;
using worlds::believes;
using worlds::in_zone;
using worlds::instances_of;
using worlds::registered;
using worlds::registry;

const model::RegistryStatus& here(const World& world) {
  static model::RegistryStatus status;
  status = world.registries()[0];
  return status;
}

/// Steps of a second; the first at which `over` holds.
template <class Over>
sim::Time when(World& world, sim::Time end, const Over& over) {
  while (world.now() < end && !over()) world.run_until(world.now() + second);
  return world.now();
}

/// The lease ends 180 s after the last heartbeat, a pass comes within 60 s, three caches are within 30 s each.
TEST(Leases, ACrashIsSeen180To330SecondsAfterTheLastHeartbeat) {
  constexpr int runs = 150;
  double least = 1e9, most = 0;
  for (int run = 1; run <= runs; ++run) {
    World world(registered(registry("eureka-default"), 30, 12, static_cast<std::uint64_t>(run)));
    const sim::Time crash = (100 + run) * second;
    world.run_until(crash);
    const InstanceId victim = instances_of(world, "data")[static_cast<std::size_t>(run) % 30];
    world.kill(victim);
    const sim::Time beat = world.discovery().lease(victim).renewed;
    ASSERT_LT(beat, crash);
    ASSERT_GE(beat, crash - 30 * second);
    world.run_until(beat + 180 * second);
    ASSERT_EQ(believers(world, victim), 12U);
    std::set<InstanceId> wait;
    for (const InstanceId caller : instances_of(world, "web")) wait.insert(caller);
    while (!wait.empty()) {
      ASSERT_LE(world.now(), beat + 330 * second);
      std::erase_if(wait, [&](InstanceId caller) {
        if (believes(world, caller, victim)) return false;
        const double seconds = sim::to_seconds(world.now() - beat);
        least = std::min(least, seconds);
        most = std::max(most, seconds);
        return true;
      });
      world.run_until(world.now() + second);
    }
  }
  // Above 180 s it is the sum of a uniform time of 60 s and three of 30 s: it is below s, up to 30 s, with chance s^4 / (4! 60 30^3), and
  // as far from its upper end likewise. The s that `runs` passes miss with chance 10^-4, and a step.
  const double chance = 1 - std::pow(1e-4, 1.0 / runs);
  const double near = std::pow(chance * 24 * 60 * 27'000, 0.25) + 1;
  EXPECT_GT(least, 180);
  EXPECT_LT(least, 180 + near);
  EXPECT_LE(most, 330);
  EXPECT_GT(most, 330 - near);
}

/// Nobody sees it later than after three caches, and it serves until then.
TEST(Leases, AGoodbyeIsSeenWithin90SecondsAndNobodyIsRefused) {
  double least = 1e9, most = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    World world(registered(registry("eureka-default"), 9, 12, seed, 50));
    world.run_until(100 * second);
    const InstanceId victim = instances_of(world, "data")[seed % 9];
    world.retire(victim);
    const sim::Time said = world.now();
    std::set<InstanceId> wait;
    for (const InstanceId caller : instances_of(world, "web")) wait.insert(caller);
    while (!wait.empty()) {
      std::erase_if(wait, [&](InstanceId caller) {
        if (believes(world, caller, victim)) return false;
        least = std::min(least, sim::to_seconds(world.now() - said));
        most = std::max(most, sim::to_seconds(world.now() - said));
        return true;
      });
      ASSERT_LE(world.now(), said + 90 * second);
      world.run_until(world.now() + second);
    }
    world.run_until(said + 130 * second);
    EXPECT_EQ(worlds::cells_of(world, "data").errors, 0U);
    EXPECT_EQ(worlds::requests_of(world).failed, 0U);
    EXPECT_EQ(instances_of(world, "data").size(), 8U);
  }
  // 480 callers; a sum of three uniform times of 30 s is below s with chance s^3 / (3! 30^3).
  const double near = std::pow((1 - std::pow(1e-4, 1.0 / 40)) * 6 * 27'000, 1.0 / 3) + 1;
  EXPECT_LT(least, near);
  EXPECT_GT(most, 90 - near);
}

TEST(Leases, OneZoneOfThreeLostAndNobodyIsTakenOff) {
  World world(registered(registry("eureka-default"), 297, 3, 7));
  world.run_until(100 * second);
  EXPECT_EQ(here(world).renewals, 600U);
  EXPECT_EQ(here(world).threshold, 510U);
  EXPECT_FALSE(here(world).preserves);
  std::vector<InstanceId> lost = in_zone(world, "data", 0);
  for (const InstanceId id : in_zone(world, "web", 0)) lost.push_back(id);
  ASSERT_EQ(lost.size(), 100U);
  world.hold_down(lost, Reach::blackhole);
  world.take_occurrences();
  world.run_until(3'600 * second);
  EXPECT_EQ(here(world).registered, 300U);
  EXPECT_EQ(here(world).listed, 300U);
  EXPECT_EQ(here(world).evicted, 0U);
  EXPECT_EQ(here(world).silent, 100U);
  EXPECT_EQ(here(world).leases_out, 100U);
  EXPECT_EQ(here(world).renewals, 400U);
  EXPECT_TRUE(here(world).preserves);
  std::size_t told = 0;
  for (const model::Occurrence& o : world.take_occurrences()) told += o.type == "registry.preserving" ? 1U : 0U;
  EXPECT_EQ(told, 1U);
  const InstanceId caller = in_zone(world, "web", 1).front();
  EXPECT_EQ(world.beliefs_of(caller)[0].believed, 297U);
  EXPECT_EQ(world.beliefs_of(caller)[0].gone, 99U);
  EXPECT_EQ(world.beliefs_of(caller)[0].missing, 0U);
  world.release(lost, Reach::blackhole);
  world.run_until(4'000 * second);
  EXPECT_EQ(here(world).leases_out, 0U);
  EXPECT_FALSE(here(world).preserves);
  EXPECT_EQ(world.beliefs_of(caller)[0].gone, 0U);
}

TEST(Leases, TwoOfManyLostAreTakenOff) {
  World world(registered(registry("eureka-default"), 297, 3, 7));
  world.run_until(100 * second);
  for (int i = 0; i < 2; ++i) world.kill(instances_of(world, "data")[static_cast<std::size_t>(100 * i)]);
  world.run_until(430 * second);
  EXPECT_EQ(here(world).evicted, 2U);
  EXPECT_EQ(here(world).registered, 298U);
  for (const InstanceId caller : instances_of(world, "web")) EXPECT_EQ(world.beliefs_of(caller)[0].believed, 295U);
}

TEST(Leases, APassTakesOff15PercentAtMostInRandomOrder) {
  model::DiscoverySpec discovery = registry("eureka-default");
  discovery.leases.self_preservation = false;
  World world(registered(discovery, 297, 3, 3));
  world.run_until(100 * second);
  std::vector<InstanceId> victims = instances_of(world, "data");
  victims.resize(200);
  for (const InstanceId id : victims) world.kill(id);
  std::uint64_t registered = 300;
  std::vector<InstanceId> first;
  sim::Time last_pass = 0;
  while (here(world).registered > 100) {
    ASSERT_LT(world.now(), 3'600 * second);
    world.run_until(world.now() + second);
    const std::uint64_t now = here(world).registered;
    if (now == registered) continue;
    // The leases end within 30 s of each other, so the first pass may find some of them only.
    EXPECT_LE(registered - now, policies::eviction_limit(discovery.leases, registered));
    if (last_pass != 0) {
      EXPECT_EQ(world.now() - last_pass, 60 * second);
    }
    last_pass = world.now();
    registered = now;
    if (!first.empty()) continue;
    for (const InstanceId id : victims) {
      if (world.discovery().lease(id).registered == sim::never) first.push_back(id);
    }
  }
  EXPECT_LE(world.discovery().registries[0].most_evicted, 45U);
  EXPECT_EQ(here(world).evicted, 200U);
  ASSERT_GT(first.size(), 1U);
  EXPECT_NE(first, std::vector<InstanceId>(victims.begin(), victims.begin() + static_cast<std::ptrdiff_t>(first.size())));
}

/// Six hosts: one that is gone is one too many.
TEST(Leases, ASmallRegistryKeepsItsDead) {
  World world(registered(registry("eureka-default"), 3, 3, 7));
  world.run_until(100 * second);
  const InstanceId victim = instances_of(world, "data")[0];
  world.kill(victim);
  world.run_until(2'000 * second);
  EXPECT_EQ(here(world).renewals, 10U);
  EXPECT_EQ(here(world).threshold, 10U);
  EXPECT_TRUE(here(world).preserves);
  EXPECT_EQ(believers(world, victim), 3U);
  EXPECT_EQ(instances_of(world, "data").size(), 2U) << "it is shown no longer";
}

TEST(Leases, ANewOneIsSeenAfterItsRegistrationAndTheCaches) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    World world(registered(registry("eureka-default"), 9, 6, seed));
    world.run_until(100 * second);
    const std::uint32_t location = world.shared().groups[world.instance(instances_of(world, "data")[0]).group].location;
    const InstanceId fresh = world.start_instance(0, location, 0);
    world.run_until(140 * second);  // 1 s to start, 40 s to register
    EXPECT_FALSE(world.instance(fresh).known);
    world.run_until(141 * second);
    EXPECT_TRUE(world.instance(fresh).known);
    EXPECT_FALSE(world.seen_by_all(fresh));
    EXPECT_EQ(here(world).registered, 16U);
    when(world, 300 * second, [&] { return believers(world, fresh) == 6; });
    EXPECT_LE(world.now(), 231 * second);
    world.run_until(231 * second);
    EXPECT_TRUE(world.seen_by_all(fresh));
  }
}

/// Down for less than its lease: nobody notices. For longer: it is off until its next heartbeat, within 30 s of its return.
TEST(Leases, OneThatComesBackIsHeardAgain) {
  World world(registered(registry("eureka-default"), 30, 6, 5));
  world.run_until(100 * second);
  const InstanceId victim = instances_of(world, "data")[4];
  world.hold_down({victim}, Reach::refuse);
  world.run_until(200 * second);
  world.release({victim}, Reach::refuse);
  world.run_until(600 * second);
  EXPECT_EQ(here(world).evicted, 0U);
  EXPECT_EQ(here(world).renewals, 72U);
  world.hold_down({victim}, Reach::refuse);
  world.run_until(900 * second);
  EXPECT_EQ(here(world).evicted, 1U);
  EXPECT_FALSE(world.instance(victim).known);
  world.release({victim}, Reach::refuse);
  world.run_until(930 * second);
  EXPECT_TRUE(world.instance(victim).known);
  EXPECT_EQ(here(world).registered, 36U);
  world.run_until(1'100 * second);
  EXPECT_EQ(believers(world, victim), 6U);
  EXPECT_EQ(here(world).renewals, 72U);
}

/// It answers nobody for five minutes, and expects nobody before it has counted who is there.
TEST(Leases, ARegistryMayStartEmpty) {
  model::DiscoverySpec discovery = registry("eureka-default");
  discovery.leases.starts_empty = true;
  World world(registered(discovery, 30, 6, 5));
  world.run_until(299 * second);
  EXPECT_FALSE(here(world).answers);
  EXPECT_EQ(here(world).registered, 36U);
  EXPECT_EQ(here(world).listed, 0U);
  EXPECT_EQ(here(world).expected, 0U);
  const InstanceId caller = instances_of(world, "web")[0];
  EXPECT_EQ(world.beliefs_of(caller)[0].believed, 0U);
  EXPECT_EQ(world.beliefs_of(caller)[0].missing, 30U);
  world.run_until(300 * second);
  EXPECT_EQ(here(world).listed, 36U);
  world.run_until(390 * second);
  EXPECT_EQ(world.beliefs_of(caller)[0].believed, 30U);
  const InstanceId victim = instances_of(world, "data")[0];
  world.kill(victim);
  world.run_until(890 * second);
  EXPECT_EQ(here(world).evicted, 0U) << "the threshold is 0";
  world.run_until(1'100 * second);
  EXPECT_EQ(here(world).evicted, 1U);
}

/// The slot of one that is still believed in is nobody else's: what is sent there is refused.
TEST(Leases, AGhostIsNotTakenForAnother) {
  World world(registered(registry("eureka-default"), 30, 6, 5, 200));
  world.run_until(100 * second);
  const InstanceId victim = instances_of(world, "data")[0];
  const std::uint32_t group = world.instance(victim).group;
  const std::uint32_t location = world.shared().groups[group].location;
  world.kill(victim);
  world.run_until(150 * second);
  EXPECT_EQ(instances_of(world, "data").size(), 29U);
  EXPECT_EQ(world.shared().groups[group].ghosts, 1U);
  EXPECT_EQ(world.discovery().ghosts, 1U);
  for (int i = 0; i < 5; ++i) EXPECT_NE(world.start_instance(0, location, 0), victim);
  const std::uint64_t errors = worlds::cells_of(world, "data").errors;
  world.run_until(240 * second);
  EXPECT_EQ(believers(world, victim), 6U);
  // 90 s at 200/s, and the victim is one of 30 and more as those that came are seen, in the zone of a third of the callers.
  EXPECT_GT(worlds::cells_of(world, "data").errors - errors, 90U * 200U / 3U / 20U);
  EXPECT_EQ(worlds::requests_of(world).failed, 0U) << "tried elsewhere";
  world.run_until(430 * second);
  EXPECT_EQ(believers(world, victim), 0U);
  world.run_until(530 * second);
  EXPECT_EQ(world.shared().groups[group].ghosts, 0U);
  EXPECT_EQ(world.discovery().ghosts, 0U);
  EXPECT_EQ(world.start_instance(0, location, 0), victim) << "now it may be used";
}

TEST(Leases, FastOnesAreSeen18To32SecondsAfterTheLastHeartbeat) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    World world(registered(registry("eureka-fast"), 30, 6, seed));
    world.run_until(100 * second);
    const InstanceId victim = instances_of(world, "data")[seed % 30];
    world.kill(victim);
    const sim::Time beat = world.discovery().lease(victim).renewed;
    world.run_until(beat + 18 * second);
    EXPECT_EQ(believers(world, victim), 6U);
    world.run_until(beat + 32 * second);
    EXPECT_EQ(believers(world, victim), 0U);
  }
}

/// Everybody's view of a list that has not changed for long is that list, at no cost.
TEST(Leases, ASettledViewIsThePresent) {
  World world(registered(registry("eureka-default"), 9, 6, 5));
  EXPECT_EQ(world.shared().views.settled, 0);
  world.run_until(100 * second);
  world.retire(instances_of(world, "data")[0]);
  EXPECT_EQ(world.shared().views.settled, 190 * second);
  const InstanceId caller = instances_of(world, "web")[0];
  EXPECT_LE(world.view_of(caller), world.now());
  EXPECT_GT(world.view_of(caller), world.now() - 90 * second);
  world.run_until(190 * second);
  EXPECT_EQ(world.beliefs_of(caller)[0].believed, 8U);
}

}  // namespace
