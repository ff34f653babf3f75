// The engine against queueing theory. Tolerances are five times the standard error by Whitt's formula for M/M/1 (relative half-width at 95
// % of 1.96^2 * 2 (1 + rho) / ((1 - rho)^2 n)), which bounds that of queues with more servers.

#include <gtest/gtest.h>

#include <cmath>

#include "support/worlds.h"

namespace {

struct Queue {
  double rho;
  std::uint32_t servers;
  double wait_ms;  ///< mean wait, of services of 1 ms on average
};

class MMc : public testing::TestWithParam<Queue> {};

TEST_P(MMc, MeanWaitIsErlangs) {
  const Queue& q = GetParam();
  model::WorldSpec spec = worlds::small({worlds::service("queue", "store", 0, {}), worlds::service("users", "denominator", 0, {0})}, 7);
  spec.services[0].service_time.kind = model::DistributionSpec::Kind::exponential;
  spec.services[0].concurrency = q.servers;
  const double rate = 1000 * q.rho * q.servers;
  spec.services[1].requests_per_second = rate;
  model::World world(spec);
  const double arrivals = 1e6;
  world.run_until(static_cast<sim::Time>(arrivals / rate * 1e9));
  const model::CellCount queue = worlds::cells_of(world, "queue");
  const double mean_ms = queue.service.mean_ns() / 1e6;
  const double half_width = 1.96 * std::sqrt(2 * (1 + q.rho) / ((1 - q.rho) * (1 - q.rho) * arrivals));
  const double tolerance = 5 / 1.96 * half_width + 0.001;  // and the 0.1 % of the distribution's table
  EXPECT_NEAR(mean_ms / (1 + q.wait_ms), 1, tolerance);

  // Little's law on the same run: work in progress = rate x time.
  const double utilisation = static_cast<double>(queue.busy.integral(world.now())) / static_cast<double>(world.now()) / q.servers;
  EXPECT_NEAR(utilisation / q.rho, 1, tolerance);
}

// Erlang C, with the figures for services of 1 ms.
INSTANTIATE_TEST_SUITE_P(Erlang, MMc,
                         testing::Values(Queue{.5, 1, 1.0}, Queue{.8, 1, 4.0}, Queue{.8, 2, 1.77778}, Queue{.7, 4, .35721},
                                         Queue{.7, 8, .11275}));

TEST(MG1, ConstantServiceHalvesTheWait) {
  model::WorldSpec spec = worlds::small({worlds::service("queue", "store", 0, {}), worlds::service("users", "denominator", 0, {0})}, 3);
  spec.services[0].concurrency = 1;
  spec.services[1].requests_per_second = 800;
  model::World world(spec);
  world.run_until(1000 * sim::second);
  EXPECT_NEAR(worlds::cells_of(world, "queue").service.mean_ns() / 1e6, 3.0, 0.06);  // Pollaczek-Khinchine: wait 2 ms at rho 0.8
}

}  // namespace
