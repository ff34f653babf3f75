// Schedules: when they fire, what becomes of a firing, and that they are part of the World.

#include "chaos/schedule.h"

#include <gmock/gmock.h>

#include <numeric>

#include "chaos/experiments.h"
#include "chaos/support.h"
#include "chaos/timetable.h"
#include "operations/operations.h"
#include "run/apply.h"

namespace {

using model::day_length;
using model::EveryTimes;
using model::RandomTimes;
using model::ScheduleAction;
using model::ScheduleRecord;
using model::ScheduleSpec;
using testing::HasSubstr;

chaos::FaultRequest slow(sim::Time duration) {
  chaos::FaultRequest request = trial::on("instance.slow", "web");
  request.selector.mode = model::Selector::Mode::one;
  request.duration = duration;
  return request;
}

ScheduleSpec every(sim::Time period, const chaos::FaultRequest& request) {
  ScheduleSpec spec;
  spec.name = "test";
  spec.actions = {{1, ScheduleAction::Place::said, request}};
  spec.times = EveryTimes{period};
  return spec;
}

std::string add(model::World& world, const ScheduleSpec& spec) {
  const auto added = chaos::add_schedule(world, spec);
  if (const auto* refusal = std::get_if<model::Refusal>(&added)) {
    ADD_FAILURE() << refusal->detail << (refusal->problems.empty() ? "" : refusal->problems[0].pointer + refusal->problems[0].message);
    return "";
  }
  return std::get<std::string>(added);
}

std::vector<sim::Time> due(const model::ScheduleTimes& times, std::size_t count, std::uint64_t number = 1, sim::Time began = 0) {
  chaos::Timetable table(times, model::usual_epoch, 7, number, began);
  std::vector<sim::Time> all;
  while (all.size() < count) all.push_back(table.next());
  return all;
}

RandomTimes monkey(double mean_days) {
  RandomTimes times;
  times.kind = RandomTimes::Kind::daily;
  times.mean = static_cast<sim::Time>(mean_days * static_cast<double>(day_length));
  times.from = 9 * 60;
  times.to = 15 * 60;
  times.weekdays_only = true;
  return times;
}

std::int64_t day_of(sim::Time time) {
  return model::day_of(model::usual_epoch, time);
}

/// Weekdays from one day to the next, by counting.
std::int64_t working_days(std::int64_t from, std::int64_t to) {
  std::int64_t count = 0;
  for (std::int64_t day = from + 1; day <= to; ++day) count += static_cast<std::int64_t>(model::is_weekday(day));
  return count;
}

std::vector<double> gaps_of(const std::vector<sim::Time>& times) {
  std::vector<double> gaps;
  for (std::size_t i = 1; i < times.size(); ++i) gaps.push_back(static_cast<double>(working_days(day_of(times[i - 1]), day_of(times[i]))));
  return gaps;
}

double mean_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

// Gaps are geometric with p = 1/5: mean 5, standard deviation sqrt(1 - p) / p.
TEST(Timetable, ChaosMonkeysGapsAreGeometric) {
  constexpr std::size_t count = 4'000;
  const std::vector<sim::Time> times = due(monkey(5), count + 1);
  const std::vector<double> gaps = gaps_of(times);
  const double p = 1.0 / 5, n = count;
  EXPECT_NEAR(mean_of(gaps), 5, 4 * std::sqrt(1 - p) / p / std::sqrt(n));
  double chance = p;
  for (int k = 1; k <= 12; ++k, chance *= 1 - p) {
    const auto seen = static_cast<double>(std::count(gaps.begin(), gaps.end(), k));
    EXPECT_NEAR(seen / n, chance, 4 * std::sqrt(chance * (1 - chance) / n)) << k;
  }
}

TEST(Timetable, ChaosMonkeyKeepsOfficeHours) {
  const auto times = due(monkey(5), 4'000);
  std::vector<double> of_day;
  for (const sim::Time time : times) {
    ASSERT_TRUE(model::is_weekday(day_of(time))) << model::weekday_text(model::usual_epoch, time);
    const sim::Time minute = time - model::begin_of_day(model::usual_epoch, day_of(time));
    ASSERT_GE(minute, 9 * 60 * model::minute_length);
    ASSERT_LT(minute, 15 * 60 * model::minute_length);
    of_day.push_back(static_cast<double>(minute) / static_cast<double>(model::minute_length));
  }
  EXPECT_NEAR(mean_of(of_day), 12 * 60, 4 * 360 / std::sqrt(12.0) / std::sqrt(4'000.0));  // even over six hours
}

TEST(Timetable, ALeastGapShiftsChaosMonkeysGaps) {
  RandomTimes times = monkey(5);
  times.min_gap = 3 * day_length;
  const std::vector<double> gaps = gaps_of(due(times, 4'001));
  EXPECT_EQ(*std::min_element(gaps.begin(), gaps.end()), 3);
  EXPECT_NEAR(mean_of(gaps), 5 + 2, 4 * std::sqrt(0.8) / 0.2 / std::sqrt(4'000.0));
}

TEST(Timetable, AProbabilityThinsOut) {
  RandomTimes times = monkey(2);
  times.probability = 0.4;  // one in five days
  EXPECT_NEAR(mean_of(gaps_of(due(times, 4'001))), 5, 4 * std::sqrt(0.8) / 0.2 / std::sqrt(4'000.0));
}

// Exponential gaps in the time that is active: mean and standard deviation m, none shorter than the least.
TEST(Timetable, ExponentialGapsCountActiveTimeOnly) {
  RandomTimes times;
  times.mean = 3'600 * sim::second;
  times.min_gap = 60 * sim::second;
  times.from = 22 * 60;
  times.weekdays_only = true;
  const std::vector<sim::Time> all = due(times, 2'001);
  std::vector<double> gaps;
  for (std::size_t i = 1; i < all.size(); ++i) {
    const auto active_before = [&](sim::Time time) {  // of its day
      return time - model::begin_of_day(model::usual_epoch, day_of(time)) - 22 * 60 * model::minute_length;
    };
    ASSERT_GE(active_before(all[i]), 0);
    ASSERT_TRUE(model::is_weekday(day_of(all[i])));
    const sim::Time whole_days = working_days(day_of(all[i - 1]), day_of(all[i])) * 2 * 60 * model::minute_length;
    gaps.push_back(sim::to_seconds(whole_days + active_before(all[i]) - active_before(all[i - 1])));
    ASSERT_GE(gaps.back(), 60);
  }
  EXPECT_NEAR(mean_of(gaps), 3'660, 4 * 3'600 / std::sqrt(2'000.0));
}

TEST(Timetable, OtherTimesAndCopies) {
  EXPECT_EQ(due(EveryTimes{sim::second}, 3, 1, 500),
            (std::vector<sim::Time>{sim::second + 500, 2 * sim::second + 500, 3 * sim::second + 500}));
  const auto cron = std::get<model::Cron>(model::read_cron("*/30 * * * *"));
  EXPECT_EQ(due(cron, 2), (std::vector<sim::Time>{30 * model::minute_length, 60 * model::minute_length}));
  chaos::Timetable table(monkey(2), model::usual_epoch, 1, 1, 0);
  table.next();
  chaos::Timetable copy = table;
  for (int i = 0; i < 20; ++i) EXPECT_EQ(table.next(), copy.next());
  copy.skip_to(1'000 * day_length);
  EXPECT_GT(copy.next(), 1'000 * day_length);
  EXPECT_NE(due(monkey(2), 20, 1), due(monkey(2), 20, 2));
}

const ScheduleRecord& only(const model::World& world) {
  return world.schedules().at(0);
}

TEST(Schedules, FireWhatTheySayWhenTheySay) {
  model::World world(trial::spec());
  const auto plan = std::get<std::vector<sim::Time>>(chaos::plan_schedule(world, every(2 * sim::second, slow(sim::second))));
  ASSERT_EQ(plan.size(), chaos::firings_planned);
  EXPECT_EQ(plan.back(), 20 * sim::second);
  const std::string id = add(world, every(2 * sim::second, slow(sim::second)));
  EXPECT_EQ(only(world).next, 2 * sim::second);
  world.run_until(7 * sim::second);
  EXPECT_EQ(only(world).fired, 3U);
  EXPECT_EQ(only(world).next, 8 * sim::second);
  ASSERT_EQ(world.faults().size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(world.faults()[i].started, plan[i]);
    EXPECT_EQ(only(world).history[i].id, world.faults()[i].id);
    EXPECT_EQ(only(world).history[i].result, "started");
  }
  // Each is caused by its firing.
  std::map<std::uint64_t, std::string> types;
  std::size_t caused = 0;
  for (const model::Occurrence& o : world.take_occurrences()) {
    types[o.number] = o.type;
    if (o.type != "fault.started") continue;
    EXPECT_EQ(types[o.cause], "schedule.fired");
    ++caused;
  }
  EXPECT_EQ(caused, 3U);
  EXPECT_FALSE(chaos::remove_schedule(world, id));
  world.run_until(20 * sim::second);
  EXPECT_EQ(world.faults().size(), 3U);
  EXPECT_TRUE(world.schedules().empty());
}

TEST(Schedules, DoNotOverlapUnlessTheyMay) {
  for (const bool overlaps : {false, true}) {
    model::World world(trial::spec());
    ScheduleSpec spec = every(sim::second, slow(2'500 * sim::millisecond));
    spec.overlaps = overlaps;
    add(world, spec);
    world.run_until(7'200 * sim::millisecond);
    EXPECT_EQ(only(world).fired, 7U);
    EXPECT_EQ(only(world).skipped, overlaps ? 0U : 4U);  // at 1, 4 and 7 s
    EXPECT_EQ(world.faults().size(), overlaps ? 7U : 3U);
    if (!overlaps) {
      EXPECT_EQ(only(world).history[1].result, "skipped");
      EXPECT_THAT(only(world).history[1].reason, HasSubstr("goes on"));
    }
  }
}

TEST(Schedules, WhatIsRefusedIsRecordedAndNotLost) {
  model::World world(trial::spec());
  chaos::FaultRequest request = slow(sim::second);
  request.selector.versions = {"9.9.9"};
  const auto unknown = chaos::add_schedule(world, every(sim::second, request));
  ASSERT_TRUE(std::holds_alternative<model::Refusal>(unknown));  // told at once
  EXPECT_EQ(std::get<model::Refusal>(unknown).problems.front().pointer, "/fault/selector/versions/0");
  request = slow(sim::second);
  request.selector.min_remaining = 6;  // nobody is left to be hit while there are six
  add(world, every(sim::second, request));
  world.run_until(3'500 * sim::millisecond);
  EXPECT_EQ(only(world).fired, 3U);
  EXPECT_EQ(only(world).refused, 3U);
  EXPECT_TRUE(world.faults().empty());
  EXPECT_EQ(only(world).history.back().result, "refused");
  EXPECT_THAT(only(world).history.back().reason, HasSubstr("minRemaining"));
  operations::scale(world, {"web", 8, {}});
  world.run_until(10'500 * sim::millisecond);
  EXPECT_GT(world.faults().size(), 3U);
  EXPECT_EQ(only(world).refused + world.faults().size(), only(world).fired);
}

TEST(Schedules, StartExperimentsToo) {
  model::World world(trial::spec());
  model::ExperimentSpec experiment;
  experiment.name = "slow webs";
  model::ExperimentFault fault;
  fault.id = "a";
  fault.request.type = "instance.slow";
  fault.request.selector.services = {"web"};
  fault.request.duration = 3 * sim::second;
  experiment.faults = {fault};
  ScheduleSpec spec = every(2 * sim::second, {});
  spec.actions[0].what = std::make_shared<const model::ExperimentSpec>(experiment);
  add(world, spec);
  world.run_until(2'500 * sim::millisecond);
  ASSERT_EQ(only(world).history.size(), 1U);
  EXPECT_EQ(only(world).history[0].what, "experiment slow webs");
  EXPECT_TRUE(world.experiments()->find(only(world).history[0].id));
  EXPECT_EQ(world.faults().size(), 1U);
  world.run_until(4'500 * sim::millisecond);
  EXPECT_EQ(only(world).skipped, 1U);  // it goes on
  EXPECT_EQ(spec, ScheduleSpec(spec));
  ScheduleSpec other = spec;
  experiment.name = "other";
  other.actions[0].what = std::make_shared<const model::ExperimentSpec>(experiment);
  EXPECT_NE(spec, other);
  experiment.faults[0].request.selector.services = {"webs"};
  spec.actions[0].what = std::make_shared<const model::ExperimentSpec>(experiment);
  EXPECT_EQ(std::get<model::Refusal>(chaos::add_schedule(world, spec)).problems.front().pointer,
            "/experiment/faults/0/selector/services/0");
}

TEST(Schedules, AreRefusedWhileTheLeverIsEngagedAndGoOnAfterwards) {
  model::World world(trial::spec());
  add(world, every(sim::second, slow(100 * sim::millisecond)));
  world.run_until(1'500 * sim::millisecond);
  chaos::set_safety_lever(world, true, "lunch");
  world.run_until(3'500 * sim::millisecond);
  EXPECT_EQ(only(world).fired, 3U);
  EXPECT_EQ(only(world).refused, 2U);
  EXPECT_THAT(only(world).history.back().reason, HasSubstr("lunch"));
  chaos::set_safety_lever(world, false, "");
  world.run_until(5'500 * sim::millisecond);
  EXPECT_EQ(only(world).fired, 5U);
  EXPECT_EQ(only(world).refused, 2U);
}

TEST(Schedules, ArePausedGoOnAndGetOtherTimes) {
  model::World world(trial::spec());
  const std::string id = add(world, every(sim::second, slow(100 * sim::millisecond)));
  world.run_until(2'500 * sim::millisecond);
  EXPECT_FALSE(chaos::change_schedule(world, id, {true, {}, {}}));
  EXPECT_EQ(only(world).state, "paused");
  EXPECT_FALSE(only(world).next);
  world.run_until(6'500 * sim::millisecond);
  EXPECT_EQ(only(world).fired, 2U);
  EXPECT_FALSE(chaos::change_schedule(world, id, {false, {}, {}}));
  EXPECT_EQ(only(world).next, 7 * sim::second);  // what was due meanwhile is left out
  world.run_until(7'500 * sim::millisecond);
  EXPECT_EQ(only(world).fired, 3U);
  EXPECT_FALSE(chaos::change_schedule(world, id, {{}, {}, EveryTimes{3 * sim::second}}));
  EXPECT_EQ(only(world).next, 10'500 * sim::millisecond);
  world.run_until(10'600 * sim::millisecond);
  EXPECT_EQ(only(world).fired, 4U);
  EXPECT_EQ(chaos::change_schedule(world, "c99", {})->kind, model::Refusal::Kind::not_found);
  EXPECT_EQ(chaos::remove_schedule(world, "c99")->kind, model::Refusal::Kind::not_found);
}

TEST(Schedules, APauseThatEndsBeforeTheNextFiringChangesNothing) {
  model::World world(trial::spec());
  const std::string id = add(world, every(10 * sim::second, slow(sim::second)));
  world.run_until(3 * sim::second);
  chaos::change_schedule(world, id, {true, {}, {}});
  world.run_until(4 * sim::second);
  chaos::change_schedule(world, id, {false, {}, {}});
  EXPECT_EQ(only(world).next, 10 * sim::second);
}

TEST(Schedules, AreForTheVictimUnlessTheySaySo) {
  model::WorldSpec spec = trial::spec();
  chaos::FaultRequest request = slow(sim::second);
  request.selector.services.clear();
  {
    model::World world(spec);
    const auto refused = chaos::add_schedule(world, every(sim::second, request));
    ASSERT_TRUE(std::holds_alternative<model::Refusal>(refused));
    EXPECT_EQ(std::get<model::Refusal>(refused).problems.front().pointer, "/fault/selector");
    EXPECT_THAT(std::get<model::Refusal>(refused).problems.front().message, HasSubstr("names no victim"));
  }
  spec.victim = "web";
  model::World world(spec);
  add(world, every(sim::second, request));
  world.run_until(1'500 * sim::millisecond);
  EXPECT_EQ(world.faults().front().selector.services, std::vector<std::string>{"web"});
  EXPECT_EQ(world.faults().front().targets, 1U);
}

// Which zone is even over the three: 400 draws.
TEST(Schedules, ChooseAnotherPlaceEachTime) {
  model::World world(trial::spec());
  chaos::FaultRequest request;
  request.type = "zone.latency";
  request.duration = 50 * sim::millisecond;
  request.parameters = {{"latencyMs", 0.001}};
  ScheduleSpec spec = every(100 * sim::millisecond, request);
  spec.actions[0].place = ScheduleAction::Place::zone;
  spec.history_limit = 100;
  add(world, spec);
  std::map<std::string, double> times;
  for (int i = 0; i < 4; ++i) {
    world.run_until((i + 1) * 10 * sim::second);
    for (const ScheduleRecord::Outcome& outcome : only(world).history) ++times[outcome.what];
  }
  ASSERT_EQ(times.size(), 3U);
  for (const auto& [what, count] : times) trial::expect_share(1.0 / 3, static_cast<std::uint64_t>(count), 400, what);
}

TEST(Schedules, TheArmyHasItsSharesAndLeavesTheOnlyRegionAlone) {
  model::WorldSpec world_spec = trial::spec();
  world_spec.victim = "web";
  model::World world(world_spec);
  const auto& presets = chaos::schedule_presets();
  const auto army = std::find_if(presets.begin(), presets.end(), [](const auto& p) { return p.name == "army"; });
  ASSERT_NE(army, presets.end());
  ScheduleSpec spec = army->spec;
  spec.times = EveryTimes{100 * sim::millisecond};
  spec.history_limit = 100;
  for (ScheduleAction& action : spec.actions) std::get<chaos::FaultRequest>(action.what).duration = sim::millisecond;
  add(world, spec);
  std::map<std::string, std::uint64_t> types;
  for (int i = 0; i < 6; ++i) {
    world.run_until((i + 1) * 10 * sim::second);
    for (const ScheduleRecord::Outcome& outcome : only(world).history) ++types[outcome.what.substr(0, outcome.what.find(' '))];
  }
  trial::expect_share(10.0 / 19, types["instance.terminate"], 600, "monkey");
  trial::expect_share(7.0 / 19, types["network.latency"], 600, "latency");
  trial::expect_share(2.0 / 19, types["zone.outage"], 600, "gorilla");
  EXPECT_EQ(types.count("region.outage"), 0U);
}

TEST(Schedules, EveryPresetWorksOnTheNextWorkingDays) {
  for (const model::SchedulePreset& preset : chaos::schedule_presets()) {
    model::World world(worlds::spec_of("netflixoss", {1, 100, 2, {}}));
    const auto plan = chaos::plan_schedule(world, preset.spec);
    ASSERT_TRUE(std::holds_alternative<std::vector<sim::Time>>(plan)) << preset.name;
    const auto& times = std::get<std::vector<sim::Time>>(plan);
    ASSERT_EQ(times.size(), chaos::firings_planned);
    EXPECT_FALSE(preset.why.empty() || preset.source.empty());
    add(world, preset.spec);
    EXPECT_EQ(only(world).next, times.front());
  }
  model::World alone(worlds::spec_of("netflixoss"));
  EXPECT_EQ(std::get<model::Refusal>(chaos::plan_schedule(alone, chaos::schedule_presets()[3].spec)).problems.front().pointer, "/place");
}

TEST(Schedules, AForkFiresTheSame) {
  model::World world(trial::spec());
  RandomTimes times;
  times.mean = sim::second;
  ScheduleSpec spec = every(sim::second, slow(300 * sim::millisecond));
  spec.times = times;
  add(world, spec);
  world.run_until(5 * sim::second);
  model::World fork(world);
  fork.run_until(30 * sim::second);
  world.run_until(30 * sim::second);
  EXPECT_EQ(fork.fingerprint(), world.fingerprint());
  EXPECT_EQ(only(fork).fired, only(world).fired);
  EXPECT_GT(only(fork).fired, 10U);
  chaos::remove_schedule(fork, only(fork).id);
  fork.run_until(40 * sim::second);
  world.run_until(40 * sim::second);
  EXPECT_NE(fork.fingerprint(), world.fingerprint());
}

TEST(Schedules, AreCommandsOfTheJournal) {
  model::World world(trial::spec());
  const auto spec = std::make_shared<const ScheduleSpec>(every(sim::second, slow(sim::second)));
  const auto planned = std::get<run::Applied>(run::apply(world, run::AddSchedule{spec, true}));
  EXPECT_TRUE(planned.dry_run);
  EXPECT_EQ(planned.firings.size(), 10U);
  EXPECT_TRUE(world.schedules().empty());
  const auto added = std::get<run::Applied>(run::apply(world, run::AddSchedule{spec}));
  EXPECT_EQ(added.id, only(world).id);
  EXPECT_EQ(run::Command(run::AddSchedule{spec}), run::Command(run::AddSchedule{std::make_shared<const ScheduleSpec>(*spec)}));
  EXPECT_EQ(run::subject_of(run::AddSchedule{spec}), "test");
  EXPECT_EQ(run::verb_of(run::RemoveSchedule{added.id}), "removeSchedule");
  EXPECT_TRUE(std::holds_alternative<run::Applied>(run::apply(world, run::ChangeSchedule{added.id, {true, {}, {}}})));
  EXPECT_TRUE(std::holds_alternative<run::Applied>(run::apply(world, run::RemoveSchedule{added.id})));
}

TEST(Schedules, ThereAreOnlySoMany) {
  model::World world(trial::spec());
  for (std::size_t i = 0; i < chaos::schedules_max; ++i) add(world, every(1'000 * sim::second, slow(sim::second)));
  const auto refused = chaos::add_schedule(world, every(sim::second, slow(sim::second)));
  EXPECT_EQ(std::get<model::Refusal>(refused).kind, model::Refusal::Kind::limit);
}

}  // namespace
