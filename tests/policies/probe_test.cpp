// Checks that are computed find what checks that happen would.

#include "policies/probe.h"

#include <gtest/gtest.h>

#include <vector>

#include "policies/poll.h"
#include "sim/random.h"

namespace {

using policies::Finding;
using policies::Health;
using policies::HealthSpec;
using policies::Probed;
using sim::second;

constexpr HealthSpec readiness = HealthSpec::kubernetes_readiness();
constexpr HealthSpec alb = HealthSpec::alb();

/// When it changes after something else is found from `at` on; the checks are at phase + k interval.
sim::Time change_after(const HealthSpec& spec, bool healthy, sim::Time phase, sim::Time at, Finding finds) {
  Probed probed(spec, healthy, 0, phase, healthy ? Finding::good : Finding::bad);
  probed.change(spec, at, finds);
  return probed.next_change(spec) - at;
}

/// Three failures in a row, the first within 10 s: 20 s to 30 s, and 1 s more for one that does not answer.
TEST(Readiness, FailsThreeTimesAndPassesOnce) {
  const sim::Time at = 100 * second;
  for (sim::Time phase = 0; phase < 10; ++phase) {
    const sim::Time first = policies::next_tick(at, readiness.interval, phase * second) - at;
    EXPECT_EQ(change_after(readiness, true, phase * second, at, Finding::bad), first + 20 * second);
    EXPECT_EQ(change_after(readiness, true, phase * second, at, Finding::silent), first + 21 * second);
    EXPECT_EQ(change_after(readiness, false, phase * second, at, Finding::good), first);
  }
}

/// Two failures: 30 s to 60 s, and 5 s more; five passes: 120 s to 150 s; a new target needs one: 0 to 30 s.
TEST(TargetGroup, FailsTwiceAndPassesFiveTimesButForANewOne) {
  const sim::Time at = 300 * second;
  for (sim::Time phase = 0; phase < 30; phase += 7) {
    const sim::Time first = policies::next_tick(at, alb.interval, phase * second) - at;
    EXPECT_EQ(change_after(alb, true, phase * second, at, Finding::bad), first + 30 * second);
    EXPECT_EQ(change_after(alb, true, phase * second, at, Finding::silent), first + 35 * second);
    EXPECT_EQ(change_after(alb, false, phase * second, at, Finding::good), first) << "new";
    Probed back(alb, true, 0, phase * second, Finding::good);
    back.change(alb, at, Finding::bad);
    EXPECT_TRUE(back.settle(alb, back.next_change(alb)));
    EXPECT_FALSE(back.healthy());
    const sim::Time later = at + 120 * second;
    back.change(alb, later, Finding::good);
    EXPECT_EQ(back.next_change(alb) - later, policies::next_tick(later, alb.interval, phase * second) - later + 120 * second);
  }
}

TEST(Probed, NothingChangesByItself) {
  const Probed healthy(readiness, true, 0, 0, Finding::good);
  EXPECT_EQ(healthy.next_change(readiness), sim::never);
  const Probed unhealthy(readiness, false, 0, 0, Finding::bad);
  EXPECT_EQ(unhealthy.next_change(readiness), sim::never);
}

TEST(Probed, ChecksBeginAfterTheInitialDelay) {
  Probed probed(readiness, false, 65 * second, 2 * second, Finding::bad);
  probed.change(readiness, 10 * second, Finding::good);
  EXPECT_EQ(probed.next_change(readiness), 72 * second);
}

/// Checks that are made one by one.
class Naive {
 public:
  Naive(const HealthSpec& spec, bool healthy, sim::Time phase) : spec_(spec), phase_(phase), health_(begun(spec, healthy)) {}
  void tick(sim::Time now, Finding finds) {
    if (now == lost_) health_.record(spec_, Health::Check::failed);
    if (policies::last_tick(now, spec_.interval, phase_) != now) return;
    if (finds == Finding::silent) {
      lost_ = now + spec_.timeout;
    } else {
      health_.record(spec_, finds == Finding::good ? Health::Check::passed : Health::Check::failed);
    }
  }
  bool healthy() const { return health_.healthy(); }

 private:
  static HealthSpec begun(HealthSpec spec, bool healthy) {
    spec.starts_healthy = healthy;
    return spec;
  }
  HealthSpec spec_;
  sim::Time phase_;
  Health health_;
  sim::Time lost_ = sim::never;
};

TEST(Probed, IsWhatChecksThatAreMadeWouldFind) {
  for (std::uint64_t run = 0; run < 400; ++run) {
    auto draw = [&, n = std::uint64_t{0}](std::uint64_t below) mutable {
      return static_cast<sim::Time>(sim::scale(sim::draw(5, run, sim::Purpose::discovery, n++), below));
    };
    HealthSpec spec;
    spec.interval = 1 + draw(12);
    spec.timeout = 1 + draw(static_cast<std::uint64_t>(spec.interval));
    spec.healthy = static_cast<std::uint8_t>(1 + draw(run % 3 == 0 ? 255 : 5));
    spec.unhealthy = static_cast<std::uint8_t>(1 + draw(run % 3 == 1 ? 255 : 5));
    spec.first_pass_is_enough = draw(2) == 0;
    const sim::Time phase = policies::phase_of(static_cast<std::uint64_t>(draw(1'000)) << 54, spec.interval);
    const bool healthy = draw(2) == 0;
    Finding finds = healthy ? Finding::good : Finding::bad;
    Naive naive(spec, healthy, phase);
    Probed probed(spec, healthy, 0, phase, finds);
    sim::Time due = probed.next_change(spec);
    for (sim::Time now = 0; now < 20'000; ++now) {
      if (draw(run % 2 == 0 ? 40 : 900) == 0) {
        finds = static_cast<Finding>(draw(3));
        probed.change(spec, now, finds);
        due = probed.next_change(spec);
      }
      naive.tick(now, finds);
      if (now == due) {
        probed.settle(spec, now);  // true, but when a check that is lost and one that begins now say opposite things
        due = probed.next_change(spec);
      }
      ASSERT_EQ(probed.healthy(), naive.healthy()) << run << " " << now;
    }
  }
}

}  // namespace
