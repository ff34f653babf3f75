// A simulation on its thread: the clock, commands, what is published. Nothing here asserts how fast wall time passes; waits have a generous
// end.

#include "run/simulation.h"

#include <gtest/gtest.h>

#include <future>
#include <set>
#include <thread>

#include "run/simulations.h"
#include "support/commands.h"
#include "support/stepped.h"

namespace {

using run::Settings;
using run::Simulation;
using stepped::outcome_of;
using stepped::set_clock;
using namespace std::chrono_literals;

std::unique_ptr<Simulation> start(const Settings& settings, const std::string& name = "netflixoss") {
  auto made = Simulation::start("test", worlds::document(name), worlds::catalogue(), worlds::defaults(), settings);
  return std::move(std::get<std::unique_ptr<Simulation>>(made));
}

Settings paused() {
  Settings s;
  s.start_paused = true;
  return s;
}

sim::Time step_to(Simulation& simulation, sim::Time until) {
  std::promise<std::variant<sim::Time, model::Refusal>> promise;
  simulation.step(until, [&](auto result) { promise.set_value(std::move(result)); });
  auto result = promise.get_future().get();
  return std::holds_alternative<sim::Time>(result) ? std::get<sim::Time>(result) : -1;
}

template <class Condition>
bool eventually(Condition condition) {
  for (int i = 0; i < 2'000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(5ms);
  }
  return false;
}

run::StartFault zone_outage() {
  run::StartFault fault;
  fault.request.type = "zone.outage";
  fault.request.selector.zones = {"us-east-1.zoneB"};
  return fault;
}

TEST(Simulation, PublishesFromTheStart) {
  const auto simulation = start(paused());
  const auto snapshot = simulation->snapshot();
  ASSERT_NE(snapshot, nullptr);
  EXPECT_EQ(snapshot->state, "paused");
  EXPECT_EQ(snapshot->sim_time, 0);
  EXPECT_EQ(snapshot->structure->instances.size(), 65U);
  EXPECT_EQ(snapshot->structure->wire_count, 259U);
  EXPECT_EQ(snapshot->structure->wires.size(), 259U);
  EXPECT_EQ(snapshot->structure->zones, 3U);
  EXPECT_EQ(simulation->events_since(0, 10).at(0).type, "simulation.created");
}

TEST(Simulation, StepsExactlyToATime) {
  const auto simulation = start(paused());
  EXPECT_EQ(step_to(*simulation, 12'345'678'901), 12'345'678'901);
  EXPECT_EQ(simulation->snapshot()->sim_time, 12'345'678'901);
  EXPECT_EQ(simulation->snapshot()->state, "paused");
  EXPECT_EQ(step_to(*simulation, 12'345'678'901), 12'345'678'901);
  EXPECT_EQ(step_to(*simulation, 1), -1);  // past
}

/// Same seed and commands: at speed 1, fast, flat out and by steps, with watchers and without.
TEST(Simulation, TheFingerprintDoesNotDependOnThePace) {
  constexpr sim::Time end = 400 * sim::millisecond;
  std::vector<std::uint64_t> prints;
  for (const double speed : {1.0, 20.0, 0.0}) {
    Settings settings = paused();
    settings.speed = speed;
    const auto simulation = start(settings);
    ASSERT_TRUE(std::holds_alternative<run::Applied>(outcome_of(*simulation, zone_outage())));
    if (speed == 1.0) {  // let it run by the wall clock nearly all the way, watched
      simulation->watch_wires();
      set_clock(*simulation, {true, {}});
      ASSERT_TRUE(eventually([&] { return simulation->snapshot()->sim_time > end / 4; }));
      set_clock(*simulation, {false, {}});
    }
    if (simulation->snapshot()->sim_time > end) GTEST_FAIL() << "this machine was away for too long";
    ASSERT_EQ(step_to(*simulation, end), end);
    prints.push_back(simulation->snapshot()->fingerprint);
  }
  EXPECT_EQ(prints[0], prints[1]);
  EXPECT_EQ(prints[0], prints[2]);
}

/// Commands that arrive while it runs are journaled with their time; the same commands at the same times give the same run.
TEST(Simulation, TheJournalReplaysTheRun) {
  Settings settings;
  settings.speed = 50;
  const auto live = start(settings);
  ASSERT_TRUE(eventually([&] { return live->snapshot()->sim_time > sim::second; }));
  outcome_of(*live, zone_outage());
  outcome_of(*live, run::Scale{"homepage", 30, {}});
  ASSERT_TRUE(eventually([&] { return live->snapshot()->sim_time > 3 * sim::second; }));
  outcome_of(*live, push_of("login", "1.1", 2, 0.01, 50, true));
  outcome_of(*live, run::KillInstance{"netflixoss.us-east-1.zoneA.cassSubscriber00"});
  set_clock(*live, {false, {}});
  const sim::Time end = live->snapshot()->sim_time + 20 * sim::second;
  ASSERT_EQ(step_to(*live, end), end);

  const auto replay = start(paused());
  const auto journal = live->journal(0, 100);
  ASSERT_EQ(journal.size(), 4U);
  for (const run::JournalEntry& entry : journal) {
    ASSERT_EQ(step_to(*replay, entry.sim_time), entry.sim_time);
    ASSERT_TRUE(std::holds_alternative<run::Applied>(outcome_of(*replay, entry.command)));
  }
  ASSERT_EQ(step_to(*replay, end), end);
  EXPECT_EQ(replay->snapshot()->fingerprint, live->snapshot()->fingerprint);
  EXPECT_EQ(replay->snapshot()->now->succeeded, live->snapshot()->now->succeeded);
}

TEST(Simulation, ACommandIsInTheSnapshotWhenItIsAnswered) {
  const auto simulation = start(paused());
  const auto outcome = outcome_of(*simulation, zone_outage());
  const run::Applied& applied = std::get<run::Applied>(outcome);
  EXPECT_EQ(applied.target_count, 21U);
  EXPECT_EQ(applied.targets.size(), 21U);
  const auto snapshot = simulation->snapshot();
  EXPECT_EQ(snapshot->structure->faults.at(0).id, applied.id);
}

TEST(Simulation, WhatIsWrongIsToldWithinFiveSimulatedSeconds) {
  const auto simulation = start(paused());
  outcome_of(*simulation, zone_outage());
  EXPECT_EQ(simulation->snapshot()->status, "healthy") << "no time has passed";
  step_to(*simulation, 5 * sim::second);
  const auto snapshot = simulation->snapshot();
  EXPECT_EQ(snapshot->status, "degraded, redundant");
  EXPECT_NE(snapshot->status_detail.find("not an outage"), std::string::npos);
  ASSERT_EQ(snapshot->judgement->incidents.size(), 1U);
  EXPECT_EQ(snapshot->judgement->incidents[0].title, "zoneB of us-east-1 lost");
  const auto events = simulation->events_since(0, 1'000);
  const auto raised = std::find_if(events.begin(), events.end(), [](const auto& e) { return e.type == "notice.raised"; });
  ASSERT_NE(raised, events.end());
  EXPECT_EQ(raised->subject_id, "i1");
  EXPECT_EQ(raised->severity, "info");
  std::set<std::string> parts;
  for (const auto& [name, value] : raised->data) parts.insert(name);
  EXPECT_EQ(parts, (std::set<std::string>{"status", "cause", "advice"})) << "it has done nothing by itself";
}

TEST(Simulation, IncidentsAreTheSameAtAnySpeedOnAnyNumberOfThreads) {
  const auto judged = [](double speed, unsigned threads, sim::Time slice) {
    Settings settings = paused();
    settings.regions = 2;
    settings.speed = speed;
    settings.threads = threads;
    auto simulation = start(settings);
    const auto run_to = [&](sim::Time end) {
      if (slice == 0) {
        set_clock(*simulation, {true, std::nullopt});
        eventually([&] { return simulation->snapshot()->sim_time >= end; });
        set_clock(*simulation, {false, std::nullopt});
        return;
      }
      for (sim::Time t = simulation->snapshot()->sim_time; t < end; t += slice) step_to(*simulation, std::min(t + slice, end));
    };
    run_to(3 * sim::second);
    outcome_of(*simulation, zone_outage());
    run_to(15 * sim::second);
    return simulation;
  };
  const auto whole = judged(1, 1, 20 * sim::second);
  const auto sliced = judged(1, 2, 370 * sim::millisecond);
  EXPECT_EQ(whole->snapshot()->judgement->incidents, sliced->snapshot()->judgement->incidents);
  EXPECT_EQ(whole->snapshot()->fingerprint, sliced->snapshot()->fingerprint);
  EXPECT_EQ(whole->snapshot()->judgement->incidents.size(), 1U);

  // Let run freely it stops somewhere; what is given at a time of the journal comes to the same.
  const auto paced = judged(50, 2, 0);
  const auto replay = start([] {
    Settings settings = paused();
    settings.regions = 2;
    return settings;
  }());
  const auto journal = paced->journal(0, 10);
  ASSERT_EQ(journal.size(), 1U);
  step_to(*replay, journal[0].sim_time);
  outcome_of(*replay, journal[0].command);
  step_to(*replay, paced->snapshot()->sim_time);
  EXPECT_EQ(replay->snapshot()->judgement->incidents, paced->snapshot()->judgement->incidents);
  EXPECT_EQ(replay->snapshot()->status, "degraded, redundant");
}

TEST(Simulation, AnObjectiveIsJournaledAndChangesNothing) {
  const auto simulation = start(paused());
  const auto other = start(paused());
  model::Objective objective;
  objective.latency_ms = 1;
  ASSERT_TRUE(std::holds_alternative<run::Applied>(outcome_of(*simulation, run::SetObjective{"www", objective})));
  const auto refused = outcome_of(*simulation, run::SetObjective{"homepage", objective});
  ASSERT_TRUE(std::holds_alternative<model::Refusal>(refused));
  EXPECT_NE(std::get<model::Refusal>(refused).detail.find("no load source"), std::string::npos);
  EXPECT_EQ(simulation->journal(0, 10).size(), 1U);
  for (const auto& s : {simulation.get(), other.get()}) step_to(*s, 10 * sim::second);
  EXPECT_EQ(simulation->snapshot()->fingerprint, other->snapshot()->fingerprint);
  EXPECT_EQ(simulation->snapshot()->status, "outage");
  EXPECT_EQ(other->snapshot()->status, "healthy");
}

TEST(Simulation, ARefusedCommandIsNotJournaled) {
  const auto simulation = start(paused());
  EXPECT_TRUE(std::holds_alternative<model::Refusal>(outcome_of(*simulation, run::KillInstance{"nobody"})));
  EXPECT_TRUE(simulation->journal(0, 10).empty());
}

TEST(Simulation, EventsTellWhatLedToWhat) {
  const auto simulation = start(paused());
  outcome_of(*simulation, run::KillInstance{"netflixoss.us-east-1.zoneA.homepage15"});
  const auto events = simulation->events_since(0, 100);
  const auto died = std::find_if(events.begin(), events.end(), [](const auto& e) { return e.type == "instance.died"; });
  ASSERT_NE(died, events.end());
  EXPECT_EQ(events.at(died->cause_seq - 1).type, "command.applied");
  for (std::size_t i = 0; i < events.size(); ++i) EXPECT_EQ(events[i].seq, i + 1);
  EXPECT_EQ(simulation->events_since(events.size() - 1, 100).size(), 1U);
  EXPECT_TRUE(simulation->events_since(events.size(), 100).empty());
}

TEST(Simulation, ManyInstancesThatDoTheSameAreToldAsANumber) {
  const auto simulation = start(paused());
  outcome_of(*simulation, run::Scale{"homepage", 2'000, {}});
  const auto events = simulation->events_since(0, 10'000);
  const auto starting = std::count_if(events.begin(), events.end(), [](const auto& e) { return e.type == "instance.starting"; });
  EXPECT_EQ(starting, 21);
  EXPECT_EQ(events.back().message, "1956 more instances: starting");
  EXPECT_EQ(events.back().cause_seq, events[events.size() - 2].cause_seq);
}

TEST(Simulation, PausesAndGoesOn) {
  Settings settings;
  settings.speed = 100;
  const auto simulation = start(settings);
  ASSERT_TRUE(eventually([&] { return simulation->snapshot()->sim_time > 0; }));
  set_clock(*simulation, {false, {}});
  const sim::Time at = simulation->snapshot()->sim_time;
  std::this_thread::sleep_for(250ms);
  EXPECT_EQ(simulation->snapshot()->sim_time, at);
  set_clock(*simulation, {true, 1000.0});
  ASSERT_TRUE(eventually([&] { return simulation->snapshot()->sim_time > at + sim::second; }));
  EXPECT_EQ(simulation->snapshot()->speed, 1000);
}

TEST(Simulation, PacedTimeDoesNotRunAhead) {
  const auto begin = std::chrono::steady_clock::now();
  const auto simulation = start(Settings{});
  std::this_thread::sleep_for(300ms);
  const sim::Time reached = simulation->snapshot()->sim_time;
  const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - begin;
  EXPECT_LE(sim::to_seconds(reached), passed.count());
  EXPECT_GT(reached, 0);
}

TEST(Simulation, CollectsFlows) {
  const auto simulation = start(paused());
  step_to(*simulation, 20 * sim::second);
  const auto flows = simulation->flows(1'000);
  ASSERT_GT(flows.size(), 20U);
  const run::Flow& flow = *flows.front();
  EXPECT_EQ(flow.root_service, "www");
  EXPECT_EQ(flow.status, "ok");
  EXPECT_GE(flow.spans.size(), 6U);
  EXPECT_EQ(simulation->flow(flow.trace), flows.front());
  EXPECT_EQ(simulation->flow(0), nullptr);
  std::uint64_t next = 0;
  EXPECT_EQ(simulation->flows_since(0, 10, next).size(), 10U);
  EXPECT_TRUE(simulation->flows_since(next, 10, next).empty());
}

TEST(Simulation, CountsPairsWhileSomebodyLooks) {
  const auto simulation = start(paused());
  step_to(*simulation, 2 * sim::second);
  EXPECT_TRUE(simulation->snapshot()->now->wires.empty());
  simulation->watch_wires();
  set_clock(*simulation, {{}, 1.0});  // publishes, which is when it looks
  step_to(*simulation, 6 * sim::second);
  EXPECT_GT(simulation->snapshot()->now->wires.size(), 50U);
}

TEST(Simulation, EndsAtOnceWithRequestsWaiting) {
  Settings settings;
  settings.speed = 0;
  auto simulation = start(settings);
  std::promise<bool> refused;
  simulation->step(365LL * 24 * 3600 * sim::second,
                   [&](const auto& result) { refused.set_value(std::holds_alternative<model::Refusal>(result)); });
  simulation.reset();
  EXPECT_TRUE(refused.get_future().get());
}

TEST(Simulations, HaveIdsAndALimit) {
  run::Simulations simulations(2);
  const auto create = [&](const std::string& id) {
    return simulations.create(id, worlds::document("lamp"), worlds::catalogue(), worlds::defaults(), paused());
  };
  EXPECT_EQ(std::get<0>(create(""))->id(), "s1");
  EXPECT_EQ(std::get<0>(create("mine"))->id(), "mine");
  EXPECT_EQ(std::get<model::Refusal>(create("other")).kind, model::Refusal::Kind::limit);
  EXPECT_TRUE(simulations.remove("mine"));
  EXPECT_FALSE(simulations.remove("mine"));
  EXPECT_EQ(std::get<model::Refusal>(create("s1")).kind, model::Refusal::Kind::conflict);
  EXPECT_EQ(simulations.find("s1")->architecture(), "lamp");
  EXPECT_EQ(simulations.find("s2"), nullptr);
  EXPECT_EQ(simulations.list().size(), 1U);
}

TEST(Simulations, RefuseWhatCannotBeBuilt) {
  Settings many;
  many.regions = 7;
  const auto result = Simulation::start("x", worlds::document("netflixoss"), worlds::catalogue(), worlds::defaults(), many);
  EXPECT_EQ(std::get<model::Refusal>(result).problems.at(0).pointer, "/regions");
  Settings huge;
  huge.scale_percent = 100'000'000;
  const auto too_big = Simulation::start("x", worlds::document("netflixoss"), worlds::catalogue(), worlds::defaults(), huge);
  EXPECT_EQ(std::get<model::Refusal>(too_big).problems.at(0).pointer, "/scalePercent");
}

}  // namespace
