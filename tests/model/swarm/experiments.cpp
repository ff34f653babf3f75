// Experiments, the safety lever and halts, at random.

#include "chaos/experiments.h"
#include "model/swarm/scenario.h"

namespace swarm {
namespace {

/// When it ends calls go on, and in the same moment another fault of the experiment may end an instance that had them: nobody could note
/// them in between.
constexpr const char* pause = "instance.pause";

/// Up to so many grids.
sim::Time some_time(Dice& dice, std::uint64_t most) {
  return static_cast<sim::Time>(dice.below(most + 1)) * experiment_grid;
}

model::ProbeSpec some_probe(const model::World& world, Dice& dice) {
  using Metric = model::ProbeSpec::Metric;
  model::ProbeSpec probe;
  const model::Service& service = world.shared().services[dice.below(world.shared().services.size())];
  probe.metric = static_cast<Metric>(dice.below(static_cast<std::uint64_t>(Metric::instances_up) + 1));
  probe.service = service.name;
  probe.comparator = static_cast<model::ProbeSpec::Comparator>(dice.below(6));
  probe.window = experiment_grid + some_time(dice, 9);
  probe.value = dice.between(0, 2) / 2;
  probe.high = probe.value + dice.between(0, 10);
  return probe;
}

model::ExperimentPtr some_experiment(const model::World& world, Dice& dice, bool gentle) {
  auto spec = std::make_shared<model::ExperimentSpec>();
  const std::uint64_t count = 1 + dice.below(4);
  for (std::uint64_t i = 0; i < count; ++i) {
    auto request = some_fault(world, dice, gentle);
    if (!request || request->type == pause) continue;
    model::ExperimentFault fault;
    fault.id = std::to_string(i);
    fault.request = std::move(*request);
    fault.request.duration = experiment_grid + some_time(dice, 39);
    fault.offset = some_time(dice, 6);
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
  if (dice.one_in(4)) spec->stop_conditions.push_back({some_probe(world, dice), some_time(dice, 10)});
  spec->faults_at_a_time = static_cast<std::uint32_t>(dice.below(3));
  spec->stable_wait = some_time(dice, 20);
  return spec;
}

/// One by one, noted.
void end_pauses(model::World& world, const std::function<void()>& note) {
  for (const model::FaultRecord& fault : std::vector(world.faults())) {
    if (fault.ended || fault.type != pause) continue;
    chaos::stop_fault(world, fault.id);
    note();
  }
}

}  // namespace

void try_something(model::World& world, Dice& dice, bool gentle, const std::function<void()>& note) {
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
      end_pauses(world, note);
      chaos::halt(world, "at random");
      break;
    case 4:
      end_pauses(world, note);
      chaos::set_safety_lever(world, dice.one_in(3), "at random");
      break;
    default: {
      const model::ExperimentPtr experiment = some_experiment(world, dice, gentle);
      if (!experiment->faults.empty()) chaos::start_experiment(world, experiment);
    }
  }
}

void end_experiments(model::World& world, const std::function<void()>& note) {
  end_pauses(world, note);
  chaos::set_safety_lever(world, false, "");
  chaos::halt(world, "the end");
}

}  // namespace swarm
