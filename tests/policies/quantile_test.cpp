// P-square against the sorted values themselves. The sample quantile of n values is off the true one by sqrt(p (1 - p) / n) / f, f the
// density there; P-square must be within four of those.

#include "policies/quantile.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "policies/draws.h"
#include "sim/math.h"

namespace {

using policies::Quantile;

TEST(Quantile, IsExactForUpToFiveValues) {
  const double values[] = {5, 1, 4, 2, 3};
  const double medians[] = {5, 1, 4, 2, 3};  // of the first n: ranks 1, 1, 2, 2, 3
  Quantile median;
  for (int n = 1; n <= 5; ++n) {
    median.add(0.5, values[n - 1]);
    EXPECT_EQ(median.value(0.5), medians[n - 1]) << n;
    EXPECT_EQ(median.count(), static_cast<std::uint32_t>(n));
  }
}

TEST(Quantile, IsExactForEqualValues) {
  Quantile median;
  for (int i = 0; i < 1'000; ++i) {
    median.add(0.5, 7);
    ASSERT_EQ(median.value(0.5), 7);
  }
}

TEST(Quantile, AgreesWithTheSortedValues) {
  for (const double p : {0.1, 0.5, 0.9}) {
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
      policies::Draws draws(seed);
      Quantile quantile;
      std::vector<double> values;
      const int n = 2'000;
      for (int i = 0; i < n; ++i) {
        values.push_back(-sim::log((static_cast<double>(draws.bits() >> 12) + 0.5) * 0x1p-52));  // exponential
        quantile.add(p, values.back());
      }
      std::nth_element(values.begin(), values.begin() + static_cast<long>(p * n), values.end());
      const double density = 1 - p;  // of the exponential distribution at its quantile
      EXPECT_NEAR(quantile.value(p), values[static_cast<std::size_t>(p * n)], 4 * std::sqrt(p * (1 - p) / n) / density) << p;
    }
  }
}

/// The example of the paper: 20 observations, whose median it puts at 4.44.
TEST(Quantile, IsThePapersExample) {
  Quantile median;
  for (const double x :
       {0.02, 0.15, 0.74, 3.39, 0.83, 22.37, 10.15, 15.43, 38.62, 15.92, 34.60, 10.28, 1.47, 0.40, 0.05, 11.39, 0.27, 0.42, 0.09, 11.37})
    median.add(0.5, x);
  EXPECT_NEAR(median.value(0.5), 4.44, 0.005);
}

static_assert(sizeof(Quantile) == 64);

}  // namespace
