// Polls by arithmetic.

#include "policies/poll.h"

#include <gtest/gtest.h>

namespace {

using policies::CachePhases;
using policies::Caches;
using policies::last_tick;
using policies::next_tick;
using policies::phase_of;
using policies::seen_as_of;

TEST(Ticks, AreTheNearestOnEitherSide) {
  for (const sim::Time period : {1, 2, 7, 30}) {
    for (sim::Time phase = 0; phase < period; ++phase) {
      for (sim::Time at = -65; at <= 65; ++at) {
        sim::Time last = at, next = at;
        while (((last - phase) % period + period) % period != 0) --last;
        while (((next - phase) % period + period) % period != 0) ++next;
        ASSERT_EQ(last_tick(at, period, phase), last) << at << " " << period << " " << phase;
        ASSERT_EQ(next_tick(at, period, phase), next) << at << " " << period << " " << phase;
      }
    }
  }
  EXPECT_EQ(last_tick(-5, 0, 0), -5) << "no period: always";
  EXPECT_EQ(next_tick(-5, 0, 0), -5);
}

TEST(Ticks, PhasesAreBelowThePeriod) {
  EXPECT_EQ(phase_of(0, 30), 0);
  EXPECT_EQ(phase_of(~std::uint64_t{0}, 30), 29);
  EXPECT_EQ(phase_of(~std::uint64_t{0}, 0), 0);
}

/// What three polls that really happen hand on: at each time the server first, then the client, then its list.
TEST(Caches, AreWhatPollsWouldHaveBrought) {
  for (int run = 0; run < 200; ++run) {
    auto draw = [&, n = std::uint64_t{0}](std::uint64_t below) mutable {
      return static_cast<sim::Time>(sim::scale(sim::draw(7, static_cast<std::uint64_t>(run), sim::Purpose::discovery, n++), below));
    };
    const Caches caches{draw(8), draw(8), draw(8)};
    const CachePhases phases{phase_of(static_cast<std::uint64_t>(draw(1'000'000)) << 44, caches.server),
                             phase_of(static_cast<std::uint64_t>(draw(1'000'000)) << 44, caches.fetch),
                             phase_of(static_cast<std::uint64_t>(draw(1'000'000)) << 44, caches.list)};
    const sim::Time began = draw(40);
    sim::Time server = 0, client = 0, list = 0;
    for (sim::Time now = -50; now < 100; ++now) {
      const auto polls = [now](sim::Time period, sim::Time phase) {
        return period == 0 || ((now - phase) % period + period) % period == 0;
      };
      if (polls(caches.server, phases.server)) server = now;
      if (polls(caches.fetch, phases.fetch) || now == began) client = server;
      if (polls(caches.list, phases.list) || now == began) list = client;
      if (now < began) continue;
      const sim::Time seen = seen_as_of(caches, phases, began, now);
      ASSERT_EQ(seen, list) << now;
      ASSERT_LE(seen, now);
      ASSERT_TRUE(caches.longest() == 0 ? seen == now : seen > now - caches.longest());
    }
  }
}

TEST(Caches, BothEndsAreReached) {
  const Caches eureka{30, 30, 30};
  sim::Time least = 90, most = 0;
  for (sim::Time a = 0; a < 30; ++a) {
    for (sim::Time b = 0; b < 30; ++b) {
      for (sim::Time c = 0; c < 30; ++c) {
        const sim::Time age = 1'000 - seen_as_of(eureka, {a, b, c}, 0, 1'000);
        least = std::min(least, age);
        most = std::max(most, age);
      }
    }
  }
  EXPECT_EQ(least, 0);
  EXPECT_EQ(most, 87) << "three times less than a period";
}

}  // namespace
