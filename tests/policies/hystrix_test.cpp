// Hystrix's breaker: docs/policies.md, and HystrixCircuitBreaker and HealthCounts of its source.

#include <gtest/gtest.h>

#include <vector>

#include "policies/breaker.h"
#include "policies/draws.h"

namespace {

using policies::BreakerState;
using policies::HystrixBreaker;
using policies::HystrixSpec;
using policies::Outcome;
constexpr sim::Time ms = sim::millisecond;
constexpr sim::Time second = sim::second;

const HystrixSpec spec;

void calls(HystrixBreaker& breaker, sim::Time at, int successes, int failures, const HystrixSpec& with = spec) {
  for (int i = 0; i < successes; ++i) breaker.record(with, at, Outcome::success);
  for (int i = 0; i < failures; ++i) breaker.record(with, at, Outcome::failure);
}

/// One that opened at 500 ms.
HystrixBreaker opened() {
  HystrixBreaker breaker;
  calls(breaker, 0, 0, 20);
  EXPECT_FALSE(breaker.admit(spec, 500 * ms));
  return breaker;
}

TEST(Hystrix, DefaultsAreThoseOfItsProperties) {
  EXPECT_EQ(spec.window, 10 * second);
  EXPECT_EQ(spec.snapshot, 500 * ms);
  EXPECT_EQ(spec.request_volume, 20U);
  EXPECT_EQ(spec.error_percent, 50U);
  EXPECT_EQ(spec.sleep_window, 5 * second);
}

TEST(Hystrix, NineteenFailuresLeaveItClosed) {
  HystrixBreaker breaker;
  calls(breaker, 0, 0, 19);
  EXPECT_TRUE(breaker.admit(spec, 500 * ms));
  EXPECT_TRUE(breaker.admit(spec, 9'500 * ms));
}

TEST(Hystrix, TwentyCallsHalfOfWhichFailedOpenItAtTheNextSnapshot) {
  HystrixBreaker breaker;
  calls(breaker, 0, 10, 10);
  EXPECT_TRUE(breaker.admit(spec, 499 * ms));
  EXPECT_FALSE(breaker.admit(spec, 500 * ms));
  EXPECT_EQ(breaker.state(), BreakerState::open);
}

TEST(Hystrix, FewerErrorsThanHalfLeaveItClosed) {
  HystrixBreaker breaker;
  calls(breaker, 0, 11, 10);  // 47.6 %
  EXPECT_TRUE(breaker.admit(spec, 500 * ms));
  HystrixBreaker close;
  calls(close, 0, 101, 100);  // 49.75 %
  EXPECT_TRUE(close.admit(spec, 500 * ms));
}

TEST(Hystrix, CountsFailuresTimeoutsAndRejectionsAndNothingElse) {
  for (const Outcome error : {Outcome::failure, Outcome::unreachable, Outcome::timeout, Outcome::rejected}) {
    HystrixBreaker breaker;
    for (int i = 0; i < 20; ++i) breaker.record(spec, 0, error);
    EXPECT_FALSE(breaker.admit(spec, 500 * ms)) << static_cast<int>(error);
  }
  for (const Outcome other : {Outcome::short_circuited, Outcome::bad_request}) {
    HystrixBreaker breaker;
    calls(breaker, 0, 0, 19);
    for (int i = 0; i < 20; ++i) breaker.record(spec, 0, other);
    EXPECT_TRUE(breaker.admit(spec, 500 * ms)) << "adds to the volume: " << static_cast<int>(other);
    HystrixBreaker half;
    calls(half, 0, 10, 10);
    for (int i = 0; i < 20; ++i) half.record(spec, 0, other);
    EXPECT_FALSE(half.admit(spec, 500 * ms)) << "adds to the successes: " << static_cast<int>(other);
  }
}

TEST(Hystrix, TheWindowIsTenSeconds) {
  HystrixBreaker breaker;
  calls(breaker, 0, 0, 10);
  EXPECT_TRUE(breaker.admit(spec, 9'900 * ms));
  calls(breaker, 9'900 * ms, 0, 10);
  EXPECT_FALSE(breaker.admit(spec, 10 * second)) << "the snapshot at 10 s sees the first ones";
  HystrixBreaker late;
  calls(late, 0, 0, 10);
  calls(late, 10'100 * ms, 0, 10);
  EXPECT_TRUE(late.admit(spec, 12 * second));
}

TEST(Hystrix, OpensWhenOldSuccessesLeaveTheWindow) {
  HystrixBreaker breaker;
  calls(breaker, 0, 100, 0);
  calls(breaker, 5 * second, 0, 20);
  HystrixBreaker asked = breaker;
  EXPECT_TRUE(asked.admit(spec, 10'400 * ms));
  EXPECT_FALSE(asked.admit(spec, 10'500 * ms));
  // It opened at 10.5 s, though nobody asked then: the sleep window ends at 15.5 s.
  HystrixBreaker sleeper = breaker;
  EXPECT_FALSE(sleeper.admit(spec, 15'500 * ms));
  EXPECT_TRUE(sleeper.admit(spec, 15'500 * ms + 1));
  EXPECT_EQ(sleeper.state(), BreakerState::half_open);
}

TEST(Hystrix, OneProbeAfterFiveSecondsAndAllOthersAreRejected) {
  HystrixBreaker breaker = opened();
  EXPECT_FALSE(breaker.admit(spec, 5'500 * ms));
  EXPECT_TRUE(breaker.admit(spec, 5'500 * ms + 1));
  EXPECT_EQ(breaker.state(), BreakerState::half_open);
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(breaker.admit(spec, (5'600 + i * 1'000) * ms));
}

TEST(Hystrix, ASuccessfulProbeClosesItAndForgets) {
  HystrixBreaker breaker = opened();
  ASSERT_TRUE(breaker.admit(spec, 6 * second));
  breaker.record(spec, 6'100 * ms, Outcome::success);
  EXPECT_EQ(breaker.state(), BreakerState::closed);
  calls(breaker, 6'200 * ms, 0, 19);
  EXPECT_TRUE(breaker.admit(spec, 7 * second)) << "the 20 failures before are forgotten";
  calls(breaker, 7 * second, 0, 1);
  EXPECT_FALSE(breaker.admit(spec, 7'600 * ms)) << "19 and 1 within the new window";
}

TEST(Hystrix, SnapshotsAfterAResetCountFromTheReset) {
  HystrixBreaker breaker = opened();
  ASSERT_TRUE(breaker.admit(spec, 6 * second));
  breaker.record(spec, 6'100 * ms, Outcome::success);
  calls(breaker, 6'200 * ms, 0, 20);
  EXPECT_TRUE(breaker.admit(spec, 6'599 * ms));
  EXPECT_FALSE(breaker.admit(spec, 6'600 * ms));
}

TEST(Hystrix, AFailedProbeOpensItForAnotherFiveSeconds) {
  for (const Outcome failed : {Outcome::failure, Outcome::unreachable, Outcome::timeout, Outcome::rejected, Outcome::bad_request}) {
    HystrixBreaker breaker = opened();
    ASSERT_TRUE(breaker.admit(spec, 6 * second));
    breaker.record(spec, 7 * second, failed);
    EXPECT_EQ(breaker.state(), BreakerState::open);
    EXPECT_FALSE(breaker.admit(spec, 12 * second));
    EXPECT_TRUE(breaker.admit(spec, 12 * second + 1));
  }
}

TEST(Hystrix, ForceOpenBeatsForceClosedBeatsTheState) {
  const HystrixSpec forced_open{.force = {.open = true}};
  const HystrixSpec forced_closed{.force = {.closed = true}};
  const HystrixSpec both{.force = {.open = true, .closed = true}};
  HystrixBreaker closed;
  EXPECT_FALSE(closed.admit(forced_open, 0));
  EXPECT_FALSE(closed.admit(both, 0));
  EXPECT_TRUE(closed.admit(spec, 0));
  HystrixBreaker breaker = opened();
  EXPECT_TRUE(breaker.admit(forced_closed, second));
  EXPECT_FALSE(breaker.admit(both, second));
  EXPECT_FALSE(breaker.admit(spec, second)) << "the state goes on underneath";
}

/// Snapshots are taken when somebody asks, as of when they were due: so asking in between, by one for whom it is forced closed, changes
/// nothing.
TEST(Hystrix, AskingOftenChangesNothing) {
  const HystrixSpec forced_closed{.force = {.closed = true}};
  int opened_at = 0;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    policies::Draws draws(seed);
    HystrixBreaker asked;
    asked.admit(spec, 0);  // the first snapshot is due 500 ms after the first call
    HystrixBreaker left_alone = asked;
    for (sim::Time t = 0; t < 30 * second;) {
      const int successes = static_cast<int>(draws.below(12)), failures = static_cast<int>(draws.below(7));
      calls(asked, t, successes, failures);
      calls(left_alone, t, successes, failures);
      const sim::Time next = t + static_cast<sim::Time>(draws.below(8'000)) * ms;
      for (; t < next; t += 50 * ms) asked.admit(forced_closed, t);
      t = next;
      asked.admit(forced_closed, t);
      left_alone.admit(forced_closed, t);
      HystrixBreaker one = asked, other = left_alone;
      ASSERT_EQ(one.admit(spec, t), other.admit(spec, t)) << seed;
      ASSERT_EQ(one.state(), other.state()) << seed << ": opened at another time";
    }
    opened_at += left_alone.state() == BreakerState::closed ? 0 : 1;
  }
  EXPECT_GT(opened_at, 5);
  EXPECT_LT(opened_at, 45);
}

TEST(Hystrix, ACopyGoesOnIdentically) {
  policies::Draws draws(1);
  HystrixBreaker a;
  int refused = 0;
  for (sim::Time t = 0; t < 200 * second; t += 37 * ms) {
    HystrixBreaker b = a;
    const Outcome outcome = draws.chance((t / (20 * second)) % 2 == 0 ? 0.1 : 0.8) ? Outcome::failure : Outcome::success;
    const bool admitted = a.admit(spec, t);
    ASSERT_EQ(admitted, b.admit(spec, t));
    refused += admitted ? 0 : 1;
    if (admitted) a.record(spec, t, outcome);
    if (admitted) b.record(spec, t, outcome);
    ASSERT_EQ(a.state(), b.state());
    if (draws.chance(0.5)) a = b;
  }
  EXPECT_GT(refused, 10);
}

TEST(Hystrix, SettingsOutOfRangeAreNotValid) {
  EXPECT_TRUE(spec.valid());
  EXPECT_FALSE((HystrixSpec{.window = 99 * ms, .snapshot = 99 * ms}.valid()));
  EXPECT_FALSE((HystrixSpec{.snapshot = 99 * ms}.valid()));
  EXPECT_TRUE((HystrixSpec{.snapshot = 100 * ms}.valid()));
  EXPECT_FALSE((HystrixSpec{.snapshot = 10'001 * ms}.valid()));
  EXPECT_FALSE((HystrixSpec{.request_volume = 0}.valid()));
  EXPECT_FALSE((HystrixSpec{.error_percent = 101}.valid()));
  EXPECT_FALSE((HystrixSpec{.sleep_window = -1}.valid()));
}

}  // namespace
