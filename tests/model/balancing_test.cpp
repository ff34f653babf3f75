// Whom callers ask under a policy: shares against the tables of Envoy and the formulas of policies/balance.h. A share of n independent
// choices is within four standard deviations of a binomial's (one in sixteen thousand is not); the seeds are fixed.

#include <gtest/gtest.h>

#include <cmath>
#include <ostream>
#include <string>

#include "operations/operations.h"
#include "support/arrivals.h"
#include "support/worlds.h"

namespace {

using model::Balancer;
using model::Balancing;
using model::Zones;

constexpr sim::Time never_known = 10'000 * sim::second;

/// users -> front -> back under a policy; who is gone is not known to be.
model::WorldSpec spec_of(std::uint32_t fronts, std::uint32_t backs, const model::Policy& policy, double rate = 2'000) {
  std::vector<model::ServiceSpec> services = {worlds::service("back", "store", backs, {}),
                                              worlds::service("front", "monolith", fronts, {0}, 0)};
  services[1].calls.resize(1);
  services[1].calls[0].policy = policy;
  services[1].concurrency = 65'535;
  services.push_back(worlds::service("users", "denominator", 0, {1}));
  services.back().requests_per_second = rate;
  services.back().calls.resize(1);
  services.back().calls[0].policy = model::Policy{};  // users do not try again
  model::WorldSpec spec = worlds::small(std::move(services));
  spec.registry_delay = never_known;
  return spec;
}

/// The same in two regions.
model::WorldSpec in_two_regions(model::WorldSpec spec) {
  spec.regions.push_back({"us-west-2", {"zoneA", "zoneB", "zoneC"}, {"55.1", "55.2", "55.3"}});
  spec.network.between_ms = {{0, 10}, {10, 0}};
  for (model::ServiceSpec& service : spec.services) service.regions = service.regions == 0 ? 0 : 2;
  for (model::ServiceSpec& service : spec.services) service.everywhere = true;
  return spec;
}

model::Policy balanced(Balancer kind, Zones zones) {
  model::Policy policy;
  policy.timeout = sim::second;
  policy.balancing.kind = kind;
  policy.balancing.zones = zones;
  return policy;
}

/// As Envoy checks: every 100 ms, two failures or passes in a row.
model::Policy checked(model::Policy policy) {
  policy.balancing.checks = true;
  policy.balancing.health = policies::HealthSpec::envoy(100 * sim::millisecond, 50 * sim::millisecond, 2, 2);
  return policy;
}

/// Requests of front to back, from places in one to places in another; "" is anywhere.
std::uint64_t calls(const model::World& world, const std::string& from, const std::string& to) {
  std::uint64_t sum = 0;
  const model::Shared& shared = world.shared();
  const auto is_at = [&](std::uint32_t group, const char* service, const std::string& place) {
    return shared.groups[group].service == *world.find_service(service) &&
           shared.locations[shared.groups[group].location].id.rfind(place, 0) == 0;
  };
  for (std::size_t l = 0; l < shared.links.size(); ++l) {
    if (!is_at(shared.links[l].source, "front", from) || !is_at(shared.links[l].target, "back", to)) continue;
    for (const model::Shard& shard : world.shards()) sum += shard.link_counts()[l].requests;
  }
  return sum;
}

model::PolicyCount policy_count(const model::World& world) {
  model::PolicyCount sum;
  for (const model::Shard& shard : world.shards()) {
    for (const model::PolicyCount& count : shard.policy_counts()) sum.add(count);
  }
  return sum;
}

void expect_share(std::uint64_t part, std::uint64_t all, double share) {
  const double n = static_cast<double>(all);
  ASSERT_GT(all, 1'000U);
  EXPECT_NEAR(static_cast<double>(part) / n, share, 4 * std::sqrt(share * (1 - share) / n) + 1e-12);
}

/// So many of the instances of back in this region go.
void kill_some(model::World& world, const std::string& region, std::uint32_t count) {
  for (const model::InstanceId id : worlds::instances_of(world, "back")) {
    if (count == 0) return;
    if (world.name_of(id).find("." + region + ".") == std::string::npos) continue;
    world.kill(id);
    --count;
  }
}

TEST(ZoneAware, KeepsAsMuchAsItsZoneHasHostsFor) {
  model::World world(spec_of(4, 9, balanced(Balancer::random, Zones::aware)));  // two of the four callers are in zone A
  world.run_until(20 * sim::second);
  const std::uint64_t from_a = calls(world, "us-east-1.zoneA", "");
  // A third of the hosts for half of the callers: two thirds stay, the rest goes where hosts are to spare. Shares are in parts of 10,000.
  expect_share(calls(world, "us-east-1.zoneA", "us-east-1.zoneA"), from_a, 0.6666);
  expect_share(calls(world, "us-east-1.zoneA", "us-east-1.zoneB"), from_a, 0.1667);
  EXPECT_EQ(calls(world, "us-east-1.zoneB", "us-east-1.zoneB"), calls(world, "us-east-1.zoneB", ""));
  EXPECT_GT(calls(world, "us-east-1.zoneB", ""), 1'000U);
}

TEST(ZoneAware, DoesNotMindZonesBelowSixHosts) {
  model::World world(spec_of(3, 5, balanced(Balancer::random, Zones::aware)));  // two of five in A and B
  world.run_until(20 * sim::second);
  expect_share(calls(world, "us-east-1.zoneC", "us-east-1.zoneC"), calls(world, "us-east-1.zoneC", ""), 0.2);
}

struct Spill {
  std::uint32_t healthy;  ///< of eight in the own region; the other one has all
  double stays;
};

void PrintTo(const Spill& row, std::ostream* out) {
  *out << row.healthy << "_of_8_are_healthy";
}

class SpillOver : public testing::TestWithParam<Spill> {};

TEST_P(SpillOver, IsEnvoysTable) {
  model::World world(in_two_regions(spec_of(3, 8, checked(balanced(Balancer::random, Zones::any)))));
  kill_some(world, "us-east-1", 8 - GetParam().healthy);
  world.run_until(sim::second);  // two checks have failed everywhere
  const std::uint64_t before = calls(world, "us-east-1", ""), stayed_before = calls(world, "us-east-1", "us-east-1");
  const std::uint64_t failed_before = worlds::requests_of(world).failed;
  world.run_until(21 * sim::second);
  expect_share(calls(world, "us-east-1", "us-east-1") - stayed_before, calls(world, "us-east-1", "") - before, GetParam().stays);
  EXPECT_EQ(worlds::requests_of(world).failed, failed_before);
  EXPECT_EQ(policy_count(world).panicked, 0U);
}

INSTANTIATE_TEST_SUITE_P(Envoy, SpillOver, testing::Values(Spill{8, 1}, Spill{6, 1}, Spill{4, 0.7}, Spill{2, 0.35}, Spill{0, 0}),
                         testing::PrintToStringParamName());

TEST(Panic, UsesEverybodyBelowItsThreshold) {
  for (const std::uint32_t threshold : {50U, 0U}) {
    model::Policy policy = checked(balanced(Balancer::random, Zones::any));
    policy.balancing.panic_percent = threshold;
    model::World world(spec_of(3, 10, policy));
    kill_some(world, "us-east-1", 6);
    world.run_until(sim::second);
    const worlds::Sums before = worlds::requests_of(world);
    const std::uint64_t panicked = policy_count(world).panicked;
    world.run_until(11 * sim::second);
    const worlds::Sums after = worlds::requests_of(world);
    if (threshold == 50) {
      expect_share(after.failed - before.failed, after.sent - before.sent, 0.6);
      EXPECT_NEAR(static_cast<double>(policy_count(world).panicked - panicked), static_cast<double>(after.sent - before.sent), 100);
    } else {
      EXPECT_EQ(after.failed, before.failed);
      EXPECT_EQ(policy_count(world).panicked, 0U);
    }
  }
}

TEST(Panic, NobodyHealthyAndNoPanicIsUnavailable) {
  model::Policy policy = checked(balanced(Balancer::random, Zones::any));
  policy.balancing.panic_percent = 0;
  model::World world(spec_of(3, 10, policy));
  kill_some(world, "us-east-1", 10);
  world.run_until(sim::second);
  const std::uint64_t before = calls(world, "", "");
  const worlds::Sums users = worlds::requests_of(world);
  world.run_until(2 * sim::second);
  EXPECT_EQ(calls(world, "", ""), before);
  EXPECT_GT(worlds::requests_of(world).failed, users.failed + 1'000);
}

TEST(HealthChecks, FindOutByTheSecondCheck) {
  model::World world(spec_of(3, 9, checked(balanced(Balancer::random, Zones::any))));
  world.run_until(sim::second);
  kill_some(world, "us-east-1", 3);
  EXPECT_EQ(worlds::requests_of(world).failed, 0U);
  world.run_until(sim::second + 100 * sim::millisecond);  // no caller has made two checks
  EXPECT_GT(worlds::requests_of(world).failed, 30U);
  world.run_until(sim::second + 201 * sim::millisecond);
  const std::uint64_t noticed = worlds::requests_of(world).failed;
  world.run_until(5 * sim::second);
  EXPECT_LE(worlds::requests_of(world).failed, noticed + 1);  // what was on its way
}

TEST(HealthChecks, EndEjections) {
  model::Policy policy = balanced(Balancer::round_robin, Zones::any);
  policy.ejects = true;
  policy.outliers.consecutive_5xx = 2;
  policy.outliers.max_ejection_percent = 100;
  for (const bool checks : {false, true}) {
    model::World world(spec_of(1, 3, checks ? checked(policy) : policy));
    const model::InstanceId victim = worlds::instances_of(world, "back")[0];
    world.run_until(sim::second);
    world.hold_down({victim}, model::Reach::refuse);
    world.run_until(sim::second + 30 * sim::millisecond);  // ejected by then, before two checks have failed
    world.release({victim}, model::Reach::refuse);
    EXPECT_EQ(policy_count(world).ejected, 1U);
    world.count_instances(true);
    world.run_until(sim::second + 140 * sim::millisecond);  // it has been checked
    world.run_until(5 * sim::second);
    const std::uint64_t asked = world.count_of(victim).requests;
    if (checks) {
      EXPECT_GT(asked, 1'000U);
    } else {
      EXPECT_EQ(asked, 0U);  // it was ejected for 30 s
    }
  }
}

TEST(SlowStart, GivesANewOneItsShareOfTimeSoFar) {
  model::Policy policy = balanced(Balancer::random, Zones::any);
  policy.balancing.slow_start = 10 * sim::second;
  model::WorldSpec spec = spec_of(1, 3, policy);
  spec.registry_delay = 100 * sim::millisecond;
  model::World world(spec);
  world.run_until(sim::second);
  ASSERT_FALSE(std::holds_alternative<model::Refusal>(operations::scale(world, {"back", 4, {}})));
  world.run_until(sim::second + sim::second + 100 * sim::millisecond);  // it is up after a second and known 100 ms later
  world.count_instances(true);
  const auto before = calls(world, "", "");
  world.run_until(world.now() + 10 * sim::second);
  double share = 0;  // one that is passed over leaves its turn to another draw: f / (3 + f) of the calls
  for (int i = 0; i < 1'000; ++i) {
    const double f = std::max(0.1, (i + 0.5) / 1'000);
    share += f / (3 + f) / 1'000;
  }
  std::uint64_t asked = 0;
  for (const model::InstanceId id : worlds::instances_of(world, "back")) {
    if (world.detail(id).serial == 3) asked = world.count_of(id).requests;
  }
  expect_share(asked, calls(world, "", "") - before, share);
}

TEST(Sticky, AsksTheSameForAKeyAndAllForAllKeys) {
  for (const bool one_key : {true, false}) {
    model::WorldSpec spec = spec_of(3, 8, balanced(Balancer::sticky, Zones::any));
    model::LoadSpec load = worlds::open_load(model::LoadSpec::Arrivals::poisson, 2'000);
    load.mix.resize(1);
    load.mix[0].name = "get";
    load.mix[0].key = one_key ? model::RequestSpec::Key::fixed : model::RequestSpec::Key::fresh;
    spec.services.back().load = worlds::shared(load);
    model::World world(spec);
    world.count_instances(true);
    world.run_until(10 * sim::second);
    std::uint64_t most = 0, all = 0;
    for (const model::InstanceId id : worlds::instances_of(world, "back")) {
      most = std::max(most, world.count_of(id).requests);
      all += world.count_of(id).requests;
      if (one_key) continue;
      EXPECT_NEAR(static_cast<double>(world.count_of(id).requests), 2'500, 4 * std::sqrt(20'000 * 7.0 / 64));
    }
    EXPECT_GT(all, 10'000U);
    EXPECT_EQ(most == all, one_key);
  }
}

TEST(Ribbon, StaysInItsZoneUntilThatIsOverloaded) {
  for (const double rate : {30.0, 9'000.0}) {
    model::World world(spec_of(3, 9, balanced(Balancer::round_robin, Zones::ribbon), rate));
    world.run_until(10 * sim::second);
    const std::uint64_t at_home = calls(world, "us-east-1.zoneA", "us-east-1.zoneA");
    const std::uint64_t all = calls(world, "us-east-1.zoneA", "");
    if (rate < 1'000) {
      EXPECT_GT(at_home, 50U);
      EXPECT_GT(at_home + 3, all);  // 0.6 at each of three are two at once: with one in a hundred under way that is rare
    } else {
      EXPECT_LT(at_home, all);  // more than 0.6 at each of three
    }
  }
}

TEST(Ribbon, LeavesAServerAloneThatFailedThreeTimes) {
  model::Policy policy = balanced(Balancer::round_robin, Zones::ribbon);
  policy.balancing.trips = true;
  model::World world(spec_of(1, 9, policy));
  world.run_until(sim::second);
  world.kill(worlds::instances_of(world, "back")[0]);  // in the zone of the one caller
  world.run_until(10 * sim::second);
  EXPECT_EQ(worlds::requests_of(world).failed, 3U);
  world.run_until(20 * sim::second);  // blacked out for 10 s, then for 20
  EXPECT_EQ(worlds::requests_of(world).failed, 4U);
}

}  // namespace
