// Every run of tests/golden/fingerprints.csv, in every way in which it can be run: on several threads, in odd slices, watched by everybody,
// as a copy, by a server flat out and paced, live and replayed from its journal. All come to what is on file, which g++ and clang, debug
// and release are held against by tests/model/golden_test.cpp.

#include <gtest/gtest.h>

#include <thread>

#include "run/apply.h"
#include "run/simulation.h"
#include "run/thread_team.h"
#include "support/commands.h"
#include "support/golden.h"
#include "support/stepped.h"

namespace {

using golden::Row;
using run::Simulation;
using stepped::carry_out;
using stepped::set_clock;
using stepped::step_to;

void expect_the_same(const Row& row, const model::World& world, const std::string& how) {
  EXPECT_EQ(golden::text_of(row.run, world), row.text) << how;
}

std::unique_ptr<Simulation> start(const golden::Run& run, double speed) {
  run::Settings settings;
  settings.seed = run.seed;
  settings.regions = run.regions;
  settings.speed = speed;
  settings.start_paused = true;
  auto made = Simulation::start("test", worlds::document(run.architecture), worlds::catalogue(), worlds::defaults(), settings);
  return std::move(std::get<std::unique_ptr<Simulation>>(made));
}

void expect_the_same(const Row& row, const Simulation& simulation, const std::string& how) {
  const auto snapshot = simulation.snapshot();
  EXPECT_EQ(snapshot->sim_time, row.run.end()) << how;
  EXPECT_EQ(snapshot->fingerprint, row.fingerprint) << how;
  EXPECT_EQ(snapshot->now->succeeded, row.succeeded) << how;
}

/// eventful::commands as people give them.
std::vector<run::Command> commands() {
  run::StartFault fault;
  fault.request.type = "zone.outage";
  fault.request.selector.zones = {"us-east-1.zoneB"};
  fault.request.duration = 2 * sim::second;
  fault.request.parameters = {{"mode", std::string("blackhole")}};
  return {fault,
          run::Scale{"homepage", 30, {}},
          push_of("login", "1.1", 1.5, 0.01, 50),
          run::KillInstance{"netflixoss.us-east-1.zoneA.cassSubscriber00"},
          run::SetDeploymentState{"login", "d2", "rolledBack"},
          run::Scale{"homepage", 12, {}}};
}

class Fingerprints : public testing::TestWithParam<Row> {};

TEST_P(Fingerprints, OnThreads) {
  for (const unsigned threads : {2U, 3U}) {
    for (const sim::Time slice : {sim::second, sim::Time{77'777'777}}) {
      run::ThreadTeam team(threads);
      model::World world(GetParam().run.spec());
      world.run_by(&team);
      golden::play(GetParam().run, world, slice);
      expect_the_same(GetParam(), world, std::to_string(threads) + " threads, slices of " + std::to_string(slice) + " ns");
    }
  }
}

TEST_P(Fingerprints, Watched) {
  run::ThreadTeam team(2);
  for (model::Team* const by : {static_cast<model::Team*>(nullptr), static_cast<model::Team*>(&team)}) {
    model::World world(GetParam().run.spec(1));
    world.run_by(by);
    world.count_instances(true);
    std::vector<std::vector<model::HandledEvent>> events(world.shards().size());
    for (std::size_t s = 0; s < events.size(); ++s) {
      world.shards()[s].count_pairs(true);
      world.shards()[s].record_to(&events[s]);
    }
    golden::play(GetParam().run, world, 333'333'333);
    expect_the_same(GetParam(), world, by == nullptr ? "watched" : "watched, on two threads");
    for (const auto& recorded : events) EXPECT_FALSE(recorded.empty());
  }
}

TEST_P(Fingerprints, AsACopy) {
  model::World original(GetParam().run.spec());
  golden::Run some_of_it = GetParam().run;
  some_of_it.seconds = 4;
  golden::play(some_of_it, original, sim::second);
  original.run_until(4'300 * sim::millisecond);
  model::World copy(original);
  run::ThreadTeam team(2);
  copy.run_by(&team);
  golden::play(GetParam().run, copy, 91'234'567);
  golden::play(GetParam().run, original, sim::second);
  expect_the_same(GetParam(), copy, "a copy, on two threads");
  expect_the_same(GetParam(), original, "who was copied");
}

/// By the wall clock for a while and then flat out, while somebody looks. What runs too far because nobody stopped it is started again,
/// slower.
TEST_P(Fingerprints, Paced) {
  if (GetParam().run.commands) return;  // these come at exact times: see Journal
  for (double speed = 100; speed >= run::speed_min; speed /= 4) {
    const auto simulation = start(GetParam().run, speed);
    simulation->watch_wires();
    simulation->watch_closely();
    set_clock(*simulation, {true, {}});
    while (simulation->snapshot()->sim_time < GetParam().run.end() / 4) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    if (!step_to(*simulation, GetParam().run.end())) continue;
    expect_the_same(GetParam(), *simulation, "paced");
    return;
  }
  FAIL() << "never stopped in time";
}

TEST_P(Fingerprints, LiveAndReplayedFromTheJournal) {
  const auto live = start(GetParam().run, 0);
  sim::Time at = 0;
  if (GetParam().run.commands) {
    for (const run::Command& command : commands()) {
      ASSERT_TRUE(step_to(*live, at += sim::second));
      carry_out(*live, command);
    }
  }
  ASSERT_TRUE(step_to(*live, GetParam().run.end()));
  expect_the_same(GetParam(), *live, "live");

  const auto journal = live->journal(0, run::journal_max);
  ASSERT_EQ(journal.size(), GetParam().run.commands ? commands().size() : 0);
  const auto replay = start(GetParam().run, 0);
  run::ThreadTeam team(2);
  model::World world(GetParam().run.spec(1));
  world.run_by(&team);
  for (const run::JournalEntry& entry : journal) {
    ASSERT_TRUE(step_to(*replay, entry.sim_time));
    carry_out(*replay, entry.command);
    world.run_until(entry.sim_time);
    run::apply(world, entry.command);
  }
  ASSERT_TRUE(step_to(*replay, GetParam().run.end()));
  expect_the_same(GetParam(), *replay, "replayed");
  world.run_until(GetParam().run.end());
  expect_the_same(GetParam(), world, "replayed on two threads");
}

INSTANTIATE_TEST_SUITE_P(Golden, Fingerprints, testing::ValuesIn(golden::rows()), [](const auto& i) { return i.param.run.name(); });

}  // namespace
