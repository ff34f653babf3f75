// The same bits from every compiler: each machine is driven by the same random calls, and what it says, to the nanosecond, makes one
// number. A number that changes is a change of behaviour; it was the same with g++ and clang, with and without optimisation.

#include <gtest/gtest.h>

#include <array>

#include "policies/backoff.h"
#include "policies/balance.h"
#include "policies/breaker.h"
#include "policies/concurrency.h"
#include "policies/draws.h"
#include "policies/outlier.h"
#include "policies/retry_budget.h"
#include "policies/throttle.h"
#include "policies/token_bucket.h"
#include "sim/fingerprint.h"

namespace {

using policies::Draws;
using policies::Outcome;
constexpr sim::Time ms = sim::millisecond;

Outcome outcome_of(Draws& draws) {
  return draws.chance(0.6) ? Outcome::success : static_cast<Outcome>(draws.below(7));
}

void add(sim::Fingerprint& fingerprint, sim::Time a, std::uint64_t b) {
  fingerprint.add(a, b, 0);
}

TEST(Determinism, Backoff) {
  using Kind = policies::BackoffSpec::Kind;
  sim::Fingerprint fingerprint;
  Draws draws(1);
  for (const Kind kind : {Kind::exponential, Kind::envoy, Kind::grpc, Kind::full_jitter, Kind::equal_jitter, Kind::decorrelated}) {
    const policies::BackoffSpec spec{.kind = kind, .base = 30 * ms, .max = 7'000 * ms, .multiplier = 1.7, .randomisation = 0.3};
    sim::Time previous = 0;
    for (std::uint32_t n = 1; n <= 500; ++n) {
      previous = policies::delay(spec, 1 + n % 12, previous, draws.bits());
      add(fingerprint, previous, n);
    }
  }
  EXPECT_EQ(fingerprint.value(), 0x7a5fdbc20487db4fULL);
}

TEST(Determinism, Breakers) {
  sim::Fingerprint fingerprint;
  for (const policies::BreakerSpec& spec :
       {policies::BreakerSpec(policies::HystrixSpec{}),
        policies::BreakerSpec(policies::Resilience4jSpec{.window_calls = 30, .open_for = sim::second}),
        policies::BreakerSpec(policies::Resilience4jSpec{.window = policies::Resilience4jSpec::Window::time, .minimum_calls = 20}),
        policies::BreakerSpec(policies::RibbonSpec{})}) {
    Draws draws(2);
    policies::Breaker breaker(spec);
    sim::Time now = 0;
    for (int i = 0; i < 3'000; ++i) {
      now += static_cast<sim::Time>(draws.below(90)) * ms;
      const bool admitted = breaker.admit(spec, now);
      if (admitted) breaker.record(spec, now, outcome_of(draws), ms);
      add(fingerprint, now, admitted ? 1 : 0);
    }
  }
  EXPECT_EQ(fingerprint.value(), 0x5cb8d9e91e4da03cULL);
}

TEST(Determinism, RetryBudgets) {
  sim::Fingerprint fingerprint;
  for (const policies::RetryBudgetSpec& spec :
       {policies::RetryBudgetSpec(policies::ConcurrentRetries{}), policies::RetryBudgetSpec(policies::RatioOfActive{}),
        policies::RetryBudgetSpec(policies::GrpcTokens{}), policies::RetryBudgetSpec(policies::FinagleCredits{20, 1, 2 * sim::second}),
        policies::RetryBudgetSpec(policies::AwsTokens{60, 5, 10, 1}), policies::RetryBudgetSpec(policies::SreRatio{})}) {
    Draws draws(3);
    policies::RetryBudget budget(spec);
    sim::Time now = 0;
    std::uint32_t retries = 0;
    for (int i = 0; i < 2'000; ++i) {
      now += static_cast<sim::Time>(draws.below(20)) * ms;
      budget.start(spec, now);
      budget.end(spec, now, outcome_of(draws));
      const bool granted = budget.try_retry(spec, now, Outcome::failure);
      retries += granted ? 1U : 0U;
      if (retries > 0 && draws.chance(0.5)) {
        budget.end_retry(spec, now, Outcome::failure, outcome_of(draws));
        --retries;
      }
      add(fingerprint, now, granted ? 1 : 0);
    }
  }
  EXPECT_EQ(fingerprint.value(), 0x9075019e65184e90ULL);
}

TEST(Determinism, OutliersAndThrottle) {
  sim::Fingerprint fingerprint;
  policies::OutlierSpec spec;
  spec.enforcing_failure_percentage = 60;
  spec.success_rate_request_volume = 20;
  spec.max_jitter = sim::second;
  spec.max_ejection_percent = 40;
  const policies::ThrottleSpec throttle_spec{.k = 1.3};
  Draws draws(4);
  policies::Outliers outliers;
  policies::Throttle throttle;
  const policies::TokenBucketSpec bucket_spec{.rate = 13.7, .burst = 5};
  policies::TokenBucket bucket(bucket_spec);
  sim::Time now = 0;
  for (int i = 0; i < 20'000; ++i) {
    now += static_cast<sim::Time>(draws.below(30)) * ms;
    const auto host = static_cast<std::uint32_t>(draws.below(12));
    const Outcome outcome = draws.chance(0.03 * host) ? Outcome::failure : Outcome::success;
    outliers.record(spec, now, host, outcome, 12, draws.bits());
    const bool admitted = throttle.admit(throttle_spec, now, draws.bits());
    if (admitted && draws.chance(0.5)) throttle.accepted(throttle_spec, now);
    add(fingerprint, now, outliers.ejected() * 4 + (admitted ? 2U : 0U) + (bucket.take(bucket_spec, now) ? 1U : 0U));
  }
  EXPECT_EQ(fingerprint.value(), 0x39a36504cd90dec9ULL);
}

TEST(Determinism, ConcurrencyLimits) {
  sim::Fingerprint fingerprint;
  for (const policies::ConcurrencySpec& spec :
       {policies::ConcurrencySpec(policies::AimdSpec{}), policies::ConcurrencySpec(policies::VegasSpec{.smoothing = 0.7}),
        policies::ConcurrencySpec(policies::Gradient2Spec{}),
        policies::ConcurrencySpec(policies::EnvoyGradientSpec{.min_rtt_interval = sim::second, .quantile = 0.6})}) {
    Draws draws(5);
    policies::ConcurrencyLimit limit(spec, 0);
    sim::Time now = 0;
    for (int i = 0; i < 5'000; ++i) {
      now += static_cast<sim::Time>(draws.below(10)) * ms;
      const auto rtt = static_cast<sim::Time>(1 + draws.below(static_cast<std::uint64_t>(20 * ms)));
      const policies::RttSample sample{rtt, static_cast<std::uint32_t>(draws.below(100)), draws.chance(0.03)};
      limit.sample(spec, now, sample, draws.bits());
      add(fingerprint, now, limit.limit(spec, now));
    }
  }
  EXPECT_EQ(fingerprint.value(), 0x2167842f18a87dd6ULL);
}

TEST(Determinism, Balance) {
  sim::Fingerprint fingerprint;
  Draws draws(6);
  for (int i = 0; i < 2'000; ++i) {
    std::array<policies::ZoneHosts, 3> zones;
    for (policies::ZoneHosts& zone : zones) zone = {static_cast<std::uint32_t>(draws.below(9)), static_cast<std::uint32_t>(draws.below(9))};
    std::array<std::uint32_t, 3> shares{};
    policies::zone_split(zones, 1, shares);
    for (const std::uint32_t share : shares) add(fingerprint, i, share);

    const double slow = policies::slow_start_factor(static_cast<sim::Time>(draws.below(1'000)), 1'000, 2.3);
    const double weight = policies::least_request_weight(slow, static_cast<std::uint32_t>(draws.below(50)), 0.7);
    add(fingerprint, static_cast<sim::Time>(slow * 0x1p60), static_cast<std::uint64_t>(weight * 0x1p60));
  }
  EXPECT_EQ(fingerprint.value(), 0xbddb160d761e676bULL);
}

}  // namespace
