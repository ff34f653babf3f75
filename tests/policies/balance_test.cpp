// The golden tables of Envoy's documentation, and the rules of Ribbon and ALB.

#include "policies/balance.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <vector>

#include "policies/draws.h"

namespace {

using policies::HostCount;
using policies::RibbonZone;
using policies::ZoneHosts;

/// Loads of two priorities of which so many of 100 hosts are healthy.
std::array<std::uint32_t, 2> loads(std::uint32_t first, std::uint32_t second) {
  const std::array<std::uint32_t, 2> healths{policies::priority_health({first, 100}), policies::priority_health({second, 100})};
  std::array<std::uint32_t, 2> loads{};
  policies::priority_loads(healths, loads);
  return loads;
}
using Loads = std::array<std::uint32_t, 2>;

TEST(PrioritySpillOver, IsEnvoysTable) {
  EXPECT_EQ(loads(100, 100), (Loads{100, 0}));
  EXPECT_EQ(loads(72, 100), (Loads{100, 0}));
  EXPECT_EQ(loads(71, 100), (Loads{99, 1}));
  EXPECT_EQ(loads(50, 100), (Loads{70, 30}));
  EXPECT_EQ(loads(25, 100), (Loads{35, 65}));
  EXPECT_EQ(loads(0, 100), (Loads{0, 100}));
  EXPECT_EQ(loads(25, 25), (Loads{50, 50}));
}

TEST(PrioritySpillOver, NobodyHealthyTakesNothing) {
  EXPECT_EQ(loads(0, 0), (Loads{0, 0}));
}

TEST(PrioritySpillOver, LoadsAddUpToAHundred) {
  policies::Draws draws(1);
  for (int i = 0; i < 2'000; ++i) {
    std::array<std::uint32_t, 4> healths{}, shares{};
    for (std::uint32_t& health : healths) health = draws.chance(0.5) ? 0 : static_cast<std::uint32_t>(draws.below(101));
    policies::priority_loads(healths, shares);
    std::uint32_t sum = 0;
    for (std::size_t k = 0; k < 4; ++k) {
      sum += shares[k];
      EXPECT_TRUE(healths[k] > 0 || shares[k] == 0);
    }
    EXPECT_EQ(sum, policies::total_health(healths) > 0 ? 100U : 0U);
  }
}

TEST(PrioritySpillOver, HealthIsOneAndTwoFifthsOfTheHealthyShare) {
  EXPECT_EQ(policies::priority_health({1, 3}), 46U);
  EXPECT_EQ(policies::priority_health({5, 7}), 100U);
  EXPECT_EQ(policies::priority_health({0, 0}), 0U);
  EXPECT_EQ(policies::priority_health({1, 2}, 100), 50U);
  EXPECT_EQ(policies::priority_health({4'000'000'000U, 4'000'000'000U}), 100U);
}

TEST(Panic, IsBelowHalfUnlessOthersTakeEverything) {
  EXPECT_TRUE(policies::in_panic({49, 100}, 99));
  EXPECT_FALSE(policies::in_panic({50, 100}, 99));
  EXPECT_FALSE(policies::in_panic({0, 100}, 100)) << "ignored while the total is 100";
  EXPECT_TRUE(policies::in_panic({0, 0}, 0));
  EXPECT_FALSE(policies::in_panic({0, 100}, 0, 0)) << "0 disables it";
  EXPECT_FALSE(policies::in_panic({0, 0}, 0, 0));
  EXPECT_TRUE(policies::in_panic({79, 100}, 99, 80));
}

TEST(Panic, DealsTheLoadOutByHosts) {
  const std::array<HostCount, 3> priorities{HostCount{0, 10}, HostCount{1, 20}, HostCount{0, 0}};
  std::array<std::uint32_t, 3> shares{};
  policies::panic_loads(priorities, shares);
  EXPECT_EQ(shares, (std::array<std::uint32_t, 3>{34, 66, 0}));
}

std::vector<std::uint32_t> split(const std::vector<ZoneHosts>& zones, std::size_t local,
                                 std::uint32_t hosts_min = policies::zone_hosts_min) {
  std::vector<std::uint32_t> shares(zones.size());
  if (!policies::zone_split(zones, local, shares, hosts_min)) return {};
  return shares;
}
using Shares = std::vector<std::uint32_t>;

TEST(ZoneAware, AllIsLocalWhenTheOwnZoneHasEnough) {
  EXPECT_EQ(split({{2, 4}, {2, 4}, {2, 4}}, 0), (Shares{10'000, 0, 0}));
  EXPECT_EQ(split({{1, 4}, {3, 4}}, 0), (Shares{10'000, 0}));
}

TEST(ZoneAware, ElseTheRatioIsLocalAndTheRestGoesToThoseWithHostsToSpare) {
  // Callers 20 %, hosts 10 %: half stays (Envoy's own example). The others have 40 - 50 = -10 and 40 - 40 ...
  EXPECT_EQ(split({{2, 1}, {4, 5}, {4, 4}}, 0), (Shares{5'000, 5'000, 0}));
  // Envoy's example of residual capacity: callers 40, 40, 20, hosts 25, 50, 25: to spare 0, 10, 5.
  EXPECT_EQ(split({{8, 5}, {8, 10}, {4, 5}}, 0), (Shares{6'250, 2'500, 1'250}));
  EXPECT_EQ(split({{8, 5}, {8, 10}, {4, 5}}, 1), (Shares{0, 10'000, 0}));
}

TEST(ZoneAware, NothingIsLocalWithoutHostsThere) {
  EXPECT_EQ(split({{1, 0}, {1, 6}, {1, 6}}, 0), (Shares{0, 5'000, 5'000}));
  EXPECT_EQ(split({{0, 0}, {1, 4}, {1, 4}}, 0), (Shares{0, 5'000, 5'000})) << "a caller that is alone in its zone and not counted";
}

TEST(ZoneAware, NeedsSixHostsTwoZonesAndCallers) {
  EXPECT_EQ(split({{1, 3}, {1, 2}}, 0), Shares{});
  EXPECT_EQ(split({{1, 3}, {1, 3}}, 0), (Shares{10'000, 0}));
  EXPECT_EQ(split({{1, 3}, {1, 2}}, 0, 5), (Shares{10'000, 0}));
  EXPECT_EQ(split({{1, 12}}, 0), Shares{});
  EXPECT_EQ(split({{0, 6}, {0, 6}}, 0), Shares{});
  EXPECT_EQ(split({{1, 0}, {1, 0}}, 0, 0), Shares{});
}

/// When all callers split like that, each zone gets the share of its hosts, up to what rounding leaves.
TEST(ZoneAware, LoadsEveryHostEqually) {
  policies::Draws draws(5);
  for (int run = 0; run < 500; ++run) {
    std::vector<ZoneHosts> zones(2 + draws.below(4));
    double callers = 0, hosts = 0;
    for (ZoneHosts& zone : zones) {
      zone = {static_cast<std::uint32_t>(1 + draws.below(50)), static_cast<std::uint32_t>(2 + draws.below(50))};
      callers += zone.callers;
      hosts += zone.hosts;
    }
    if (hosts < policies::zone_hosts_min) continue;
    std::vector<double> got(zones.size());
    for (std::size_t from = 0; from < zones.size(); ++from) {
      const Shares shares = split(zones, from);
      ASSERT_EQ(shares.size(), zones.size());
      std::uint32_t sum = 0;
      for (std::size_t to = 0; to < zones.size(); ++to) {
        got[to] += zones[from].callers / callers * shares[to] / policies::zone_scale;
        sum += shares[to];
      }
      EXPECT_EQ(sum, policies::zone_scale);
    }
    for (std::size_t i = 0; i < zones.size(); ++i) {
      // Each share in the sums is rounded by less than 1 / zone_scale; a zone's residual is scaled up by at most the inverse of its share.
      EXPECT_NEAR(got[i], zones[i].hosts / hosts, 10.0 / policies::zone_scale) << run;
    }
  }
}

TEST(SlowStart, EnvoyRampsLinearlyFromATenth) {
  const sim::Time window = 60 * sim::second;
  EXPECT_EQ(policies::slow_start_factor(0, window), 0.1);
  EXPECT_EQ(policies::slow_start_factor(3 * sim::second, window), 0.1) << "5 % is less than a tenth";
  EXPECT_EQ(policies::slow_start_factor(30 * sim::second, window), 0.5);
  EXPECT_EQ(policies::slow_start_factor(60 * sim::second, window), 1);
  EXPECT_EQ(policies::slow_start_factor(600 * sim::second, window), 1);
  EXPECT_EQ(policies::slow_start_factor(0, 0), 1) << "no window: off";
  EXPECT_EQ(policies::slow_start_factor(0, window, 1, 0.3), 0.3);
}

TEST(SlowStart, AggressionBendsTheRamp) {
  EXPECT_NEAR(policies::slow_start_factor(25, 100, 2), 0.5, 1e-14);
  EXPECT_NEAR(policies::slow_start_factor(50, 100, 0.5), 0.25, 1e-14);
  EXPECT_NEAR(policies::slow_start_factor(70, 100, 3), std::pow(0.7, 1.0 / 3), 1e-14);
}

TEST(SlowStart, AlbIsLinearFromNothing) {
  EXPECT_EQ(policies::alb_slow_start_factor(0, 30 * sim::second), 0);
  EXPECT_EQ(policies::alb_slow_start_factor(3 * sim::second, 30 * sim::second), 0.1);
  EXPECT_EQ(policies::alb_slow_start_factor(30 * sim::second, 30 * sim::second), 1);
  EXPECT_EQ(policies::alb_slow_start_factor(5, 0), 1);
}

TEST(LeastRequest, WeightIsDividedByThoseUnderWayAndOne) {
  EXPECT_EQ(policies::least_request_weight(6, 0), 6);
  EXPECT_EQ(policies::least_request_weight(6, 2), 2);
  EXPECT_EQ(policies::least_request_weight(6, 2, 0), 6);
  EXPECT_NEAR(policies::least_request_weight(6, 3, 0.5), 3, 1e-14);
  EXPECT_NEAR(policies::least_request_weight(8, 1, 2), 2, 1e-14);
}

std::vector<bool> zones_of(const std::vector<RibbonZone>& zones, std::uint64_t random = 0) {
  std::array<bool, 8> flags{};
  policies::ribbon_zones(zones, std::span(flags).first(zones.size()), random);
  return std::vector<bool>(flags.begin(), flags.begin() + static_cast<std::ptrdiff_t>(zones.size()));
}
using Flags = std::vector<bool>;

TEST(RibbonZones, AllAreUsedWhileLoadIsLow) {
  EXPECT_EQ(zones_of({{10, 0, 1}, {10, 0, 1}, {10, 0, 1}}), (Flags{true, true, true}));
}

TEST(RibbonZones, TheWorstIsAvoidedFromAFifthARequestAServer) {
  EXPECT_EQ(zones_of({{100, 0, 10}, {100, 0, 19}}), (Flags{true, true}));
  EXPECT_EQ(zones_of({{100, 0, 10}, {100, 0, 20}}), (Flags{true, false}));
  EXPECT_EQ(zones_of({{100, 50, 10}, {100, 0, 19}}), (Flags{false, true})) << "10 on the 50 that are not tripped";
}

TEST(RibbonZones, OneWithoutServersIsAvoidedAndSoIsTheWorstOfTheOthers) {
  EXPECT_EQ(zones_of({{0, 0, 0}, {10, 0, 1}, {10, 0, 0}}), (Flags{false, false, true}));
  EXPECT_EQ(zones_of({{10, 10, 0}, {10, 0, 1}, {10, 0, 0}}), (Flags{false, false, true}));
  EXPECT_EQ(zones_of({{10, 9, 0}, {10, 0, 1}, {10, 0, 0}}), (Flags{true, true, true})) << "nine of ten tripped is not enough";
}

TEST(RibbonZones, TheLimitOfTrippedServersIsInclusive) {
  // 99,999 of 100,000 is 99.999 %.
  EXPECT_EQ(zones_of({{100'000, 99'999, 0}, {10, 0, 1}, {10, 0, 0}}), (Flags{false, false, true}));
  EXPECT_EQ(zones_of({{100'000, 99'998, 0}, {10, 0, 1}, {10, 0, 0}}), (Flags{true, true, true}));
}

TEST(RibbonZones, ASingleZoneIsNeverAvoidedAndNoneLeftMeansAll) {
  EXPECT_EQ(zones_of({{10, 10, 50}}), (Flags{true}));
  EXPECT_EQ(zones_of({{0, 0, 0}, {10, 0, 0}}), (Flags{false, false}));
}

TEST(RibbonZones, AmongTheWorstOneIsAvoidedByItsServers) {
  policies::Draws draws(3);
  int first = 0;
  const int n = 4'000;
  for (int i = 0; i < n; ++i) {
    const Flags flags = zones_of({{10, 0, 5}, {30, 0, 15}, {10, 0, 1}}, draws.bits());
    EXPECT_TRUE(flags[2]);
    EXPECT_NE(flags[0], flags[1]);
    first += flags[0] ? 0 : 1;
  }
  EXPECT_NEAR(first / 1.0 / n, 0.25, 4 * std::sqrt(0.25 * 0.75 / n));
}

TEST(RibbonZones, AreChosenByTheirInstances) {
  const std::array<RibbonZone, 3> zones{RibbonZone{10, 0, 0}, RibbonZone{20, 0, 0}, RibbonZone{30, 0, 0}};
  const std::array<bool, 3> available{true, false, true};
  policies::Draws draws(4);
  std::array<int, 4> chosen{};
  const int n = 4'000;
  for (int i = 0; i < n; ++i) ++chosen[policies::ribbon_choose(zones, available, draws.bits())];
  EXPECT_NEAR(chosen[0] / 1.0 / n, 0.25, 4 * std::sqrt(0.25 * 0.75 / n));
  EXPECT_EQ(chosen[1], 0);
  EXPECT_EQ(chosen[0] + chosen[2], n);
  const std::array<bool, 3> none{};
  EXPECT_EQ(policies::ribbon_choose(zones, none, 7), 3U);
}

TEST(RibbonAffinity, IsGivenUpForLoadTrippedServersOrTooFew) {
  EXPECT_TRUE(policies::ribbon_keeps_zone({10, 0, 5}));
  EXPECT_FALSE(policies::ribbon_keeps_zone({10, 0, 6})) << "0.6 a server";
  EXPECT_TRUE(policies::ribbon_keeps_zone({100, 79, 0}));
  EXPECT_FALSE(policies::ribbon_keeps_zone({100, 80, 0}));
  EXPECT_TRUE(policies::ribbon_keeps_zone({2, 0, 0}));
  EXPECT_FALSE(policies::ribbon_keeps_zone({2, 1, 0})) << "one server available";
  EXPECT_FALSE(policies::ribbon_keeps_zone({0, 0, 0}));
}

TEST(JumpHash, MovesOneKeyInNPlusOneAndNoneElsewhere) {
  policies::Draws draws(5);
  const int keys = 20'000;
  int moved = 0;
  for (int i = 0; i < keys; ++i) {
    const std::uint64_t key = draws.bits();
    const std::uint32_t before = policies::jump_hash(key, 9);
    const std::uint32_t after = policies::jump_hash(key, 10);
    EXPECT_LT(before, 9U);
    if (before == after) continue;
    EXPECT_EQ(after, 9U);
    ++moved;
  }
  EXPECT_NEAR(moved / 1.0 / keys, 0.1, 4 * std::sqrt(0.1 * 0.9 / keys));
  EXPECT_EQ(policies::jump_hash(12'345, 1), 0U);
}

}  // namespace
