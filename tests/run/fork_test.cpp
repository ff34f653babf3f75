// Copies of a running simulation, now and at moments before, and two of them beside each other. Everything is stepped: no wall time.

#include "run/fork.h"

#include <gtest/gtest.h>

#include "run/comparison.h"
#include "support/stepped.h"

namespace {

using run::ForkSpec;
using run::Simulation;
using stepped::account_of;
using stepped::carry_out;

constexpr auto always = [] { return true; };

class ForkTest : public stepped::Test {
 protected:
  std::variant<std::shared_ptr<Simulation>, model::Refusal> try_fork(Simulation& origin, ForkSpec spec) {
    spec.start_paused = true;
    return run::fork(simulations_, origin, account_of(origin, spec.of_the_present()), spec);
  }
  std::shared_ptr<Simulation> fork(Simulation& origin, const ForkSpec& spec = {}) {
    auto made = try_fork(origin, spec);
    if (const auto* refusal = std::get_if<model::Refusal>(&made)) ADD_FAILURE() << refusal->detail;
    return std::get<std::shared_ptr<Simulation>>(made);
  }

  static run::Comparison compare(Simulation& base, Simulation& candidate, const run::ComparisonSpec& spec = {}) {
    auto compared = run::compare(account_of(base), account_of(candidate), spec, always);
    if (const auto* refusal = std::get_if<model::Refusal>(&compared)) ADD_FAILURE() << refusal->detail;
    return std::get<run::Comparison>(compared);
  }
};

run::StartFault zone_outage() {
  run::StartFault fault;
  fault.request.type = "zone.outage";
  fault.request.selector.zones = {"us-east-1.zoneB"};
  fault.request.duration = 5 * sim::second;
  return fault;
}

std::uint64_t print_of(const Simulation& simulation) {
  return simulation.snapshot()->fingerprint;
}

TEST_F(ForkTest, goes_on_as_its_origin_does) {
  const auto origin = start();
  step_to(*origin, 3 * sim::second);
  carry_out(*origin, zone_outage());
  step_to(*origin, 4 * sim::second);
  const auto copy = fork(*origin);
  EXPECT_EQ(copy->snapshot()->sim_time, 4 * sim::second);
  EXPECT_EQ(print_of(*copy), print_of(*origin));
  ASSERT_TRUE(copy->origin());
  EXPECT_EQ(copy->origin()->simulation, origin->id());
  EXPECT_EQ(copy->origin()->commands, 1U);
  EXPECT_FALSE(origin->origin());
  for (Simulation* simulation : {origin.get(), copy.get()}) step_to(*simulation, 20 * sim::second);
  EXPECT_EQ(print_of(*copy), print_of(*origin));
  EXPECT_EQ(copy->snapshot()->now->succeeded, origin->snapshot()->now->succeeded);
  EXPECT_EQ(copy->journal(0, 10).size(), 1U);
}

TEST_F(ForkTest, commands_of_one_time_come_to_what_they_did) {
  const auto origin = start("netflixoss", {.regions = 2});
  step_to(*origin, 5 * sim::second);
  carry_out(*origin, run::Evacuate{"us-east-1", "", {}, true});  // its stages take no time: they come when time goes on
  carry_out(*origin, run::Scale{"homepage", 60, {}});            // to which the others add
  step_to(*origin, 9 * sim::second);
  ForkSpec earlier;
  earlier.at = 7 * sim::second;
  const auto copy = fork(*origin, earlier);
  step_to(*copy, 9 * sim::second);
  EXPECT_EQ(print_of(*copy), print_of(*origin));
}

TEST_F(ForkTest, is_judged_as_its_origin_is) {
  const auto origin = start("netflixoss", {.regions = 2});
  model::Objective objective;
  objective.latency_ms = 500;
  step_to(*origin, 2'300 * sim::millisecond);
  carry_out(*origin, run::SetObjective{"www", objective});
  step_to(*origin, 3 * sim::second);
  carry_out(*origin, zone_outage());
  step_to(*origin, 25'700 * sim::millisecond);
  const auto now = fork(*origin);
  ForkSpec before;
  before.at = 5'500 * sim::millisecond;  // in the middle of it; there is a copy from 10 s on
  const auto earlier = fork(*origin, before);
  before.at = 15 * sim::second;
  const auto later = fork(*origin, before);
  EXPECT_EQ(now->snapshot()->judgement->incidents, origin->snapshot()->judgement->incidents);
  EXPECT_EQ(earlier->snapshot()->status, "degraded, redundant");
  for (Simulation* simulation : {origin.get(), now.get(), earlier.get(), later.get()}) {
    step_to(*simulation, 30 * sim::second);
    const auto judgement = simulation->snapshot()->judgement;
    ASSERT_EQ(judgement->incidents.size(), 1U);
    EXPECT_TRUE(judgement->incidents[0].closed);
    EXPECT_EQ(judgement->incidents, origin->snapshot()->judgement->incidents);
    EXPECT_EQ(judgement->objectives[0].objective, objective);
    EXPECT_EQ(judgement->objectives[0].latency->outcomes, origin->snapshot()->judgement->objectives[0].latency->outcomes);
  }
  EXPECT_EQ(now->findings().size(), origin->findings().size());
}

TEST_F(ForkTest, goes_back_to_any_moment_with_its_commands_or_just_before_one) {
  const auto origin = start("netflixoss", {.regions = 2});
  const sim::Time moments[] = {sim::second, 12'345'678'901, 30 * sim::second, 45 * sim::second};
  std::vector<std::uint64_t> prints;
  for (const sim::Time moment : moments) {
    step_to(*origin, moment);
    prints.push_back(print_of(*origin));
    run::Command command = zone_outage();
    if (moment == moments[2]) command = run::SetTraffic{"www", 100.0};
    if (moment != moments[1] && moment != moments[2]) continue;
    carry_out(*origin, command);
  }
  step_to(*origin, 60 * sim::second);
  EXPECT_FALSE(account_of(*origin).checkpoints.empty()) << "a minute has copies";
  for (std::size_t i = 0; i < std::size(moments); ++i) {
    ForkSpec spec;
    spec.at = moments[i];
    const auto copy = fork(*origin, spec);
    EXPECT_EQ(print_of(*copy), prints[i]) << i;
    step_to(*copy, 60 * sim::second);
    EXPECT_EQ(copy->snapshot()->sim_time, 60 * sim::second);
    simulations_.remove(copy->id());
  }
  ForkSpec before;
  before.before_command = 1;
  const auto copy = fork(*origin, before);
  EXPECT_EQ(copy->snapshot()->sim_time, moments[1]);
  EXPECT_EQ(print_of(*copy), prints[1]);
  EXPECT_TRUE(copy->journal(0, 10).empty());
}

TEST_F(ForkTest, a_fork_of_a_fork_knows_the_whole_past) {
  const auto origin = start("cassandra");
  step_to(*origin, 5 * sim::second);
  const auto child = fork(*origin);
  carry_out(*child, zone_outage());
  step_to(*child, 8 * sim::second);
  ForkSpec spec;
  spec.before_command = 1;
  const auto grandchild = fork(*child, spec);
  EXPECT_EQ(grandchild->snapshot()->sim_time, 5 * sim::second);
  step_to(*grandchild, 8 * sim::second);
  step_to(*origin, 8 * sim::second);
  EXPECT_EQ(print_of(*grandchild), print_of(*origin));
  EXPECT_NE(print_of(*grandchild), print_of(*child));
  spec.before_command.reset();
  spec.at = sim::second;
  EXPECT_EQ(fork(*child, spec)->snapshot()->sim_time, sim::second) << "before it was forked";
}

TEST_F(ForkTest, other_random_numbers_are_another_run_and_the_same_one_each_time) {
  const auto origin = start();
  step_to(*origin, 2 * sim::second);
  ForkSpec spec;
  spec.seed = 7;
  const auto one = fork(*origin, spec), two = fork(*origin, spec);
  for (Simulation* simulation : {origin.get(), one.get(), two.get()}) step_to(*simulation, 4 * sim::second);
  EXPECT_EQ(print_of(*one), print_of(*two));
  EXPECT_NE(print_of(*one), print_of(*origin));
  EXPECT_EQ(one->settings().seed, 7U);
  ForkSpec later;
  later.at = 3 * sim::second;
  const auto again = fork(*one, later);
  step_to(*again, 4 * sim::second);
  EXPECT_EQ(print_of(*again), print_of(*one)) << "what is replayed has the other numbers, too";
}

TEST_F(ForkTest, says_what_cannot_be) {
  const auto origin = start();
  step_to(*origin, sim::second);
  const auto refusal_of = [&](const ForkSpec& spec) { return std::get<model::Refusal>(try_fork(*origin, spec)); };
  ForkSpec spec;
  spec.at = sim::second + 1;
  EXPECT_EQ(refusal_of(spec).problems.at(0).pointer, "/atSimTimeMs");
  spec = {};
  spec.before_command = 1;
  EXPECT_EQ(refusal_of(spec).problems.at(0).pointer, "/beforeCommand");
  spec = {};
  spec.id = origin->id();
  EXPECT_EQ(refusal_of(spec).kind, model::Refusal::Kind::conflict);
}

TEST_F(ForkTest, keeps_old_copies_farther_apart) {
  model::World world(worlds::spec_of("lamp"));
  const run::judge::Judge judge(world);
  run::Past past;
  for (int i = 0; i < 60; ++i) {
    world.run_until((i + 1) * run::Past::apart_least);
    past.look(world, judge, nullptr, 0, run::Past::Clock::time_point{} + std::chrono::hours(i));
  }
  ASSERT_EQ(past.kept().size(), run::Past::kept_max);
  EXPECT_EQ(past.kept().back().at, 60 * run::Past::apart_least);
  for (std::size_t i = 2; i < past.kept().size(); ++i) {
    EXPECT_LE(past.kept()[i].at - past.kept()[i - 1].at, past.kept()[i - 1].at - past.kept()[i - 2].at + run::Past::apart_least * 8) << i;
  }
  EXPECT_LT(past.kept().front().at, 40 * run::Past::apart_least);
}

// --- comparisons

TEST_F(ForkTest, the_same_run_has_no_difference) {
  const auto origin = start();
  step_to(*origin, 2 * sim::second);
  const auto copy = fork(*origin);
  for (Simulation* simulation : {origin.get(), copy.get()}) step_to(*simulation, 12 * sim::second);
  const run::Comparison compared = compare(*origin, *copy);
  EXPECT_TRUE(compared.related);
  EXPECT_TRUE(compared.same);
  EXPECT_FALSE(compared.command);
  EXPECT_FALSE(compared.event);
  EXPECT_EQ(compared.base.sent, compared.candidate.sent);
  EXPECT_GT(compared.base.sent, 0U);
  ASSERT_EQ(compared.compared.size(), 1 + origin->snapshot()->structure->services.size());
  for (const run::Compared& one : compared.compared) {
    if (!one.difference.rate.has_value()) continue;
    EXPECT_EQ(one.difference.rate.value, 0) << one.subject;
    EXPECT_EQ(one.difference.mean_ms.value, 0) << one.subject;
    EXPECT_EQ(one.base.up, one.candidate.up);
  }
}

TEST_F(ForkTest, one_fault_is_the_first_difference) {
  const auto origin = start();
  step_to(*origin, 6 * sim::second);
  const auto copy = fork(*origin);
  step_to(*copy, 9 * sim::second);
  carry_out(*copy, zone_outage());
  for (Simulation* simulation : {origin.get(), copy.get()}) step_to(*simulation, 19 * sim::second);
  const run::Comparison compared = compare(*origin, *copy);
  EXPECT_EQ(compared.parted, 9 * sim::second);
  EXPECT_EQ(compared.from, 9 * sim::second);
  ASSERT_TRUE(compared.command);
  EXPECT_FALSE(compared.command->base);
  ASSERT_TRUE(compared.command->candidate);
  EXPECT_EQ(std::get<run::StartFault>(compared.command->candidate->command).request.type, "zone.outage");
  ASSERT_TRUE(compared.event);
  EXPECT_GE(compared.event->at, 9 * sim::second);
  EXPECT_LT(compared.event->at, 9 * sim::second + 100 * sim::millisecond);
  EXPECT_NE(compared.event->base, compared.event->candidate);
  // Exactly what a person would count by hand.
  const auto failed_since = [&](const Simulation& simulation, std::uint64_t before) { return simulation.snapshot()->now->failed - before; };
  EXPECT_EQ(compared.candidate.failed, failed_since(*copy, 0) - 0) << "nothing failed before";
  EXPECT_GE(compared.candidate.failed, compared.base.failed);
  const auto zone_users = compared.compared.front();
  EXPECT_EQ(zone_users.subject, "users");
  EXPECT_GT(zone_users.base.figures.rate.value, 0);
}

TEST_F(ForkTest, are_the_same_before_they_part_and_not_after) {
  const auto origin = start();
  const auto copy = fork(*origin);
  step_to(*copy, 6 * sim::second);
  carry_out(*copy, zone_outage());
  for (Simulation* simulation : {origin.get(), copy.get()}) step_to(*simulation, 12 * sim::second);
  run::ComparisonSpec before, across, after;
  before.from = sim::second;
  before.until = 6 * sim::second;
  after.from = 8 * sim::second;
  EXPECT_TRUE(compare(*origin, *copy, before).same);
  EXPECT_FALSE(compare(*origin, *copy, across).same);
  const run::Comparison late = compare(*origin, *copy, after);
  EXPECT_FALSE(late.same);
  EXPECT_FALSE(late.event) << "the first one was earlier";
}

TEST_F(ForkTest, a_slow_service_shows_in_its_latency_and_its_callers) {
  const auto origin = start();
  step_to(*origin, 5 * sim::second);
  const auto copy = fork(*origin);
  run::StartFault slow;
  slow.request.type = "service.latency";
  slow.request.selector.services = {"subscriber"};
  slow.request.parameters["latencyMs"] = 20.0;
  carry_out(*copy, slow);
  for (Simulation* simulation : {origin.get(), copy.get()}) step_to(*simulation, 37 * sim::second);
  const run::Comparison compared = compare(*origin, *copy);
  const auto of = [&](const std::string& subject) {
    for (const run::Compared& one : compared.compared) {
      if (one.subject == subject) return one;
    }
    ADD_FAILURE() << subject;
    return run::Compared{};
  };
  const run::Compared here = of("subscriber"), elsewhere = of("cassSubscriber");
  // What was added to each piece of work; calls of the first 100 ms of these 32 s may have been at work before.
  EXPECT_GE(here.difference.mean_ms.high, 20 * (1 - 0.1 / 32));
  EXPECT_LE(here.difference.mean_ms.low, 20);
  EXPECT_GT(here.difference.mean_ms.low, 0);
  EXPECT_LT(elsewhere.difference.mean_ms.value, 1);
  EXPECT_NEAR(here.difference.mean_ms.value, here.candidate.figures.mean_ms.value - here.base.figures.mean_ms.value, 1e-9);
}

TEST_F(ForkTest, strangers_are_compared_by_figures_alone) {
  const auto one = start("netflixoss"), two = start("netflixoss", {.scale_percent = 200});
  for (Simulation* simulation : {one.get(), two.get()}) step_to(*simulation, 5 * sim::second);
  run::ComparisonSpec spec;
  spec.from = sim::second;
  const run::Comparison compared = compare(*one, *two, spec);
  EXPECT_FALSE(compared.related);
  EXPECT_FALSE(compared.command);
  EXPECT_EQ(compared.from, sim::second);
  EXPECT_GT(compared.compared.size(), 5U);
  for (const run::Compared& service : compared.compared) EXPECT_GE(service.candidate.up, service.base.up) << service.subject;
}

TEST_F(ForkTest, says_when_there_is_nothing_to_compare) {
  const auto origin = start();
  step_to(*origin, sim::second);
  const auto copy = fork(*origin);
  carry_out(*copy, zone_outage());
  step_to(*copy, 3 * sim::second);
  const auto refusal_of = [&](const run::ComparisonSpec& spec) {
    return std::get<model::Refusal>(run::compare(account_of(*origin), account_of(*copy), spec, always));
  };
  EXPECT_EQ(refusal_of({}).kind, model::Refusal::Kind::conflict) << "the origin stands where they part";
  run::ComparisonSpec late;
  late.until = 2 * sim::second;
  EXPECT_EQ(refusal_of(late).problems.at(0).pointer, "?untilSimTimeMs");
  run::ComparisonSpec backwards;
  backwards.from = sim::second;
  backwards.until = sim::second / 2;
  EXPECT_EQ(refusal_of(backwards).problems.at(0).pointer, "?fromSimTimeMs");
  step_to(*origin, 3 * sim::second);
  EXPECT_EQ(std::get<model::Refusal>(run::compare(account_of(*origin), account_of(*copy), {}, [] { return false; })).kind,
            model::Refusal::Kind::gone);
}

}  // namespace
