// Monkeys by name, each after its original.
#include "chaos/schedule.h"

namespace chaos {
namespace {

using model::FaultRequest;
using model::RandomTimes;
using model::ScheduleAction;
using model::SchedulePreset;
using Place = ScheduleAction::Place;

/// In working hours, once in so many working days on average.
RandomTimes working_days(double mean) {
  RandomTimes times;
  times.kind = RandomTimes::Kind::daily;
  times.mean = static_cast<sim::Time>(mean) * model::day_length;
  times.min_gap = model::day_length;
  times.from = 9 * 60;
  times.to = 15 * 60;
  times.weekdays_only = true;
  return times;
}

FaultRequest fault(const char* type, sim::Time duration) {
  FaultRequest request;
  request.type = type;
  request.duration = duration;
  return request;
}

/// An instance of the architecture's victim.
FaultRequest on_one(const char* type, sim::Time duration) {
  FaultRequest request = fault(type, duration);
  request.selector.mode = model::Selector::Mode::one;
  return request;
}

SchedulePreset preset(const char* name, const char* why, const char* source, std::vector<ScheduleAction> actions, double mean_days) {
  SchedulePreset preset{name, why, source, {}};
  preset.spec.name = preset.spec.preset = name;
  preset.spec.actions = std::move(actions);
  preset.spec.times = working_days(mean_days);
  return preset;
}

}  // namespace

const std::vector<SchedulePreset>& schedule_presets() {
  static const FaultRequest monkey = on_one("instance.terminate", 60 * sim::second);
  static const FaultRequest latency = on_one("network.latency", 600 * sim::second);
  static const FaultRequest gorilla = fault("zone.outage", 1'800 * sim::second);
  static const FaultRequest kong = fault("region.outage", 1'800 * sim::second);
  static const std::vector<SchedulePreset> presets{
      preset(
          "chaos-monkey-2",
          "Kills an instance of the victim: each weekday a coin with chance 1/2, at an even time between 09:00 and 15:00, so that people "
          "are there. Days between two kills are geometric, two on average. The minute is the time in which somebody notices.",
          "Netflix Chaos Monkey 2, docs/Termination-behavior.md and its configuration: mean 2 and minimum 1 work days, 09:00 to 15:00. "
          "Its groups (app, stack, cluster) are one here: the victim. The minute: an Auto Scaling group acts on status checks, which are "
          "made every minute.",
          {{1, Place::said, monkey}}, 2),
      preset(
          "latency-monkey",
          "Messages to and from an instance of the victim are a second late, half a second more or less, for ten minutes: what is slow is "
          "worse than what is dead.",
          "Simian Army network latency: netem delay 1000 ms +/- 500 ms; Latency Monkey itself was never published. How often and for how "
          "long: assumptions, as Chaos Monkey 2.",
          {{1, Place::said, latency}}, 2),
      preset("gorilla", "Some zone loses power for half an hour, once in ten working days on average.",
             "Chaos Gorilla was never published; half an hour as in AWS FIS \"AZ Availability: Power Interruption\". How often: an "
             "assumption.",
             {{1, Place::zone, gorilla}}, 10),
      preset("kong", "Some region is gone for half an hour, once in twenty working days on average. Needs two regions.",
             "Chaos Kong was never published; Netflix has told of exercises about once a month. Half an hour: an assumption.",
             {{1, Place::region, kong}}, 20),
      preset(
          "army",
          "All of them together, once a working day on average: of twenty times an instance dies on ten, is slow on seven, a zone is gone "
          "on two and a region on one, where there is another.",
          "The Simian Army; the shares are those of the single ones by their means: 1/2, 1/2, 1/10 and 1/20 a day, latency a little less.",
          {{10, Place::said, monkey}, {7, Place::said, latency}, {2, Place::zone, gorilla}, {1, Place::region, kong}}, 1),
  };
  return presets;
}

}  // namespace chaos
