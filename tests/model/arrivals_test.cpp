// Open load sources: when requests come. Counts of a Poisson stream have their mean as variance; tolerances are four standard deviations,
// and the 0.05 % of the table that gaps are drawn from.

#include <gtest/gtest.h>

#include <cmath>

#include "operations/operations.h"
#include "support/arrivals.h"

namespace {

using Arrivals = model::LoadSpec::Arrivals;
using worlds::arrivals_until;
using worlds::asked_by;
using worlds::open_load;
using worlds::shape;
using worlds::shared;
using worlds::times_of;

double spread(double expected) {
  return 4 * std::sqrt(expected) + 0.0005 * expected;
}

std::size_t count_between(const std::vector<sim::Time>& times, sim::Time from, sim::Time to) {
  return static_cast<std::size_t>(std::lower_bound(times.begin(), times.end(), to) - std::lower_bound(times.begin(), times.end(), from));
}

TEST(Poisson, CountsHaveTheirMeanAndVariance) {
  model::World world(asked_by(open_load(Arrivals::poisson, 500), 3));
  const auto times = times_of(arrivals_until(world, 101 * sim::second));
  constexpr int windows = 1000;
  double chi_square = 0;
  double all = 0;
  for (int i = 0; i < windows; ++i) {
    const double count = static_cast<double>(count_between(times, i * (100 * sim::millisecond), (i + 1) * (100 * sim::millisecond)));
    chi_square += (count - 50) * (count - 50) / 50;
    all += count;
  }
  EXPECT_NEAR(all, 50'000, spread(50'000));
  EXPECT_NEAR(chi_square, windows, 4 * std::sqrt(2.0 * windows)) << "the index of dispersion is 1";
}

