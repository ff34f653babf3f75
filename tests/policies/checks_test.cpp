// What checks say of a target, against a machine that hears each of them.

#include "policies/checks.h"

#include <gtest/gtest.h>

#include <vector>

#include "policies/draws.h"

namespace {

using policies::Health;
using policies::HealthSpec;
using policies::TargetHistory;

TEST(Checks, AreCounted) {
  for (sim::Time phase = 0; phase < 5; ++phase) {
    for (sim::Time from = -12; from < 12; ++from) {
      for (sim::Time to = from - 2; to < 14; ++to) {
        sim::Time count = 0;
        for (sim::Time t = from; t <= to; ++t) count += (t - phase) % 5 == 0 ? 1 : 0;
        EXPECT_EQ(policies::checks_in(from, to, phase, 5), count) << from << " to " << to << ", " << phase;
      }
    }
  }
}

/// A target that is up, then down, then up again: whoever hears each check thinks of it at every moment what healthy_by_checks says.
TEST(Checks, SayWhatAMachineSaysThatHearsThem) {
  policies::Draws dice(1);
  for (int round = 0; round < 300; ++round) {
    const HealthSpec spec{.interval = 10 + static_cast<sim::Time>(dice.below(20)),
                          .timeout = 1 + static_cast<sim::Time>(dice.below(9)),
                          .healthy = static_cast<std::uint8_t>(1 + dice.below(4)),
                          .unhealthy = static_cast<std::uint8_t>(1 + dice.below(4)),
                          .starts_healthy = true};
    const auto phase = static_cast<sim::Time>(dice.below(static_cast<std::uint64_t>(spec.interval)));
    const sim::Time down = 200 + static_cast<sim::Time>(dice.below(100));
    const sim::Time up = down + 10 + static_cast<sim::Time>(dice.below(300));
    const bool silent = dice.below(2) == 0;
    Health machine(spec);
    TargetHistory history;
    struct Answer {
      sim::Time at;
      bool passed;
    };
    std::vector<Answer> answers;
    for (sim::Time now = 0; now < up + 300; ++now) {
      if (now == down) history.go_down(now, silent);
      if (now == up) history.come_up(now);
      const bool there = now < down || now >= up;
      if ((now - phase) % spec.interval == 0) answers.push_back({there || !silent ? now : now + spec.timeout, there});
      while (!answers.empty() && answers.front().at <= now) {
        machine.record(spec, answers.front().passed ? Health::Check::passed : Health::Check::failed);
        answers.erase(answers.begin());
      }
      if (now >= up && now < up + spec.timeout) continue;  // a check that was silent when it came back is counted when it was sent
      ASSERT_EQ(policies::healthy_by_checks(spec, phase, history, now), machine.healthy()) << round << " at " << now;
    }
  }
}

TEST(Checks, OneThatIsNewWaitsForItsFirst) {
  const HealthSpec spec = HealthSpec::envoy(10, 1, 3, 3);
  TargetHistory history{.known = 100, .since = 100, .up = false, .fresh = true};
  EXPECT_FALSE(policies::healthy_by_checks(spec, 4, history, 120));
  history.come_up(121);
  EXPECT_FALSE(policies::healthy_by_checks(spec, 4, history, 123));
  EXPECT_TRUE(policies::healthy_by_checks(spec, 4, history, 124));  // Envoy's first pass is enough
  EXPECT_FALSE(policies::healthy_by_checks({.interval = 10, .timeout = 1, .healthy = 3, .unhealthy = 3}, 4, history, 143));
  EXPECT_TRUE(policies::healthy_by_checks({.interval = 10, .timeout = 1, .healthy = 3, .unhealthy = 3}, 4, history, 144));
}

}  // namespace
