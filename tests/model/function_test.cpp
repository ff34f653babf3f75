// Functions: environments that start on demand, one call each; limits, keep-alive, what is counted and what it costs.

#include <gtest/gtest.h>

#include <algorithm>

#include "operations/operations.h"
#include "run/thread_team.h"
#include "sim/random.h"
#include "support/pushes.h"
#include "support/worlds.h"

namespace {

using sim::millisecond;
using sim::second;

constexpr sim::Time there = 100 * sim::microsecond;  ///< the network of worlds::small, one way

model::ServiceSpec function(const std::string& name, double ms, std::vector<std::uint32_t> dependencies = {}) {
  model::ServiceSpec service = worlds::service(name, "function", 0, std::move(dependencies), ms);
  service.function = model::FunctionSpec{};
  service.function->keep_alive = second;
  return service;
}

model::LoadSpecPtr trace(const std::vector<sim::Time>& times) {
  model::LoadSpec load;
  load.arrivals = model::LoadSpec::Arrivals::trace;
  for (const sim::Time time : times) load.trace.push_back({time});
  return std::make_shared<const model::LoadSpec>(std::move(load));
}

/// The services, and users who ask the last of them at these times.
model::WorldSpec asked_at(std::vector<model::ServiceSpec> services, const std::vector<sim::Time>& times) {
  services.push_back(worlds::service("users", "denominator", 0, {static_cast<std::uint32_t>(services.size() - 1)}));
  services.back().load = trace(times);
  return worlds::small(std::move(services));
}

model::FunctionCount count_of(const model::World& world, std::uint32_t function = 0) {
  model::FunctionCount count;
  for (const model::Shard& shard : world.shards()) count.add(shard.function_count(function));
  return count;
}

TEST(Function, FirstComesAColdStartThenAWarmOne) {
  model::ServiceSpec f = function("f", 20);
  f.function->cold_start.mean_ms = 300;
  model::World world(asked_at({f}, {0, second}));
  world.run_until(10 * second);
  const model::FunctionCount count = count_of(world);
  EXPECT_EQ(count.invocations, 2U);
  EXPECT_EQ(count.cold_starts, 1U);
  EXPECT_EQ(worlds::requests_of(world).succeeded, 2U);
  const model::Histogram& service = worlds::cells_of(world, "f").service;
  EXPECT_EQ(service.sum_ns(), static_cast<std::uint64_t>(340 * millisecond)) << "300 + 20, and 20";
}

TEST(Function, EachCallAtATimeHasAnEnvironment) {
  model::World world(asked_at({function("f", 20)}, {0, 0, 0, millisecond}));
  world.run_until(10 * millisecond);
  model::FunctionCount count = count_of(world);
  EXPECT_EQ(count.cold_starts, 4U);
  EXPECT_EQ(count.busy.present(), 4U);
  world.run_until(100 * millisecond);
  count = count_of(world);
  EXPECT_EQ(count.busy.present(), 0U);
  EXPECT_EQ(count.environments.present(), 4U) << "kept warm";
  world.run_until(2 * second);
  EXPECT_EQ(count_of(world).environments.present(), 0U) << "gone, though nobody looked for one";
}

/// The one used last is used next, so the others grow old: of two, one is gone a second after both were used.
TEST(Function, TheWarmestIsTaken) {
  model::World world(asked_at({function("f", 10)}, {0, 0, 600 * millisecond, 1'100 * millisecond, 1'100 * millisecond}));
  world.run_until(1'200 * millisecond);
  EXPECT_EQ(count_of(world).cold_starts, 3U);
}

TEST(Function, IsGoneAfterItsKeepAliveToTheNanosecond) {
  // Idle from there + 10 ms on; a call that comes a second later finds it gone, one a nanosecond earlier does not.
  for (const sim::Time early : {sim::Time{0}, sim::Time{1}}) {
    model::World world(asked_at({function("f", 10)}, {0, 10 * millisecond + second - early}));
    world.run_until(5 * second);
    EXPECT_EQ(count_of(world).cold_starts, early == 0 ? 2U : 1U);
  }
}

TEST(Function, WithoutKeepAliveEveryStartIsCold) {
  model::ServiceSpec f = function("f", 1);
  f.function->keep_alive = 0;
  model::World world(asked_at({f}, {0, 10 * millisecond, 20 * millisecond}));
  world.run_until(second);
  EXPECT_EQ(count_of(world).cold_starts, 3U);
  EXPECT_EQ(count_of(world).environments.present(), 0U);
}

TEST(Function, BeyondItsLimitACallIsRejected) {
  model::ServiceSpec f = function("f", 20);
  f.function->concurrency = 3;
  model::World world(asked_at({f}, std::vector<sim::Time>(5, 0)));
  world.run_until(second);
  const model::FunctionCount count = count_of(world);
  EXPECT_EQ(count.invocations, 3U);
  EXPECT_EQ(count.throttled, 2U);
  EXPECT_EQ(count.throttled_by_region, 0U);
  EXPECT_EQ(worlds::requests_of(world).failed, 2U);
}

TEST(Function, TheLimitOfARegionIsForAllOfThem) {
  std::vector<model::ServiceSpec> services{function("f", 20), function("g", 20, {0})};
  model::WorldSpec spec = asked_at(services, std::vector<sim::Time>(4, 0));
  spec.function_concurrency = 4;
  model::World world(spec);
  world.run_until(second);
  // All four of g hold their environments while they call f: there is none left for it.
  EXPECT_EQ(count_of(world, 1).invocations, 4U);
  EXPECT_EQ(count_of(world, 0).invocations, 0U);
  EXPECT_EQ(count_of(world, 0).throttled_by_region, 4U);
}

TEST(Function, IsBilledInSteps) {
  // 20 ms cost 100; 100 cost 100; 100 ms and a nanosecond cost 200.
  struct Row {
    double ms;
    std::uint64_t billed_ms;
  };
  for (const Row& row : {Row{20, 100}, Row{100, 100}, Row{100.000001, 200}, Row{1'234, 1'300}}) {
    model::ServiceSpec f = function("f", row.ms);
    f.function->cold_start.mean_ms = 500;
    f.function->memory_mb = 512;
    model::WorldSpec spec = asked_at({f}, {0, 0});
    model::World world(spec);
    world.run_until(10 * second);
    const model::FunctionCount count = count_of(world);
    EXPECT_EQ(count.billed_ns, 2 * row.billed_ms * 1'000'000) << row.ms;
    EXPECT_EQ(count.duration_ns, 2 * static_cast<std::uint64_t>(sim::from_ms(row.ms))) << "without the cold start";
    const double gb_s = 2 * static_cast<double>(row.billed_ms) / 1'000 / 2;
    EXPECT_NEAR(model::gb_seconds(*f.function, count), gb_s, 1e-12);
    EXPECT_NEAR(model::dollars(*f.function, count), gb_s * 0.00001667 + 2 * 0.20 / 1e6, 1e-15);
  }
}

TEST(Function, CostsWhatAWSSays) {
  // Example 1 of aws.amazon.com/lambda/pricing: 512 MB, 3 million calls of 1 s, before the free tier: 1.5 million GB-s and 0.60 dollars.
  model::FunctionSpec spec;
  spec.memory_mb = 512;
  model::FunctionCount count;
  count.invocations = 3'000'000;
  count.billed_ns = 3'000'000ULL * 1'000'000'000;
  EXPECT_NEAR(model::gb_seconds(spec, count), 1'500'000, 1e-6);
  EXPECT_NEAR(model::dollars(spec, count), 25.005 + 0.60, 1e-9);
}

TEST(Function, TheColdStartMayBeBilledToo) {
  model::ServiceSpec f = function("f", 20);
  f.function->cold_start.mean_ms = 500;
  f.function->cold_start_billed = true;
  model::World world(asked_at({f}, {0}));
  world.run_until(10 * second);
  EXPECT_EQ(count_of(world).billed_ns, 600'000'000U);
}

TEST(Function, WaitsForWhomItCallsOnItsOwnTime) {
  std::vector<model::ServiceSpec> services{worlds::service("db", "store", 0, {}, 500), function("f", 20, {0})};
  model::World world(asked_at(services, {0}));
  world.run_until(10 * second);
  EXPECT_EQ(count_of(world).duration_ns, static_cast<std::uint64_t>(520 * millisecond + 2 * there));
  EXPECT_EQ(count_of(world).billed_ns, 600'000'000U);
}

/// A pool that is killed takes its environments with it; what they did until then is paid.
TEST(Function, AKilledPoolIsEmpty) {
  model::ServiceSpec f = function("f", 1'000);
  model::World world(asked_at({f}, {0, 0, 0, 250 * millisecond}));
  world.run_until(500 * millisecond + there);
  world.kill(worlds::instances_of(world, "f")[0]);
  const model::FunctionCount count = count_of(world);
  EXPECT_EQ(count.busy.present(), 0U);
  EXPECT_EQ(count.environments.present(), 0U);
  EXPECT_EQ(count.billed_ns, (3 * 500 + 300) * 1'000'000ULL);
  world.run_until(5 * second);
  EXPECT_EQ(worlds::requests_of(world).in_flight(), 0U);
}

TEST(Function, SeveralPoolsShareTheLimit) {
  model::ServiceSpec f = function("f", 200);
  f.count = 3;
  f.function->concurrency = 10;
  model::World world(asked_at({f}, std::vector<sim::Time>(30, 0)));
  world.run_until(100 * millisecond);
  EXPECT_EQ(count_of(world).busy.present(), 10U);
  EXPECT_EQ(count_of(world).throttled, 20U);
}

/// Whatever the times are, environments are as many as the most calls at a time of the last keep-alive: by the definition of max over a
/// window, computed from the times alone.
TEST(Function, EnvironmentsAreTheMostCallsAtATimeOfTheKeepAlive) {
  const sim::Time duration = 40 * millisecond;
  const sim::Time keep = 150 * millisecond;
  std::vector<sim::Time> times;
  for (std::uint64_t i = 0; i < 2'000; ++i) {
    times.push_back(static_cast<sim::Time>(sim::scale(sim::draw(1, 1, sim::Purpose::load, i), static_cast<std::uint64_t>(40 * second))));
  }
  std::sort(times.begin(), times.end());
  std::size_t cold = 0;
  for (std::size_t i = 0; i < times.size(); ++i) {
    const auto busy_after = [&](sim::Time at, std::size_t upto) {  // calls of those before `upto` that are there just after `at`
      std::size_t n = 0;
      for (std::size_t j = upto; j-- > 0 && times[j] + duration > at;) n += static_cast<std::size_t>(times[j] <= at);
      return n;
    };
    const sim::Time begin = times[i] - keep;
    std::size_t most = busy_after(begin, i);
    for (std::size_t j = i; j-- > 0 && times[j] > begin;) most = std::max(most, busy_after(times[j], j + 1));
    const std::size_t now = busy_after(times[i], i);
    cold += static_cast<std::size_t>(now >= most);
  }
  model::ServiceSpec f = function("f", sim::to_ms(duration));
  f.function->keep_alive = keep;
  model::World world(asked_at({f}, times));
  world.run_until(60 * second);
  EXPECT_GT(cold, 100U);
  EXPECT_EQ(count_of(world).cold_starts, cold);
  EXPECT_EQ(count_of(world).invocations, times.size());
}

/// Two regions on any number of threads, watched in odd slices, as a copy: the same.
TEST(Function, IsDeterministic) {
  const auto spec = [] {
    return worlds::spec_of_text(
        R"({"arch": "f", "functionConcurrency": 60, "services": [{"name": "db", "package": "store", "regions": 2, "count": 3},
        {"name": "f", "package": "function", "regions": 2, "count": 3, "dependencies": ["db"],
         "function": {"keepAliveMs": 200, "concurrency": 40}}, {"name": "lb", "package": "elb", "regions": 2, "dependencies": ["f"]},
        {"name": "users", "package": "denominator", "dependencies": ["lb"], "requestsPerSecond": 3000}]})");
  };
  const auto run = [&](unsigned threads, sim::Time slice, bool copied) {
    run::ThreadTeam team(threads);
    auto world = std::make_unique<model::World>(spec());
    world->run_by(&team);
    while (world->now() < 5 * second) {
      world->run_until(std::min(5 * second, world->now() + slice));
      if (copied) world = std::make_unique<model::World>(*world);
    }
    const model::FunctionCount count = count_of(*world);
    EXPECT_GT(count.cold_starts, 10U);
    EXPECT_GT(count.throttled + count.throttled_by_region, 0U);
    return std::tuple(world->fingerprint(), count.cold_starts, count.billed_ns, count.throttled, count.throttled_by_region,
                      count.environments.integral(world->now()));
  };
  const auto first = run(1, 5 * second, false);
  EXPECT_EQ(run(2, 77'777'777, false), first);
  EXPECT_EQ(run(3, second, true), first);
}

TEST(Function, AtAHighRateItsEnvironmentsAreAsManyAsAreNeeded) {
  model::ServiceSpec f = function("f", 10);
  f.function->concurrency = 65'535;
  std::vector<model::ServiceSpec> services{f, worlds::service("users", "denominator", 0, {0})};
  services[1].requests_per_second = 100'000;
  model::WorldSpec spec = worlds::small(services);
  spec.function_concurrency = 100'000;
  model::World world(spec);
  world.run_until(second);
  const model::FunctionCount count = count_of(world);
  EXPECT_EQ(count.throttled, 0U);
  // 1,000 busy on average with a standard deviation of 32; the most of a second is within six of them.
  EXPECT_NEAR(static_cast<double>(count.cold_starts), 1'000, 6 * 32.0);
  EXPECT_EQ(count.cold_starts, count.environments.present()) << "none was idle for a second";
}

TEST(Function, CallsOfAFunctionAreRejectedByItsVersionsTogether) {
  model::ServiceSpec f = function("f", 100);
  f.function->concurrency = 2;
  model::World world(asked_at({f}, {10 * second, 10 * second, 10 * second}));
  ASSERT_TRUE(std::holds_alternative<std::string>(operations::push(world, "f", worlds::rolling("2.0", 100))));
  world.run_until(20 * second);
  EXPECT_EQ(count_of(world).invocations, 2U);
  EXPECT_EQ(count_of(world).throttled, 1U);
}

}  // namespace
