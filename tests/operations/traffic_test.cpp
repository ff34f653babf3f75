#include <gtest/gtest.h>

#include <cmath>

#include "operations/operations.h"
#include "support/arrivals.h"

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

std::string told(model::World& world) {
  for (const model::Occurrence& o : world.take_occurrences()) {
    if (o.type == "traffic.changed") return o.message;
  }
  return "";
}

TEST(Traffic, ALoadReplacesTheOneBefore) {
  model::World world(worlds::spec_of("netflixoss"));
  model::LoadSpec load = worlds::open_load(model::LoadSpec::Arrivals::deterministic, 500);
  load.shape.kind = model::ShapeSpec::Kind::step;
  load.shape.at_ms = 1'000;
  load.shape.to_factor = 2;
  ASSERT_FALSE(operations::set_load(world, "www", worlds::shared(load)));
  EXPECT_EQ(told(world), "www now sends 500 requests a second (equal gaps, step)");
  world.run_until(3 * sim::second + sim::millisecond);
  EXPECT_EQ(worlds::requests_of(world).sent, 500U + 2 * 1'000U);
  ASSERT_FALSE(operations::set_load(world, "www", worlds::shared(worlds::users_load(40, 1'000))));
  EXPECT_EQ(told(world), "www now has 40 users");
  model::LoadSpec trace;
  trace.arrivals = model::LoadSpec::Arrivals::trace;
  trace.trace = {{0}, {sim::second}};
  ASSERT_FALSE(operations::set_load(world, "www", worlds::shared(trace)));
  EXPECT_EQ(told(world), "www now plays a trace of 2 requests");
}

TEST(Traffic, ALoadWithoutARateKeepsTheOneBefore) {
  model::World world(worlds::spec_of("netflixoss"));
  model::LoadSpec pareto;
  pareto.arrivals = model::LoadSpec::Arrivals::pareto;
  ASSERT_FALSE(operations::set_traffic(world, "www", 123));
  ASSERT_FALSE(operations::set_load(world, "www", worlds::shared(pareto)));
  EXPECT_EQ(world.shared().services[*world.find_service("www")].load.spec->requests_per_second, 123);
  ASSERT_FALSE(operations::set_load(world, "www", worlds::shared(worlds::users_load(40, 1'000))));
  const auto refused = operations::set_load(world, "www", worlds::shared(pareto));
  ASSERT_TRUE(refused.has_value());
  EXPECT_EQ(refused->problems.at(0).pointer, "/load/requestsPerSecond");
}

TEST(Traffic, WhatOnlyTheWorldKnowsIsChecked) {
  model::World world(worlds::spec_of("netflixoss"));
  const auto problem = [&world](const model::LoadSpec& load) {
    return operations::set_load(world, "www", worlds::shared(load))->problems.at(0);
  };
  model::LoadSpec load = worlds::open_load(model::LoadSpec::Arrivals::poisson, 100);
  load.regions = {{"us-esat-1", 2}};
  EXPECT_EQ(problem(load).pointer, "/load/regions/us-esat-1");
  EXPECT_EQ(problem(load).known, std::vector<std::string>{"us-east-1"});
  load.regions = {{"us-east-1", 1'000}};
  load.requests_per_second = 1'001;
  EXPECT_EQ(problem(load).pointer, "/load/requestsPerSecond");
  EXPECT_EQ(operations::set_load(world, "homepage", worlds::shared(load))->kind, model::Refusal::Kind::invalid);
  EXPECT_EQ(operations::set_load(world, "wwww", worlds::shared(load))->kind, model::Refusal::Kind::not_found);
  // The factors of the present load count for a new rate, too.
  load.requests_per_second = 1'000;
  ASSERT_FALSE(operations::set_load(world, "www", worlds::shared(load)));
  EXPECT_TRUE(operations::set_traffic(world, "www", 1'001).has_value());
  ASSERT_FALSE(operations::set_load(world, "www", worlds::shared(worlds::users_load(10, 1))));
  const auto refused = operations::set_traffic(world, "www", 5);
  ASSERT_TRUE(refused.has_value());
  EXPECT_EQ(refused->problems.at(0).message, "www has 10 users and has no rate; give it another load");
}

}  // namespace
