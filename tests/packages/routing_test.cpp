// Where proxies, logic and load balancers send requests.

#include <gtest/gtest.h>

#include <cmath>

#include "support/worlds.h"

namespace {

using worlds::service;
using worlds::small;

std::uint64_t requests_at(const model::World& world, model::InstanceId id) {
  return world.count_of(id).requests;
}

/// Five standard deviations of a binomial count.
double spread(double n, double p) {
  return 5 * std::sqrt(n * p * (1 - p));
}

TEST(Routing, ALoadBalancerSpreadsOverTheZones) {
  model::World world(small({service("web", "store", 6, {}), service("elb", "elb", 0, {0}), service("users", "denominator", 0, {1})}));
  world.count_instances(true);
  world.set_traffic(2, 5000);
  world.run_until(10 * sim::second);
  const double n = static_cast<double>(worlds::cells_of(world, "web").requests);
  for (const model::InstanceId id : worlds::instances_of(world, "web")) {
    EXPECT_NEAR(static_cast<double>(requests_at(world, id)), n / 6, spread(n, 1.0 / 6));
  }
}

TEST(Routing, AProxyStaysInItsZoneAndPicksByInstance) {
  model::World world(small({service("login", "store", 3, {}), service("home", "store", 9, {}), service("proxy", "zuul", 3, {0, 1}),
                            service("users", "denominator", 0, {2})}));
  world.count_instances(true);
  world.set_traffic(3, 4000);
  world.run_until(10 * sim::second);
  const double n = static_cast<double>(worlds::cells_of(world, "proxy").requests);
  EXPECT_NEAR(static_cast<double>(worlds::cells_of(world, "login").requests), n / 4, spread(n, 0.25));
  // One instance of login in each zone gets what the proxy of its zone sends: everything else would be another zone's.
  for (int zone = 0; zone < 3; ++zone) {
    const auto z = static_cast<std::size_t>(zone);
    const double from = static_cast<double>(requests_at(world, worlds::instances_of(world, "proxy")[z]));
    EXPECT_NEAR(static_cast<double>(requests_at(world, worlds::instances_of(world, "login")[z])), from / 4, spread(from, 0.25));
  }
}

TEST(Routing, TheOwnZoneIsPreferredTheRegionIsSecond) {
  model::World world(small({service("db", "store", 3, {}), service("app", "monolith", 3, {0}), service("users", "denominator", 0, {1})}));
  world.count_instances(true);
  world.set_traffic(2, 1000);
  world.run_until(5 * sim::second);
  for (std::size_t zone = 0; zone < 3; ++zone) {
    EXPECT_NEAR(static_cast<double>(requests_at(world, worlds::instances_of(world, "db")[zone])),
                static_cast<double>(requests_at(world, worlds::instances_of(world, "app")[zone])), 5);
  }
  world.kill(worlds::instances_of(world, "db")[0]);
  world.run_until(10 * sim::second);
  EXPECT_EQ(worlds::requests_of(world).failed, 0U);
}

TEST(Routing, AProxyWithoutAnyoneInItsZoneFails) {
  model::World world(small({service("web", "store", 2, {}), service("proxy", "zuul", 3, {0}), service("users", "denominator", 0, {1})}));
  world.count_instances(true);
  world.set_traffic(2, 3000);
  world.run_until(10 * sim::second);
  const double n = static_cast<double>(worlds::requests_of(world).sent);
  EXPECT_NEAR(static_cast<double>(worlds::requests_of(world).failed), n / 3, spread(n, 1.0 / 3) + 10);
}

TEST(Routing, UsersAreAThirdOfEachKind) {
  std::uint64_t puts = 0, spans = 0;
  model::WorldSpec traced = small({service("web", "cache", 1, {}), service("users", "denominator", 0, {0})});
  traced.trace_sample_rate = 1;
  model::World watched(traced);
  watched.set_traffic(1, 3000);
  for (int t = 1; t <= 10; ++t) {
    watched.run_until(t * sim::second);
    for (const model::Span& span : watched.shards()[0].spans()) {
      if (!span.root) continue;
      ++spans;
      puts += static_cast<std::uint64_t>(span.verb == model::Verb::put);
    }
    watched.shards()[0].spans().clear();
  }
  const double n = static_cast<double>(spans);
  EXPECT_NEAR(static_cast<double>(puts), n / 3, spread(n, 1.0 / 3));
  EXPECT_NEAR(n, 30'000, 5 * std::sqrt(30'000));  // an open Poisson stream
}

}  // namespace
