#include "policies/health.h"

#include <gtest/gtest.h>

#include "policies/draws.h"

namespace {

using policies::Health;
using policies::HealthSpec;
using Check = Health::Check;

/// How many checks in a row it takes to change it.
int until_changed(Health health, const HealthSpec& spec, Check check) {
  for (int n = 1; n <= 300; ++n) {
    if (health.record(spec, check)) return n;
  }
  return -1;
}

Health healthy(const HealthSpec& spec) {
  Health health(spec);
  for (int i = 0; i < 300 && !health.healthy(); ++i) health.record(spec, Check::passed);
  EXPECT_TRUE(health.healthy());
  return health;
}

Health unhealthy_again(const HealthSpec& spec) {
  Health health = healthy(spec);
  for (int i = 0; i < 300 && health.healthy(); ++i) health.record(spec, Check::failed);
  EXPECT_FALSE(health.healthy());
  return health;
}

TEST(Health, ApplicationLoadBalancer) {
  const HealthSpec alb = HealthSpec::alb();
  EXPECT_EQ(alb.interval, 30 * sim::second);
  EXPECT_EQ(alb.timeout, 5 * sim::second);
  EXPECT_FALSE(Health(alb).healthy());
  EXPECT_EQ(until_changed(Health(alb), alb, Check::passed), 1) << "a new target needs one pass";
  EXPECT_EQ(until_changed(healthy(alb), alb, Check::failed), 2);
  EXPECT_EQ(until_changed(healthy(alb), alb, Check::unexpected), 2);
  EXPECT_EQ(until_changed(unhealthy_again(alb), alb, Check::passed), 5);
}

TEST(Health, KubernetesReadiness) {
  const HealthSpec probe = HealthSpec::kubernetes_readiness();
  EXPECT_EQ(probe.interval, 10 * sim::second);
  EXPECT_EQ(probe.timeout, sim::second);
  EXPECT_FALSE(Health(probe).healthy());
  EXPECT_EQ(until_changed(Health(probe), probe, Check::passed), 1);
  EXPECT_EQ(until_changed(healthy(probe), probe, Check::failed), 3);
  EXPECT_EQ(until_changed(healthy(probe), probe, Check::unexpected), 3);
  EXPECT_EQ(until_changed(unhealthy_again(probe), probe, Check::passed), 1);
}

TEST(Health, Envoy) {
  const HealthSpec envoy = HealthSpec::envoy(5 * sim::second, sim::second, 2, 3);
  EXPECT_EQ(until_changed(Health(envoy), envoy, Check::passed), 1) << "the first success marks it healthy";
  EXPECT_EQ(until_changed(healthy(envoy), envoy, Check::failed), 3);
  EXPECT_EQ(until_changed(healthy(envoy), envoy, Check::unexpected), 1) << "an unexpected code is enough";
  EXPECT_EQ(until_changed(unhealthy_again(envoy), envoy, Check::passed), 2);
}

TEST(Health, OnlyChecksInARowCount) {
  const HealthSpec spec{.interval = 2, .timeout = 1, .healthy = 2, .unhealthy = 2, .starts_healthy = true};
  Health health(spec);
  EXPECT_TRUE(health.healthy());
  for (int i = 0; i < 10; ++i) {
    EXPECT_FALSE(health.record(spec, Check::failed));
    EXPECT_FALSE(health.record(spec, Check::passed));
  }
  health.record(spec, Check::failed);
  EXPECT_TRUE(health.record(spec, Check::failed));
  EXPECT_FALSE(health.healthy());
  for (int i = 0; i < 10; ++i) {
    EXPECT_FALSE(health.record(spec, Check::passed));
    EXPECT_FALSE(health.record(spec, Check::failed));
  }
}

TEST(Health, ThresholdsGoTo255) {
  const HealthSpec spec{.interval = 2, .timeout = 1, .healthy = 255, .unhealthy = 255};
  EXPECT_EQ(until_changed(Health(spec), spec, Check::passed), 255);
  EXPECT_EQ(until_changed(healthy(spec), spec, Check::failed), 255);
}

TEST(Health, FailsOpen) {
  EXPECT_EQ(policies::targets_in_use(3, 10, true), 3U);
  EXPECT_EQ(policies::targets_in_use(0, 10, true), 10U);
  EXPECT_EQ(policies::targets_in_use(0, 10, false), 0U);
}

TEST(Health, ACopyGoesOnIdentically) {
  const HealthSpec spec = HealthSpec::alb();
  policies::Draws draws(1);
  Health a(spec);
  int changes = 0;
  for (int i = 0; i < 2'000; ++i) {
    Health b = a;
    const Check check = draws.chance(0.8) ? Check::passed : Check::failed;
    ASSERT_EQ(a.record(spec, check), b.record(spec, check));
    ASSERT_EQ(a.healthy(), b.healthy());
    const bool before = b.healthy();
    if (draws.chance(0.5)) a = b;
    changes += before == (check == Check::passed) ? 0 : 1;
  }
  EXPECT_GT(changes, 0);
}

TEST(Health, SettingsOutOfRangeAreNotValid) {
  EXPECT_TRUE(HealthSpec::alb().valid());
  EXPECT_TRUE(HealthSpec::kubernetes_readiness().valid());
  EXPECT_FALSE(HealthSpec::envoy(0, 1, 1, 1).valid());
  EXPECT_FALSE(HealthSpec::envoy(1, 2, 1, 1).valid());
  EXPECT_FALSE(HealthSpec::envoy(2, 1, 0, 1).valid());
  EXPECT_FALSE(HealthSpec::envoy(2, 1, 1, 0).valid());
}

static_assert(sizeof(Health) <= 4);

}  // namespace
