// An instance that died is replaced, where something may start; what had to go elsewhere comes back.

#include <gtest/gtest.h>

#include <map>

#include "chaos/experiment.h"
#include "operations/operations.h"
#include "support/worlds.h"

namespace {

using model::InstanceState;
using Zones = std::map<std::string, int>;

constexpr sim::Time noticed = 10 * sim::second;

model::World six(sim::Time replace_after = noticed) {
  model::WorldSpec spec = worlds::small({worlds::service("a", "store", 6, {}), worlds::service("users", "denominator", 0, {0})});
  spec.services[0].replace_after = replace_after;
  return model::World(spec);
}

/// Those that count, by the last letter of their zone.
Zones zones(const model::World& world) {
  Zones found;
  for (const model::InstanceId id : worlds::instances_of(world, "a")) {
    const InstanceState state = world.instance(id).state;
    if (state == InstanceState::dead || state == InstanceState::draining) continue;
    const std::string& place = world.shared().locations[world.shared().groups[world.instance(id).group].location].id;
    ++found[place.substr(place.size() - 1)];
  }
  return found;
}

void kill_in(model::World& world, const std::string& zone, int count) {
  for (const model::InstanceId id : worlds::instances_of(world, "a")) {
    const std::string& place = world.shared().locations[world.shared().groups[world.instance(id).group].location].id;
    if (count > 0 && place.ends_with(zone) && world.instance(id).state == InstanceState::up) {
      world.kill(id);
      --count;
    }
  }
}

std::uint32_t& denied(model::World& world, const std::string& zone) {
  return world.denials().capacity[*world.find_location("us-east-1.zone" + zone)];
}

TEST(Keeping, ADeathIsNoticedAndReplacedThen) {
  model::World world = six();
  world.run_until(sim::second);
  kill_in(world, "A", 1);
  world.run_until(5 * sim::second);
  kill_in(world, "A", 1);
  world.run_until(sim::second + noticed - 1);
  EXPECT_EQ(zones(world), (Zones{{"B", 2}, {"C", 2}}));
  world.run_until(sim::second + noticed);
  EXPECT_EQ(zones(world), (Zones{{"A", 1}, {"B", 2}, {"C", 2}})) << "the second death is not noticed yet";
  world.run_until(5 * sim::second + noticed);
  EXPECT_EQ(zones(world), (Zones{{"A", 2}, {"B", 2}, {"C", 2}}));
  world.run_until(30 * sim::second);
  EXPECT_EQ(worlds::in_state(world, "a", InstanceState::up), 6U);
}

TEST(Keeping, NobodyReplacesWhereNobodyShould) {
  model::World world = six(sim::never);
  kill_in(world, "A", 2);
  world.run_until(600 * sim::second);
  EXPECT_EQ(zones(world), (Zones{{"B", 2}, {"C", 2}}));
  operations::scale(world, {"a", 6, {}});
  EXPECT_EQ(zones(world), (Zones{{"A", 2}, {"B", 2}, {"C", 2}})) << "whoever scales says how many";
}

TEST(Keeping, GoesWhereCapacityIsAndComesBack) {
  model::World world = six();
  denied(world, "A") = 1;
  kill_in(world, "A", 2);
  world.run_until(noticed);
  EXPECT_EQ(zones(world), (Zones{{"B", 3}, {"C", 3}}));
  world.run_until(60 * sim::second);
  EXPECT_EQ(zones(world), (Zones{{"B", 3}, {"C", 3}}));
  denied(world, "A") = 0;
  std::size_t least = 6;
  for (sim::Time t = 60 * sim::second; t < 90 * sim::second; t += 100 * sim::millisecond) {
    world.run_until(t);
    least = std::min(least, worlds::in_state(world, "a", InstanceState::up));
  }
  EXPECT_EQ(least, 6U) << "first one starts, then one goes";
  EXPECT_EQ(zones(world), (Zones{{"A", 2}, {"B", 2}, {"C", 2}}));
  EXPECT_EQ(worlds::requests_of(world).failed, 0U);
}

TEST(Keeping, WhatCannotStartAnywhereStartsLater) {
  model::World world = six();
  for (const char* zone : {"A", "B", "C"}) denied(world, zone) = 1;
  kill_in(world, "B", 1);
  operations::scale(world, {"a", 9, {}});
  EXPECT_EQ(zones(world), (Zones{{"A", 2}, {"B", 1}, {"C", 2}}));
  world.run_until(60 * sim::second);
  EXPECT_EQ(zones(world), (Zones{{"A", 2}, {"B", 1}, {"C", 2}}));
  EXPECT_EQ(world.shared().services[0].desired, 9U);
  for (const char* zone : {"A", "B", "C"}) denied(world, zone) = 0;
  world.run_until(60 * sim::second + model::Keeping::look_again);
  EXPECT_EQ(zones(world), (Zones{{"A", 3}, {"B", 3}, {"C", 3}}));
}

TEST(Keeping, KeepsWhatWasAskedForInEachZone) {
  model::World world = six();
  operations::scale(world, {"a", {}, {{"us-east-1.zoneA", 4}, {"us-east-1.zoneC", 0}}});
  EXPECT_EQ(zones(world), (Zones{{"A", 4}, {"B", 2}}));
  world.run_until(20 * sim::second);
  EXPECT_EQ(zones(world), (Zones{{"A", 4}, {"B", 2}})) << "nobody evens that out";
  denied(world, "A") = 1;
  kill_in(world, "A", 3);
  world.run_until(40 * sim::second);
  EXPECT_EQ(zones(world), (Zones{{"A", 1}, {"B", 3}, {"C", 2}})) << "elsewhere for now";
  denied(world, "A") = 0;
  world.run_until(80 * sim::second);
  EXPECT_EQ(zones(world), (Zones{{"A", 4}, {"B", 2}}));
}

TEST(Keeping, AWholeZoneThatIsDownIsNotReplacedButWhatDiesThereIs) {
  model::World world = six();
  model::Selector zone;
  zone.zones = {"us-east-1.zoneB"};
  chaos::start_fault(world, "zone.outage", zone, 60 * sim::second, {});
  world.run_until(30 * sim::second);
  EXPECT_EQ(zones(world), (Zones{{"A", 2}, {"B", 2}, {"C", 2}})) << "they come back when the fault ends";
  world.run_until(90 * sim::second);
  EXPECT_EQ(worlds::in_state(world, "a", InstanceState::up), 6U);
}

TEST(Keeping, AForkKeepsAsItsOrigin) {
  model::World world = six();
  world.run_until(sim::second);
  denied(world, "A") = 1;
  kill_in(world, "A", 2);
  world.run_until(5 * sim::second);
  model::World fork(world);
  for (model::World* w : {&world, &fork}) {
    w->run_until(20 * sim::second);
    denied(*w, "A") = 0;
    w->run_until(60 * sim::second);
  }
  EXPECT_EQ(fork.fingerprint(), world.fingerprint());
  EXPECT_EQ(zones(fork), zones(world));
}

}  // namespace
