// Closed load sources: users who think, ask, wait for the answer, think ...; and what requests are for.

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "operations/operations.h"
#include "support/arrivals.h"

namespace {

using Key = model::RequestSpec::Key;
using model::Verb;
using worlds::arrivals_until;
using worlds::asked_by;
using worlds::shared;
using worlds::sources_of;
using worlds::users_load;

constexpr double response_ms = 1.2;  ///< of asked_by(): 1 ms of work and 0.1 ms each way

TEST(Users, OneThinksAsksWaitsAndThinksAgain) {
  model::World world(asked_by(users_load(1, 10)));
  const auto asked = arrivals_until(world, 10 * sim::second);
  ASSERT_GE(asked.size(), 890U);
  EXPECT_LE(asked.front().at, 10 * sim::millisecond) << "the first time somewhere in the middle of thinking";
  for (std::size_t i = 1; i < asked.size(); ++i) {
    ASSERT_EQ(asked[i - 1].response, 1'200'000);
    ASSERT_EQ(asked[i].at - asked[i - 1].at, 11'200'000) << i;
  }
}

TEST(Users, TheirNumberInTheSystemIsConstant) {
  model::World world(asked_by(users_load(500, 20, model::DistributionSpec::Kind::exponential), 3));
  for (int i = 1; i <= 2'000; ++i) {
    world.run_until(i * sim::millisecond);
    const model::Source all = sources_of(world, "users");
    ASSERT_EQ(all.users, 500U);
    ASSERT_EQ(all.leaving, 0U);
    ASSERT_EQ(all.waiting, worlds::requests_of(world).in_flight());
    // Nobody queues: who thinks has one event, and who waits has the one of the hop or of the work that is under way.
    ASSERT_EQ(world.shards()[0].engine().pending(), 500U);
  }
  // A cycle is 20 ms of thinking and 1.2 ms of waiting; the count of many renewals has variance n * cv^2, cv of a cycle 20 / 21.2.
  const double cycles = 500 * 2'000 / (20 + response_ms);
  EXPECT_NEAR(static_cast<double>(worlds::requests_of(world).sent), cycles, 4 * std::sqrt(cycles) + 0.0005 * cycles);
}

TEST(Users, OfManySourcesAreSharedOutToTheLast) {
  for (const std::uint32_t users : {0U, 1U, 2U, 7U, 100U, 101U}) {
    model::World world(asked_by(users_load(users, 5), 7));
    world.run_until(sim::second);
    EXPECT_EQ(sources_of(world, "users").users, users);
    if (users == 0) {
      EXPECT_EQ(worlds::requests_of(world).sent, 0U);
    }
  }
}

TEST(Users, FollowAShapeAtEveryMoment) {
  model::LoadSpec load = users_load(1'000, 50, model::DistributionSpec::Kind::exponential);
  load.shape.kind = model::ShapeSpec::Kind::piecewise;
  load.shape.points = {{0, 0}, {1'000, 1}, {2'000, 1}, {2'000, 0.3}, {3'000, 0.3}, {3'500, 0.8}};
  load.shape.period_ms = 4'000;
  model::World world(asked_by(load, 3));
  const model::Shape shape(load.shape);
  for (int i = 1; i <= 800; ++i) {
    world.run_until(i * (10 * sim::millisecond) - 1);
    const model::Source all = sources_of(world, "users");
    ASSERT_EQ(all.users - all.leaving, std::floor(1'000 * shape.factor(world.now()) + 0.5)) << i;
    ASSERT_LE(all.waiting, all.users);
  }
}

TEST(Users, WhoLeavesIsMissedAtOnce) {
  model::World world(asked_by(users_load(2'000, 1'000, model::DistributionSpec::Kind::exponential)));
  arrivals_until(world, 5 * sim::second);
  model::LoadSpec fewer = users_load(2'000, 1'000, model::DistributionSpec::Kind::exponential);
  fewer.shape.kind = model::ShapeSpec::Kind::step;
  fewer.shape.at_ms = 2'000;
  fewer.shape.to_factor = 0.25;
  ASSERT_FALSE(operations::set_load(world, "users", shared(fewer)));
  arrivals_until(world, 7 * sim::second);
  for (int second = 0; second < 5; ++second) {
    const double expected = 500 / (1 + response_ms / 1'000);
    const auto asked = arrivals_until(world, world.now() + sim::second);
    EXPECT_NEAR(static_cast<double>(asked.size()), expected, 4 * std::sqrt(expected) + 0.0005 * expected) << second;
  }
  // Of the 1,500 who leave, e^-10 are not found out after five seconds of asking and being answered: none or one.
  EXPECT_LE(sources_of(world, "users").users, 502U);
}

TEST(Users, MoreAndFewerWhileItRuns) {
  model::World world(asked_by(users_load(100, 10)));
  world.run_until(sim::second);
  for (const std::uint32_t users : {300U, 20U, 0U, 50U}) {
    ASSERT_FALSE(operations::set_load(world, "users", shared(users_load(users, 10))));
    world.run_until(world.now() + sim::second);
    EXPECT_EQ(sources_of(world, "users").users, users);
    const std::uint64_t before = worlds::requests_of(world).sent;
    world.run_until(world.now() + sim::second);
    // Each asks every 11.2 ms: in a second 89 or 90 times.
    const std::uint64_t asked = worlds::requests_of(world).sent - before;
    EXPECT_GE(asked, 89U * users);
    EXPECT_LE(asked, 90U * users);
  }
  ASSERT_FALSE(operations::set_load(world, "users", shared(worlds::open_load(model::LoadSpec::Arrivals::deterministic, 100))));
  world.run_until(world.now() + 10 * sim::millisecond);
  const std::uint64_t before = worlds::requests_of(world).sent;
  world.run_until(world.now() + sim::second);
  EXPECT_EQ(worlds::requests_of(world).sent - before, 100U) << "nobody comes back";
  EXPECT_EQ(sources_of(world, "users").waiting, 0U);
}

TEST(Users, ThoseWhoWaitWhenTheLoadChangesAreCounted) {
  model::WorldSpec spec = asked_by(users_load(50, 1));
  spec.services[0].service_time.mean_ms = 500;
  model::World world(spec);
  world.run_until(100 * sim::millisecond);
  ASSERT_EQ(sources_of(world, "users").waiting, 50U);
  ASSERT_FALSE(operations::set_load(world, "users", shared(users_load(80, 1))));
  EXPECT_EQ(sources_of(world, "users").users, 80U) << "30 more";
  world.run_until(200 * sim::millisecond);
  EXPECT_EQ(worlds::requests_of(world).in_flight(), 80U);
  ASSERT_FALSE(operations::set_load(world, "users", shared(users_load(10, 1))));
  world.run_until(300 * sim::millisecond);
  EXPECT_EQ(sources_of(world, "users").users, 80U) << "all of them wait";
  world.run_until(20 * sim::second);  // some 80 times each of the last is asked whether it leaves: (10/11)^800 that it never did
  EXPECT_EQ(sources_of(world, "users").users, 10U);
  EXPECT_LE(worlds::requests_of(world).in_flight(), 10U);
}

TEST(Users, AreAllThereAgainAfterAnOutageOfTheirSource) {
  model::World world(asked_by(users_load(60, 10), 2));
  world.run_until(sim::second);
  const std::vector<model::InstanceId> down{worlds::instances_of(world, "users")[0]};
  world.hold_down(down, model::Reach::refuse);
  world.run_until(2 * sim::second);
  EXPECT_LE(worlds::requests_of(world).in_flight(), 30U);
  world.release(down, model::Reach::refuse);
  world.run_until(3 * sim::second);
  EXPECT_EQ(sources_of(world, "users").users, 60U);
  world.kill(down[0]);
  ASSERT_FALSE(operations::set_load(world, "users", shared(users_load(60, 10))));
  const model::InstanceId left = worlds::instances_of(world, "users")[1];
  EXPECT_EQ(world.shards()[0].source(model::slot_of(left)).users, 60U) << "dealt out anew";
}

TEST(Users, WhoseRequestsFailAtOnceDoNotStopTime) {
  model::World world(asked_by(users_load(3, 0)));
  for (const model::InstanceId id : worlds::instances_of(world, "web")) world.kill(id);
  world.run_until(101 * sim::millisecond);  // nobody is known any more
  const std::uint64_t before = worlds::requests_of(world).sent;
  world.run_until(102 * sim::millisecond);
  EXPECT_EQ(worlds::requests_of(world).sent - before, 3 * 1'000U) << "one a microsecond each";
  EXPECT_EQ(worlds::requests_of(world).succeeded + worlds::requests_of(world).failed, worlds::requests_of(world).sent);
}

TEST(Users, AMillionAreAMillionEventsAndNothingElse) {
  model::WorldSpec spec = asked_by(users_load(1'000'000, 100'000, model::DistributionSpec::Kind::exponential));
  spec.trace_sample_rate = 0;
  model::World world(spec);
  EXPECT_EQ(world.shards()[0].engine().pending(), 1'000'000U);
  EXPECT_EQ(world.shards()[0].calls_in_flight(), 0U);
  world.run_until(100 * sim::millisecond);
  EXPECT_EQ(sources_of(world, "users").users, 1'000'000U);
  EXPECT_EQ(world.shards()[0].engine().pending(), 1'000'000U);
  EXPECT_GT(worlds::requests_of(world).sent, 1'000U);
}

// --- what requests are for

struct Seen {
  Verb verb;
  std::uint64_t key;
  unsigned priority;
  model::InstanceId at;
};
std::vector<Seen>& seen() {
  static std::vector<Seen> all;
  return all;
}

void note(model::Task& task) {
  SIMIANVIZ_BEGIN(task)
  seen().push_back({task.verb(), task.key(), task.priority(), task.self()});
  if (task.dependencies() > 0) {
    AWAIT(task.call_any());
  } else if (task.verb() != Verb::replicate) {
    for (unsigned n = 0; n < task.peers(); ++n) task.tell(task.peer(n));
  }
  task.reply(model::Status::ok);
  SIMIANVIZ_END
}

const model::PackageInfo notebook = {.name = "notebook", .title = "", .description = "", .step = note, .works = false};

/// users -> front -> back (a cluster over two regions): everybody notes what they are asked.
model::WorldSpec noted(std::vector<model::RequestSpec> mix) {
  model::LoadSpec load = worlds::open_load(model::LoadSpec::Arrivals::poisson, 1'000);
  load.mix = std::move(mix);
  model::WorldSpec spec = worlds::small({worlds::service("back", "store", 3, {0}), worlds::service("front", "store", 3, {0}),
                                         worlds::service("users", "denominator", 0, {1})});
  spec.services[0].package = spec.services[1].package = &notebook;
  spec.services[0].regions = 2;
  spec.services[0].everywhere = spec.services[1].everywhere = true;
  spec.regions.push_back({"us-west-2", {"zoneA", "zoneB", "zoneC"}, {"54.245", "54.244", "54.214"}});
  spec.network.between_ms = {{0, 30}, {30, 0}};
  spec.services[2].load = shared(load);
  seen().clear();
  return spec;
}

TEST(Mix, KindsComeByTheirWeights) {
  model::World world(noted({{"a", Verb::get, Key::fixed, 1, 0},
                            {"b", Verb::put, Key::fixed, 5, 1},
                            {"c", Verb::get, Key::fixed, 0, 2},
                            {"d", Verb::get, Key::fixed, 14, 7}}));
  world.run_until(20 * sim::second);
  std::map<unsigned, double> counts;
  for (const Seen& s : seen()) {
    if (world.shared().groups[world.instance(s.at).group].service == 1) ++counts[s.priority];
  }
  const double n = counts[0] + counts[1] + counts[7];
  EXPECT_GT(n, 19'000);
  EXPECT_EQ(counts.size(), 3U) << "a weight of 0 is never";
  for (const auto& [priority, weight] : std::map<unsigned, double>{{0, 1}, {1, 5}, {7, 14}}) {
    const double p = weight / 20;
    EXPECT_NEAR(counts[priority], n * p, 4 * std::sqrt(n * p * (1 - p))) << priority;
  }
}

TEST(Mix, ThePriorityGoesWithEveryCallThatARequestCauses) {
  model::World world(noted({{"reads", Verb::get, Key::fixed, 1, 6}, {"writes", Verb::put, Key::fixed, 1, 2}}));
  world.run_until(5 * sim::second);
  std::set<std::uint32_t> services, regions;
  std::set<Verb> verbs;
  for (const Seen& s : seen()) {
    // Copies of writes are made of reads here, too: all that matters is that they carry the priority of what caused them.
    if (s.verb == Verb::get) {
      ASSERT_EQ(s.priority, 6U);
    }
    if (s.verb == Verb::put) {
      ASSERT_EQ(s.priority, 2U);
    }
    ASSERT_TRUE(s.priority == 6 || s.priority == 2);
    services.insert(world.shared().groups[world.instance(s.at).group].service);
    regions.insert(model::shard_of(s.at));
    verbs.insert(s.verb);
  }
  EXPECT_EQ(services.size(), 2U);
  EXPECT_EQ(regions.size(), 2U) << "and into another region";
  EXPECT_EQ(verbs, (std::set<Verb>{Verb::get, Verb::put, Verb::replicate}));
}

TEST(Mix, KeysAreFixedKnownOrNew) {
  model::World world(noted({{"fixed", Verb::get, Key::fixed, 1, 0},
                            {"known", Verb::get, Key::known, 1, 1},
                            {"put", Verb::put, Key::fresh, 1, 2},
                            {"unknown", Verb::get, Key::fresh, 1, 3}}));
  world.run_until(5 * sim::second);
  std::set<std::uint64_t> put, unknown;
  std::size_t before_any = 0;
  for (const Seen& s : seen()) {
    if (world.shared().groups[world.instance(s.at).group].service != 1) continue;
    if (s.priority == 0) {
      ASSERT_EQ(s.key, 0U);
    }
    if (s.priority == 1 && s.key == 0) ++before_any;
    if (s.priority == 1 && s.key != 0) {
      ASSERT_TRUE(put.contains(s.key)) << "all hops take the same time, so puts come before";
    }
    if (s.priority == 2) {
      ASSERT_TRUE(put.insert(s.key).second);
    }
    if (s.priority == 3) {
      ASSERT_TRUE(unknown.insert(s.key).second);
    }
  }
  EXPECT_LT(before_any, 30U) << "the first put comes soon";
  EXPECT_GT(put.size(), 1'000U);
  for (const std::uint64_t key : unknown) ASSERT_FALSE(put.contains(key));
}

// --- copies and slices

model::LoadSpec busy_load(int which) {
  model::LoadSpec load;
  load.shape.kind = model::ShapeSpec::Kind::diurnal;
  load.shape.from_factor = 0.3;
  load.shape.to_factor = 2;
  load.shape.period_ms = 1'700;
  load.shape.at_ms = 300;
  load.requests_per_second = 300;
  load.mix.push_back({"more", Verb::put, Key::known, 0.7, 5});
  switch (which % 5) {
    case 1:
      load.arrivals = model::LoadSpec::Arrivals::deterministic;
      break;
    case 2:
      load.arrivals = model::LoadSpec::Arrivals::pareto;
      break;
    case 3:
      load = users_load(200, 30, model::DistributionSpec::Kind::log_normal);
      load.shape = busy_load(0).shape;
      break;
    case 4:
      load = {};
      load.arrivals = model::LoadSpec::Arrivals::trace;
      for (int i = 0; i < 500; ++i) load.trace.push_back({sim::Time{i} * 1'234'567, static_cast<std::uint32_t>(i % 3)});
      load.loop_ms = 700;
      break;
    default:
      break;
  }
  return load;
}

void change(model::World& world, int step) {
  ASSERT_FALSE(operations::set_load(world, "users", shared(busy_load(step))));
  if (step == 2) operations::scale(world, {"users", 6, {}});
  if (step == 5) {
    ASSERT_FALSE(operations::set_traffic(world, "users", 77));
  }
  if (step == 7) world.kill(worlds::instances_of(world, "users")[1]);
  if (step == 8) operations::scale(world, {"users", 2, {}});
}

void run_steps(model::World& world, int from, int to, sim::Time slice) {
  for (int step = from; step <= to; ++step) {
    const sim::Time end = sim::Time{step} * 1'111'111'111;
    while (world.now() < end) world.run_until(std::min(end, world.now() + slice));
    change(world, step);
  }
}

TEST(LoadDeterminism, ACopyAtAnyTimeGoesOnAsTheOriginal) {
  for (int step = 1; step <= 10; ++step) {
    model::World world(asked_by(busy_load(0), 3, 5));
    run_steps(world, 1, step, sim::second);
    world.run_until(world.now() + 123'456'789);
    model::World copy(world);
    run_steps(world, step + 1, 11, sim::second);
    run_steps(copy, step + 1, 11, 33'333'333);
    EXPECT_EQ(copy.fingerprint(), world.fingerprint()) << step;
    EXPECT_EQ(worlds::requests_of(copy).sent, worlds::requests_of(world).sent);
    EXPECT_GT(worlds::requests_of(world).sent, 3'000U);
  }
}

}  // namespace
