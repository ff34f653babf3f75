// The breakers of resilience4j and Ribbon, and the one that is any of them.

#include "policies/breaker.h"

#include <gtest/gtest.h>

#include "policies/draws.h"

namespace {

using policies::BreakerState;
using policies::Outcome;
using policies::Resilience4jBreaker;
using policies::Resilience4jSpec;
using policies::RibbonBreaker;
using policies::RibbonSpec;
constexpr sim::Time ms = sim::millisecond;
constexpr sim::Time second = sim::second;

const Resilience4jSpec spec;

void calls(Resilience4jBreaker& breaker, const Resilience4jSpec& with, sim::Time at, int n, Outcome outcome, sim::Time duration = ms) {
  for (int i = 0; i < n; ++i) breaker.record(with, at, outcome, duration);
}

/// One that opened at 0.
Resilience4jBreaker opened(const Resilience4jSpec& with) {
  Resilience4jBreaker breaker(with);
  calls(breaker, with, 0, static_cast<int>(with.minimum_calls), Outcome::failure);
  EXPECT_EQ(breaker.state(), BreakerState::open);
  return breaker;
}

TEST(Resilience4j, DefaultsAreThoseOfItsConfig) {
  EXPECT_EQ(spec.window, Resilience4jSpec::Window::calls);
  EXPECT_EQ(spec.window_calls, 100U);
  EXPECT_EQ(spec.minimum_calls, 100U);
  EXPECT_EQ(spec.failure_percent, 50);
  EXPECT_EQ(spec.slow_percent, 100);
  EXPECT_EQ(spec.slow_call, 60 * second);
  EXPECT_EQ(spec.open_for, 60 * second);
  EXPECT_EQ(spec.probes, 10U);
  EXPECT_EQ(spec.half_open_max, 0);
}

TEST(Resilience4j, FewerThanAHundredCallsSayNothing) {
  Resilience4jBreaker breaker(spec);
  calls(breaker, spec, 0, 99, Outcome::failure);
  EXPECT_TRUE(breaker.admit(spec, 0));
  calls(breaker, spec, 0, 1, Outcome::failure);
  EXPECT_FALSE(breaker.admit(spec, 0)) << "at once, with the hundredth";
}

TEST(Resilience4j, OpensAtHalfOfTheLastHundred) {
  Resilience4jBreaker breaker(spec);
  calls(breaker, spec, 0, 51, Outcome::success);
  calls(breaker, spec, 0, 49, Outcome::failure);
  EXPECT_TRUE(breaker.admit(spec, 0)) << "49 %";
  calls(breaker, spec, 0, 1, Outcome::failure);
  EXPECT_FALSE(breaker.admit(spec, 0)) << "50 of the last hundred: the oldest success has left";
}

TEST(Resilience4j, TheWindowIsTheLastCallsExactly) {
  Resilience4jSpec small = spec;
  small.window_calls = 3;
  small.minimum_calls = 3;
  Resilience4jBreaker breaker(small);
  calls(breaker, small, 0, 1, Outcome::failure);
  calls(breaker, small, 0, 2, Outcome::success);
  calls(breaker, small, 0, 1, Outcome::failure);  // success, success, failure
  EXPECT_EQ(breaker.state(), BreakerState::closed);
  calls(breaker, small, 0, 1, Outcome::failure);  // success, failure, failure
  EXPECT_EQ(breaker.state(), BreakerState::open);
}

TEST(Resilience4j, SlowCallsOpenItWhenAllAreSlow) {
  Resilience4jBreaker breaker(spec);
  calls(breaker, spec, 0, 99, Outcome::success, 60 * second + 1);
  calls(breaker, spec, 0, 1, Outcome::success, 60 * second);
  EXPECT_TRUE(breaker.admit(spec, 0)) << "exactly 60 s is not slow";
  calls(breaker, spec, 0, 99, Outcome::success, 60 * second + 1);
  EXPECT_TRUE(breaker.admit(spec, 0));
  calls(breaker, spec, 0, 1, Outcome::success, 60 * second + 1);
  EXPECT_FALSE(breaker.admit(spec, 0));
}

TEST(Resilience4j, WhatCountsAsFailure) {
  for (const Outcome error : {Outcome::failure, Outcome::unreachable, Outcome::timeout, Outcome::rejected}) {
    Resilience4jBreaker breaker(spec);
    calls(breaker, spec, 0, 100, error);
    EXPECT_EQ(breaker.state(), BreakerState::open) << static_cast<int>(error);
  }
  for (const Outcome other : {Outcome::short_circuited, Outcome::bad_request}) {
    Resilience4jBreaker breaker(spec);
    calls(breaker, spec, 0, 99, Outcome::failure);
    calls(breaker, spec, 0, 100, other);
    EXPECT_EQ(breaker.state(), BreakerState::closed) << static_cast<int>(other);
  }
}

TEST(Resilience4j, TenProbesAfterAMinute) {
  Resilience4jBreaker breaker = opened(spec);
  EXPECT_FALSE(breaker.admit(spec, 60 * second));
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(breaker.admit(spec, 60 * second + 1));
  EXPECT_FALSE(breaker.admit(spec, 60 * second + 1)) << "an eleventh";
  EXPECT_EQ(breaker.state(), BreakerState::half_open);
}

TEST(Resilience4j, DecidesWhenAllProbesHaveEnded) {
  Resilience4jBreaker breaker = opened(spec);
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(breaker.admit(spec, 61 * second));
  Resilience4jBreaker worse = breaker;
  calls(breaker, spec, 62 * second, 4, Outcome::failure);
  calls(breaker, spec, 62 * second, 5, Outcome::success);
  EXPECT_EQ(breaker.state(), BreakerState::half_open);
  EXPECT_FALSE(breaker.admit(spec, 62 * second)) << "a probe that has ended leaves no room for another";
  calls(breaker, spec, 62 * second, 1, Outcome::success);
  EXPECT_EQ(breaker.state(), BreakerState::closed) << "40 %";
  calls(breaker, spec, 62 * second, 99, Outcome::failure);
  EXPECT_EQ(breaker.state(), BreakerState::closed) << "what was counted before is forgotten";

  calls(worse, spec, 62 * second, 5, Outcome::success);
  calls(worse, spec, 62 * second, 5, Outcome::failure);
  EXPECT_EQ(worse.state(), BreakerState::open) << "50 %";
  EXPECT_FALSE(worse.admit(spec, 122 * second));
  EXPECT_TRUE(worse.admit(spec, 122 * second + 1));
}

TEST(Resilience4j, SlowProbesOpenItAgain) {
  Resilience4jBreaker breaker = opened(spec);
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(breaker.admit(spec, 61 * second));
  calls(breaker, spec, 200 * second, 10, Outcome::success, 61 * second);
  EXPECT_EQ(breaker.state(), BreakerState::open);
}

TEST(Resilience4j, ABadRequestGivesItsProbeBack) {
  Resilience4jBreaker breaker = opened(spec);
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(breaker.admit(spec, 61 * second));
  calls(breaker, spec, 62 * second, 1, Outcome::bad_request);
  EXPECT_TRUE(breaker.admit(spec, 62 * second));
  EXPECT_FALSE(breaker.admit(spec, 62 * second));
}

TEST(Resilience4j, WaitsForProbesForEverUnlessToldOtherwise) {
  Resilience4jBreaker breaker = opened(spec);
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(breaker.admit(spec, 61 * second));
  EXPECT_FALSE(breaker.admit(spec, 100'000 * second));
  EXPECT_EQ(breaker.state(), BreakerState::half_open);

  Resilience4jSpec impatient = spec;
  impatient.half_open_max = 5 * second;
  Resilience4jBreaker other = opened(impatient);
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(other.admit(impatient, 61 * second));
  EXPECT_FALSE(other.admit(impatient, 66 * second - 1));
  EXPECT_EQ(other.state(), BreakerState::half_open);
  EXPECT_FALSE(other.admit(impatient, 66 * second));
  EXPECT_EQ(other.state(), BreakerState::open);
  EXPECT_FALSE(other.admit(impatient, 126 * second));
  EXPECT_TRUE(other.admit(impatient, 126 * second + 1)) << "open from 66 s on";
}

TEST(Resilience4j, AWindowOfTime) {
  Resilience4jSpec timed = spec;
  timed.window = Resilience4jSpec::Window::time;
  timed.window_time = 10 * second;
  timed.minimum_calls = 20;
  Resilience4jBreaker breaker(timed);
  calls(breaker, timed, 0, 300, Outcome::success);
  calls(breaker, timed, 5 * second, 299, Outcome::failure);
  EXPECT_EQ(breaker.state(), BreakerState::closed);
  calls(breaker, timed, 9'999 * ms, 1, Outcome::failure);
  EXPECT_EQ(breaker.state(), BreakerState::open) << "300 of 600";
  Resilience4jBreaker few(timed);
  calls(few, timed, 0, 19, Outcome::failure);
  calls(few, timed, 10 * second, 19, Outcome::failure);
  EXPECT_EQ(few.state(), BreakerState::closed) << "the first 19 have left";
  calls(few, timed, 10 * second, 1, Outcome::failure);
  EXPECT_EQ(few.state(), BreakerState::open);
}

TEST(Resilience4j, ForceOpenBeatsDisabledBeatsTheState) {
  Resilience4jSpec forced_open = spec, disabled = spec, both = spec;
  forced_open.force.open = disabled.force.closed = both.force.open = both.force.closed = true;
  Resilience4jBreaker breaker(spec);
  EXPECT_FALSE(breaker.admit(forced_open, 0));
  EXPECT_FALSE(breaker.admit(both, 0));
  calls(breaker, disabled, 0, 1'000, Outcome::failure);
  EXPECT_TRUE(breaker.admit(spec, 0)) << "nothing was counted";
  Resilience4jBreaker open = opened(spec);
  EXPECT_TRUE(open.admit(disabled, 1));
  EXPECT_FALSE(open.admit(spec, 1));
}

TEST(Resilience4j, LastCallsAgreeWithAListOfThem) {
  policies::Draws draws(2);
  for (const std::uint32_t size : {1U, 63U, 64U, 65U, 256U}) {
    policies::LastCalls last(size);
    std::vector<std::pair<bool, bool>> all;
    for (int i = 0; i < 700; ++i) {
      all.emplace_back(draws.chance(0.3), draws.chance(0.6));
      last.add(all.back().first, all.back().second);
      std::uint32_t failed = 0, slow = 0;
      const std::size_t n = std::min<std::size_t>(all.size(), size);
      for (std::size_t k = all.size() - n; k < all.size(); ++k) {
        failed += all[k].first ? 1U : 0U;
        slow += all[k].second ? 1U : 0U;
      }
      ASSERT_EQ(last.calls(), n);
      ASSERT_EQ(last.failed(), failed);
      ASSERT_EQ(last.slow(), slow);
    }
  }
}

TEST(Resilience4j, SettingsOutOfRangeAreNotValid) {
  EXPECT_TRUE(spec.valid());
  EXPECT_TRUE((Resilience4jSpec{.window_calls = 256}.valid()));
  EXPECT_FALSE((Resilience4jSpec{.window_calls = 257}.valid()));
  EXPECT_FALSE((Resilience4jSpec{.window_calls = 0}.valid()));
  EXPECT_FALSE((Resilience4jSpec{.failure_percent = 0}.valid()));
  EXPECT_FALSE((Resilience4jSpec{.slow_percent = 101}.valid()));
  EXPECT_FALSE((Resilience4jSpec{.slow_call = 0}.valid()));
  EXPECT_FALSE((Resilience4jSpec{.probes = 257}.valid()));
  EXPECT_FALSE((Resilience4jSpec{.half_open_max = -1}.valid()));
}

TEST(Ribbon, BlackoutsDoubleFromTheThirdFailureToHalfAMinute) {
  const RibbonSpec ribbon;
  RibbonBreaker breaker;
  const sim::Time blackouts[] = {0, 0, 10 * second, 20 * second, 30 * second, 30 * second};
  for (int i = 0; i < 6; ++i) {
    breaker.record(ribbon, i * 100 * second, i % 2 == 0 ? Outcome::unreachable : Outcome::timeout);
    EXPECT_EQ(breaker.blackout(ribbon), blackouts[i]) << i + 1;
    EXPECT_EQ(breaker.admit(ribbon, i * 100 * second), i < 2);
    if (i >= 2) {
      EXPECT_FALSE(breaker.admit(ribbon, i * 100 * second + blackouts[i] - 1));
    }
    EXPECT_TRUE(breaker.admit(ribbon, i * 100 * second + blackouts[i]));
  }
  for (int i = 0; i < 1'000; ++i) {
    breaker.record(ribbon, 600 * second, Outcome::timeout);
    ASSERT_EQ(breaker.blackout(ribbon), 30 * second) << i;
  }
  const RibbonSpec short_ones{.factor = 1, .max = 3'600 * second};
  EXPECT_EQ(breaker.blackout(short_ones), 1 << 16) << "it doubles 16 times at most";
}

TEST(Ribbon, AnyAnswerEndsTheRow) {
  const RibbonSpec ribbon;
  for (const Outcome answer : {Outcome::success, Outcome::failure, Outcome::rejected, Outcome::bad_request}) {
    RibbonBreaker breaker;
    for (int i = 0; i < 3; ++i) breaker.record(ribbon, 0, Outcome::unreachable);
    breaker.record(ribbon, 1, Outcome::short_circuited);
    EXPECT_FALSE(breaker.admit(ribbon, 1));
    breaker.record(ribbon, 1, answer);
    EXPECT_TRUE(breaker.admit(ribbon, 1)) << static_cast<int>(answer);
    for (int i = 0; i < 2; ++i) breaker.record(ribbon, 2, Outcome::unreachable);
    EXPECT_TRUE(breaker.admit(ribbon, 2));
  }
}

TEST(Breaker, IsTheKindOfItsSpec) {
  policies::Breaker none(std::monostate{});
  for (int i = 0; i < 1'000; ++i) none.record(std::monostate{}, 0, Outcome::failure, ms);
  EXPECT_TRUE(none.admit(std::monostate{}, second));

  const policies::BreakerSpec kinds[] = {policies::HystrixSpec{}, Resilience4jSpec{}, RibbonSpec{}};
  const int enough[] = {20, 100, 3};
  for (int k = 0; k < 3; ++k) {
    policies::Breaker breaker(kinds[k]);
    for (int i = 0; i < enough[k] - 1; ++i) breaker.record(kinds[k], 0, Outcome::timeout, ms);
    EXPECT_TRUE(breaker.admit(kinds[k], 0));
    breaker.record(kinds[k], 0, Outcome::timeout, ms);
    EXPECT_FALSE(breaker.admit(kinds[k], 500 * ms)) << k;
  }
}

TEST(Breaker, CopiesGoOnIdentically) {
  Resilience4jSpec timed;
  timed.window = Resilience4jSpec::Window::time;
  timed.minimum_calls = 5;
  for (const policies::BreakerSpec& kind :
       {policies::BreakerSpec(policies::HystrixSpec{}), policies::BreakerSpec(Resilience4jSpec{.window_calls = 20, .open_for = second}),
        policies::BreakerSpec(timed), policies::BreakerSpec(RibbonSpec{})}) {
    policies::Draws draws(4);
    policies::Breaker a(kind);
    const auto step = [&](policies::Breaker& breaker, sim::Time t, bool fails) {
      const bool admitted = breaker.admit(kind, t);
      if (admitted) breaker.record(kind, t, fails ? Outcome::timeout : Outcome::success, 40 * ms);
      return admitted;
    };
    sim::Time t = 0;
    for (int i = 0; i < 500; ++i) step(a, t += 90 * ms, draws.chance(0.5));
    policies::Breaker b = a;
    int refused = 0;
    for (int i = 0; i < 2'000; ++i) {
      const bool fails = draws.chance(0.5);
      t += 90 * ms;
      const bool admitted = step(a, t, fails);
      ASSERT_EQ(admitted, step(b, t, fails));
      refused += admitted ? 0 : 1;
    }
    EXPECT_GT(refused, 0);
    EXPECT_LT(refused, 2'000);
  }
}

static_assert(std::is_trivially_copyable_v<policies::HystrixBreaker>);
static_assert(sizeof(policies::HystrixBreaker) <= 120);
static_assert(sizeof(policies::RibbonBreaker) <= 16);
static_assert(sizeof(policies::Breaker) <= 168);

}  // namespace
