#include "sim/distribution.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace {

using sim::Distribution;
using sim::Time;

constexpr int draws = 1'000'000;

struct Moments {
  double mean = 0, deviation = 0;
  Time min = sim::never, max = 0;
};

std::vector<Time> sample(const Distribution& d) {
  std::vector<Time> values;
  for (std::uint64_t i = 0; i < draws; ++i) values.push_back(d.sample(sim::draw(42, 1, sim::Purpose::service_time, i)));
  return values;
}

Moments moments_of(const std::vector<Time>& values) {
  Moments m;
  for (const Time v : values) {
    m.mean += static_cast<double>(v) / draws;
    m.min = std::min(m.min, v);
    m.max = std::max(m.max, v);
  }
  for (const Time v : values) m.deviation += (static_cast<double>(v) - m.mean) * (static_cast<double>(v) - m.mean) / draws;
  m.deviation = std::sqrt(m.deviation);
  return m;
}

/// Five standard errors of the mean, plus the table's own 0.05 %.
double tolerance(double mean, double deviation) {
  return 5 * deviation / std::sqrt(draws) + 0.0005 * mean;
}

TEST(Distribution, Constant) {
  const Distribution d = Distribution::constant(1234);
  EXPECT_EQ(d.sample(0), 1234);
  EXPECT_EQ(d.sample(~std::uint64_t{0}), 1234);
}

TEST(Distribution, UniformReachesBothEndsAndNoFurther) {
  const Moments m = moments_of(sample(Distribution::uniform(10, 19)));
  EXPECT_EQ(m.min, 10);
  EXPECT_EQ(m.max, 19);
  EXPECT_NEAR(m.mean, 14.5, tolerance(14.5, 2.9));
}

TEST(Distribution, ExponentialHasItsMomentsAndTail) {
  const auto values = sample(Distribution::exponential(1'000'000));
  const Moments m = moments_of(values);
  EXPECT_NEAR(m.mean, 1e6, tolerance(1e6, 1e6));
  EXPECT_NEAR(m.deviation, 1e6, 0.01e6);
  double beyond = 0;  // P(T > 5 mean) = e^-5
  for (const Time v : values) beyond += v > 5'000'000 ? 1 : 0;
  EXPECT_NEAR(beyond / draws, std::exp(-5.0), 5 * std::sqrt(std::exp(-5.0) / draws));
}

TEST(Distribution, LogNormalHasItsMeanAndCoefficientOfVariation) {
  const Moments m = moments_of(sample(Distribution::log_normal(4'000'000, 0.5)));
  EXPECT_NEAR(m.mean, 4e6, tolerance(4e6, 2e6));
  EXPECT_NEAR(m.deviation / m.mean, 0.5, 0.01);
}

TEST(Distribution, ParetoStartsAtItsLeastValue) {
  const Distribution d = Distribution::pareto(1'000'000, 2.5);
  const Moments m = moments_of(sample(d));
  EXPECT_GE(m.min, 599'990);
  EXPECT_NEAR(m.mean, 1e6, 0.01e6);  // deviation of alpha 2.5 is finite (0.89 of the mean) but estimated poorly
}

TEST(Distribution, ErlangIsASumOfExponentialTimes) {
  const Distribution one = Distribution::erlang(1'000'000, 1);
  const Distribution exponential = Distribution::exponential(1'000'000);
  for (std::uint64_t i = 0; i < 10'000; ++i) {
    const std::uint64_t bits = sim::draw(1, 2, sim::Purpose::load, i);
    ASSERT_NEAR(static_cast<double>(one.sample(bits)), static_cast<double>(exponential.sample(bits)), 1);
  }
  for (const unsigned shape : {2U, 5U, 100U}) {
    const auto values = sample(Distribution::erlang(1'000'000, shape));
    const Moments m = moments_of(values);
    const double deviation = 1e6 / std::sqrt(shape);
    EXPECT_NEAR(m.mean, 1e6, tolerance(1e6, deviation)) << shape;
    // The standard error of a variance is its square times (kurtosis - 1) / n; an Erlang's kurtosis is 3 + 6 / shape.
    const double error = deviation * std::sqrt((2 + 6.0 / shape) / draws) / 2;
    EXPECT_NEAR(m.deviation, deviation, 5 * error + 0.001 * deviation) << shape;
  }
  // Two arrivals within t: 1 - (1 + 2t) exp(-2t), at t = 1.
  const auto values = sample(Distribution::erlang(1'000'000, 2));
  const auto within = static_cast<double>(std::count_if(values.begin(), values.end(), [](Time v) { return v <= 1'000'000; }));
  const double p = 1 - 3 * std::exp(-2);
  EXPECT_NEAR(within / draws, p, 5 * std::sqrt(p * (1 - p) / draws) + 0.0005);
}

TEST(Distribution, HyperexponentialHasItsMeanItsSpreadAndBalancedPhases) {
  for (const double cv : {1.01, 2.0, 5.0}) {
    const double q = (1 + std::sqrt((cv * cv - 1) / (cv * cv + 1))) / 2;
    const double short_mean = 0.5e6 / q;
    const double long_mean = 0.5e6 / (1 - q);
    const auto values = sample(Distribution::hyperexponential(1'000'000, cv));
    EXPECT_NEAR(moments_of(values).mean, 1e6, tolerance(1e6, cv * 1e6)) << cv;
    for (const double t : {0.1e6, 1e6, 5e6, 20e6}) {
      const double p = q * std::exp(-t / short_mean) + (1 - q) * std::exp(-t / long_mean);
      const auto more =
          static_cast<double>(std::count_if(values.begin(), values.end(), [t](Time v) { return static_cast<double>(v) > t; }));
      EXPECT_NEAR(more / draws, p, 5 * std::sqrt(p * (1 - p) / draws) + 0.001 * p) << cv << " " << t;
    }
  }
}

TEST(Distribution, EmpiricalStaysWithinItsValues) {
  const Moments m = moments_of(sample(Distribution::empirical({300, 100, 200})));
  EXPECT_GE(m.min, 100);
  EXPECT_LE(m.max, 300);
  EXPECT_NEAR(m.mean, 200, tolerance(200, 58) + 0.5);
  EXPECT_EQ(Distribution::empirical({7}).sample(99), 7);
}

TEST(Distribution, ScaledIsTheSameShape) {
  const Moments m = moments_of(sample(Distribution::exponential(1'000'000).scaled(3)));
  EXPECT_NEAR(m.mean, 3e6, tolerance(3e6, 3e6));
  EXPECT_EQ(Distribution::constant(5).scaled(2).sample(0), 10);
}

TEST(Distribution, TheLeastValueIsNeverUndercut) {
  for (const Distribution& d :
       {Distribution::exponential(1'000), Distribution::log_normal(1'000'000, 1), Distribution::pareto(1'000, 1.5)}) {
    EXPECT_GE(moments_of(sample(d)).min, d.least());
    EXPECT_GE(d.sample(0), d.least());
    EXPECT_GE(d.sample(~std::uint64_t{0}), d.least());
    EXPECT_LE(d.sample(~std::uint64_t{0}), Distribution::longest);
  }
}

}  // namespace
