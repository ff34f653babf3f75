#include "sim/random.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "sim/fingerprint.h"

namespace {

using sim::Purpose;

TEST(Random, IsAFunctionOfSeedEntityPurposeAndNumber) {
  const std::uint64_t x = sim::draw(1, 2, Purpose::routing, 3);
  EXPECT_EQ(x, sim::draw(1, 2, Purpose::routing, 3));
  EXPECT_NE(x, sim::draw(2, 2, Purpose::routing, 3));
  EXPECT_NE(x, sim::draw(1, 3, Purpose::routing, 3));
  EXPECT_NE(x, sim::draw(1, 2, Purpose::service_time, 3));
  EXPECT_NE(x, sim::draw(1, 2, Purpose::routing, 4));
}

/// Chi-square of 256 cells over 2^20 draws: mean 255, standard deviation 22.6. Tried along each of the arguments; five deviations are
/// allowed.
TEST(Random, EveryByteIsUniformAlongEveryArgument) {
  constexpr int draws = 1 << 20;
  for (int argument = 0; argument < 3; ++argument) {
    for (const int byte : {0, 3, 7}) {
      std::array<double, 256> cells{};
      for (std::uint64_t i = 0; i < draws; ++i) {
        const std::uint64_t r = sim::draw(argument == 0 ? i : 1, argument == 1 ? i : 7, Purpose::load, argument == 2 ? i : 5);
        ++cells[(r >> (8 * byte)) & 0xff];
      }
      double chi = 0;
      for (const double n : cells) chi += (n - draws / 256.0) * (n - draws / 256.0) / (draws / 256.0);
      EXPECT_NEAR(chi, 255, 5 * 22.6) << "argument " << argument << ", byte " << byte;
    }
  }
}

/// Neighbouring entities must not be correlated: the correlation of n independent pairs has standard deviation 1 / sqrt(n).
TEST(Random, StreamsOfNeighboursAreIndependent) {
  constexpr int n = 1 << 18;
  double sum = 0;
  for (std::uint64_t i = 0; i < n; ++i) {
    const double a = sim::unit(sim::draw(1, 10, Purpose::load, i)) - 0.5;
    const double b = sim::unit(sim::draw(1, 11, Purpose::load, i)) - 0.5;
    sum += a * b * 12;
  }
  EXPECT_LT(std::abs(sum / n), 5 / std::sqrt(n));
}

TEST(Random, TheUnitIsHalfOpenAndExact) {
  EXPECT_EQ(sim::unit(0), 0);
  EXPECT_EQ(sim::unit(0x7ff), 0) << "the lower 11 bits do not count";
  EXPECT_EQ(sim::unit(0x800), 0x1p-53);
  EXPECT_EQ(sim::unit(std::uint64_t{1} << 63), 0.5);
  EXPECT_LT(sim::unit(~std::uint64_t{0}), 1);
  EXPECT_EQ(sim::unit(~std::uint64_t{0}) + 0x1p-53, 1) << "one step below 1";
}

TEST(Random, ThresholdsAreTheirChances) {
  EXPECT_EQ(sim::threshold(0), 0U);
  EXPECT_EQ(sim::threshold(1), ~std::uint64_t{0});
  EXPECT_EQ(sim::threshold(0.5), std::uint64_t{1} << 63);
}

TEST(Fingerprint, DependsOnOrder) {
  sim::Fingerprint a, b;
  a.add(1, 2, 0);
  a.add(3, 4, 0);
  b.add(3, 4, 0);
  b.add(1, 2, 0);
  EXPECT_NE(a.value(), b.value());
}

}  // namespace
