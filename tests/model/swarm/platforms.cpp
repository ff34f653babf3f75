// Functions, machines and starts in the swarm, and what has to hold of them.

#include <gtest/gtest.h>

#include <map>

#include "model/swarm/scenario.h"
#include "model/swarm/watch.h"
#include "operations/operations.h"
#include "packages/list.h"
#include "support/worlds.h"

namespace swarm {
namespace {

model::FunctionSpec some_function(Dice& dice) {
  model::FunctionSpec function;
  function.concurrency = static_cast<std::uint32_t>(1 + dice.below(40));
  function.keep_alive = static_cast<sim::Time>(dice.below(500)) * sim::millisecond;
  function.cold_start.kind = dice.one_in(2) ? model::DistributionSpec::Kind::exponential : model::DistributionSpec::Kind::constant;
  function.cold_start.mean_ms = dice.between(0, 30);
  function.cold_start_billed = dice.one_in(2);
  return function;
}

model::StartUpSpec some_start(Dice& dice) {
  model::StartUpSpec start;
  start.when_missing = static_cast<model::WhenMissing>(dice.below(3));
  start.first = dice.one_in(2);
  start.back_off = static_cast<sim::Time>(50 + dice.below(500)) * sim::millisecond;
  start.back_off_max = 4 * start.back_off;
  if (!dice.one_in(2)) return start;
  start.time = model::DistributionSpec{};
  start.time->kind = model::DistributionSpec::Kind::exponential;
  start.time->mean_ms = dice.between(1, 500);
  return start;
}

}  // namespace

void vary_platforms(model::WorldSpec& spec, Dice dice) {
  spec.cold_start = dice.one_in(3);
  spec.function_concurrency = static_cast<std::uint32_t>(5 + dice.below(50));
  const bool machines = dice.one_in(2);
  if (machines) {
    for (std::uint32_t t = 0; t < 2; ++t) {
      model::MachineTypeSpec type;
      type.name = "m" + std::to_string(t);
      type.kind = static_cast<model::MachineKind>(dice.below(3));
      type.memory_mb = 1'000;
      type.slots = static_cast<std::uint32_t>(1 + dice.below(5));
      type.spare = static_cast<std::uint32_t>(dice.below(2));
      type.start_up.mean_ms = dice.between(0, 1'000);
      spec.machine_types.push_back(type);
    }
  }
  for (model::ServiceSpec& service : spec.services) {
    if (service.package->load_source || service.package->wakes) continue;
    if (dice.one_in(2)) service.starting = some_start(dice);
    if (service.package->passes_on && service.name != "elb" && dice.one_in(2)) {
      service.package = packages::find("function");
      service.function = some_function(dice);
      service.discipline = model::Discipline::first_come;
      service.queue_timeout.reset();
      service.contention = service.crosstalk = 0;
    } else if (machines && dice.one_in(2)) {
      const bool shared = dice.one_in(2);
      service.placement = model::PlacementSpec{static_cast<std::uint32_t>(dice.below(2)), shared,
                                               static_cast<std::uint32_t>(shared ? 1 + dice.below(1'000) : 0)};
    }
  }
}

void kill_some_machine(model::World& world, Dice& dice) {
  std::vector<std::string> names;
  for (std::uint32_t m = 0; m < world.machines().list().size(); ++m) {
    if (world.machines()[m].in_use) names.push_back(world.machine_name(m));
  }
  if (!names.empty()) operations::kill_machine(world, names[dice.below(names.size())]);
}

/// Who lives is on one machine of his place, where there is room for him; nobody is up on one that is not.
void Watch::look_at_machines() const {
  const model::Machines& machines = world_.machines();
  std::map<std::uint32_t, std::uint32_t> memory;
  std::map<std::uint32_t, std::size_t> number;
  for (const model::Service& service : world_.shared().services) {
    if (!service.placement) continue;
    for (const model::InstanceId id : worlds::instances_of(world_, service.name)) {
      const std::uint32_t machine = machines.of(id);
      const model::InstanceState state = world_.instance(id).state;
      if (state == model::InstanceState::dead) continue;
      ASSERT_NE(machine, model::Machines::none);
      const model::Machine& m = machines[machine];
      ASSERT_TRUE(m.in_use && m.type == service.placement->type && m.shared == service.placement->shared);
      ASSERT_EQ(m.location, world_.shared().groups[world_.instance(id).group].location);
      if (state == model::InstanceState::up) {
        ASSERT_EQ(m.state, model::MachineState::up);
      }
      memory[machine] += service.placement->memory_mb == 0 ? machines.types()[m.type].memory_mb : service.placement->memory_mb;
      ++number[machine];
    }
  }
  for (std::uint32_t m = 0; m < machines.list().size(); ++m) {
    if (!machines[m].in_use) continue;
    ASSERT_EQ(machines[m].used_mb, memory[m]);
    ASSERT_EQ(machines[m].instances.size(), number[m]);
    ASSERT_LE(machines[m].used_mb, machines.types()[machines[m].type].memory_mb);
    ASSERT_LE(machines[m].instances.size(), machines[m].shared ? machines.types()[machines[m].type].slots : 1);
  }
}

/// Environments with a call are workers that are busy, within the limits of the function and of its region; what is billed is at least what
/// it took.
void Watch::look_at_functions() const {
  for (const model::Shard& shard : world_.shards()) {
    std::uint64_t in_region = 0;
    for (std::uint32_t f = 0; f < world_.shared().functions.size(); ++f) {
      const model::Function& function = world_.shared().functions[f];
      std::uint64_t busy = 0, requests = 0;
      for (std::uint32_t slot = 0; slot < shard.slots(); ++slot) {
        if (!shard.detail(slot).in_use || world_.shared().groups[shard.instance(slot).group].service != function.service) continue;
        busy += shard.instance(slot).busy;
        ASSERT_EQ(shard.instance(slot).queued, 0U);
        ASSERT_EQ(shard.instance(slot).in_flight, shard.instance(slot).busy);
      }
      for (std::size_t c = 0; c < world_.shared().cells.size(); ++c) {
        if (world_.shared().groups[world_.shared().cells[c].group].service != function.service) continue;
        requests += shard.cell_counts()[c].requests - shard.cell_counts()[c].mishaps;
        for (const std::uint64_t shed : shard.cell_counts()[c].shed) requests -= shed;  // turned down before they came to an environment
      }
      const model::FunctionCount count = shard.function_count(f);
      ASSERT_EQ(count.busy.present(), busy);
      ASSERT_LE(busy, function.spec.concurrency);
      ASSERT_GE(count.environments.present(), busy);
      ASSERT_LE(count.environments.present(), count.cold_starts);
      ASSERT_EQ(count.invocations + count.throttled + count.throttled_by_region, requests);
      ASSERT_GE(count.billed_ns, count.duration_ns);
      ASSERT_LE(count.busy.integral(world_.now()), count.environments.integral(world_.now()));
      in_region += busy;
    }
    ASSERT_LE(in_region, world_.shared().function_limit);
  }
}

}  // namespace swarm
