#include "sim/math.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "sim/time.h"

namespace {

TEST(Math, LogAgreesWithTheStandardLibrary) {
  for (double x = 1e-12; x < 1e15; x *= 1.37) EXPECT_NEAR(sim::log(x), std::log(x), 4e-16 * std::max(1.0, std::abs(std::log(x)))) << x;
  EXPECT_EQ(sim::log(1.0), 0.0);
}

TEST(Math, ExpAgreesWithTheStandardLibrary) {
  for (double x = -50; x < 50; x += 0.173) EXPECT_NEAR(sim::exp(x) / std::exp(x), 1, 2e-15) << x;
  EXPECT_EQ(sim::exp(0.0), 1.0);
}

TEST(Time, MillisecondsAreRoundedAndEnd) {
  EXPECT_EQ(sim::from_ms(1.5), 1'500'000);
  EXPECT_EQ(sim::from_ms(-1e-6), -1);
  EXPECT_EQ(sim::from_ms(0.0000004), 0);
  EXPECT_EQ(sim::from_ms(9.2e12), 9'200'000'000'000'000'000);
  EXPECT_EQ(sim::from_ms(9.3e12), sim::never);
  EXPECT_EQ(sim::from_ms(-9.3e12), -sim::never);
  EXPECT_EQ(sim::from_ms(std::numeric_limits<double>::infinity()), sim::never);
}

// Quantiles of the standard normal distribution, to the digits of common tables.
TEST(Math, NormalQuantile) {
  EXPECT_DOUBLE_EQ(sim::normal_quantile(0.5), 0.0);
  EXPECT_NEAR(sim::normal_quantile(0.975), 1.959963984540054, 1e-12);
  EXPECT_NEAR(sim::normal_quantile(0.99), 2.326347874040841, 1e-12);
  EXPECT_NEAR(sim::normal_quantile(1e-9), -5.997807015007686, 1e-10);
  EXPECT_NEAR(sim::normal_quantile(0.025), -sim::normal_quantile(0.975), 1e-12);
  for (double p = 0.0001; p < 1; p += 0.0101) {
    const double x = sim::normal_quantile(p);
    EXPECT_NEAR(0.5 * std::erfc(-x / std::sqrt(2.0)), p, 1e-13) << p;
  }
}

}  // namespace
