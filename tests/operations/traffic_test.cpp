#include <gtest/gtest.h>

#include <cmath>

#include "operations/operations.h"
#include "support/worlds.h"

namespace {

TEST(Traffic, ChangesTheRateOfUsers) {
  model::World world(worlds::spec_of("netflixoss"));
  world.run_until(sim::second);
  ASSERT_FALSE(operations::set_traffic(world, "www", 1000).has_value());
  const std::uint64_t before = worlds::requests_of(world).sent;
  world.run_until(11 * sim::second);
  EXPECT_NEAR(static_cast<double>(worlds::requests_of(world).sent - before), 10'000, 5 * std::sqrt(10'000.0));
  ASSERT_FALSE(operations::set_traffic(world, "www", 0).has_value());
  const std::uint64_t last = worlds::requests_of(world).sent;
  world.run_until(20 * sim::second);
  EXPECT_EQ(worlds::requests_of(world).sent, last);
  EXPECT_EQ(worlds::requests_of(world).in_flight(), 0U);
}

TEST(Traffic, OnlyLoadSourcesHaveARateAndItIsBounded) {
  model::World world(worlds::spec_of("netflixoss"));
  EXPECT_EQ(operations::set_traffic(world, "homepage", 5)->kind, model::Refusal::Kind::invalid);
  EXPECT_EQ(operations::set_traffic(world, "wwww", 5)->kind, model::Refusal::Kind::not_found);
  EXPECT_FALSE(operations::set_traffic(world, "www", 1e6).has_value());
  EXPECT_TRUE(operations::set_traffic(world, "www", 1e6 + 1).has_value());
  EXPECT_TRUE(operations::set_traffic(world, "www", -1).has_value());
  EXPECT_TRUE(operations::set_traffic(world, "www", std::nan("")).has_value());
}

}  // namespace
