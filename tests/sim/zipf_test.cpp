// Ranks come as often as Zipf's law says.

#include "sim/zipf.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "sim/random.h"

namespace {

std::uint64_t bits(std::uint64_t n) {
  return sim::draw(1, 7, sim::Purpose::load, n);
}

TEST(Zipf, RanksComeAsOftenAsTheLawSays) {
  constexpr std::uint64_t draws = 100'000;
  for (const double s : {0.0, 0.5, 0.8, 1.0, 1.2, 3.0}) {
    for (const std::uint64_t n : {1U, 2U, 10U, 300U}) {
      const sim::Zipf zipf(n, s);
      std::vector<double> seen(n + 1, 0);
      for (std::uint64_t i = 0; i < draws; ++i) {
        const std::uint64_t rank = zipf.sample(bits(i));
        ASSERT_TRUE(rank >= 1 && rank <= n);
        ++seen[rank];
      }
      double sum = 0;
      for (std::uint64_t k = 1; k <= n; ++k) sum += std::pow(static_cast<double>(k), -s);
      // Chi-square; ranks that are expected less than ten times are one.
      double chi = 0, rest_seen = 0, rest_expected = 0, free = -1;
      for (std::uint64_t k = 1; k <= n; ++k) {
        const double expected = static_cast<double>(draws) * std::pow(static_cast<double>(k), -s) / sum;
        if (expected < 10) {
          rest_seen += seen[k];
          rest_expected += expected;
          continue;
        }
        chi += (seen[k] - expected) * (seen[k] - expected) / expected;
        ++free;
      }
      if (rest_expected > 0) {
        chi += (rest_seen - rest_expected) * (rest_seen - rest_expected) / rest_expected;
        ++free;
      }
      if (free < 1) continue;
      // Its quantile at 1 - 10^-4 by Wilson and Hilferty.
      const double z = 3.719, w = 2 / (9 * free);
      EXPECT_LT(chi, free * std::pow(1 - w + z * std::sqrt(w), 3)) << "n " << n << ", s " << s;
    }
  }
}

TEST(Zipf, ABillionKeysNeedNoTable) {
  const sim::Zipf zipf(1'000'000'000, 1);
  std::uint64_t first = 0;
  constexpr std::uint64_t draws = 200'000;
  for (std::uint64_t i = 0; i < draws; ++i) {
    const std::uint64_t rank = zipf.sample(bits(i));
    ASSERT_TRUE(rank >= 1 && rank <= 1'000'000'000);
    first += rank == 1 ? 1 : 0;
  }
  const double p = 1 / (std::log(1e9) + 0.577216);  // the harmonic number
  EXPECT_NEAR(static_cast<double>(first) / draws, p, 4 * std::sqrt(p / draws));
}

TEST(Zipf, IsTheSameEverywhere) {
  std::uint64_t sum = 0;
  const sim::Zipf zipf(100'000, 0.9);
  for (std::uint64_t i = 0; i < 1'000; ++i) sum = sum * 31 + zipf.sample(bits(i));
  EXPECT_EQ(sum, 10934313384450502084ULL);
}

}  // namespace
