#include "model/network.h"

#include <gtest/gtest.h>

#include "sim/random.h"
#include "support/worlds.h"

namespace {

TEST(Network, MeansAreTheConfiguredOnes) {
  const std::vector<model::Location> places = {
      {model::outside, model::outside, "*.*"}, {0, 0, "a.A"}, {0, 1, "a.B"}, {0, model::outside, "a.*"}, {1, 0, "b.A"}};
  const model::Network network({0.1, 0.4, 10, 0.1, {{0, 35}, {35, 0}}}, places);
  const auto mean = [&](std::uint32_t from, std::uint32_t to) {
    double sum = 0;
    for (std::uint64_t i = 0; i < 100'000; ++i)
      sum += static_cast<double>(network.delay(network.way(from, to), sim::draw(1, 1, sim::Purpose::network, i)));
    return sum / 100'000 / 1e6;
  };
  EXPECT_NEAR(mean(1, 1), 0.1, 0.001);
  EXPECT_NEAR(mean(1, 2), 0.4, 0.004);
  EXPECT_NEAR(mean(1, 3), 0.4, 0.004);
  EXPECT_NEAR(mean(0, 1), 10, 0.1);
  EXPECT_NEAR(mean(1, 4), 35, 0.3);
}

TEST(Network, NothingIsFasterThanTheLookAhead) {
  const std::vector<model::Location> places = {{0, 0, "a.A"}, {1, 0, "b.A"}};
  const model::Network network({0.1, 0.4, 10, 0.1, {{0, 35}, {35, 0}}}, places);
  const sim::Time least = network.look_ahead({0, 1});
  EXPECT_EQ(least, sim::from_ms(31.5));
  for (std::uint64_t i = 0; i < 10'000; ++i) EXPECT_GE(network.delay(network.way(0, 1), sim::draw(1, 1, sim::Purpose::network, i)), least);
  EXPECT_EQ(network.look_ahead({0, 0}), sim::never);
}

TEST(Network, RequestsTakeWhatTheHopsTake) {
  // www -> elb -> webserver and back, every delay 0.1 ms, 1 ms of work at each of the two.
  model::World world(worlds::small(
      {worlds::service("web", "store", 3, {}), worlds::service("elb", "elb", 0, {0}), worlds::service("www", "denominator", 0, {1})}));
  world.set_traffic(2, 10);
  world.run_until(10 * sim::second);
  const model::CellCount www = worlds::cells_of(world, "www");
  ASSERT_GT(www.replies, 50U);
  EXPECT_EQ(www.response.sum_ns(), www.replies * 2'400'000);
  const model::CellCount web = worlds::cells_of(world, "web");
  EXPECT_EQ(web.service.sum_ns(), web.service.count() * 1'000'000);
  EXPECT_EQ(web.network.sum_ns(), web.network.count() * 200'000);
}

}  // namespace
