// Envoy's outlier detection: docs/policies.md, and DetectorImpl of its source.

#include "policies/outlier.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "policies/draws.h"

namespace {

using policies::Outcome;
using policies::Outliers;
using policies::OutlierSpec;
constexpr sim::Time second = sim::second;

const OutlierSpec spec;

/// Settings under which only rows count.
OutlierSpec rows_only() {
  OutlierSpec rows;
  rows.enforcing_success_rate = 0;
  return rows;
}

/// True: the last of them has ejected the host.
bool fail(Outliers& outliers, sim::Time at, std::uint32_t host, int times, std::uint32_t hosts = 10, const OutlierSpec& with = spec,
          Outcome outcome = Outcome::failure) {
  bool ejected = false;
  for (int i = 0; i < times; ++i) ejected = outliers.record(with, at, host, outcome, hosts, 0);
  return ejected;
}

void succeed(Outliers& outliers, sim::Time at, std::uint32_t host, int times, std::uint32_t hosts = 10, const OutlierSpec& with = spec) {
  for (int i = 0; i < times; ++i) outliers.record(with, at, host, Outcome::success, hosts, 0);
}

TEST(Outlier, DefaultsAreThoseOfItsProto) {
  EXPECT_EQ(spec.consecutive_5xx, 5U);
  EXPECT_EQ(spec.enforcing_consecutive_5xx, 100U);
  EXPECT_EQ(spec.consecutive_gateway_failure, 5U);
  EXPECT_EQ(spec.enforcing_consecutive_gateway_failure, 0U);
  EXPECT_EQ(spec.interval, 10 * second);
  EXPECT_EQ(spec.base_ejection, 30 * second);
  EXPECT_EQ(spec.max_ejection, 300 * second);
  EXPECT_EQ(spec.max_jitter, 0);
  EXPECT_EQ(spec.max_ejection_percent, 10U);
  EXPECT_EQ(spec.success_rate_minimum_hosts, 5U);
  EXPECT_EQ(spec.success_rate_request_volume, 100U);
  EXPECT_EQ(spec.success_rate_stdev_factor, 1.9);
  EXPECT_EQ(spec.enforcing_success_rate, 100U);
  EXPECT_EQ(spec.failure_percentage_threshold, 85);
  EXPECT_EQ(spec.failure_percentage_minimum_hosts, 5U);
  EXPECT_EQ(spec.failure_percentage_request_volume, 50U);
  EXPECT_EQ(spec.enforcing_failure_percentage, 0U);
  EXPECT_TRUE(spec.health_check_unejects);
}

TEST(Outlier, FiveFailuresInARowEject) {
  for (const Outcome failure : {Outcome::failure, Outcome::unreachable, Outcome::timeout, Outcome::rejected}) {
    Outliers outliers;
    EXPECT_FALSE(fail(outliers, 0, 7, 4, 10, spec, failure));
    EXPECT_FALSE(outliers.ejected(7));
    EXPECT_TRUE(fail(outliers, 0, 7, 1, 10, spec, failure));
    EXPECT_TRUE(outliers.ejected(7));
    EXPECT_FALSE(outliers.ejected(8));
    EXPECT_EQ(outliers.ejected(), 1U);
  }
}

TEST(Outlier, ASuccessOrABadRequestEndsARowAndAShortCircuitDoesNot) {
  Outliers outliers;
  fail(outliers, 0, 7, 4);
  succeed(outliers, 0, 7, 1);
  EXPECT_FALSE(fail(outliers, 0, 7, 4));
  outliers.record(spec, 0, 7, Outcome::bad_request, 10, 0);
  EXPECT_FALSE(fail(outliers, 0, 7, 4));
  outliers.record(spec, 0, 7, Outcome::short_circuited, 10, 0);
  EXPECT_TRUE(fail(outliers, 0, 7, 1));
}

TEST(Outlier, GatewayFailuresEjectOnlyWhenEnforced) {
  OutlierSpec gateway = spec;
  gateway.enforcing_consecutive_5xx = 0;
  Outliers off;
  EXPECT_FALSE(fail(off, 0, 7, 50, 10, gateway, Outcome::timeout));
  gateway.enforcing_consecutive_gateway_failure = 100;
  for (const Outcome failure : {Outcome::unreachable, Outcome::timeout, Outcome::rejected}) {
    Outliers outliers;
    EXPECT_FALSE(fail(outliers, 0, 7, 4, 10, gateway, failure));
    EXPECT_TRUE(fail(outliers, 0, 7, 1, 10, gateway, failure));
  }
  Outliers mixed;
  fail(mixed, 0, 7, 4, 10, gateway, Outcome::timeout);
  fail(mixed, 0, 7, 1, 10, gateway, Outcome::failure);
  EXPECT_FALSE(fail(mixed, 0, 7, 4, 10, gateway, Outcome::timeout)) << "an error of the service ends a row of gateway failures";
  EXPECT_TRUE(fail(mixed, 0, 7, 1, 10, gateway, Outcome::timeout));
}

TEST(Outlier, EnforcingIsAShareOfDetections) {
  const int n = 4'000;
  for (const std::uint32_t percent : {0U, 30U, 100U}) {
    OutlierSpec some = spec;
    some.enforcing_consecutive_5xx = percent;
    policies::Draws draws(1);
    int ejected = 0;
    for (int i = 0; i < n; ++i) {
      Outliers outliers;
      for (int k = 0; k < 5; ++k) outliers.record(some, 0, 7, Outcome::failure, 10, draws.bits());
      ejected += outliers.ejected(7) ? 1 : 0;
    }
    const double share = percent / 100.0;
    EXPECT_NEAR(ejected / 1.0 / n, share, 4 * std::sqrt(share * (1 - share) / n));
  }
}

TEST(Outlier, ADetectionThatDoesNotEjectBeginsARowAnew) {
  OutlierSpec off = spec;
  off.enforcing_consecutive_5xx = 0;
  Outliers outliers;
  fail(outliers, 0, 7, 5, 10, off);
  EXPECT_FALSE(fail(outliers, 0, 7, 4));
  EXPECT_TRUE(fail(outliers, 0, 7, 1));
}

TEST(Outlier, AtLeastOneHostAndATenthOfThem) {
  for (const auto& [hosts, may] :
       std::vector<std::pair<std::uint32_t, std::uint32_t>>{{1, 1}, {5, 1}, {10, 1}, {19, 1}, {20, 2}, {29, 2}, {100, 10}}) {
    Outliers outliers;
    for (std::uint32_t host = 0; host < hosts; ++host) fail(outliers, 0, host, 5, hosts);
    EXPECT_EQ(outliers.ejected(), may) << hosts;
  }
  OutlierSpec none = spec;
  none.max_ejection_percent = 0;
  Outliers outliers;
  for (std::uint32_t host = 0; host < 100; ++host) fail(outliers, 0, host, 5, 100, none);
  EXPECT_EQ(outliers.ejected(), 1U);
  OutlierSpec all = spec;
  all.max_ejection_percent = 100;
  Outliers every;
  for (std::uint32_t host = 0; host < 100; ++host) fail(every, 0, host, 5, 100, all);
  EXPECT_EQ(every.ejected(), 100U);
}

/// When an ejection at `at` ends, to the second; intervals end at 10 s, 20 s and so on.
sim::Time end_of_ejection(Outliers& outliers, sim::Time at, const OutlierSpec& with = spec) {
  for (sim::Time t = at; t < at + 1'000 * second; t += second) {
    outliers.advance(with, t, 10, 0);
    if (!outliers.ejected(7)) return t;
  }
  return sim::never;
}

TEST(Outlier, EjectionsGrowByTheBaseUpToTheirLimit) {
  Outliers outliers;
  sim::Time now = 0;
  // Ejected again at once: 30, 60, 90 ... 300, 300 s. Ends are looked for at ends of intervals, where these fall.
  for (const int seconds : {30, 60, 90, 120, 150, 180, 210, 240, 270, 300, 300, 300}) {
    ASSERT_TRUE(fail(outliers, now, 7, 5));
    const sim::Time end = end_of_ejection(outliers, now);
    EXPECT_EQ(end - now, seconds * second);
    now = end;
  }
}

TEST(Outlier, AnEjectionEndsWithAnInterval) {
  Outliers outliers;
  outliers.record(spec, 0, 1, Outcome::failure, 10, 0);  // intervals begin here
  ASSERT_TRUE(fail(outliers, 3 * second, 7, 5));
  EXPECT_EQ(end_of_ejection(outliers, 3 * second), 40 * second) << "33 s, at the next end of an interval";
}

TEST(Outlier, EjectionsShrinkByOneForEachHealthyInterval) {
  Outliers outliers;
  sim::Time now = 0;
  for (int i = 0; i < 4; ++i) {
    ASSERT_TRUE(fail(outliers, now, 7, 5));
    now = end_of_ejection(outliers, now);
  }
  // The multiplier is 4. One healthy interval: 3, so the next is 4 again; three: 1, so the next is 2.
  Outliers one = outliers;
  ASSERT_TRUE(fail(one, now + 11 * second, 7, 5));
  EXPECT_EQ(end_of_ejection(one, now + 11 * second), now + 140 * second) << "11 s and 120 s, at the end of an interval";
  Outliers three = outliers;
  ASSERT_TRUE(fail(three, now + 31 * second, 7, 5));
  EXPECT_EQ(end_of_ejection(three, now + 31 * second), now + 100 * second) << "31 s and 60 s";
  Outliers all = outliers;
  ASSERT_TRUE(fail(all, now + 1'001 * second, 7, 5));
  EXPECT_EQ(end_of_ejection(all, now + 1'001 * second), now + 1'040 * second);
}

TEST(Outlier, JitterIsAddedToAnEjection) {
  OutlierSpec jittery = spec;
  jittery.max_jitter = 20 * second;
  policies::Draws draws(4);
  std::vector<int> ends(6);
  for (int i = 0; i < 1'000; ++i) {
    Outliers outliers;
    for (int k = 0; k < 5; ++k) outliers.record(jittery, 0, 7, Outcome::failure, 10, draws.bits());
    const sim::Time end = end_of_ejection(outliers, 0, jittery);
    ASSERT_GE(end, 30 * second);
    ASSERT_LE(end, 50 * second);
    ++ends[static_cast<std::size_t>(end / (10 * second))];
  }
  // 40 s for jitters to 10 s, 50 s for those above: half each.
  EXPECT_NEAR(ends[4], 500, 4 * std::sqrt(250));
  EXPECT_NEAR(ends[5], 500, 4 * std::sqrt(250));
}

TEST(Outlier, AnEjectedHostIsNotEjectedAgainAndStartsWithoutARow) {
  Outliers outliers;
  ASSERT_TRUE(fail(outliers, 0, 7, 5));
  EXPECT_FALSE(fail(outliers, second, 7, 20)) << "answers that were still under way";
  const sim::Time end = end_of_ejection(outliers, second);
  EXPECT_EQ(end, 30 * second);
  EXPECT_FALSE(fail(outliers, end, 7, 4));
  EXPECT_TRUE(fail(outliers, end, 7, 1));
}

TEST(Outlier, AHealthCheckThatPassesEndsAnEjection) {
  Outliers outliers;
  EXPECT_FALSE(outliers.health_check_passed(spec, 0, 7));
  ASSERT_TRUE(fail(outliers, 0, 7, 5));
  EXPECT_TRUE(outliers.health_check_passed(spec, second, 7));
  EXPECT_FALSE(outliers.ejected(7));
  EXPECT_EQ(outliers.ejected(), 0U);
  EXPECT_FALSE(fail(outliers, second, 7, 4)) << "its row begins anew";
  OutlierSpec strict = spec;
  strict.health_check_unejects = false;
  ASSERT_TRUE(fail(outliers, second, 7, 1));
  EXPECT_FALSE(outliers.health_check_passed(strict, 2 * second, 7));
  EXPECT_TRUE(outliers.ejected(7));
}

/// Hosts 0 to n - 1 have so many successes of `requests` each; then an interval ends.
std::vector<std::uint32_t> ejected_by_rates(const OutlierSpec& with, const std::vector<int>& successes, int requests) {
  Outliers outliers;
  const auto hosts = static_cast<std::uint32_t>(successes.size());
  for (std::uint32_t host = 0; host < hosts; ++host) {
    // Failures between successes, so that no row is long.
    int failures = requests - successes[host];
    for (int left = successes[host]; left > 0 || failures > 0;) {
      for (int i = 0; i < 4 && failures > 0; ++i, --failures) fail(outliers, 0, host, 1, hosts, with);
      if (left > 0) succeed(outliers, 0, host, 1, hosts, with);
      if (left-- <= 0) break;
    }
  }
  EXPECT_EQ(outliers.ejected(), 0U);
  outliers.advance(with, with.interval, hosts, 0);
  std::vector<std::uint32_t> ejected;
  for (std::uint32_t host = 0; host < hosts; ++host) {
    if (outliers.ejected(host)) ejected.push_back(host);
  }
  return ejected;
}
using Hosts = std::vector<std::uint32_t>;

TEST(Outlier, SuccessRateBelowTheMeanLessOnePointNineDeviations) {
  // Envoy's example: 50 and four times 100: mean 90, deviation 20, threshold 52.
  EXPECT_EQ(ejected_by_rates(spec, {50, 100, 100, 100, 100}, 100), Hosts{0});
  OutlierSpec two = spec;
  two.success_rate_stdev_factor = 2.001;  // threshold 49.98
  EXPECT_EQ(ejected_by_rates(two, {50, 100, 100, 100, 100}, 100), Hosts{});
  EXPECT_EQ(ejected_by_rates(spec, {90, 90, 90, 90, 90}, 100), Hosts{}) << "all are alike";
}

TEST(Outlier, SuccessRateNeedsFiveHostsOfAHundredRequests) {
  OutlierSpec four = spec;
  four.success_rate_stdev_factor = 1.7;  // of four the outlier is at sqrt(3) deviations
  EXPECT_EQ(ejected_by_rates(four, {50, 100, 100, 100}, 100), Hosts{});
  four.success_rate_minimum_hosts = 4;
  EXPECT_EQ(ejected_by_rates(four, {50, 100, 100, 100}, 100), Hosts{0});
  EXPECT_EQ(ejected_by_rates(spec, {49, 99, 99, 99, 99}, 99), Hosts{});
}

TEST(Outlier, RatesAreThoseOfOneInterval) {
  Outliers outliers;
  for (std::uint32_t host = 0; host < 5; ++host) succeed(outliers, 0, host, 60, 5);
  for (std::uint32_t host = 1; host < 5; ++host) succeed(outliers, 11 * second, host, 60, 5);
  for (int i = 0; i < 60; ++i) {
    fail(outliers, 11 * second, 0, 1, 5);
    if (i % 4 == 3) succeed(outliers, 11 * second, 0, 1, 5);
  }
  outliers.advance(spec, 20 * second, 5, 0);
  EXPECT_EQ(outliers.ejected(), 0U) << "60 requests in each interval, not 120";
}

TEST(Outlier, FailurePercentageEjectsFromEightyFiveOnWhenEnforced) {
  OutlierSpec percentage = spec;
  percentage.enforcing_success_rate = 0;
  EXPECT_EQ(ejected_by_rates(percentage, {15, 100, 100, 100, 100}, 100), Hosts{}) << "off by default";
  percentage.enforcing_failure_percentage = 100;
  EXPECT_EQ(ejected_by_rates(percentage, {25, 100, 100, 100, 100}, 100), Hosts{});
  percentage.consecutive_5xx = 1'000;
  percentage.failure_percentage_threshold = 75;
  EXPECT_EQ(ejected_by_rates(percentage, {25, 100, 100, 100, 100}, 100), Hosts{0}) << "75 % is enough";
  EXPECT_EQ(ejected_by_rates(percentage, {26, 100, 100, 100, 100}, 100), Hosts{});
  EXPECT_EQ(ejected_by_rates(percentage, {25, 100, 100, 100}, 100), Hosts{}) << "five hosts";
  EXPECT_EQ(ejected_by_rates(percentage, {12, 50, 50, 50, 50}, 50), Hosts{0});
  EXPECT_EQ(ejected_by_rates(percentage, {12, 49, 49, 49, 49}, 49), Hosts{}) << "of 50 requests";
}

TEST(Outlier, TheLimitOfEjectionsHoldsForRates) {
  OutlierSpec percentage = spec;
  percentage.enforcing_success_rate = 0;
  percentage.enforcing_failure_percentage = 100;
  percentage.failure_percentage_threshold = 50;
  EXPECT_EQ(ejected_by_rates(percentage, std::vector<int>(30, 50), 100), (Hosts{0, 1, 2}));
}

TEST(Outlier, KnowsOnlyThoseItHasSomethingToSayAbout) {
  const OutlierSpec rows = rows_only();
  Outliers outliers;
  for (std::uint32_t host = 0; host < 1'000; ++host) succeed(outliers, 0, host, 10, 1'000'000, rows);
  EXPECT_EQ(outliers.known(), 0U);
  fail(outliers, 0, 999'999, 1, 1'000'000, rows);
  fail(outliers, 0, 5, 5, 1'000'000, rows);
  EXPECT_EQ(outliers.known(), 2U);
  succeed(outliers, second, 999'999, 1, 1'000'000, rows);
  outliers.advance(rows, 10 * second, 1'000'000, 0);
  EXPECT_EQ(outliers.known(), 1U) << "the ejected one";
  outliers.advance(rows, 30 * second, 1'000'000, 0);
  EXPECT_EQ(outliers.ejected(), 0U);
  EXPECT_EQ(outliers.known(), 1U) << "its multiplier is 1";
  outliers.advance(rows, 40 * second, 1'000'000, 0);
  EXPECT_EQ(outliers.known(), 0U);

  Outliers rates;
  for (std::uint32_t host = 0; host < 100; ++host) succeed(rates, 0, host, 1, 1'000'000);
  EXPECT_EQ(rates.known(), 100U);
  rates.advance(spec, 20 * second, 1'000'000, 0);
  EXPECT_EQ(rates.known(), 0U) << "none was used in the second interval";
}

TEST(Outlier, WatchesNoMoreThanItsLimit) {
  const OutlierSpec rows = rows_only();
  Outliers outliers;
  for (std::uint32_t host = 0; host < Outliers::hosts_max; ++host) fail(outliers, 0, host, 1, 1'000'000, rows);
  EXPECT_EQ(outliers.known(), Outliers::hosts_max);
  EXPECT_FALSE(fail(outliers, 0, 500'000, 50, 1'000'000, rows));
  EXPECT_EQ(outliers.known(), Outliers::hosts_max);
  EXPECT_TRUE(fail(outliers, 0, 3, 4, 1'000'000, rows));
}

TEST(Outlier, ARemovedHostIsForgotten) {
  Outliers outliers;
  ASSERT_TRUE(fail(outliers, 0, 7, 5));
  outliers.remove(7);
  outliers.remove(8);
  EXPECT_EQ(outliers.ejected(), 0U);
  EXPECT_EQ(outliers.known(), 0U);
  EXPECT_FALSE(fail(outliers, 0, 7, 4));
  EXPECT_TRUE(fail(outliers, 0, 7, 1));
}

TEST(Outlier, ALongPauseDoesWhatWasDueInBetween) {
  Outliers patient, busy;
  ASSERT_TRUE(fail(patient, 0, 7, 5));
  busy = patient;
  for (sim::Time t = 0; t <= 500 * second; t += second) busy.advance(spec, t, 10, 0);
  patient.advance(spec, 500 * second, 10, 0);
  EXPECT_EQ(patient.known(), busy.known());
  EXPECT_TRUE(fail(patient, 501 * second, 7, 5));
  EXPECT_TRUE(fail(busy, 501 * second, 7, 5));
  EXPECT_EQ(end_of_ejection(patient, 501 * second), end_of_ejection(busy, 501 * second));
}

TEST(Outlier, ACopyGoesOnIdentically) {
  policies::Draws draws(9);
  OutlierSpec all = spec;
  all.enforcing_failure_percentage = 50;
  all.enforcing_consecutive_gateway_failure = 50;
  all.max_jitter = 5 * second;
  all.max_ejection_percent = 50;
  Outliers a;
  sim::Time now = 0;
  std::uint32_t most = 0;
  for (int i = 0; i < 20'000; ++i) {
    Outliers b = a;
    now += static_cast<sim::Time>(draws.below(20)) * sim::millisecond;
    const auto host = static_cast<std::uint32_t>(draws.below(8));
    const Outcome outcome =
        draws.chance(host < 2 ? 0.7 : 0.1) ? (draws.chance(0.5) ? Outcome::timeout : Outcome::failure) : Outcome::success;
    const std::uint64_t random = draws.bits();
    ASSERT_EQ(a.record(all, now, host, outcome, 8, random), b.record(all, now, host, outcome, 8, random));
    ASSERT_EQ(a.ejected(), b.ejected());
    ASSERT_LE(a.ejected(), 4U);
    for (std::uint32_t h = 0; h < 8; ++h) ASSERT_EQ(a.ejected(h), b.ejected(h));
    if (i % 3 == 0) a = b;
    most = std::max(most, a.ejected());
  }
  EXPECT_GE(most, 2U);
}

TEST(Outlier, SettingsOutOfRangeAreNotValid) {
  EXPECT_TRUE(spec.valid());
  EXPECT_FALSE((OutlierSpec{.consecutive_5xx = 0}.valid()));
  EXPECT_FALSE((OutlierSpec{.consecutive_5xx = 65'536}.valid()));
  EXPECT_FALSE((OutlierSpec{.enforcing_consecutive_5xx = 101}.valid()));
  EXPECT_FALSE((OutlierSpec{.interval = 99 * sim::millisecond}.valid()));
  EXPECT_FALSE((OutlierSpec{.max_ejection = 29 * second}.valid()));
  EXPECT_FALSE((OutlierSpec{.base_ejection = sim::millisecond, .max_ejection = second + 1}.valid()));
  EXPECT_FALSE((OutlierSpec{.max_ejection_percent = 101}.valid()));
  EXPECT_FALSE((OutlierSpec{.failure_percentage_threshold = 101}.valid()));
}

static_assert(sizeof(Outliers) <= 40);

}  // namespace
