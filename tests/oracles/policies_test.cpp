// What policies do to load and to times, against formulas: retries multiply from layer to layer, a second copy cuts the tail.

#include <cmath>
#include <ostream>

#include "oracles/measured.h"

namespace {

model::DependencySpec under(const model::Policy& policy) {
  model::DependencySpec call;
  call.policy = policy;
  return call;
}

/// Requests that arrived at a service.
std::uint64_t arrived_at(const model::World& world, const std::string& service) {
  std::uint64_t sum = 0;
  for (const model::Shard& shard : world.shards()) {
    for (std::size_t c = 0; c < shard.cell_counts().size(); ++c) {
      const model::Cell& cell = world.shared().cells[c];
      if (world.shared().groups[cell.group].service == *world.find_service(service)) sum += shard.cell_counts()[c].requests;
    }
  }
  return sum;
}

std::uint64_t sent_by_users(const model::World& world) {
  std::uint64_t sum = 0;
  for (const model::Shard& shard : world.shards()) sum += shard.requests().sent;
  return sum;
}

// --- retries: attempts at the bottom are (1 - p^(r^d)) / (1 - p), r^d when everything fails

struct Row {
  unsigned attempts;
  unsigned layers;  ///< above the bottom, the users among them
  double failing;   ///< chance of an attempt at the bottom
};

void PrintTo(const Row& row, std::ostream* out) {
  *out << row.attempts << "_attempts_" << row.layers << "_layers_" << static_cast<int>(row.failing * 100) << "_percent";
}

class Attempts : public testing::TestWithParam<Row> {};

TEST_P(Attempts, MultiplyFromLayerToLayer) {
  const Row& row = GetParam();
  model::Policy policy;
  policy.attempts = row.attempts;
  policy.retry_on = {model::Status::error};
  std::vector<model::ServiceSpec> services = {worlds::service("bottom", "store", 0, {}, 0)};
  services[0].error_rate = row.failing;
  services[0].concurrency = 65'535;
  for (std::uint32_t layer = 1; layer < row.layers; ++layer) {
    services.push_back(oracle::front("layer" + std::to_string(layer), {layer - 1}, model::FanOut::sequential));
    services.back().calls = {under(policy)};
  }
  model::WorldSpec spec = oracle::asked(services, 1'000);
  spec.services.back().calls = {under(policy)};
  model::World world(spec);
  world.run_until(20 * sim::second);
  world.set_load(*world.find_service("users"), worlds::shared(worlds::open_load(model::LoadSpec::Arrivals::poisson, 0)));
  world.run_until(30 * sim::second);

  const double most = std::pow(row.attempts, row.layers);
  double mean = 0, squares = 0, tried = 1;  // P(at least so many attempts)
  for (int k = 1; k <= most; ++k) {
    mean += tried;
    squares += (2 * k - 1) * tried;
    tried *= row.failing;
  }
  const double n = static_cast<double>(sent_by_users(world));
  const double deviation = std::sqrt(std::max(0.0, squares - mean * mean) / n);
  EXPECT_NEAR(static_cast<double>(arrived_at(world, "bottom")) / n, mean, 4 * deviation);  // one in ten thousand is off by more
}

INSTANTIATE_TEST_SUITE_P(Policies, Attempts,
                         testing::Values(Row{3, 1, 0.1}, Row{3, 1, 0.5}, Row{3, 1, 0.9}, Row{3, 1, 1}, Row{3, 2, 1}, Row{3, 3, 1},
                                         Row{3, 4, 1}, Row{3, 5, 1}, Row{4, 3, 1}, Row{3, 3, 0.5}, Row{3, 3, 0.9}, Row{3, 3, 0.99}),
                         testing::PrintToStringParamName());

TEST(Attempts, ABudgetBoundsWhatTheyMultiply) {
  // At most 20 % more a layer: 1.2^3 of what users send arrives at the bottom of three, where r^d is 27.
  model::Policy policy;
  policy.attempts = 3;
  policy.retry_on = {model::Status::error, model::Status::rejected};
  policy.budget = policies::FinagleCredits{.percent = 20, .per_second = 0};
  std::vector<model::ServiceSpec> services = {worlds::service("bottom", "store", 0, {}, 0)};
  services[0].error_rate = 1;
  for (std::uint32_t layer = 1; layer < 3; ++layer) {
    services.push_back(oracle::front("layer" + std::to_string(layer), {layer - 1}, model::FanOut::sequential));
    services.back().calls = {under(policy)};
  }
  model::WorldSpec spec = oracle::asked(services, 1'000);
  spec.services.back().calls = {under(policy)};
  model::World world(spec);
  world.run_until(30 * sim::second);
  const double ratio = static_cast<double>(arrived_at(world, "bottom")) / static_cast<double>(sent_by_users(world));
  EXPECT_LE(ratio, 1.2 * 1.2 * 1.2);
  EXPECT_GT(ratio, 1.2 * 1.2);  // and it is used
}

// --- hedging: the second copy of an exponential time of mean 1 ms after its p95

TEST(Hedging, CutsTheTail) {
  model::ServiceSpec server = oracle::queue("server", 65'535, 1);
  model::Policy policy;
  policy.timeout = 1'000 * sim::second;
  policy.hedges = 1;
  policy.hedge_delay = sim::from_ms(2.9957);
  model::ServiceSpec users = worlds::service("users", "denominator", 0, {0});
  users.requests_per_second = 5'000;
  users.calls = {under(policy)};
  const oracle::Measured measured(worlds::small({server, users}), 400);
  const std::vector<model::Interval> tail = measured.quantiles("users", {0.99, 0.999});
  EXPECT_TRUE(tail[0].contains(3.8005 + 0.2)) << tail[0].value << ": " << tail[0].low << " to " << tail[0].high;
  EXPECT_TRUE(tail[1].contains(4.9517 + 0.2)) << tail[1].value << ": " << tail[1].low << " to " << tail[1].high;
  std::uint64_t hedges = 0;
  for (const model::Shard& shard : measured.world.shards()) {
    for (const model::PolicyCount& count : shard.policy_counts()) hedges += count.hedges;
  }
  const double n = static_cast<double>(sent_by_users(measured.world));
  const double late = std::exp(-(2.9957 - 0.2));  // the network takes 0.2 ms: so much less for the server's time
  EXPECT_NEAR(static_cast<double>(hedges) / n, late, 4 * std::sqrt(late * (1 - late) / n));
}

}  // namespace
