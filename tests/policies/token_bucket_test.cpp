#include "policies/token_bucket.h"

#include <gtest/gtest.h>

#include <vector>

#include "policies/draws.h"

namespace {

using policies::TokenBucket;
using policies::TokenBucketSpec;
constexpr sim::Time ms = sim::millisecond;

TEST(TokenBucket, StartsFullAndRefillsAtItsRate) {
  const TokenBucketSpec spec{.rate = 10, .burst = 3};
  TokenBucket bucket(spec);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(bucket.take(spec, 0));
  EXPECT_FALSE(bucket.take(spec, 0));
  EXPECT_FALSE(bucket.take(spec, 100 * ms - 1));
  EXPECT_TRUE(bucket.take(spec, 100 * ms));
  EXPECT_FALSE(bucket.take(spec, 199 * ms));
  EXPECT_TRUE(bucket.take(spec, 250 * ms));
  EXPECT_TRUE(bucket.take(spec, 300 * ms)) << "the half that was left over is kept";
  EXPECT_FALSE(bucket.take(spec, 300 * ms));
}

TEST(TokenBucket, HoldsNoMoreThanItsBurst) {
  const TokenBucketSpec spec{.rate = 1e9, .burst = 5};
  TokenBucket bucket(spec);
  for (const sim::Time now : {sim::Time{0}, 1'000 * sim::second, std::int64_t{1} << 62}) {
    for (int i = 0; i < 5; ++i) EXPECT_TRUE(bucket.take(spec, now));
    EXPECT_FALSE(bucket.take(spec, now));
  }
}

TEST(TokenBucket, SeveralAtOnceOrNone) {
  const TokenBucketSpec spec{.rate = 1, .burst = 5};
  TokenBucket bucket(spec);
  EXPECT_TRUE(bucket.take(spec, 0, 3));
  EXPECT_FALSE(bucket.take(spec, 0, 3));
  EXPECT_TRUE(bucket.take(spec, 0, 2));
}

TEST(TokenBucket, SaysWhenThereWillBeOne) {
  for (const double rate : {0.001, 0.3, 1.0, 3.0, 7.7, 333'333.0, 1e9}) {
    const TokenBucketSpec spec{.rate = rate, .burst = 2};
    TokenBucket bucket(spec);
    EXPECT_EQ(bucket.available_at(spec, 5), 5);
    bucket.take(spec, 0, 2);
    sim::Time at = 0;
    for (int i = 0; i < 100; ++i) {
      at = bucket.available_at(spec, at);
      TokenBucket before = bucket;
      EXPECT_FALSE(before.take(spec, at - 1)) << rate;
      ASSERT_TRUE(bucket.take(spec, at)) << rate;
    }
    // A hundred tokens at the rate, each rounded up to the next ns.
    EXPECT_GE(sim::to_seconds(at), 100 / rate - 1e-12);
    EXPECT_LE(sim::to_seconds(at), 100 / rate + 101e-9);
  }
}

/// Oracle: between any two times at most burst + rate t are accepted. Checked for every pair of accepted tokens.
TEST(TokenBucket, NeverAcceptsMoreThanBurstAndRate) {
  for (const double rate : {0.7, 10.0, 1'234.5}) {
    for (const std::uint32_t burst : {1U, 7U, 100U}) {
      const TokenBucketSpec spec{.rate = rate, .burst = burst};
      TokenBucket bucket(spec);
      policies::Draws draws(burst);
      std::vector<sim::Time> accepted;
      sim::Time now = 0;
      int refused = 0;
      for (int i = 0; i < 2'000; ++i) {
        // Crowds and pauses: three times as much as the rate allows, on average.
        if (draws.chance(0.1)) now += static_cast<sim::Time>(static_cast<double>(draws.below(1'000'000'000)) * 6.6 / rate);
        if (bucket.take(spec, now)) {
          accepted.push_back(now);
        } else {
          ++refused;
        }
      }
      ASSERT_GT(accepted.size(), burst);
      EXPECT_GT(refused, 0);
      for (std::size_t a = 0; a < accepted.size(); ++a) {
        for (std::size_t b = a; b < accepted.size(); ++b)
          ASSERT_LE(static_cast<double>(b - a + 1), burst + rate * sim::to_seconds(accepted[b] - accepted[a]) + 1e-6);
      }
    }
  }
}

TEST(TokenBucket, RefusalsDoNotSlowTheRefill) {
  const TokenBucketSpec spec{.rate = 0.37, .burst = 1};
  TokenBucket asked(spec), left_alone(spec);
  asked.take(spec, 0);
  left_alone.take(spec, 0);
  const sim::Time at = left_alone.available_at(spec, 1);
  for (sim::Time t = 1; t < 1'000'000; t += 3) asked.take(spec, t);
  EXPECT_FALSE(asked.take(spec, at - 1));
  EXPECT_TRUE(asked.take(spec, at));
}

TEST(TokenBucket, ACopyGoesOnIdentically) {
  const TokenBucketSpec spec{.rate = 100, .burst = 4};
  TokenBucket a(spec);
  for (int i = 0; i < 50; ++i) a.take(spec, i * 3 * ms);
  TokenBucket b = a;
  int taken = 0;
  for (int i = 50; i < 500; ++i) {
    const bool took = a.take(spec, i * 3 * ms);
    ASSERT_EQ(took, b.take(spec, i * 3 * ms));
    taken += took ? 1 : 0;
  }
  EXPECT_NEAR(taken, 450 * 0.3, 1);
}

TEST(TokenBucket, SettingsOutOfRangeAreNotValid) {
  EXPECT_TRUE((TokenBucketSpec{.rate = 1e9, .burst = 1'000'000}.valid()));
  EXPECT_TRUE((TokenBucketSpec{.rate = 0.001}.valid()));
  EXPECT_FALSE((TokenBucketSpec{.rate = 0.0009}.valid()));
  EXPECT_FALSE((TokenBucketSpec{.rate = 1.1e9}.valid()));
  EXPECT_FALSE((TokenBucketSpec{.burst = 0}.valid()));
  EXPECT_FALSE((TokenBucketSpec{.burst = 1'000'001}.valid()));
}

}  // namespace
