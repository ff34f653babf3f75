// A simulation that is too large to show every instance: what is listed, what a command costs in listed instances, what is refused.

#include "run/looks.h"

#include <gtest/gtest.h>

#include <future>

#include "run/recorder.h"
#include "run/simulation.h"
#include "run/structure.h"
#include "run/view.h"
#include "support/stepped.h"

namespace {

using run::Scope;
using stepped::outcome_of;

constexpr std::uint32_t large_percent = 50'000;  // 65 instances become 31,502

Scope scope(const std::string& path, const std::string& service = "", std::uint64_t from = 0, std::uint64_t count = 0) {
  return {path, service, "", from, count};
}

std::vector<model::InstanceId> found(const model::World& world, const Scope& wanted) {
  const auto result = run::instances_in(world, wanted);
  EXPECT_TRUE(std::holds_alternative<std::vector<model::InstanceId>>(result)) << std::get<model::Refusal>(result).detail;
  return std::get<std::vector<model::InstanceId>>(result);
}

class LargeWorld : public testing::Test {
 protected:
  static constexpr auto start = run::Looks::Clock::time_point{} + std::chrono::hours(1);
  model::World world{worlds::spec_of("netflixoss", {1, large_percent, 1})};
  run::Looks looks;

  std::shared_ptr<const run::Structure> settle(std::chrono::seconds after) {
    looks.settle(world, start + after);
    return run::describe(world, looks.listing(world));
  }
};

TEST_F(LargeWorld, AScopeIsAPlaceAServiceARangeOrOneInstance) {
  const auto zone = found(world, scope("us-east-1.zoneA", "login"));
  ASSERT_GT(zone.size(), 100U);
  for (const model::InstanceId id : zone) EXPECT_EQ(world.name_of(id).rfind("netflixoss.us-east-1.zoneA.login", 0), 0U);
  const auto whole = found(world, scope("us-east-1", "login"));
  EXPECT_EQ(std::vector(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(zone.size())), zone);
  const auto across = found(world, scope("", "login", zone.size() - 2, 5));
  EXPECT_EQ(across, std::vector(whole.begin() + static_cast<std::ptrdiff_t>(zone.size()) - 2,
                                whole.begin() + static_cast<std::ptrdiff_t>(zone.size()) + 3));
  EXPECT_TRUE(found(world, scope("", "login", whole.size(), 5)).empty());
  EXPECT_TRUE(found(world, scope("us-east-1", "nothing")).empty());
  const std::string name = world.name_of(whole[7]);
  EXPECT_EQ(found(world, {"", "", name}), std::vector{whole[7]});
  EXPECT_EQ(std::get<model::Refusal>(run::instances_in(world, {"", "", "netflixoss.us-east-1.zoneA.login"})).kind,
            model::Refusal::Kind::not_found);
}

TEST_F(LargeWorld, TooManyAtOnceAreRefusedWithTheirNumber) {
  const auto refusal = std::get<model::Refusal>(run::instances_in(world, scope("us-east-1")));
  EXPECT_EQ(refusal.kind, model::Refusal::Kind::invalid);
  EXPECT_EQ(refusal.detail.rfind(std::to_string(world.instance_count() - 1) + " instances in us-east-1 are too many", 0), 0U)
      << refusal.detail;
  EXPECT_EQ(found(world, scope("", "", 0, run::instances_shown_max)).size(), run::instances_shown_max);
  EXPECT_TRUE(std::holds_alternative<model::Refusal>(run::instances_in(world, scope("", "", 0, run::instances_shown_max + 1))));
}

TEST_F(LargeWorld, ListsWhatIsLookedAtForTenSeconds) {
  EXPECT_TRUE(settle(std::chrono::seconds(0))->instances.empty());
  looks.look(world, scope("us-east-1.zoneB", "login"), start);
  const auto shown = settle(std::chrono::seconds(9));
  EXPECT_EQ(shown->instances.size(), found(world, scope("us-east-1.zoneB", "login")).size());
  EXPECT_FALSE(shown->everything);
  for (const run::GroupInfo& group : shown->groups) {
    const bool looked_at = shown->services[group.service].name == "login" && shown->locations[group.location].id == "us-east-1.zoneB";
    EXPECT_EQ(group.listed, looked_at);
  }
  looks.look(world, scope("us-east-1.zoneB", "login"), start + std::chrono::seconds(9));
  EXPECT_FALSE(settle(std::chrono::seconds(18))->instances.empty());
  EXPECT_TRUE(settle(std::chrono::seconds(19))->instances.empty());
}

TEST_F(LargeWorld, LooksThatOverlapListAnInstanceOnce) {
  const std::string name = world.name_of(found(world, scope("us-east-1.zoneB", "login")).front());
  looks.look(world, scope("us-east-1.zoneB", "login"), start);
  looks.look(world, {"", "", name}, start);
  const auto shown = settle(std::chrono::seconds(1));
  EXPECT_EQ(shown->instances.size(), found(world, scope("us-east-1.zoneB", "login")).size());
  ASSERT_NE(shown->find(name), nullptr);
  EXPECT_EQ(shown->name_of(*shown->find(name)), name);
  EXPECT_EQ(shown->find(name + "0"), nullptr);
}

TEST_F(LargeWorld, TheLooksOfLongestAgoGiveWay) {
  for (std::uint64_t i = 0; i < 7; ++i) {
    looks.look(world, scope("", "", i, run::instances_shown_max - 1), start + std::chrono::milliseconds(i));
  }
  settle(std::chrono::seconds(1));
  // Five fit; the last five begin with the second after the first two.
  EXPECT_EQ(looks.listing(world).instances.size(), run::instances_shown_max - 1 + 4);
  EXPECT_EQ(looks.listing(world).instances.front(), found(world, scope("", "", 2, 1)).front());
}

TEST_F(LargeWorld, CountsInstancesOnlyWhileSomeAreListed) {
  settle(std::chrono::seconds(0));
  world.run_until(sim::second);
  EXPECT_EQ(world.shards()[0].count_of(0), nullptr);
  looks.look(world, scope("", "www-elb"), start);
  const auto shown = settle(std::chrono::seconds(1));
  EXPECT_EQ(shown->counted_since, sim::second);
  ASSERT_EQ(shown->instances.size(), 1U);
  run::Recorder recorder;
  recorder.sample(world, false, looks.listing(world));
  for (int t = 2; t <= 12; ++t) {
    world.run_until(sim::second + t * 200 * sim::millisecond);
    recorder.sample(world, false, looks.listing(world));
  }
  ASSERT_EQ(recorder.now()->instances.size(), 1U);
  EXPECT_GT(run::change_of(shown->instances[0], *recorder.now(), *recorder.base()).requests, 0U);
  settle(std::chrono::seconds(20));
  EXPECT_EQ(world.shards()[0].count_of(0), nullptr);
}

TEST(InstanceChange, OfOneThatWasNotListedBeforeIsNotKnownUnlessItIsNew) {
  run::Counters base, now;
  base.at = sim::second;
  now.at = 2 * sim::second;
  run::InstanceInfo instance;
  instance.id = 5;
  now.instances = {{5, {100, 3, 90, 0, 0, 7, 2}}};
  EXPECT_EQ(run::change_of(instance, now, base).requests, 0U);
  EXPECT_EQ(run::change_of(instance, now, base).now.in_flight, 7U);
  instance.started = base.at + 1;
  EXPECT_EQ(run::change_of(instance, now, base).requests, 100U);
  base.instances = {{5, {60, 3, 50, 0, 0, 0, 0}}};
  EXPECT_EQ(run::change_of(instance, now, base).requests, 40U);
  EXPECT_EQ(run::change_of(instance, now, base).errors, 0U);
  instance.id = 6;
  EXPECT_EQ(run::change_of(instance, now, base).now.in_flight, 0U);
}

TEST_F(LargeWorld, AViewOfInstancesNeedsThemListed) {
  const auto none = settle(std::chrono::seconds(0));
  const auto code = [](const run::Structure& structure, const run::ViewSpec& spec) {
    const auto made = run::project(structure, spec);
    const auto* problem = std::get_if<model::Problem>(&made);
    return problem == nullptr ? "" : problem->code;
  };
  const run::ViewSpec outside{run::Level::instance, "us-east-1.*", ""};
  EXPECT_EQ(code(*none, outside), "notListed");
  EXPECT_EQ(code(*none, {run::Level::instance, "us-east-1.zoneA", ""}), "tooMany");
  EXPECT_EQ(code(*none, {run::Level::group, "", ""}), "");
  looks.look(world, run::scope_of(outside), start);
  const auto listed = settle(std::chrono::seconds(1));
  EXPECT_EQ(code(*listed, outside), "");
  EXPECT_EQ(std::get<run::ViewStructure>(run::project(*listed, outside)).nodes.size(), listed->instances.size());
}

// --- on its thread

run::LookResult look(run::Simulation& simulation, Scope wanted) {
  std::promise<run::LookResult> promise;
  simulation.look_at(std::move(wanted), [&](run::LookResult result) { promise.set_value(std::move(result)); });
  return promise.get_future().get();
}

std::unique_ptr<run::Simulation> start(std::uint32_t percent) {
  run::Settings settings;
  settings.start_paused = true;
  settings.scale_percent = percent;
  auto made = run::Simulation::start("test", worlds::document("netflixoss"), worlds::catalogue(), worlds::defaults(), settings);
  return std::move(std::get<std::unique_ptr<run::Simulation>>(made));
}

TEST(LargeSimulation, ShowsInItsSnapshotsWhatIsLookedAt) {
  const auto simulation = start(large_percent);
  EXPECT_TRUE(simulation->snapshot()->structure->instances.empty());
  const std::string name = "netflixoss.us-east-1.zoneA.homepage15";
  const auto one = look(*simulation, {"", "", name});
  const run::Looked& looked = std::get<run::Looked>(one);
  ASSERT_EQ(looked.instances.size(), 1U);
  EXPECT_EQ(looked.snapshot->structure->name_of(looked.snapshot->structure->instances[looked.instances[0]]), name);
  EXPECT_EQ(looked.snapshot, simulation->snapshot());
  const auto page = look(*simulation, scope("", "homepage", 10, 50));
  EXPECT_EQ(std::get<run::Looked>(page).instances.size(), 50U);
  EXPECT_EQ(std::get<run::Looked>(page).snapshot->structure->instances.size(), 51U);
  EXPECT_TRUE(std::holds_alternative<model::Refusal>(look(*simulation, scope(""))));
  EXPECT_TRUE(std::holds_alternative<model::Refusal>(look(*simulation, {"", "", "nobody"})));
}

TEST(LargeSimulation, IsKilledAndScaledWithoutBeingListed) {
  const auto simulation = start(large_percent);
  const auto up = [&](const std::string& service) {
    const run::Structure& structure = *simulation->snapshot()->structure;
    return structure.instances_of(*structure.service_index(service)).up;
  };
  const std::uint32_t before = up("homepage");
  ASSERT_TRUE(std::holds_alternative<run::Applied>(outcome_of(*simulation, run::KillInstance{"netflixoss.us-east-1.zoneA.homepage15"})));
  EXPECT_EQ(up("homepage"), before - 1);
  ASSERT_TRUE(std::holds_alternative<run::Applied>(outcome_of(*simulation, run::Scale{"homepage", before + 9, {}})));
  const run::Structure& structure = *simulation->snapshot()->structure;
  EXPECT_EQ(structure.instances_of(*structure.service_index("homepage")),
            (run::StateCounts{.starting = 10, .up = before - 1, .draining = 0, .down = 0, .dead = 1}));
  EXPECT_TRUE(structure.instances.empty());
}

TEST(LargeSimulation, ListsEverythingOnceItIsSmallEnough) {
  const auto simulation = start(31'000);  // 19,532
  EXPECT_TRUE(simulation->snapshot()->structure->everything);
  const std::size_t all = simulation->snapshot()->structure->instances.size();
  ASSERT_LE(all, run::instances_shown_max);
  const auto homepage = simulation->snapshot()->structure->service_index("homepage");
  const std::uint32_t now = simulation->snapshot()->structure->instances_of(*homepage).up;
  const auto room = static_cast<std::uint32_t>(run::instances_shown_max - all);
  outcome_of(*simulation, run::Scale{"homepage", now + room, {}});
  EXPECT_TRUE(simulation->snapshot()->structure->everything);
  EXPECT_EQ(simulation->snapshot()->structure->instances.size(), run::instances_shown_max);
  outcome_of(*simulation, run::Scale{"homepage", now + room + 1, {}});
  EXPECT_FALSE(simulation->snapshot()->structure->everything);
  EXPECT_TRUE(simulation->snapshot()->structure->instances.empty());
  outcome_of(*simulation, run::Scale{"homepage", now + room, {}});  // the newest has not started yet: it goes at once
  EXPECT_EQ(simulation->snapshot()->structure->instances.size(), run::instances_shown_max);
}

TEST(Threads, DoNotChangeTheRun) {
  std::vector<std::uint64_t> prints;
  for (const unsigned threads : {1U, 2U, 4U}) {
    run::Settings settings;
    settings.start_paused = true;
    settings.regions = 3;
    settings.threads = threads;
    auto made = run::Simulation::start("test", worlds::document("netflixoss"), worlds::catalogue(), worlds::defaults(), settings);
    const auto simulation = std::move(std::get<std::unique_ptr<run::Simulation>>(made));
    ASSERT_TRUE(stepped::step_to(*simulation, 2 * sim::second));
    outcome_of(*simulation, run::KillInstance{"netflixoss.us-west-2.zoneB.homepage25"});
    outcome_of(*simulation, run::Scale{"login", 30, {}});
    simulation->watch_wires();
    ASSERT_TRUE(stepped::step_to(*simulation, 5 * sim::second));
    prints.push_back(simulation->snapshot()->fingerprint);
    EXPECT_GT(simulation->snapshot()->now->succeeded, 100U);
  }
  EXPECT_EQ(prints[1], prints[0]);
  EXPECT_EQ(prints[2], prints[0]);
}

// --- peers

class Pirates : public testing::Test {
 protected:
  model::World world{worlds::spec_of("fsm")};
  run::ViewStructure view() { return std::get<run::ViewStructure>(run::project(*run::describe(world), {run::Level::instance, "", ""})); }
};

TEST_F(Pirates, AreDrawnWithTheFriendsThatTheyHave) {
  EXPECT_EQ(world.wire_count(), view().edges.size());  // nobody has been told anything yet
  const std::uint64_t without_friends = world.wire_count();
  world.run_until(10 * sim::second);
  const auto structure = run::describe(world);
  EXPECT_EQ(world.wire_count(), structure->wires.size());
  EXPECT_GT(world.wire_count(), without_friends);
  EXPECT_GT(world.meetings(), 0U);
  std::map<model::InstanceId, std::size_t> friends;
  for (const auto& [from, to] : structure->wires) {
    const auto known = world.shards()[model::shard_of(from)].acquaintances_of(model::slot_of(from));
    if (known.empty()) continue;
    EXPECT_NE(std::find(known.begin(), known.end(), to), known.end());
    ++friends[from];
  }
  for (const auto& [pirate, count] : friends) EXPECT_LE(count, 8U);
}

TEST_F(Pirates, WhoDiesKnowsNobody) {
  world.run_until(10 * sim::second);
  const std::uint64_t before = world.wire_count();
  const model::InstanceId victim = worlds::instances_of(world, "pirate").front();
  const std::size_t friends = world.shards()[model::shard_of(victim)].acquaintances_of(model::slot_of(victim)).size();
  ASSERT_GT(friends, 0U);
  world.kill(victim);
  EXPECT_EQ(world.wire_count(), before - friends);
}

}  // namespace
