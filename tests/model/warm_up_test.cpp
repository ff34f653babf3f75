#include "model/warm_up.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "sim/math.h"
#include "sim/random.h"

namespace {

/// Noise of standard deviation 1 around 10, and a start that is off by `off` and forgets it within `steps` by a factor e each.
std::vector<double> series(std::size_t n, double off, double steps, std::uint64_t seed) {
  std::vector<double> result;
  for (std::size_t i = 0; i < n; ++i) {
    const double p = (static_cast<double>(sim::draw(seed, 0, sim::Purpose::load, i) >> 12) + 0.5) * 0x1p-52;
    result.push_back(10 + sim::normal_quantile(p) + off * sim::exp(-static_cast<double>(i) / steps));
  }
  return result;
}

TEST(Mser, CutsAKnownTransient) {
  // Off by 8 at first, by 1 (one standard deviation) after 100 ln 8 = 208 steps. Where what is left of the transient weighs as much as the
  // certainty that more observations give lies between there and where a mean of five no longer shows it (1 / sqrt(5) / 10: 519 steps).
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    const model::WarmUp found = model::mser(series(2'000, -8, 100, seed));
    EXPECT_TRUE(found.over);
    EXPECT_GE(found.length, 208U) << seed;
    EXPECT_LE(found.length, 519U) << seed;
    EXPECT_EQ(found.length % model::mser_group, 0U);
  }
}

TEST(Mser, LeavesASteadySeriesAlmostWhole) {
  double left_out = 0;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    const model::WarmUp found = model::mser(series(2'000, 0, 1, seed));
    EXPECT_TRUE(found.over);
    left_out += static_cast<double>(found.length) / 2'000 / 50;
  }
  EXPECT_LT(left_out, 0.02);
}

TEST(Mser, ACrowdNearTheBeginningIsNoStart) {
  std::vector<double> crowd(40, 1.0);
  for (std::size_t i = 0; i < 40; i += 2) crowd[i] = 1.5;
  for (std::size_t i = 4; i < 12; ++i) crowd[i] = 9;
  EXPECT_EQ(model::mser(crowd, 1).length, 0U);
  EXPECT_TRUE(model::mser(crowd, 1).over);
  for (std::size_t i = 0; i < 4; ++i) crowd[i] = 12;  // but what falls from the beginning on is
  EXPECT_EQ(model::mser(crowd, 1).length, 12U);
}

TEST(Mser, FindsTheExactCutOfAStep) {
  std::vector<double> step(40, 1.0);
  for (std::size_t i = 0; i < 7; ++i) step[i] = 0;
  for (std::size_t i = 7; i < 40; i += 2) step[i] = 1.5;
  EXPECT_EQ(model::mser(step, 1).length, 7U);
  EXPECT_TRUE(model::mser(step, 1).over);
}

TEST(Mser, SaysWhenThereIsNoEnd) {
  std::vector<double> growing;
  for (int i = 0; i < 40; ++i) growing.push_back(i);
  const model::WarmUp found = model::mser(growing, 1);
  EXPECT_FALSE(found.over);
  EXPECT_EQ(found.length, 20U);
  EXPECT_FALSE(model::mser(std::vector<double>(9, 1.0), 1).over);
  EXPECT_EQ(model::mser(std::vector<double>(9, 1.0), 1).length, 0U);
  EXPECT_TRUE(model::mser(std::vector<double>(10, 1.0), 1).over);
  EXPECT_EQ(model::mser(std::vector<double>(10, 1.0), 1).length, 0U);
  EXPECT_FALSE(model::mser(std::vector<double>(49, 1.0)).over);
  EXPECT_TRUE(model::mser(std::vector<double>(50, 1.0)).over);
  EXPECT_FALSE(model::mser({}).over);
}

}  // namespace
