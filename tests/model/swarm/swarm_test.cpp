// What holds at every moment of every run, tried on architectures and commands made at random from a seed. How many seeds and which:
// SIMIANVIZ_SEEDS, SIMIANVIZ_FROM, or SIMIANVIZ_SEED for one alone; script/swarm sets them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "model/swarm/scenario.h"
#include "model/swarm/seeds.h"
#include "model/swarm/watch.h"
#include "run/judge/judge.h"
#include "run/thread_team.h"
#include "support/program.h"
#include "support/source.h"
#include "support/worlds.h"

namespace {

using run::judge::Judge;
using swarm::Scenario;

const char* const kept = "tests/model/swarm/seeds.txt";
constexpr std::uint64_t usual_count = 300;
constexpr int steps = 30;
constexpr sim::Time step_length = 150 * sim::millisecond;
constexpr sim::Time to_the_end = 200 * sim::second;

struct Checked {
  std::uint64_t exact = 0;
  std::uint64_t spans = 0;
  std::uint64_t redelivered = 0;  ///< messages of brokers
  std::uint64_t elections = 0;    ///< of primaries
  std::uint64_t incidents = 0;
};

/// `note` after each that may have let calls go on, as the end of a pause does: another may end an instance that had them.
void give_commands(model::World& world, Scenario& scenario, const std::function<void()>& note) {
  swarm::give_command(world, scenario.dice, scenario.gentle);
  note();
  if (scenario.guarded && scenario.dice.one_in(4)) swarm::change_some_policy(world, scenario.dice);
  if (scenario.shedding && scenario.more.one_in(4)) swarm::change_some_shedding(world, scenario.more);
  if (scenario.changes && scenario.more.one_in(2)) swarm::change_something(world, scenario.more, scenario.gentle, scenario.plain);
  if (scenario.trials.one_in(4)) swarm::try_something(world, scenario.trials, scenario.gentle, note);
  if (scenario.scheduled && scenario.timed.one_in(5)) swarm::change_some_schedule(world, scenario.timed, scenario.gentle);
  note();
  if (scenario.platforms && !scenario.gentle && scenario.dice.one_in(6)) swarm::kill_some_machine(world, scenario.dice);
}

/// Where somebody replaces what dies there are as many as there should be; of a version that leaks some may be on their way.
void expect_all_back(const model::World& world) {
  for (const model::Service& service : world.shared().services) {
    if (service.keeping.replace_after == sim::never) continue;
    std::uint64_t wanted = 0, there = 0;
    for (const model::Fleet& fleet : service.keeping.fleets) wanted += fleet.wanted;
    for (const std::uint32_t group : service.groups) there += world.instances_of(world.shared().groups[group]).wanted();
    EXPECT_EQ(there + service.keeping.losses.size(), wanted + service.keeping.moving.size()) << service.name;
  }
}

/// `run_until` to a time, and judged on the way.
template <class RunUntil>
void advance(const model::World& world, Judge& judge, sim::Time until, RunUntil run_until) {
  while (judge.due() <= until) {
    run_until(judge.due());
    judge.look(world);
  }
  run_until(until);
}

struct Outcome {
  std::uint64_t fingerprint = 0;
  std::vector<run::judge::Incident> incidents;
};

/// The same once more, on one thread, in one go from command to command, and nobody looks but the judge.
Outcome repeated(std::uint64_t seed) {
  Scenario again(seed);
  again.spec.trace_sample_rate = 0;
  model::World world(again.spec);
  Judge judge(world);
  const auto run_until = [&](sim::Time time) { world.run_until(time); };
  for (int step = 1; step <= steps; ++step) {
    advance(world, judge, step * step_length, run_until);
    give_commands(world, again, [] {});
  }
  swarm::end_all(world, [] {});
  advance(world, judge, world.now() + to_the_end, run_until);
  return {world.fingerprint(), judge.judgement().incidents};
}

/// What is told holds together.
void check_judgement(const run::judge::Judgement& judgement, sim::Time now) {
  using run::judge::Severity;
  Severity worst = Severity::normal;
  for (const run::judge::Incident& incident : judgement.incidents) {
    if (!incident.closed) worst = std::max(worst, incident.severity);
    ASSERT_LE(incident.began, incident.opened);
    ASSERT_LE(incident.opened, incident.closed.value_or(now));
    ASSERT_LE(incident.severity, incident.worst);
    ASSERT_NE(incident.severity, Severity::normal);
    ASSERT_FALSE(incident.title.empty() || incident.cause.empty() || incident.advice.empty() || incident.timeline.empty());
  }
  ASSERT_EQ(judgement.severity, worst);
  for (const run::judge::ObjectiveStatus& objective : judgement.objectives)
    ASSERT_LE(objective.success.outcomes.bad, objective.success.outcomes.all);
}

void check(std::uint64_t seed, Checked& checked) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  Scenario scenario(seed);
  run::ThreadTeam team(scenario.threads);
  model::World world(scenario.spec);
  world.run_by(&team);
  swarm::Watch watch(world, scenario.plain, scenario.guarded);
  Judge judge(world);
  const auto run_until = [&](sim::Time time) { watch.advance(time); };
  for (int step = 1; step <= steps; ++step) {
    advance(world, judge, step * step_length, run_until);
    ASSERT_NO_FATAL_FAILURE(watch.look());
    give_commands(world, scenario, [&] { watch.note_instances(); });
  }
  swarm::end_all(world, [&] { watch.note_instances(); });
  world.run_by(nullptr);  // nothing goes on that would be worth a meeting every few milliseconds
  advance(world, judge, world.now() + to_the_end, run_until);
  ASSERT_NO_FATAL_FAILURE(watch.look_at_the_end());
  expect_all_back(world);
  const run::judge::Judgement judgement = judge.judgement();
  ASSERT_NO_FATAL_FAILURE(check_judgement(judgement, world.now()));
  checked.incidents += judgement.incidents.size();
  checked.exact += watch.exact();
  checked.spans += watch.spans_checked();
  for (const model::Shard& shard : world.shards()) {
    for (std::uint32_t queue = 0; queue < world.shared().subscriptions.size(); ++queue)
      checked.redelivered += shard.queue(queue).count().redelivered;
  }
  for (const model::ReplicaSet& set : world.shared().sets) checked.elections += set.elections;
  if (scenario.repeat) {
    const Outcome again = repeated(seed);
    ASSERT_EQ(world.fingerprint(), again.fingerprint) << "with " << scenario.threads << " threads, watched, and without";
    ASSERT_EQ(judgement.incidents, again.incidents);
  }
}

