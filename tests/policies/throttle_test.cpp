#include "policies/throttle.h"

#include <gtest/gtest.h>

#include <cmath>

#include "policies/draws.h"

namespace {

using policies::Throttle;
using policies::ThrottleSpec;
constexpr sim::Time second = sim::second;
constexpr std::uint64_t never_drops = ~std::uint64_t{0};

const ThrottleSpec spec;

void requests(Throttle& throttle, sim::Time at, int n, int accepted) {
  for (int i = 0; i < n; ++i) throttle.admit(spec, at, never_drops);
  for (int i = 0; i < accepted; ++i) throttle.accepted(spec, at);
}

TEST(Throttle, DropsNothingWhileHalfIsAccepted) {
  Throttle throttle;
  EXPECT_EQ(throttle.chance(spec, 0), 0);
  requests(throttle, 0, 100, 50);
  EXPECT_EQ(throttle.chance(spec, 0), 0);
  requests(throttle, 0, 0, 50);
  EXPECT_EQ(throttle.chance(spec, 0), 0);
}

TEST(Throttle, IsTheFormula) {
  Throttle throttle;
  requests(throttle, 0, 100, 10);
  EXPECT_DOUBLE_EQ(throttle.chance(spec, 0), 80.0 / 101);
  Throttle dead;
  requests(dead, 0, 1, 0);
  EXPECT_DOUBLE_EQ(dead.chance(spec, 0), 0.5);
  requests(dead, 0, 98, 0);
  EXPECT_DOUBLE_EQ(dead.chance(spec, 0), 0.99);
  const ThrottleSpec strict{.k = 1.1};
  EXPECT_DOUBLE_EQ(throttle.chance(strict, 0), 89.0 / 101);
}

TEST(Throttle, ARequestThatIsDroppedCounts) {
  Throttle throttle;
  requests(throttle, 0, 99, 0);
  EXPECT_FALSE(throttle.admit(spec, 0, 0));
  EXPECT_DOUBLE_EQ(throttle.chance(spec, 0), 100.0 / 101);
}

TEST(Throttle, DropsAsOftenAsItsChance) {
  Throttle throttle;
  requests(throttle, 0, 199, 50);  // 99 / 200
  policies::Draws draws(1);
  int dropped = 0;
  const int n = 10'000;
  for (int i = 0; i < n; ++i) {
    Throttle fresh = throttle;
    dropped += fresh.admit(spec, 0, draws.bits()) ? 0 : 1;
  }
  EXPECT_NEAR(dropped / 1.0 / n, 0.495, 4 * std::sqrt(0.495 * 0.505 / n));
}

TEST(Throttle, RemembersTwoMinutes) {
  Throttle throttle;
  requests(throttle, 0, 99, 0);
  EXPECT_DOUBLE_EQ(throttle.chance(spec, 120 * second - 1), 0.99);
  EXPECT_EQ(throttle.chance(spec, 120 * second), 0);
}

/// With a backend that takes on c of the calls that are sent a second, it settles where about K c are sent: SRE book.
TEST(Throttle, SendsKTimesWhatIsAccepted) {
  Throttle throttle;
  policies::Draws draws(2);
  int sent_late = 0;
  for (int s = 0; s < 1'000; ++s) {
    int sent = 0;
    for (int i = 0; i < 1'000; ++i) {
      const sim::Time now = s * second + i * sim::millisecond;
      if (!throttle.admit(spec, now, draws.bits())) continue;
      if (sent++ < 100) throttle.accepted(spec, now);
    }
    if (s >= 500) sent_late += sent;
  }
  // p = (1,000 - 200) / 1,000 of independent drops, over 500,000 requests.
  EXPECT_NEAR(sent_late / 500.0, 200, 4 * std::sqrt(500'000 * 0.16) / 500 + 1);
}

TEST(Throttle, ACopyGoesOnIdentically) {
  policies::Draws draws(3);
  Throttle a;
  const auto step = [](Throttle& throttle, sim::Time now, std::uint64_t random) {
    const bool admitted = throttle.admit(spec, now, random);
    if (admitted && random % 5 == 0) throttle.accepted(spec, now);
    return admitted;
  };
  for (int i = 0; i < 1'000; ++i) step(a, i * second / 10, draws.bits());
  Throttle b = a;
  int dropped = 0;
  for (int i = 1'000; i < 5'000; ++i) {
    const std::uint64_t random = draws.bits();
    const bool admitted = step(a, i * second / 10, random);
    ASSERT_EQ(admitted, step(b, i * second / 10, random));
    dropped += admitted ? 0 : 1;
  }
  EXPECT_GT(dropped, 0);
}

TEST(Throttle, SettingsOutOfRangeAreNotValid) {
  EXPECT_TRUE(spec.valid());
  EXPECT_FALSE((ThrottleSpec{.k = 0.9}.valid()));
  EXPECT_FALSE((ThrottleSpec{.k = 101}.valid()));
  EXPECT_FALSE((ThrottleSpec{.window = second - 1}.valid()));
}

}  // namespace
