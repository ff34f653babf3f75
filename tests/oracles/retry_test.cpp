// Retries multiply from layer to layer. The engine tries a call that nobody answered once more: two attempts a layer. A layer that gives up
// says why, so that the one above tries again; users are one, too.

#include <cmath>
#include <ostream>

#include "oracles/measured.h"

namespace {

constexpr double attempts = 2;

struct Row {
  unsigned layers;
  unsigned down;  ///< instances at the bottom, of ten in each zone, who refuse
  std::uint64_t seed;
};

/// users -> ... -> bottom, so many layers above it.
model::WorldSpec layered(const Row& row) {
  std::vector<model::ServiceSpec> services = {worlds::service("bottom", "store", 30, {}, 0)};
  for (std::uint32_t layer = 1; layer < row.layers; ++layer) {
    services.push_back(oracle::front("layer" + std::to_string(layer), {layer - 1}, model::FanOut::sequential));
    services.back().count = 3;
  }
  model::WorldSpec spec = oracle::asked(services, 2'000, row.seed);
  spec.registry_delay = 1000 * sim::second;  // those who call know nothing
  return spec;
}

void PrintTo(const Row& row, std::ostream* out) {
  *out << "layers_" << row.layers << "_down_" << row.down;
}

class Retries : public testing::TestWithParam<Row> {};

TEST_P(Retries, MultiplyFromLayerToLayer) {
  const Row& row = GetParam();
  const double p = row.down / 10.0;
  model::World world(layered(row));
  std::vector<model::InstanceId> down;
  for (const std::uint32_t group : world.shared().services[0].groups) {
    const std::vector<model::InstanceId>& members = world.shared().groups[group].members;
    ASSERT_EQ(members.size(), 10U);
    down.insert(down.end(), members.begin(), members.begin() + row.down);
  }
  world.hold_down(down, model::Reach::refuse);
  world.run_until(20 * sim::second);
  world.set_load(*world.find_service("users"), worlds::shared(worlds::open_load(model::LoadSpec::Arrivals::poisson, 0)));
  world.run_until(21 * sim::second);

  // Every attempt at the bottom fails with chance p: the first that does not is the last, and there are at most r^d.
  const double most = std::pow(attempts, row.layers);
  double mean = 0, squares = 0, tried = 1;  // P(at least so many attempts)
  for (int k = 1; k <= most; ++k) {
    mean += tried;
    squares += (2 * k - 1) * tried;
    tried *= p;
  }
  if (p < 1) {
    EXPECT_NEAR(mean, (1 - std::pow(p, most)) / (1 - p), 1e-9);
  }
  model::LinkCount calls;
  for (std::uint32_t l = 0; l < world.shared().links.size(); ++l) {
    if (world.shared().groups[world.shared().links[l].target].service != 0) continue;
    for (const model::Shard& shard : world.shards()) calls.add(shard.link_counts()[l]);
  }
  const worlds::Sums users = worlds::requests_of(world);
  const auto n = static_cast<double>(users.sent);
  EXPECT_EQ(users.in_flight(), 0U);
  // Requests are independent of each other; 3.89 standard errors are passed by one in ten thousand.
  EXPECT_NEAR(static_cast<double>(calls.requests) / n, mean, 3.89 * std::sqrt((squares - mean * mean) / n));
  const double success = 1 - std::pow(p, most);
  EXPECT_NEAR(static_cast<double>(users.succeeded) / n, success, 3.89 * std::sqrt(success * (1 - success) / n));
}

INSTANTIATE_TEST_SUITE_P(Oracles, Retries,
                         testing::Values(Row{1, 1, 1}, Row{1, 5, 2}, Row{1, 9, 3}, Row{2, 5, 4}, Row{2, 9, 5}, Row{3, 5, 6}, Row{3, 9, 7},
                                         Row{1, 10, 8}, Row{2, 10, 9}, Row{3, 10, 10}, Row{4, 10, 11}));

TEST(RetryFormula, AsPublished) {
  const auto at_bottom = [](double r, double layers, double p) { return (1 - std::pow(p, std::pow(r, layers))) / (1 - p); };
  EXPECT_NEAR(at_bottom(3, 3, .5), 2.0, 1e-7);
  EXPECT_NEAR(at_bottom(3, 3, .9), 9.4185, 5.1e-5);
  EXPECT_NEAR(at_bottom(3, 3, .99), 23.7657, 5.1e-5);
  EXPECT_NEAR(at_bottom(3, 1, .1), 1.11, 1e-9);
  EXPECT_NEAR(at_bottom(3, 1, .5), 1.75, 1e-9);
  EXPECT_NEAR(at_bottom(3, 1, .9), 2.71, 1e-9);
}

}  // namespace