/// All of them, even when some fail.
Checked check_all(const std::vector<std::uint64_t>& seeds) {
  Checked checked;
  const auto failures = [] { return testing::UnitTest::GetInstance()->current_test_info()->result()->total_part_count(); };
  const std::string failed = source::at("build/swarm_failed.txt");
  for (const std::uint64_t seed : seeds) {
    const int before = failures();
    swarm::keep_if_killed(seed, failed);
    check(seed, checked);
    swarm::keep_if_killed(0, failed);
    if (failures() > before) swarm::keep(seed, failed);
  }
  return checked;
}

TEST(Swarm, SeedsThatFailedOnceHold) {
  if (std::getenv("SIMIANVIZ_SEED") == nullptr) check_all(swarm::read_seeds(source::text_of(kept)));
}

TEST(Swarm, InvariantsHold) {
  const swarm::Range range =
      swarm::range_of(std::getenv("SIMIANVIZ_SEED"), std::getenv("SIMIANVIZ_FROM"), std::getenv("SIMIANVIZ_SEEDS"), {1, usual_count});
  ASSERT_GT(range.count, 0U) << "no seeds are asked for";
  std::vector<std::uint64_t> seeds;
  for (std::uint64_t n = 0; n < range.count; ++n) seeds.push_back(range.from + n);
  const Checked checked = check_all(seeds);
  std::cout << seeds.size() << " seeds from " << range.from << ": " << checked.spans << " spans, Little's law to the nanosecond "
            << checked.exact << " times, " << checked.redelivered << " messages taken again, " << checked.elections
            << " primaries elected, " << checked.incidents << " incidents\n";
  if (seeds.size() < usual_count) return;
  // A swarm that looks at nothing holds, too.
  EXPECT_GT(checked.exact, 100 * seeds.size());
  EXPECT_GT(checked.spans, 1'000 * seeds.size());
  EXPECT_GT(checked.redelivered, seeds.size());
  EXPECT_GT(checked.elections, seeds.size() / 10);
  EXPECT_GT(checked.incidents, seeds.size() / 2);
}

TEST(SwarmSeeds, AFailureIsKeptAndSaysHowToRepeatIt) {
  const program::Folder folder;
  const std::string file = folder.at("build/failed.txt");
  testing::internal::CaptureStderr();
  swarm::keep(17, file);
  swarm::keep(18, file);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "repeat with: script/swarm --seed 17\nrepeat with: script/swarm --seed 18\n");
  EXPECT_EQ(program::text_of(file), "17\n18\n");
  EXPECT_EQ(swarm::read_seeds(program::text_of(file)), (std::vector<std::uint64_t>{17, 18}));
}

TEST(SwarmSeeds, SoIsOneInWhichTheProgramEnds) {
  const program::Folder folder;
  const std::string file = folder.at("failed.txt");
  EXPECT_EXIT(
      {
        swarm::keep_if_killed(19, file);
        std::abort();
      },
      testing::KilledBySignal(SIGABRT), "repeat with: script/swarm --seed 19");
  EXPECT_EXIT(
      {
        swarm::keep_if_killed(20, file);
        swarm::keep_if_killed(0, file);
        std::abort();
      },
      testing::KilledBySignal(SIGABRT), "");
  EXPECT_EQ(program::text_of(file), "19\n");
}

TEST(SwarmSeeds, AreThoseThatWereAskedFor) {
  const auto range = [](const char* seed, const char* from, const char* count) {
    const swarm::Range r = swarm::range_of(seed, from, count, {1, 300});
    return std::pair(r.from, r.count);
  };
  EXPECT_EQ(range(nullptr, nullptr, nullptr), std::pair(std::uint64_t{1}, std::uint64_t{300}));
  EXPECT_EQ(range(nullptr, "5001", "10000"), std::pair(std::uint64_t{5001}, std::uint64_t{10000}));
  EXPECT_EQ(range("17", "5", "10"), std::pair(std::uint64_t{17}, std::uint64_t{1}));
  for (const char* bad : {"", "-1", "1e3", "many"}) {
    EXPECT_THAT([&] { range(nullptr, nullptr, bad); },
                testing::ThrowsMessage<std::invalid_argument>(testing::StartsWith("SIMIANVIZ_SEEDS is \"" + std::string(bad) + "\"")));
  }
}

TEST(SwarmSeeds, AreReadWithTheirReasons) {
  EXPECT_EQ(swarm::read_seeds("# first\n\n12  # a call was counted twice\n345\n"), (std::vector<std::uint64_t>{12, 345}));
  EXPECT_THAT([] { swarm::read_seeds("12\n13 14\n"); },
              testing::ThrowsMessage<std::invalid_argument>(testing::HasSubstr("line 2: \"13 14\" is no seed")));
}

}  // namespace
