// Experiments, the safety lever and halts, at random.

#include "chaos/experiments.h"
#include "model/swarm/scenario.h"

namespace swarm {
namespace {

sim::Time some_time(Dice& dice, std::uint64_t most_ms) {
  return static_cast<sim::Time>(dice.below(most_ms)) * sim::millisecond;
}

model::ProbeSpec some_probe(const model::World& world, Dice& dice) {
  using Metric = model::ProbeSpec::Metric;
  model::ProbeSpec probe;
  const model::Service& service = world.shared().services[dice.below(world.shared().services.size())];
  probe.metric = static_cast<Metric>(dice.below(static_cast<std::uint64_t>(Metric::instances_up) + 1));
  probe.service = service.name;
  probe.comparator = static_cast<model::ProbeSpec::Comparator>(dice.below(6));
  probe.window = (1 + static_cast<sim::Time>(dice.below(500))) * sim::millisecond;
  probe.value = dice.between(0, 2) / 2;
  probe.high = probe.value + dice.between(0, 10);
  return probe;
}

model::ExperimentPtr some_experiment(const model::World& world, Dice& dice, bool gentle) {
  auto spec = std::make_shared<model::ExperimentSpec>();
  const std::uint64_t count = 1 + dice.below(4);
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto request = some_fault(world, dice, gentle);
    if (!request) continue;
    model::ExperimentFault fault;
    fault.id = std::to_string(i);
    fault.type = request->type;
    fault.selector = request->selector;
    fault.parameters = request->parameters;
    fault.duration = request->duration.value_or(sim::second);
    fault.offset = some_time(dice, 300);
    fault.probability = dice.one_in(3) ? 0.5 : 1;
    if (!spec->faults.empty() && dice.one_in(2)) {
      const std::string other = spec->faults[dice.below(spec->faults.size())].id;
      (dice.one_in(2) ? fault.with : fault.after.emplace_back()) = other;
    }
    spec->faults.push_back(std::move(fault));
  }
  if (dice.one_in(2)) {
    spec->rho = 0.5;
    for (const model::ExperimentFault& fault : spec->faults) spec->correlated.push_back(fault.id);
  }
  const std::uint64_t probes = dice.below(3);
  for (std::uint64_t i = 0; i < probes; ++i) {
    spec->steady_state.push_back({some_probe(world, dice), dice.one_in(4), true, dice.one_in(2), 1, dice.one_in(4)});
  }
  if (dice.one_in(4)) spec->stop_conditions.push_back({some_probe(world, dice), some_time(dice, 500)});
  spec->faults_at_a_time = static_cast<std::uint32_t>(dice.below(3));
  spec->stable_wait = some_time(dice, 1'000);
  return spec;
}

}  // namespace

void try_something(model::World& world, Dice& dice, bool gentle) {
  const auto& list = world.experiments()->list;
  const std::string some = list.empty() ? "" : list[dice.below(list.size())]->id;
  switch (dice.below(8)) {
    case 0:
      chaos::set_experiment_state(world, some, "paused");
      break;
    case 1:
      chaos::set_experiment_state(world, some, "running");
      break;
    case 2:
      chaos::set_experiment_state(world, some, "stopped");
      break;
    case 3:
      chaos::halt(world, "at random");
      break;
    case 4:
      chaos::set_safety_lever(world, dice.one_in(3), "at random");
      break;
    default: {
      const model::ExperimentPtr experiment = some_experiment(world, dice, gentle);
      if (!experiment->faults.empty()) chaos::start_experiment(world, experiment);
    }
  }
}

void end_experiments(model::World& world) {
  chaos::set_safety_lever(world, false, "");
  chaos::halt(world, "the end");
}

}  // namespace swarm
