// Each rule step by step, from the formulas of its source.

#include "policies/concurrency.h"

#include <gtest/gtest.h>

#include <cmath>

#include "policies/draws.h"

namespace {

using policies::AimdSpec;
using policies::ConcurrencyLimit;
using policies::ConcurrencySpec;
using policies::EnvoyGradientSpec;
using policies::FixedLimit;
using policies::Gradient2Spec;
using policies::RttSample;
using policies::VegasSpec;
constexpr sim::Time ms = sim::millisecond;
constexpr sim::Time second = sim::second;

/// A limit that is told samples all at one time.
struct Limit {
  explicit Limit(const ConcurrencySpec& s) : spec(s), limit(s, 0) {}
  std::uint32_t after(sim::Time rtt, std::uint32_t in_flight, bool dropped = false) {
    limit.sample(spec, 0, {rtt, in_flight, dropped}, 0);
    return limit.limit(spec, 0);
  }
  ConcurrencySpec spec;
  ConcurrencyLimit limit;
};

TEST(FixedLimit, Stays) {
  Limit limit(FixedLimit{7});
  EXPECT_EQ(limit.after(ms, 7), 7U);
  EXPECT_EQ(limit.after(100 * second, 7, true), 7U);
}

TEST(Aimd, OneMoreForASuccessWhenHalfIsUsed) {
  Limit limit(AimdSpec{});
  EXPECT_EQ(limit.after(ms, 9), 20U);
  EXPECT_EQ(limit.after(ms, 10), 21U);
  EXPECT_EQ(limit.after(ms, 10), 21U);
  EXPECT_EQ(limit.after(ms, 11), 22U);
}

TEST(Aimd, ATenthLessForADropOrAfterFiveSeconds) {
  Limit limit(AimdSpec{.initial = 100});
  EXPECT_EQ(limit.after(ms, 100, true), 90U);
  EXPECT_EQ(limit.after(5 * second + 1, 100), 81U);
  EXPECT_EQ(limit.after(ms, 1, true), 72U) << "72.9, rounded down";
  EXPECT_EQ(limit.after(5 * second, 72), 73U);
}

TEST(Aimd, StaysBetween20And200) {
  Limit limit(AimdSpec{});
  EXPECT_EQ(limit.after(ms, 20, true), 20U);
  for (int i = 0; i < 500; ++i) limit.after(ms, 500);
  EXPECT_EQ(limit.after(ms, 500), 200U);
}

/// Vegas that knows a least rtt of 1 s, with a limit of `initial`.
Limit vegas(std::uint32_t initial, VegasSpec spec = {}) {
  spec.initial = initial;
  Limit limit(spec);
  EXPECT_EQ(limit.after(1'000 * ms, initial), initial) << "the first sample is the least rtt";
  return limit;
}

TEST(Vegas, GrowsByBetaWithoutAQueue) {
  EXPECT_EQ(vegas(20).after(1'000 * ms, 20), 26U) << "queue 0";
  EXPECT_EQ(vegas(20).after(1'052 * ms, 20), 26U) << "queue ceil(0.99) = 1 = log10 20";
  EXPECT_EQ(vegas(100).after(1'000 * ms, 100), 112U) << "6 log10 100";
}

TEST(Vegas, GrowsByALogarithmBelowAlpha) {
  EXPECT_EQ(vegas(20).after(1'100 * ms, 20), 21U) << "queue ceil(1.8) = 2 < 3";
  EXPECT_EQ(vegas(100).after(1'050 * ms, 100), 102U) << "queue 5 < 6";
}

TEST(Vegas, StaysBetweenAlphaAndBeta) {
  EXPECT_EQ(vegas(20).after(1'170 * ms, 20), 20U) << "queue ceil(2.9) = 3 = alpha";
  EXPECT_EQ(vegas(20).after(1'400 * ms, 20), 20U) << "queue ceil(5.7) = 6 = beta";
}

TEST(Vegas, ShrinksAboveBetaAndForADrop) {
  EXPECT_EQ(vegas(20).after(1'450 * ms, 20), 19U) << "queue ceil(6.2) = 7";
  EXPECT_EQ(vegas(20).after(1'000 * ms, 1, true), 19U);
  EXPECT_EQ(vegas(1'000).after(3'000 * ms, 1'000), 997U) << "log10 1,000 is 3, exactly";
  EXPECT_EQ(vegas(999).after(3'000 * ms, 999), 997U);
}

TEST(Vegas, DoesNotGrowWhileLessThanHalfIsUsed) {
  EXPECT_EQ(vegas(20).after(1'000 * ms, 9), 20U);
  EXPECT_EQ(vegas(20).after(1'000 * ms, 10), 26U);
}

TEST(Vegas, StaysBetweenOneAndItsLimit) {
  EXPECT_EQ(vegas(998).after(1'000 * ms, 998), 1'000U);
  EXPECT_EQ(vegas(1).after(1'000 * ms, 1, true), 1U);
}

TEST(Vegas, SmoothingTakesAShareOfTheNewLimit) {
  EXPECT_EQ(vegas(20, {.smoothing = 0.5}).after(1'000 * ms, 20), 23U);
}

TEST(Vegas, ASmallerRttIsTheLeastFromThenOn) {
  Limit limit = vegas(20);
  EXPECT_EQ(limit.after(500 * ms, 20), 20U);
  EXPECT_EQ(limit.after(1'000 * ms, 20), 19U) << "queue 20 (1 - 0.5) = 10 > 6";
}

TEST(Vegas, MeasuresTheLeastRttAnew) {
  // At rtts within the sweet spot the limit stays 20: probe after 0.75 * 30 * 20 = 450 samples, of which vegas() was the first.
  Limit limit = vegas(20);
  for (int i = 2; i <= 449; ++i) ASSERT_EQ(limit.after(1'200 * ms, 20), 20U);
  EXPECT_EQ(limit.after(1'200 * ms, 20), 20U) << "sample 450 becomes the least rtt";
  EXPECT_EQ(limit.after(1'200 * ms, 20), 26U) << "so there is no queue";
  // Random bits 0 make the next share 0.5: after 0.5 * 30 * 26 = 390 samples at a limit of 26, the one above included.
  for (int i = 2; i <= 389; ++i) ASSERT_EQ(limit.after(1'400 * ms, 26), 26U) << i;  // queue ceil(3.7) = 4
  EXPECT_EQ(limit.after(1'400 * ms, 26), 26U);
  EXPECT_EQ(limit.after(1'400 * ms, 26), 32U);
}

TEST(Gradient2, GrowsByItsQueueWhileRttsAreSteady) {
  Limit limit(Gradient2Spec{});
  EXPECT_EQ(limit.after(100 * ms, 20), 20U) << "20 * 0.8 + 24 * 0.2 = 20.8";
  EXPECT_EQ(limit.after(100 * ms, 20), 21U) << "21.6";
  EXPECT_EQ(limit.after(100 * ms, 20), 22U) << "22.4";
}

TEST(Gradient2, DoesNotGrowWhileLessThanHalfIsUsed) {
  Limit limit(Gradient2Spec{});
  for (int i = 0; i < 100; ++i) EXPECT_EQ(limit.after(100 * ms, 9), 20U);
}

TEST(Gradient2, ToleratesRttsUpToOneAndAHalf) {
  Limit limit(Gradient2Spec{.initial = 100});
  for (int i = 0; i < 1'000; ++i) limit.after(100 * ms, 1);
  // The long-term rtt of 100 ms has moved by 2/601 of the difference, at most, when the gradient is taken.
  Limit within = limit;
  EXPECT_EQ(within.after(150 * ms, 100), 100U) << "gradient 1: 100.8";
  Limit beyond = limit;
  EXPECT_EQ(beyond.after(200 * ms, 100), 95U) << "100 * 0.8 + (100 * 1.5 * 100.33 / 200 + 4) * 0.2 = 95.85";
  Limit far = limit;
  EXPECT_EQ(far.after(1'000 * ms, 100), 90U) << "gradient 0.5: 90.8";
  Limit strict(Gradient2Spec{.initial = 100, .tolerance = 1});
  for (int i = 0; i < 1'000; ++i) strict.after(100 * ms, 1);
  EXPECT_EQ(strict.after(150 * ms, 100), 94U) << "80 + (100 * 100.17 / 150 + 4) * 0.2 = 94.16";
}

TEST(Gradient2, StaysBetween20And200) {
  Limit limit(Gradient2Spec{});
  for (int i = 0; i < 2'000; ++i) limit.after(100 * ms, 500);
  EXPECT_EQ(limit.after(100 * ms, 500), 200U);
  Limit low(Gradient2Spec{});
  for (int i = 0; i < 100; ++i) low.after(100 * ms, 1);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(low.after(10'000 * ms, 30), 20U);
}

TEST(Gradient2, TheFirstTenAreAMeanThenTheyAreForgottenSlowly) {
  // 5 of 100 ms and 5 of 300 ms: 200 ms. The eleventh of 400 ms: 200 + 2/601 * 200 = 200.666 ms; gradient 1.5 * that / 400 = 0.75250.
  Limit limit(Gradient2Spec{.initial = 100, .max = 1'000});
  for (int i = 0; i < 5; ++i) limit.after(100 * ms, 1);
  for (int i = 0; i < 5; ++i) limit.after(300 * ms, 1);
  EXPECT_EQ(limit.after(400 * ms, 100), 95U) << "80 + (75.25 + 4) * 0.2 = 95.85";
  // A second one: long-term 201.33 ms, from 95.85: gradient 0.755.
  const double second_step = 95.85 * 0.8 + (95.85 * 1.5 * 201.33 / 400 + 4) * 0.2;
  EXPECT_EQ(limit.after(400 * ms, 100), static_cast<std::uint32_t>(second_step));
}

TEST(Gradient2, TheLongTermRttFallsWhenItIsTwiceTheRtt) {
  // After 1,000 ms for long, 100 ms: it falls by a tenth a sample besides the smoothing, to below twice in log(5) / log(1 / 0.9) = 15
  // samples or so. Then 180 ms are more than 1.5 times the long-term rtt only if it fell.
  Limit limit(Gradient2Spec{.initial = 100, .tolerance = 1});
  for (int i = 0; i < 100; ++i) limit.after(1'000 * ms, 1);
  for (int i = 0; i < 20; ++i) limit.after(100 * ms, 1);
  EXPECT_LT(limit.after(400 * ms, 100), 92U) << "gradient 0.5: 90.8";
}

const EnvoyGradientSpec envoy;

/// One whose min rtt is 100 ms, measured at `at`, which had a limit of 3.
ConcurrencyLimit measured(sim::Time at, sim::Time rtt = 100 * ms) {
  ConcurrencyLimit limit(envoy, 0);
  for (int i = 0; i < 50; ++i) limit.sample(envoy, at, {rtt, 3, false}, 0);
  return limit;
}

TEST(EnvoyGradient, PinsTheLimitWhileItMeasuresFiftyRequests) {
  ConcurrencyLimit limit(envoy, 0);
  EXPECT_EQ(limit.limit(envoy, 0), 3U);
  for (int i = 0; i < 49; ++i) limit.sample(envoy, second + i, {100 * ms, 3, false}, 0);
  EXPECT_EQ(limit.limit(envoy, 30 * second), 3U) << "no window ends while it measures";
  limit.sample(envoy, 30 * second, {100 * ms, 3, false}, 0);
  limit.sample(envoy, 30 * second + 1, {100 * ms, 3, false}, 0);
  EXPECT_EQ(limit.limit(envoy, 30 * second + 100 * ms - 1), 3U);
  EXPECT_EQ(limit.limit(envoy, 30 * second + 100 * ms), 5U) << "gradient 1.25: 3.75 + sqrt(3.75) = 5.68";
}

TEST(EnvoyGradient, IsGradientTimesLimitAndTheRootOfThat) {
  ConcurrencyLimit limit = measured(second);
  sim::Time now = second;
  const auto window = [&](sim::Time rtt) {
    limit.sample(envoy, now + 1, {rtt, 3, false}, 0);
    return limit.limit(envoy, now += 100 * ms);
  };
  EXPECT_EQ(window(100 * ms), 5U);  // 3.75 + 1.94 = 5.69
  EXPECT_EQ(window(125 * ms), 7U);  // 5 + 2.24
  EXPECT_EQ(window(10 * ms), 17U);  // at most 2: 14 + 3.74
  EXPECT_EQ(window(9'000 * ms), 17U) << "sent before the measurement began: does not count";
  limit.sample(envoy, now + 1, {10 * ms, 3, true}, 0);
  EXPECT_EQ(limit.limit(envoy, now += 100 * ms), 17U) << "dropped ones do not count";
  EXPECT_EQ(window(250 * ms), 11U);  // 0.5: 8.5 + 2.92
  EXPECT_EQ(window(500 * ms), 7U);   // at least 0.5: 5.5 + 2.35
}

TEST(EnvoyGradient, TakesTheMedianOfItsWindow) {
  ConcurrencyLimit limit = measured(second);
  for (const sim::Time rtt : {50 * ms, 60 * ms, 125 * ms, 900 * ms, 990 * ms}) limit.sample(envoy, second + 1, {rtt, 3, false}, 0);
  EXPECT_EQ(limit.limit(envoy, second + 100 * ms), 4U);  // gradient 1: 3 + 1.73
}

TEST(EnvoyGradient, StaysBelowItsMaximum) {
  ConcurrencyLimit limit = measured(second);
  sim::Time now = second;
  for (int i = 0; i < 30; ++i) {
    limit.sample(envoy, now + 1, {10 * ms, 3, false}, 0);
    limit.limit(envoy, now += 100 * ms);
  }
  EXPECT_EQ(limit.limit(envoy, now), 1'000U);
}

TEST(EnvoyGradient, AWindowWithoutSamplesChangesNothing) {
  ConcurrencyLimit limit = measured(second);
  limit.sample(envoy, second + 1, {100 * ms, 3, false}, 0);
  EXPECT_EQ(limit.limit(envoy, 2 * second), 5U);
  EXPECT_EQ(limit.limit(envoy, 50 * second), 5U);
}

TEST(EnvoyGradient, MeasuresAnewEveryMinuteAndAShareOfIt) {
  for (const double share : {0.0, 0.5}) {
    ConcurrencyLimit limit(envoy, 0);
    const std::uint64_t random = sim::threshold(share);
    for (int i = 0; i < 50; ++i) limit.sample(envoy, second, {100 * ms, 3, false}, random);
    limit.sample(envoy, second + 1, {100 * ms, 3, false}, 0);
    const sim::Time due = second + 60 * second + static_cast<sim::Time>(share * 9 * second);  // 15 % of 60 s
    EXPECT_EQ(limit.limit(envoy, due - 1), 5U);
    EXPECT_EQ(limit.limit(envoy, due), 3U);
    limit.sample(envoy, due + 10 * ms, {20 * ms, 3, false}, 0);  // sent before
    for (int i = 0; i < 49; ++i) limit.sample(envoy, due + 200 * ms, {200 * ms, 3, false}, 0);
    EXPECT_EQ(limit.limit(envoy, due + 200 * ms), 3U);
    limit.sample(envoy, due + 200 * ms, {200 * ms, 3, false}, 0);
    EXPECT_EQ(limit.limit(envoy, due + 200 * ms), 5U) << "as before it measured";
    limit.sample(envoy, due + 250 * ms, {250 * ms, 3, false}, 0);
    EXPECT_EQ(limit.limit(envoy, due + 300 * ms), 7U) << "min rtt is 200 ms now: gradient 1, 5 + 2.24";
  }
}

TEST(EnvoyGradient, MeasuresAnewAfterFiveWindowsAtTheMinimum) {
  ConcurrencyLimit limit = measured(second, 10 * ms);
  sim::Time now = second;
  const auto window = [&](sim::Time rtt) {
    limit.sample(envoy, now + 1, {rtt, 3, false}, 0);
    now += 100 * ms;
    return limit.limit(envoy, now);
  };
  for (int i = 0; i < 4; ++i) EXPECT_EQ(window(25 * ms), 3U);  // gradient 0.5: 1.5 + 1.22, at least 3
  ConcurrencyLimit other = limit;
  EXPECT_EQ(window(25 * ms), 3U);
  // It measures: 50 requests of 25 ms set the min rtt, and the limit grows again.
  for (int i = 0; i < 50; ++i) limit.sample(envoy, now + 25 * ms, {25 * ms, 3, false}, 0);
  now += 25 * ms;
  EXPECT_EQ(window(25 * ms), 5U) << "gradient 1.25";
  // After four windows it does not: a fast window is one like others.
  other.sample(envoy, second + 410 * ms, {10 * ms, 3, false}, 0);
  EXPECT_EQ(other.limit(envoy, second + 500 * ms), 5U);
}

TEST(ConcurrencyLimit, CopiesGoOnIdentically) {
  for (const ConcurrencySpec& spec : {ConcurrencySpec(FixedLimit{9}), ConcurrencySpec(AimdSpec{}), ConcurrencySpec(VegasSpec{}),
                                      ConcurrencySpec(Gradient2Spec{}), ConcurrencySpec(EnvoyGradientSpec{.min_rtt_interval = second})}) {
    policies::Draws draws(6);
    ConcurrencyLimit a(spec, 0);
    sim::Time now = 0;
    std::uint32_t least = 1'000'000, most = 0;
    for (int i = 0; i < 5'000; ++i) {
      ConcurrencyLimit b = a;
      now += static_cast<sim::Time>(draws.below(10)) * ms;
      const RttSample sample{static_cast<sim::Time>(1 + draws.below(100)) * ms, static_cast<std::uint32_t>(draws.below(100)),
                             draws.chance(0.05)};
      const std::uint64_t random = draws.bits();
      a.sample(spec, now, sample, random);
      b.sample(spec, now, sample, random);
      ASSERT_EQ(a.limit(spec, now), b.limit(spec, now));
      ASSERT_EQ(a.limit(spec, now), a.limit(spec, now));
      if (i % 7 == 0) a = b;
      least = std::min(least, a.limit(spec, now));
      most = std::max(most, a.limit(spec, now));
    }
    EXPECT_EQ(least < most, !std::holds_alternative<FixedLimit>(spec));
  }
}

TEST(ConcurrencyShares, GuaranteeTheirShareAndLendTheRest) {
  // Live 0.9, batch 0.1 of 10.
  EXPECT_TRUE(policies::admits(10, 9, 0.1, 9)) << "nobody else is there";
  EXPECT_FALSE(policies::admits(10, 10, 0.1, 1)) << "batch has its share";
  EXPECT_TRUE(policies::admits(10, 10, 0.1, 0));
  EXPECT_TRUE(policies::admits(10, 10, 0.9, 8));
  EXPECT_FALSE(policies::admits(10, 10, 0.9, 9));
  EXPECT_TRUE(policies::admits(10, 10, 0.01, 0)) << "one at least";
  EXPECT_TRUE(policies::admits(15, 15, 0.1, 1)) << "1.5 is 2";
  EXPECT_FALSE(policies::admits(15, 15, 0.1, 2));
}

TEST(ConcurrencyLimit, SettingsOutOfRangeAreNotValid) {
  for (const ConcurrencySpec& spec : {ConcurrencySpec(FixedLimit{}), ConcurrencySpec(AimdSpec{}), ConcurrencySpec(VegasSpec{}),
                                      ConcurrencySpec(Gradient2Spec{}), ConcurrencySpec(EnvoyGradientSpec{})})
    EXPECT_TRUE(policies::valid(spec));
  for (const ConcurrencySpec& spec :
       {ConcurrencySpec(FixedLimit{0}), ConcurrencySpec(FixedLimit{1'000'001}), ConcurrencySpec(AimdSpec{.initial = 19}),
        ConcurrencySpec(AimdSpec{.initial = 201}), ConcurrencySpec(AimdSpec{.backoff = 1}), ConcurrencySpec(VegasSpec{.initial = 0}),
        ConcurrencySpec(VegasSpec{.smoothing = 0}), ConcurrencySpec(VegasSpec{.probe_multiplier = 0}),
        ConcurrencySpec(Gradient2Spec{.tolerance = 0.9}), ConcurrencySpec(Gradient2Spec{.long_window = 0}),
        ConcurrencySpec(Gradient2Spec{.smoothing = 1.1}), ConcurrencySpec(EnvoyGradientSpec{.update_interval = 0}),
        ConcurrencySpec(EnvoyGradientSpec{.jitter = 1.1}), ConcurrencySpec(EnvoyGradientSpec{.quantile = 1}),
        ConcurrencySpec(EnvoyGradientSpec{.min_concurrency = 0}), ConcurrencySpec(EnvoyGradientSpec{.max = 2})})
    EXPECT_FALSE(policies::valid(spec));
}

}  // namespace
