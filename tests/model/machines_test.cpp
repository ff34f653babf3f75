// Machines: who is put where, what dies together, what has to start first, and what is held in memory.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "operations/operations.h"
#include "sim/random.h"
#include "support/worlds.h"

namespace {

using model::InstanceState;
using model::Machine;
using model::MachineKind;
using model::Machines;
using model::MachineState;
using sim::second;

constexpr sim::Time boot = 60 * second;

model::MachineTypeSpec type(MachineKind kind, std::uint32_t memory_mb, std::uint32_t slots = 100) {
  model::MachineTypeSpec type;
  type.name = "box";
  type.kind = kind;
  type.memory_mb = memory_mb;
  type.slots = slots;
  type.start_up.mean_ms = sim::to_ms(boot);
  return type;
}

/// Services a and b with these placements on machines of one type.
model::WorldSpec on_machines(const model::MachineTypeSpec& machines, const std::vector<model::PlacementSpec>& placements,
                             std::uint32_t count = 9) {
  std::vector<model::ServiceSpec> services;
  std::vector<std::uint32_t> all;
  for (std::size_t i = 0; i < placements.size(); ++i) {
    all.push_back(static_cast<std::uint32_t>(i));
    services.push_back(worlds::service(std::string(1, static_cast<char>('a' + i)), "store", count, {}));
    services.back().placement = placements[i];
  }
  services.push_back(worlds::service("users", "denominator", 0, all));
  services.back().requests_per_second = 100;
  model::WorldSpec spec = worlds::small(std::move(services));
  spec.machine_types = {machines};
  return spec;
}

std::uint32_t memory_of(const model::World& world, const model::PlacementSpec& placement) {
  return placement.memory_mb == 0 ? world.machines().types()[placement.type].memory_mb : placement.memory_mb;
}

/// What holds whenever: every instance that lives is on one machine of its place, memory and slots are what is used and enough.
void expect_sound(const model::World& world) {
  std::map<std::uint32_t, std::uint32_t> memory;
  std::map<std::uint32_t, std::size_t> number;
  for (const model::Service& service : world.shared().services) {
    for (const std::uint32_t group : service.groups) {
      for (const model::InstanceId id : world.shared().groups[group].members) {
        const std::uint32_t machine = world.machines().of(id);
        EXPECT_EQ(machine != Machines::none, service.placement.has_value());
        if (machine == Machines::none || world.instance(id).state == InstanceState::dead) continue;
        const Machine& m = world.machines()[machine];
        EXPECT_TRUE(m.in_use);
        EXPECT_EQ(m.location, world.shared().groups[group].location);
        EXPECT_EQ(m.shared, service.placement->shared);
        EXPECT_NE(m.state, MachineState::dead);
        EXPECT_EQ(std::count(m.instances.begin(), m.instances.end(), id), 1);
        memory[machine] += memory_of(world, *service.placement);
        ++number[machine];
      }
    }
  }
  std::set<std::string> names;
  for (std::uint32_t i = 0; i < world.machines().list().size(); ++i) {
    const Machine& m = world.machines()[i];
    if (!m.in_use) continue;
    EXPECT_EQ(m.used_mb, memory[i]);
    EXPECT_EQ(m.instances.size(), number[i]);
    EXPECT_LE(m.used_mb, world.machines().types()[m.type].memory_mb);
    EXPECT_LE(m.instances.size(), m.shared ? world.machines().types()[m.type].slots : 1);
    EXPECT_TRUE(names.insert(world.machine_name(i)).second);
    EXPECT_EQ(world.find_machine(world.machine_name(i)), i);
  }
  EXPECT_EQ(names.size(), world.machines().count());
}

std::vector<std::size_t> filled(const model::World& world) {
  std::vector<std::size_t> sizes;
  for (const Machine& m : world.machines().list()) {
    if (m.in_use) sizes.push_back(m.instances.size());
  }
  return sizes;
}

TEST(Machines, ContainersArePackedByMemory) {
  // In each zone 3 of 400 MB and 3 of 300: 2 of 400 fill a machine of 1,000 so that no 300 fits; the third and two of 300 the next.
  model::World world(on_machines(type(MachineKind::virtual_machine, 1'000), {{0, true, 400}, {0, true, 300}}));
  expect_sound(world);
  EXPECT_THAT(filled(world), testing::UnorderedElementsAre(2, 2, 2, 3, 3, 3, 1, 1, 1));
  EXPECT_EQ(world.machine_name(0), "small.us-east-1.zoneA.box00");
}

TEST(Machines, ContainersArePackedBySlots) {
  model::World world(on_machines(type(MachineKind::virtual_machine, 1'000'000, 2), {{0, true, 1}, {0, true, 1}}));
  expect_sound(world);
  EXPECT_THAT(filled(world), testing::Each(2U));
  EXPECT_EQ(world.machines().count(), 9U);
}

TEST(Machines, WithoutContainersEachInstanceHasItsOwn) {
  model::World world(on_machines(type(MachineKind::virtual_machine, 1'000), {{0, false, 0}, {0, true, 500}}));
  expect_sound(world);
  EXPECT_EQ(world.machines().count(), 9U + 6U);
}

/// A terabyte in memory is one machine, too.
TEST(Machines, ATerabyteInMemoryIsOneMachine) {
  const model::WorldSpec spec = worlds::spec_of_text(
      R"({"arch": "large", "services": [{"name": "db", "package": "store", "regions": 1, "count": 1, "machine": "terabyte", "container": "db",
      "memoryMb": 1048576}, {"name": "www", "package": "denominator", "dependencies": ["db"]}]})");
  model::World world(spec);
  expect_sound(world);
  ASSERT_EQ(world.machines().count(), 1U);
  EXPECT_EQ(world.machines()[0].used_mb, 1'048'576U);
  EXPECT_EQ(world.machine_name(0), "large.us-east-1.zoneA.terabyte00");
}

TEST(Machines, ADeathIsThatOfAllContainers) {
  model::World world(on_machines(type(MachineKind::virtual_machine, 1'000), {{0, true, 400}, {0, true, 300}}));
  world.run_until(second);
  const std::vector<model::InstanceId> victims = world.machines()[0].instances;
  ASSERT_GE(victims.size(), 2U);
  world.take_occurrences();
  world.kill_machine(0);
  for (const model::InstanceId id : victims) EXPECT_EQ(world.instance(id).state, InstanceState::dead);
  const std::vector<model::Occurrence> log = world.take_occurrences();
  ASSERT_EQ(log.size(), 1 + victims.size());
  EXPECT_EQ(log[0].type, "machine.died");
  EXPECT_EQ(log[0].subject_kind, "machine");
  for (std::size_t i = 1; i < log.size(); ++i) {
    EXPECT_EQ(log[i].type, "instance.died");
    EXPECT_EQ(log[i].cause, log[0].number);
  }
  expect_sound(world);
  const std::uint32_t machines = world.machines().count();
  world.run_until(second + model::World::removed_after - 1);
  EXPECT_EQ(world.machines().count(), machines) << "shown for a while";
  world.run_until(60 * second);
  EXPECT_EQ(world.machines().count(), machines - 1) << "and nobody replaces it";
  EXPECT_EQ(worlds::instances_of(world, "a").size() + worlds::instances_of(world, "b").size(), 18 - victims.size()) << "short until scaled";
  expect_sound(world);
}

TEST(Machines, WhereThereIsNoRoomAMachineStartsFirst) {
  model::World world(on_machines(type(MachineKind::virtual_machine, 1'000, 3), {{0, true, 1}}));
  ASSERT_EQ(world.machines().count(), 3U);
  world.take_occurrences();
  operations::scale(world, {"a", 10, {}});
  expect_sound(world);
  ASSERT_EQ(world.machines().count(), 4U);
  EXPECT_EQ(world.machines()[3].state, MachineState::starting);
  world.run_until(boot - 1);
  EXPECT_EQ(world.machines()[3].state, MachineState::starting);
  world.run_until(boot + second - 1);
  EXPECT_EQ(world.machines()[3].state, MachineState::up);
  EXPECT_EQ(worlds::in_state(world, "a", InstanceState::starting), 1U);
  world.run_until(boot + second);
  EXPECT_EQ(worlds::in_state(world, "a", InstanceState::starting), 0U);
  std::vector<std::string> types;
  for (const model::Occurrence& o : world.take_occurrences()) {
    if (o.subject_kind == "machine") types.push_back(o.type);
  }
  EXPECT_THAT(types, testing::ElementsAre("machine.starting", "machine.up"));
  operations::scale(world, {"a", 12, {}});
  world.run_until(boot + 2 * second);
  EXPECT_EQ(worlds::in_state(world, "a", InstanceState::starting), 2U) << "the other zones have no room either";
  world.run_until(2 * boot + 2 * second);
  EXPECT_EQ(worlds::in_state(world, "a", InstanceState::up), 12U);
  operations::scale(world, {"a", 18, {}});
  world.run_until(2 * boot + 3 * second);
  EXPECT_EQ(worlds::in_state(world, "a", InstanceState::up), 18U) << "now they have: containers take seconds";
}

TEST(Machines, RoomIsUsedAgain) {
  model::World world(on_machines(type(MachineKind::virtual_machine, 1'000, 3), {{0, true, 1}}));
  operations::scale(world, {"a", 3, {}});
  world.run_until(40 * second);
  EXPECT_EQ(world.machines().count(), 3U) << "machines that are shared stay";
  operations::scale(world, {"a", 9, {}});
  EXPECT_EQ(world.machines().count(), 3U);
  world.run_until(42 * second);
  EXPECT_EQ(worlds::in_state(world, "a", InstanceState::up), 9U);
  expect_sound(world);
}

TEST(Machines, AVirtualMachineOfItsOwnGoesWithItsInstance) {
  model::World world(on_machines(type(MachineKind::virtual_machine, 1'000), {{0, false, 0}}));
  world.kill(worlds::instances_of(world, "a")[0]);
  EXPECT_EQ(world.machines().count(), 8U);
  operations::scale(world, {"a", 6, {}});
  world.run_until(40 * second);
  EXPECT_EQ(world.machines().count(), 6U);
  expect_sound(world);
}

TEST(Machines, OneInADataCentreStays) {
  model::World world(on_machines(type(MachineKind::datacenter, 1'000), {{0, false, 0}}));
  operations::scale(world, {"a", 6, {}});
  world.run_until(40 * second);
  EXPECT_EQ(world.machines().count(), 9U);
  operations::scale(world, {"a", 9, {}});
  world.run_until(42 * second);
  EXPECT_EQ(worlds::in_state(world, "a", InstanceState::up), 9U) << "on those that are there";
  operations::scale(world, {"a", 10, {}});
  world.run_until(60 * second);
  EXPECT_EQ(worlds::in_state(world, "a", InstanceState::starting), 1U) << "another one has to be brought";
  expect_sound(world);
}

TEST(Machines, SpareOnesAreUsedAtOnce) {
  model::MachineTypeSpec machines = type(MachineKind::virtual_machine, 1'000, 3);
  machines.spare = 1;
  model::World world(on_machines(machines, {{0, true, 1}}));
  EXPECT_EQ(world.machines().count(), 6U);
  operations::scale(world, {"a", 18, {}});
  world.run_until(second);
  EXPECT_EQ(worlds::in_state(world, "a", InstanceState::up), 18U);
}

TEST(Machines, DieWithWhatIsStillStarting) {
  model::World world(on_machines(type(MachineKind::virtual_machine, 1'000, 3), {{0, true, 1}}));
  operations::scale(world, {"a", 10, {}});
  world.run_until(second);
  const std::uint32_t fresh = world.find_machine("small.us-east-1.zoneA.box03");
  ASSERT_NE(fresh, Machines::none);
  world.kill_machine(fresh);
  world.run_until(2 * boot);
  EXPECT_EQ(worlds::instances_of(world, "a").size(), 9U);
  EXPECT_EQ(world.machines().count(), 3U);
  EXPECT_EQ(world.find_machine("small.us-east-1.zoneA.box03"), Machines::none);
  expect_sound(world);
}

TEST(Machines, AColdStartWaitsForThoseThatAreRented) {
  for (const MachineKind kind : {MachineKind::virtual_machine, MachineKind::datacenter}) {
    model::WorldSpec spec = on_machines(type(kind, 1'000, 3), {{0, true, 1}});
    spec.cold_start = true;
    model::World world(spec);
    world.run_until(3 * boot);
    EXPECT_EQ(world.start_ups().complete, kind == MachineKind::datacenter ? second : boot + second);
  }
}

/// Random kills and scalings: what has to hold holds, and a copy does the same.
TEST(Machines, StaySoundWhateverHappens) {
  model::MachineTypeSpec machines = type(MachineKind::virtual_machine, 1'000, 4);
  machines.start_up.mean_ms = 3'000;
  std::uint64_t draws = 0;
  const auto below = [&draws](std::uint64_t n) { return sim::scale(sim::draw(7, 1, sim::Purpose::routing, draws++), n); };
  model::World world(on_machines(machines, {{0, true, 400}, {0, true, 150}, {0, false, 0}}, 12));
  for (int step = 0; step < 200; ++step) {
    if (below(4) == 0 && world.machines().count() > 0) {
      std::vector<std::uint32_t> alive;
      for (std::uint32_t m = 0; m < world.machines().list().size(); ++m) {
        if (world.machines()[m].in_use && world.machines()[m].state != MachineState::dead) alive.push_back(m);
      }
      if (!alive.empty()) world.kill_machine(alive[below(alive.size())]);
    } else {
      operations::scale(world, {std::string(1, static_cast<char>('a' + below(3))), static_cast<std::uint32_t>(below(30)), {}});
    }
    world.run_until(world.now() + static_cast<sim::Time>(below(3'000)) * sim::millisecond);
    expect_sound(world);
    if (step != 100) continue;
    model::World copy(world);
    copy.run_until(copy.now() + 5 * second);
    world.run_until(world.now() + 5 * second);
    EXPECT_EQ(copy.fingerprint(), world.fingerprint());
  }
}

}  // namespace
