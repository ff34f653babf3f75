// What guards a call, through the engine: the tables of its sources with a service that fails when the test says so. Every way takes 1 ms,
// work none, every request is traced.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "support/arrivals.h"

namespace {

using model::Policy;
using model::Status;
using testing::ElementsAre;

/// Users who ask a service of so many instances at these times, in ms. Nobody notices that an instance is away.
model::WorldSpec asked(const Policy& policy, const std::vector<double>& times_ms, std::uint32_t instances = 1, double work_ms = 0) {
  model::ServiceSpec back = worlds::service("back", "store", instances, {}, work_ms);
  model::ServiceSpec users = worlds::service("users", "denominator", 0, {0});
  model::LoadSpec load;
  load.arrivals = model::LoadSpec::Arrivals::trace;
  load.mix = {{"get"}};
  for (const double ms : times_ms) load.trace.push_back({sim::from_ms(ms), 0});
  users.load = worlds::shared(load);
  model::DependencySpec call;
  call.policy = policy;
  users.calls = {call};
  model::WorldSpec spec = worlds::small({back, users});
  spec.network = {1, 1, 1, 0, {{0}}};
  spec.registry_delay = 1'000'000 * sim::second;
  spec.trace_sample_rate = 1;
  return spec;
}

/// So many, one each ms from a time on.
std::vector<double> each_ms(double from, int count) {
  std::vector<double> times;
  for (int i = 0; i < count; ++i) times.push_back(from + i);
  return times;
}

std::vector<double> joined(std::initializer_list<std::vector<double>> parts) {
  std::vector<double> all;
  for (const auto& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

model::PolicyCount counts(const model::World& world) {
  model::PolicyCount sum;
  for (const model::Shard& shard : world.shards()) {
    for (const model::PolicyCount& count : shard.policy_counts()) sum.add(count);
  }
  return sum;
}

struct Ended {
  Status status;
  double ms;  ///< how long it took
};

/// The requests of users, in the order in which they came.
std::vector<Ended> ended(model::World& world) {
  std::vector<model::Span> roots;
  for (const model::Span& span : world.shards()[0].spans()) {
    if (span.root) roots.push_back(span);
  }
  std::sort(roots.begin(), roots.end(), [](const auto& a, const auto& b) { return a.cs != b.cs ? a.cs < b.cs : a.span < b.span; });
  std::vector<Ended> result;
  for (const model::Span& span : roots) result.push_back({span.status, sim::to_ms(span.cr - span.cs)});
  return result;
}

std::vector<Status> statuses(model::World& world) {
  std::vector<Status> result;
  for (const Ended& one : ended(world)) result.push_back(one.status);
  return result;
}

std::vector<double> times(model::World& world) {
  std::vector<double> result;
  for (const Ended& one : ended(world)) result.push_back(one.ms);
  return result;
}

void fall(model::World& world) {
  world.hold_down(worlds::instances_of(world, "back"), model::Reach::refuse);
}
void rise(model::World& world) {
  world.release(worlds::instances_of(world, "back"), model::Reach::refuse);
}

// --- Hystrix: the whole call, snapshots every 500 ms from its first call on

Policy hystrix() {
  Policy policy;
  policy.breaker = policies::HystrixSpec{};
  return policy;
}

/// How many of these calls, after `good` that succeeded, were not sent.
std::uint64_t stopped_after(int good, int bad, const std::vector<double>& later) {
  model::World world(asked(hystrix(), joined({each_ms(0, good), each_ms(100, bad), later})));
  world.run_until(90 * sim::millisecond);
  fall(world);
  world.run_until(20 * sim::second);
  return counts(world).short_circuited;
}

TEST(HystrixCall, NineteenFailuresLeaveItClosedAndTwentyOpenIt) {
  EXPECT_EQ(stopped_after(0, 19, {700}), 0U);
  EXPECT_EQ(stopped_after(0, 20, {700}), 1U);
}

TEST(HystrixCall, HalfOfTwentyOpenItAndFewerDoNot) {
  EXPECT_EQ(stopped_after(10, 10, {700}), 1U);
  EXPECT_EQ(stopped_after(11, 9, {700}), 0U);
}

TEST(HystrixCall, OpensWithASnapshotAndNotBefore) {
  // Its counting begins with the first call, at 100 ms: the next snapshot is at 600 ms.
  EXPECT_EQ(stopped_after(0, 20, {599}), 0U);
  EXPECT_EQ(stopped_after(0, 20, {601}), 1U);
}

TEST(HystrixCall, OneProbeAfterFiveSecondsAndAllOthersAreStopped) {
  // It opens at 600 ms, asked at 650. At 5700 the first is the probe; while that is under way another is stopped.
  model::World world(asked(hystrix(), joined({each_ms(100, 20), {650, 5'500, 5'700, 5'701, 5'800}})));
  fall(world);
  world.run_until(10 * sim::second);
  const auto all = statuses(world);
  ASSERT_EQ(all.size(), 25U);
  EXPECT_THAT(
      std::vector<Status>(all.begin() + 20, all.end()),
      ElementsAre(Status::short_circuited, Status::short_circuited, Status::refused, Status::short_circuited, Status::short_circuited))
      << "the probe fails, so it is open again";
}

TEST(HystrixCall, AProbeThatSucceedsClosesItAndCountsBeginAnew) {
  model::World world(asked(hystrix(), joined({each_ms(100, 20), {650, 5'700}, each_ms(5'800, 19), {6'500}, each_ms(6'600, 1), {7'300}})));
  fall(world);
  world.run_until(5'690 * sim::millisecond);
  rise(world);
  world.run_until(5'750 * sim::millisecond);
  fall(world);
  world.run_until(10 * sim::second);
  const auto all = statuses(world);
  ASSERT_EQ(all.size(), 44U);
  EXPECT_EQ(all[20], Status::short_circuited);
  EXPECT_EQ(all[21], Status::ok) << "the probe";
  EXPECT_EQ(all[41], Status::refused) << "19 failures since";
  EXPECT_EQ(all[42], Status::refused) << "and that was the 21st";
  EXPECT_EQ(all[43], Status::short_circuited);
}

TEST(HystrixCall, ForcedStates) {
  Policy policy = hystrix();
  const auto stopped = [&policy](policies::BreakerForce force) {
    std::get<policies::HystrixSpec>(policy.breaker).force = force;
    model::World world(asked(policy, joined({each_ms(100, 30), {700}})));
    fall(world);
    world.run_until(5 * sim::second);
    return counts(world).short_circuited;
  };
  EXPECT_EQ(stopped({}), 1U);
  EXPECT_EQ(stopped({.open = true, .closed = false}), 31U);
  EXPECT_EQ(stopped({.open = false, .closed = true}), 0U);
  EXPECT_EQ(stopped({.open = true, .closed = true}), 31U) << "open beats closed";
}

// --- resilience4j: Retry(CircuitBreaker(TimeLimiter(Bulkhead)))

Policy resilience4j() {
  for (const architecture::PolicyPreset& preset : worlds::defaults().policies) {
    if (preset.name == "resilience4j-2") return preset.policy;
  }
  throw std::runtime_error("no preset");
}

TEST(Resilience4jCall, RetriesWhatTheBreakerStops) {
  Policy policy = resilience4j();
  std::get<policies::Resilience4jSpec>(policy.breaker).force.open = true;
  model::World world(asked(policy, {0}));
  world.run_until(5 * sim::second);
  EXPECT_THAT(times(world), ElementsAre(1'000)) << "500 ms before each of two more attempts";
  EXPECT_THAT(statuses(world), ElementsAre(Status::short_circuited));
  EXPECT_EQ(counts(world).short_circuited, 3U);
  EXPECT_EQ(counts(world).retries, 0U) << "nothing was sent";

  policy.retry_on = {Status::error, Status::refused, Status::timeout};
  model::World ignored(asked(policy, {0}));
  ignored.run_until(5 * sim::second);
  EXPECT_THAT(times(ignored), ElementsAre(0)) << "CallNotPermittedException ignored";
  EXPECT_EQ(counts(ignored).short_circuited, 1U);
}

TEST(Resilience4jCall, ARetryMayFindTheBreakerClosedAgain) {
  Policy policy = resilience4j();
  auto& breaker = std::get<policies::Resilience4jSpec>(policy.breaker);
  breaker.window_calls = breaker.minimum_calls = 2;
  breaker.open_for = 300 * sim::millisecond;
  policy.attempts = 2;
  // Two failures open it; the third call is stopped, and its second attempt is a probe, half a second later.
  model::World world(asked(policy, {0, 10, 20}));
  fall(world);
  world.run_until(400 * sim::millisecond);
  rise(world);
  world.run_until(5 * sim::second);
  EXPECT_EQ(counts(world).short_circuited, 1U);
  EXPECT_THAT(statuses(world), ElementsAre(Status::ok, Status::ok, Status::ok));
  EXPECT_THAT(times(world), ElementsAre(504, 504, 502));
}

TEST(Resilience4jCall, TheBulkheadIsOfEachTry) {
  // 30 calls at once, each 20 ms: 25 have room, five come again half a second later.
  model::World world(asked(resilience4j(), std::vector<double>(30, 0), 1, 20));
  world.run_until(5 * sim::second);
  EXPECT_EQ(counts(world).no_room, 5U);
  auto all = times(world);
  std::sort(all.begin(), all.end());
  EXPECT_EQ(std::count(all.begin(), all.end(), 22), 25);
  EXPECT_EQ(std::count(all.begin(), all.end(), 522), 5);
  EXPECT_EQ(worlds::requests_of(world).failed, 0U);

  Policy whole = resilience4j();
  whole.bulkhead_each_try = false;
  model::World other(asked(whole, std::vector<double>(30, 0), 1, 20));
  other.run_until(5 * sim::second);
  EXPECT_EQ(worlds::requests_of(other).failed, 5U) << "around the whole call there is no second chance";
}

TEST(Resilience4jCall, ABackOffTakesNoRoom) {
  Policy policy = resilience4j();
  policy.bulkhead.concurrent = 1;
  // The first fails at once and waits for half a second, in which the second goes through.
  model::World world(asked(policy, {0, 100}));
  fall(world);
  world.run_until(50 * sim::millisecond);
  rise(world);
  world.run_until(5 * sim::second);
  EXPECT_EQ(counts(world).no_room, 0U);
  EXPECT_THAT(times(world), ElementsAre(504, 2));
}

TEST(Resilience4jCall, TheBreakerHearsThatThereWasNoRoom) {
  Policy policy = resilience4j();
  auto& breaker = std::get<policies::Resilience4jSpec>(policy.breaker);
  breaker.window_calls = breaker.minimum_calls = 2;
  policy.bulkhead.concurrent = 1;
  policy.attempts = 1;
  // One is there; two find no room, which opens the breaker; the fourth is stopped.
  model::World world(asked(policy, {0, 1, 2, 30}, 1, 20));
  world.run_until(5 * sim::second);
  EXPECT_THAT(statuses(world), ElementsAre(Status::ok, Status::rejected, Status::rejected, Status::short_circuited));
}

TEST(Resilience4jCall, NobodyToAskCostsNoProbe) {
  Policy policy = resilience4j();
  auto& breaker = std::get<policies::Resilience4jSpec>(policy.breaker);
  breaker.window_calls = breaker.minimum_calls = 2;
  breaker.open_for = 100 * sim::millisecond;
  breaker.probes = 1;
  policy.attempts = 1;
  policy.bulkhead.concurrent = 1;
  model::WorldSpec spec = asked(policy, {100, 110, 300, 500, 1'000, 2'000});
  spec.registry_delay = sim::millisecond;
  model::World world(spec);
  world.run_until(50 * sim::millisecond);
  fall(world);  // and everybody knows
  world.run_until(900 * sim::millisecond);
  rise(world);
  world.run_until(5 * sim::second);
  EXPECT_THAT(statuses(world),
              ElementsAre(Status::unavailable, Status::unavailable, Status::unavailable, Status::unavailable, Status::ok, Status::ok))
      << "two open it, then each is a probe that has ended";
}

// --- Envoy: outliers; one attempt of users at a time, in turn

std::uint64_t ejected(std::uint32_t instances, std::uint32_t dead, std::uint32_t percent) {
  Policy policy;
  policy.ejects = true;
  policy.outliers.max_ejection_percent = percent;
  policy.balancing.kind = model::Balancer::round_robin;
  model::World world(asked(policy, each_ms(0, static_cast<int>(instances) * 20), instances));
  std::vector<model::InstanceId> some = worlds::instances_of(world, "back");
  some.resize(dead);
  world.hold_down(some, model::Reach::refuse);
  world.run_until(sim::from_ms(instances * 20 + 100));
  return counts(world).ejected;
}

TEST(EnvoyOutliers, ATenthOfThemAndAlwaysOne) {
  EXPECT_EQ(ejected(3, 3, 10), 1U) << "a tenth of three is none, but one may always go";
  EXPECT_EQ(ejected(3, 3, 0), 1U);
  EXPECT_EQ(ejected(30, 30, 10), 3U);
  EXPECT_EQ(ejected(30, 2, 10), 2U) << "those that fail";
  EXPECT_EQ(ejected(3, 3, 100), 3U);
  EXPECT_EQ(ejected(3, 0, 100), 0U);
}

TEST(EnvoyOutliers, FiveInARow) {
  Policy policy;
  policy.ejects = true;
  for (const int failures : {4, 5}) {
    model::World world(asked(policy, each_ms(0, failures)));
    fall(world);
    world.run_until(sim::second);
    EXPECT_EQ(counts(world).ejected, failures == 5 ? 1U : 0U);
  }
}

// --- gRPC: tokens and back-off

TEST(GrpcRetries, StopAtHalfOfTheirTokens) {
  // Ten tokens, one less for each failure: a retry needs more than five. 9 and, after its retry, 8; 7 and 6; 5, and never again.
  Policy policy;
  policy.attempts = 2;
  policy.budget = policies::GrpcTokens{};
  std::vector<double> apart;
  for (int i = 0; i < 20; ++i) apart.push_back(100.0 * i);
  model::World world(asked(policy, apart));
  fall(world);
  world.run_until(5 * sim::second);
  EXPECT_EQ(counts(world).retries, 2U);
  EXPECT_EQ(counts(world).over_budget, 18U);

  // Of four tokens one for each failure, one back for each success.
  policy.budget = policies::GrpcTokens{.max = 4, .ratio = 1};
  model::World other(asked(policy, {0, 100, 200, 300, 400, 500}));
  fall(other);
  other.run_until(150 * sim::millisecond);
  EXPECT_EQ(counts(other).retries, 1U) << "3, so it is tried again, 2; and 1 after the second call, which is not";
  rise(other);
  other.run_until(450 * sim::millisecond);
  fall(other);
  other.run_until(sim::second);
  EXPECT_EQ(counts(other).retries, 2U) << "three successes have filled it";
}

TEST(GrpcRetries, BackOffWithinAFifth) {
  Policy policy;
  policy.attempts = 4;
  policy.retry_on = {Status::refused};
  policy.backoff = {.kind = policies::BackoffSpec::Kind::grpc,
                    .base = 100 * sim::millisecond,
                    .max = 300 * sim::millisecond,
                    .multiplier = 2,
                    .jitter_low = 0.8,
                    .jitter_high = 1.2};
  std::vector<double> apart;
  for (int i = 0; i < 200; ++i) apart.push_back(2'000.0 * i);
  model::World world(asked(policy, apart));
  fall(world);
  world.run_until(500 * sim::second);
  // 100, 200, 300 (400 cut), each times 0.8 to 1.2, and 2 ms for each of four tries.
  const std::vector<double> all = times(world);
  ASSERT_EQ(all.size(), 200U);
  EXPECT_GE(*std::min_element(all.begin(), all.end()), 0.8 * 600 + 8);
  EXPECT_LE(*std::max_element(all.begin(), all.end()), 1.2 * 600 + 8);
  EXPECT_LT(*std::min_element(all.begin(), all.end()), 0.95 * 600 + 8) << "and not always the same";
  EXPECT_GT(*std::max_element(all.begin(), all.end()), 1.05 * 600 + 8);
}

// --- budgets: the multiplier of a layer

TEST(RetryBudgets, MultiplyALayerByOnePointTwoAtMost) {
  for (const policies::RetryBudgetSpec& budget : {policies::RetryBudgetSpec(policies::FinagleCredits{.percent = 20, .per_second = 0}),
                                                  policies::RetryBudgetSpec(policies::SreRatio{.percent = 20})}) {
    Policy policy;
    policy.attempts = 4;
    policy.budget = budget;
    model::World world(asked(policy, each_ms(0, 20'000)));
    fall(world);
    world.run_until(30 * sim::second);
    EXPECT_LE(counts(world).retries, 4'000U);
    EXPECT_GT(counts(world).retries, 3'800U) << "and it is used";
  }
}

}  // namespace
