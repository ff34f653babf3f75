// Faults that come by themselves, at random times.

#include "chaos/schedule.h"

#include <string>

#include "model/swarm/scenario.h"

namespace swarm {
namespace {

model::ScheduleTimes some_times(Dice& dice) {
  const sim::Time length = static_cast<sim::Time>(200 + dice.below(1'500)) * sim::millisecond;
  if (dice.one_in(2)) return model::EveryTimes{length};
  model::RandomTimes times;
  times.mean = length;
  times.min_gap = static_cast<sim::Time>(dice.below(300)) * sim::millisecond;
  times.probability = dice.between(1, 4) / 4;
  return times;
}

}  // namespace

void change_some_schedule(model::World& world, Dice& dice, bool gentle) {
  if (world.schedules().empty() || dice.one_in(2)) {
    const auto request = some_fault(world, dice, gentle);
    if (!request) return;
    model::ScheduleSpec spec;
    spec.actions = {{1, static_cast<model::ScheduleAction::Place>(dice.one_in(4) ? 1 : 0), *request}};
    spec.times = some_times(dice);
    spec.overlaps = dice.one_in(2);
    spec.history_limit = 5;
    chaos::add_schedule(world, spec);
    return;
  }
  const std::string id = world.schedules()[dice.below(world.schedules().size())].id;
  model::ScheduleChange change;
  switch (dice.below(3)) {
    case 0:
      change.paused = dice.one_in(2);
      break;
    case 1:
      change.times = some_times(dice);
      break;
    default:
      chaos::remove_schedule(world, id);
      return;
  }
  chaos::change_schedule(world, id, change);
}

}  // namespace swarm
