// Every kind against its formula: the bounds of thousands of draws, and that both ends are nearly reached. Of n uniform draws none is in
// the first or last hundredth with chance 2 (0.99)^n: for 5,000 that is 3e-22.

#include "policies/backoff.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "policies/draws.h"

namespace {

using policies::BackoffSpec;
using Kind = BackoffSpec::Kind;
constexpr sim::Time ms = sim::millisecond;

void expect_uniform(const BackoffSpec& spec, std::uint32_t number, sim::Time previous, sim::Time low, sim::Time high) {
  policies::Draws draws(number);
  sim::Time least = sim::never, most = 0;
  double sum = 0;
  const int n = 5'000;
  for (int i = 0; i < n; ++i) {
    const sim::Time d = policies::delay(spec, number, previous, draws.bits());
    least = std::min(least, d);
    most = std::max(most, d);
    sum += static_cast<double>(d);
  }
  const auto width = static_cast<double>(high - low);
  EXPECT_GE(least, low) << number;
  EXPECT_LT(most, high) << number;
  EXPECT_LT(static_cast<double>(least - low), width / 100) << number;
  EXPECT_LT(static_cast<double>(high - most), width / 100) << number;
  // The mean of n uniform draws has standard deviation width / sqrt(12 n) = width / 245; four of them.
  EXPECT_NEAR(sum / n, static_cast<double>(low + high) / 2, 4 * width / 244.9) << number;
}

TEST(Backoff, NoneIsAtOnce) {
  EXPECT_EQ(policies::delay({}, 1, 0, 123), 0);
  EXPECT_EQ(policies::delay({}, 9, 5 * ms, ~std::uint64_t{0}), 0);
}

TEST(Backoff, FixedIsResilience4jsHalfSecond) {
  for (const std::uint32_t n : {1U, 2U, 50U}) EXPECT_EQ(policies::delay(BackoffSpec::resilience4j(), n, 0, n * 99ULL), 500 * ms);
}

TEST(Backoff, ExponentialGrowsByHalfAndIsRandomisedByHalf) {
  const BackoffSpec spec = BackoffSpec::exponential_of_resilience4j();
  expect_uniform(spec, 1, 0, 250 * ms, 750 * ms);
  expect_uniform(spec, 2, 0, 375 * ms, 1'125 * ms);
  expect_uniform(spec, 3, 0, 562'500 * sim::microsecond, 1'687'500 * sim::microsecond);
}

TEST(Backoff, ExponentialWithoutRandomisationIsExactUpToItsLimit) {
  const BackoffSpec spec{.kind = Kind::exponential, .base = 100 * ms, .max = 700 * ms, .multiplier = 2};
  EXPECT_EQ(policies::delay(spec, 1, 0, 7), 100 * ms);
  EXPECT_EQ(policies::delay(spec, 2, 0, 7), 200 * ms);
  EXPECT_EQ(policies::delay(spec, 3, 0, 7), 400 * ms);
  EXPECT_EQ(policies::delay(spec, 4, 0, 7), 700 * ms);
  EXPECT_EQ(policies::delay(spec, 4'000'000'000U, 0, 7), 700 * ms);
}

TEST(Backoff, EnvoyIsUniformBelowItsStepsAndTenTimesItsBase) {
  const BackoffSpec spec = BackoffSpec::envoy();
  expect_uniform(spec, 1, 0, 0, 25 * ms);
  expect_uniform(spec, 2, 0, 0, 75 * ms);
  expect_uniform(spec, 3, 0, 0, 175 * ms);
  expect_uniform(spec, 4, 0, 0, 250 * ms);
  expect_uniform(spec, 100, 0, 0, 250 * ms);
}

TEST(Backoff, GrpcIsWithinAFifthOfTheExponential) {
  const BackoffSpec spec{.kind = Kind::grpc, .base = 100 * ms, .max = 1'000 * ms, .multiplier = 3};
  expect_uniform(spec, 1, 0, 80 * ms, 120 * ms);
  expect_uniform(spec, 2, 0, 240 * ms, 360 * ms);
  expect_uniform(spec, 3, 0, 720 * ms, 1'080 * ms);
  expect_uniform(spec, 4, 0, 800 * ms, 1'200 * ms);  // the limit is that of x, before it is randomised
}

TEST(Backoff, GrpcsOlderTextBeginsAtNothing) {
  expect_uniform({.kind = Kind::grpc, .base = 100 * ms, .max = 1'000 * ms, .multiplier = 2, .jitter_low = 0, .jitter_high = 1}, 2, 0, 0,
                 200 * ms);
}

TEST(Backoff, FullJitterIsBelowTheExponential) {
  const BackoffSpec spec{.kind = Kind::full_jitter, .base = 100 * ms, .max = 500 * ms};
  expect_uniform(spec, 1, 0, 0, 100 * ms);
  expect_uniform(spec, 2, 0, 0, 200 * ms);
  expect_uniform(spec, 3, 0, 0, 400 * ms);
  expect_uniform(spec, 4, 0, 0, 500 * ms);
}

TEST(Backoff, EqualJitterKeepsHalf) {
  const BackoffSpec spec{.kind = Kind::equal_jitter, .base = 100 * ms, .max = 500 * ms};
  expect_uniform(spec, 1, 0, 50 * ms, 100 * ms);
  expect_uniform(spec, 2, 0, 100 * ms, 200 * ms);
  expect_uniform(spec, 4, 0, 250 * ms, 500 * ms);
}

TEST(Backoff, DecorrelatedJitterGoesOnFromThePreviousOne) {
  const BackoffSpec spec{.kind = Kind::decorrelated, .base = 100 * ms, .max = 60'000 * ms};
  expect_uniform(spec, 1, 0, 100 * ms, 300 * ms);
  expect_uniform(spec, 2, 200 * ms, 100 * ms, 600 * ms);
  const BackoffSpec low{.kind = Kind::decorrelated, .base = 100 * ms, .max = 400 * ms};
  policies::Draws draws(3);
  int at_limit = 0;
  for (int i = 0; i < 5'000; ++i) {
    const sim::Time d = policies::delay(low, 5, 400 * ms, draws.bits());
    EXPECT_GE(d, 100 * ms);
    EXPECT_LE(d, 400 * ms);
    at_limit += d == 400 * ms ? 1 : 0;
  }
  EXPECT_NEAR(at_limit / 5'000.0, 800.0 / 1'100, 4 * 0.0063);  // sqrt(p (1 - p) / n) = 0.0063
}

TEST(Backoff, NoIntervalOverflows) {
  for (const Kind kind : {Kind::exponential, Kind::envoy, Kind::grpc, Kind::full_jitter, Kind::equal_jitter, Kind::decorrelated}) {
    for (const sim::Time base : {sim::Time{0}, sim::Time{1}, policies::backoff_max}) {
      const BackoffSpec spec{.kind = kind, .base = base, .max = policies::backoff_max, .multiplier = 100};
      for (const std::uint32_t n : {1U, 41U, 42U, 63U, 64U, 0xffffffffU}) {
        const sim::Time d = policies::delay(spec, n, policies::backoff_max, ~std::uint64_t{0});
        EXPECT_GE(d, 0);
        EXPECT_LE(d, policies::backoff_max * 12 / 10);
      }
    }
  }
}

TEST(Backoff, SettingsOutOfRangeAreNotValid) {
  EXPECT_TRUE(BackoffSpec::envoy().valid());
  EXPECT_TRUE(BackoffSpec::exponential_of_resilience4j().valid());
  EXPECT_FALSE((BackoffSpec{.base = -1}.valid()));
  EXPECT_FALSE((BackoffSpec{.kind = Kind::envoy, .base = 2, .max = 1}.valid()));
  EXPECT_FALSE((BackoffSpec{.max = policies::backoff_max + 1}.valid()));
  EXPECT_FALSE((BackoffSpec{.multiplier = 0.9}.valid()));
  EXPECT_FALSE((BackoffSpec{.randomisation = 1.1}.valid()));
  EXPECT_FALSE((BackoffSpec{.jitter_low = 1.3}.valid()));
  EXPECT_FALSE((BackoffSpec{.jitter_high = 2.1}.valid()));
}

}  // namespace
