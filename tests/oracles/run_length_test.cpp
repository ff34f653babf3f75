// How long a run has to be: Whitt's formula for M/M/1, and that the engine's runs vary by as much as it says.

#include <cmath>

#include "oracles/measured.h"
#include "oracles/theory.h"
#include "sim/math.h"

namespace {

TEST(RunLength, AsPublished) {
  struct Row {
    double rho, arrivals;
  };
  for (const Row& row : {Row{.5, 4.6e5}, Row{.8, 3.5e6}, Row{.9, 1.5e7}, Row{.95, 6.0e7}}) {
    EXPECT_NEAR(theory::run_length(row.rho, .01) / row.arrivals, 1, .03);
    EXPECT_NEAR(theory::run_length(row.rho, .02) * 4, theory::run_length(row.rho, .01), 1);
    EXPECT_NEAR(theory::half_width(row.rho, theory::run_length(row.rho, .02)), .02, 1e-9);
  }
  EXPECT_NEAR(theory::half_width(.8, 216'000), .04, 5e-5);
}

/// Quantile of chi squared / degrees of freedom (Wilson and Hilferty 1931).
double chi_squared(double p, double freedom) {
  const double part = 2 / (9 * freedom);
  const double root = 1 - part + sim::normal_quantile(p) * std::sqrt(part);
  return root * root * root;
}

TEST(RunLength, RunsVaryAsMuchAsTheFormulaSays) {
  const theory::MMc queue{1, .8};
  const double arrivals = 54'000, runs = 60;
  const sim::Time length = sim::from_ms(arrivals / queue.rate() * 1000), warm_up = 2 * sim::second;
  double sum = 0, squares = 0;
  for (int run = 0; run < static_cast<int>(runs); ++run) {
    model::World world(oracle::asked({oracle::queue("queue", 1)}, queue.rate(), static_cast<std::uint64_t>(run) + 1));
    const auto integral = [&world] { return worlds::cells_of(world, "queue").in_flight.integral(world.now()); };
    world.run_until(warm_up);
    const std::uint64_t before = integral();
    world.run_until(warm_up + length);
    const double number = static_cast<double>(integral() - before) / static_cast<double>(length);
    sum += number;
    squares += number * number;
  }
  const double mean = sum / runs, variance = (squares - runs * mean * mean) / (runs - 1);
  const double truth = .8 / (1 - .8), error = theory::half_width(.8, arrivals) / 1.96 * truth;
  EXPECT_NEAR(mean, truth, 3.89 * error / std::sqrt(runs) + oracle::table * truth);
  const double ratio = variance / (error * error), wrong = (1 - oracle::confidence) / 2;
  EXPECT_GT(ratio, chi_squared(wrong, runs - 1));
  EXPECT_LT(ratio, chi_squared(1 - wrong, runs - 1));
}

}  // namespace