TEST(Deterministic, GapsAreExact) {
  model::World world(asked_by(open_load(Arrivals::deterministic, 1000)));
  const auto times = times_of(arrivals_until(world, 10 * sim::second));
  ASSERT_GE(times.size(), 9'990U);
  for (std::size_t i = 0; i < times.size(); ++i) ASSERT_EQ(times[i], static_cast<sim::Time>(i + 1) * sim::millisecond);
}

TEST(Deterministic, GapsOfNoWholeNanosecondsDoNotAddUpErrors) {
  model::World world(asked_by(open_load(Arrivals::deterministic, 700)));
  const auto times = times_of(arrivals_until(world, 200 * sim::second));
  ASSERT_GE(times.size(), 139'990U);
  for (std::size_t i = 0; i < times.size(); ++i) {
    ASSERT_NEAR(static_cast<double>(times[i]), static_cast<double>(i + 1) * 1e9 / 700, 0.5 + 1e-4) << i;
  }
}

TEST(Deterministic, SourcesTakeTurnsAlsoWhenTheirNumberChanges) {
  model::World world(asked_by(open_load(Arrivals::deterministic, 900), 3));
  auto times = times_of(arrivals_until(world, sim::second, 123'456'789));
  ASSERT_TRUE(std::holds_alternative<std::vector<model::InstanceId>>(operations::scale(world, {"users", 5, {}})));
  const auto more = times_of(arrivals_until(world, 4 * sim::second, 123'456'789));
  ASSERT_TRUE(std::holds_alternative<std::vector<model::InstanceId>>(operations::scale(world, {"users", 2, {}})));
  const auto less = times_of(arrivals_until(world, 8 * sim::second, 123'456'789));
  times.insert(times.end(), more.begin(), more.end());
  times.insert(times.end(), less.begin(), less.end());
  ASSERT_GE(times.size(), 7'190U);
  for (std::size_t i = 0; i < times.size(); ++i) {
    ASSERT_NEAR(static_cast<double>(times[i]), static_cast<double>(i + 1) * 1e9 / 900, 0.5 + 1e-6) << i;
  }
}

TEST(Deterministic, AnotherRateBeginsWithItsOwnGap) {
  model::World world(asked_by(open_load(Arrivals::deterministic, 1000)));
  arrivals_until(world, 500'300'000);
  ASSERT_FALSE(operations::set_traffic(world, "users", 100).has_value());
  const auto times = times_of(arrivals_until(world, sim::second));
  std::vector<sim::Time> after;
  for (const sim::Time t : times) {
    if (t > 500'300'000) after.push_back(t);
  }
  ASSERT_EQ(after.size(), 49U);
  for (std::size_t i = 0; i < after.size(); ++i) ASSERT_EQ(after[i], 500'300'000 + static_cast<sim::Time>(i + 1) * 10 * sim::millisecond);
}

// Of n gaps of mean m and deviation s the mean lies within 4 s / sqrt(n); for shape a, s^2 = m^2 / (a (a - 2)).
TEST(Pareto, GapsHaveTheirLeastAndTheirMean) {
  model::LoadSpec load = open_load(Arrivals::pareto, 1000);
  load.alpha = 3;
  model::World world(asked_by(load));
  const auto times = times_of(arrivals_until(world, 100 * sim::second));
  const double least = 1e6 * 2 / 3;
  for (std::size_t i = 1; i < times.size(); ++i) ASSERT_GE(static_cast<double>(times[i] - times[i - 1]), least - 1);
  const double n = static_cast<double>(times.size());
  const double mean = static_cast<double>(times.back()) / n;
  EXPECT_NEAR(mean, 1e6, 1e6 * (4 / std::sqrt(3.0) / std::sqrt(n) + 0.0005));
  // Half of the gaps are over the median, least * 2^(1/3).
  int longer = 0;
  for (std::size_t i = 1; i < times.size(); ++i) longer += times[i] - times[i - 1] > static_cast<sim::Time>(least * std::cbrt(2)) ? 1 : 0;
  EXPECT_NEAR(static_cast<double>(longer), n / 2, 4 * std::sqrt(n) / 2 + 0.0005 * n);
}

/// Counts in tenths of `end` against the integral of the shape.
void expect_counts_of_the_integral(const model::ShapeSpec& spec, sim::Time end, std::uint32_t sources) {
  constexpr double rate = 1000;
  model::LoadSpec load = open_load(Arrivals::poisson, rate);
  load.shape = spec;
  model::World world(asked_by(load, sources));
  const auto times = times_of(arrivals_until(world, end + 10 * sim::millisecond));
  const model::Shape exact(spec);
  for (int i = 0; i < 10; ++i) {
    const sim::Time from = end / 10 * i;
    const sim::Time to = end / 10 * (i + 1);
    const double expected = rate / 1e9 * (exact.integral(static_cast<double>(to)) - exact.integral(static_cast<double>(from)));
    EXPECT_NEAR(static_cast<double>(count_between(times, from, to)), expected, spread(expected))
        << i << " of " << static_cast<int>(spec.kind);
  }
}

TEST(Shapes, CountsAreTheIntegralOfTheRate) {
  using Kind = model::ShapeSpec::Kind;
  model::ShapeSpec ramp = shape(Kind::ramp, 0, 3, 2'000);
  ramp.over_ms = 6'000;
  model::ShapeSpec spike = shape(Kind::spike, 0.5, 6, 500);
  spike.rise_ms = 200;
  spike.hold_ms = 300;
  spike.fall_ms = 700;
  spike.period_ms = 4'000;
  model::ShapeSpec diurnal = shape(Kind::diurnal, 0.2, 2, 3'000);
  diurnal.period_ms = 10'000;
  model::ShapeSpec points;
  points.kind = Kind::piecewise;
  points.points = {{0, 1}, {1'000, 4}, {1'000, 0}, {2'500, 0}, {3'000, 2}};
  points.period_ms = 3'300;
  for (const model::ShapeSpec& spec : {ramp, shape(Kind::step, 2, 0.5, 3'456), spike, diurnal, points}) {
    expect_counts_of_the_integral(spec, 10 * sim::second, 1);
    expect_counts_of_the_integral(spec, 10 * sim::second, 3);
  }
}

TEST(Shapes, EqualGapsAreEqualInTheIntegral) {
  model::LoadSpec load = open_load(Arrivals::deterministic, 1000);
  load.shape = shape(model::ShapeSpec::Kind::ramp, 1, 5, 1'000);
  load.shape.over_ms = 4'000;
  model::World world(asked_by(load, 2));
  const auto times = times_of(arrivals_until(world, 10 * sim::second));
  const model::Shape exact(load.shape);
  for (std::size_t i = 0; i < times.size(); ++i) {
    // A nanosecond where the factor is 5 is five of the integral; arrivals are at the nearest whole one.
    ASSERT_NEAR(exact.integral(static_cast<double>(times[i])), static_cast<double>(i + 1) * 1e6, 2.5 + 1e-3) << i;
  }
  EXPECT_NEAR(static_cast<double>(times.size()), exact.integral(1e10) / 1e6, 10.0 * 5) << "those of the last 2 ms are still under way";
}

TEST(Shapes, CountFromTheTimeWhenTheLoadIsSet) {
  model::World world(asked_by(open_load(Arrivals::deterministic, 100)));
  arrivals_until(world, 7 * sim::second);
  model::LoadSpec load = open_load(Arrivals::deterministic, 1000);
  load.shape = shape(model::ShapeSpec::Kind::step, 1, 0, 500);
  ASSERT_FALSE(operations::set_load(world, "users", shared(load)).has_value());
  const auto times = times_of(arrivals_until(world, 9 * sim::second));
  EXPECT_EQ(count_between(times, 7 * sim::second + 1, 7 * sim::second + 500 * sim::millisecond + 1), 500U);
  EXPECT_EQ(times.back(), 7 * sim::second + 500 * sim::millisecond);
  EXPECT_EQ(worlds::requests_of(world).in_flight(), 0U);
}

model::LoadSpec trace_of(std::vector<model::TraceRow> rows) {
  model::LoadSpec load;
  load.arrivals = Arrivals::trace;
  load.trace = std::move(rows);
  return load;
}

TEST(Trace, IsPlayedToTheNanosecondAndEnds) {
  const std::vector<model::TraceRow> rows{{0}, {5, 2}, {5, 0}, {1'000'000'007, 2}, {1'500'000'000}};
  model::World world(asked_by(trace_of(rows)));
  const auto first = arrivals_until(world, 60 * sim::second);
  ASSERT_EQ(first.size(), rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) EXPECT_EQ(first[i].at, rows[i].at);
  EXPECT_EQ(first[3].verb, model::Verb::put) << "the mix's third";
  EXPECT_EQ(worlds::requests_of(world).sent, rows.size());
}

TEST(Trace, LoopsAndIsSharedOut) {
  std::vector<model::TraceRow> rows;
  rows.reserve(100);
  for (int i = 0; i < 100; ++i)
    rows.push_back({static_cast<sim::Time>(sim::scale(sim::mix(static_cast<std::uint64_t>(i)), 1'000'000'000))});
  std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
  model::LoadSpec load = trace_of(rows);
  load.loop_ms = 1'250;
  model::World world(asked_by(load, 3));
  std::vector<worlds::Arrival> all = arrivals_until(world, 3 * sim::second, 77'777'777);
  // Two more sources in the middle of a loop: not a row is lost, none is sent twice.
  operations::scale(world, {"users", 5, {}});
  const auto more = arrivals_until(world, 10 * sim::second, 77'777'777);
  all.insert(all.end(), more.begin(), more.end());
  ASSERT_EQ(all.size(), 800U);
  std::map<model::InstanceId, int> by_source;
  for (std::size_t i = 0; i < all.size(); ++i) {
    ASSERT_EQ(all[i].at, static_cast<sim::Time>(i / 100) * 1'250 * sim::millisecond + rows[i % 100].at) << i;
    ++by_source[all[i].source];
  }
  EXPECT_EQ(by_source.size(), 5U);
}

TEST(Regions, HaveTheirMultiplier) {
  model::WorldSpec spec = worlds::spec_of("netflixoss", {1, 100, 2});
  for (model::ServiceSpec& service : spec.services) {
    if (!service.package->load_source) continue;
    service.regions = 2;  // one source a region
    model::LoadSpec load = open_load(Arrivals::poisson, 400);
    load.regions = {{spec.regions[0].name, 0.25}, {spec.regions[1].name, 3}};
    service.load = shared(load);
  }
  model::World world(spec);
  world.run_until(50 * sim::second);
  EXPECT_NEAR(static_cast<double>(world.shards()[0].requests().sent), 50 * 200 * 0.25, spread(50 * 200 * 0.25));
  EXPECT_NEAR(static_cast<double>(world.shards()[1].requests().sent), 50 * 200 * 3, spread(50 * 200 * 3));
}

TEST(Sources, SendTogetherWhatTheyShouldHoweverManyThereAre) {
  model::World world(asked_by(open_load(Arrivals::poisson, 1000), 2));
  const auto sent_in = [&](sim::Time length) {
    const std::uint64_t before = worlds::requests_of(world).sent;
    world.run_until(world.now() + length);
    return static_cast<double>(worlds::requests_of(world).sent - before);
  };
  EXPECT_NEAR(sent_in(10 * sim::second), 10'000, spread(10'000));
  operations::scale(world, {"users", 8, {}});
  EXPECT_NEAR(sent_in(10 * sim::second), 10'000, spread(10'000)) << "also while they start";
  operations::scale(world, {"users", 1, {}});
  EXPECT_NEAR(sent_in(10 * sim::second), 10'000, spread(10'000)) << "also while they drain";
}

// The server needs 10 ms for each of the requests that come every 5 ms: the n-th waits (n - 1) * 5 ms before its turn. An open source asks
// all the same, and what it reports counts from the time at which it meant to ask.
TEST(OpenSources, DoNotOmitWhatHappensWhileTheSystemIsSlow) {
  model::WorldSpec spec = asked_by(open_load(Arrivals::deterministic, 200));
  spec.services[0].count = 1;
  spec.services[0].concurrency = 1;
  spec.services[0].service_time.mean_ms = 10;
  model::World world(spec);
  const auto arrivals = arrivals_until(world, 8 * sim::second);
  ASSERT_GE(arrivals.size(), 700U);
  for (std::size_t i = 0; i < 700; ++i) {
    ASSERT_EQ(arrivals[i].at, static_cast<sim::Time>(i + 1) * 5 * sim::millisecond);
    ASSERT_EQ(arrivals[i].response, static_cast<sim::Time>(i) * 5 * sim::millisecond + 10'200'000) << i;
  }
  EXPECT_EQ(worlds::requests_of(world).sent, 8 * 200 - 1U) << "the one at 8 s is still to come";
}

TEST(Limits, LargestRatesAndFactorsAreToldApartFromTooLargeOnes) {
  model::LoadSpec load = open_load(Arrivals::pareto, 250'000);
  load.shape = shape(model::ShapeSpec::Kind::step, 1, 4, 10);
  EXPECT_FALSE(model::too_much(load).has_value());
  load.regions = {{"us-east-1", 1.5}};
  EXPECT_EQ(model::too_much(load)->pointer, "/requestsPerSecond");
  model::LoadSpec users = worlds::users_load(500'000, 1);
  users.regions = {{"us-east-1", 2}};
  EXPECT_FALSE(model::too_much(users).has_value());
  users.users = 500'001;
  EXPECT_EQ(model::too_much(users)->pointer, "/users");
}

}  // namespace
