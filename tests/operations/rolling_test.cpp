#include <gtest/gtest.h>

#include <map>

#include "chaos/experiment.h"
#include "operations/operations.h"
#include "support/pushes.h"
#include "support/worlds.h"

namespace {

using model::InstanceState;
using worlds::rolling;
using Kind = model::Refusal::Kind;

std::map<std::string, std::size_t> up_by_version(const model::World& world) {
  std::map<std::string, std::size_t> versions;
  for (const model::InstanceId id : worlds::instances_of(world, "login")) {
    if (world.instance(id).state == InstanceState::up) ++versions[world.shared().profiles[world.instance(id).profile].version];
  }
  return versions;
}

std::string pushed(model::World& world, const model::DeploymentSpec& spec) {
  const auto result = operations::push(world, "login", spec);
  EXPECT_TRUE(std::holds_alternative<std::string>(result));
  return std::holds_alternative<std::string>(result) ? std::get<std::string>(result) : "";
}

TEST(Rolling, ReplacesEveryInstanceBatchByBatchWithoutALoss) {
  model::World world(worlds::spec_of("netflixoss"));
  world.set_traffic(*world.find_service("www"), 2000);
  world.run_until(5 * sim::second);
  pushed(world, rolling("1.1"));
  EXPECT_EQ(worlds::in_state(world, "login", InstanceState::starting), 5U);  // a quarter of 18, rounded up
  std::size_t least = 18, most = 0;
  for (int t = 51; t < 1000; ++t) {
    world.run_until(t * 100 * sim::millisecond);
    const std::size_t up = worlds::in_state(world, "login", InstanceState::up);
    least = std::min(least, up);
    most = std::max(most, up);
  }
  EXPECT_EQ(least, 18U);
  EXPECT_LE(most, 23U);
  EXPECT_EQ(up_by_version(world), (std::map<std::string, std::size_t>{{"1.1", 18}}));
  EXPECT_EQ(world.deployments()[0].state, "succeeded");
  EXPECT_EQ(world.deployments()[0].updated, 18U);
  EXPECT_EQ(worlds::requests_of(world).failed, 0U);
  EXPECT_EQ(worlds::instances_of(world, "login").size(), 18U);
}

TEST(Rolling, TheNewVersionIsSlowerAndFails) {
  model::World world(worlds::spec_of("netflixoss"));
  model::DeploymentSpec bad = rolling("2.0");
  bad.version.service_time_factor = 5;
  bad.version.error_rate = 0.5;
  bad.max_surge = {100, true};
  pushed(world, bad);
  world.run_until(30 * sim::second);
  const worlds::Sums before = worlds::requests_of(world);
  world.run_until(130 * sim::second);
  const worlds::Sums after = worlds::requests_of(world);
  const double share = static_cast<double>(after.failed - before.failed) / static_cast<double>(after.sent - before.sent);
  EXPECT_NEAR(share, 0.5 * 18 / 42, 0.025);  // login is 18 of 42 instances behind the proxies
}

TEST(Rolling, CanBeRolledBackInTheMiddleAndAfterwards) {
  for (const int seconds : {8, 120}) {
    model::World world(worlds::spec_of("netflixoss"));
    const std::string id = pushed(world, rolling("1.1"));
    world.run_until(seconds * sim::second);
    ASSERT_TRUE(std::holds_alternative<std::string>(operations::roll_back(world, "login", id)));
    EXPECT_EQ(world.deployments()[0].state, "rollingBack");
    world.run_until((seconds + 120) * sim::second);
    EXPECT_EQ(world.deployments()[0].state, "rolledBack");
    EXPECT_EQ(up_by_version(world), (std::map<std::string, std::size_t>{{"1.0", 18}}));
    EXPECT_EQ(worlds::requests_of(world).failed, 0U);
  }
}

TEST(Rolling, ANewerPushTakesOver) {
  model::World world(worlds::spec_of("netflixoss"));
  const std::string first = pushed(world, rolling("1.1"));
  world.run_until(8 * sim::second);
  pushed(world, rolling("1.2"));
  world.run_until(120 * sim::second);
  EXPECT_EQ(world.deployments()[0].state, "superseded");
  EXPECT_EQ(world.deployments()[1].state, "succeeded");
  EXPECT_EQ(up_by_version(world), (std::map<std::string, std::size_t>{{"1.2", 18}}));
  EXPECT_EQ(std::get<model::Refusal>(operations::roll_back(world, "login", first)).kind, Kind::conflict);
}

TEST(Rolling, AZoneThatIsDownRefusesItUnlessForced) {
  model::World world(worlds::spec_of("netflixoss"));
  model::Selector zone;
  zone.zones = {"us-east-1.zoneB"};
  chaos::start_fault(world, "zone.outage", zone, 100 * sim::second, {});
  const auto refused = operations::push(world, "login", rolling("1.1"));
  EXPECT_EQ(std::get<model::Refusal>(refused).kind, Kind::conflict);
  EXPECT_NE(std::get<model::Refusal>(refused).detail.find("us-east-1.zoneB is down"), std::string::npos);
  model::DeploymentSpec spec = rolling("1.1");
  spec.force = true;
  ASSERT_TRUE(std::holds_alternative<std::string>(operations::push(world, "login", spec)));
  world.run_until(90 * sim::second);
  EXPECT_EQ(world.deployments()[0].state, "succeeded") << "what is down went first, and new ones started elsewhere";
  EXPECT_EQ(up_by_version(world), (std::map<std::string, std::size_t>{{"1.1", 18}}));
  world.run_until(200 * sim::second);
  EXPECT_EQ(world.deployments()[0].state, "succeeded");
  EXPECT_EQ(up_by_version(world), (std::map<std::string, std::size_t>{{"1.1", 18}}));
}

TEST(Rolling, SurvivesTheDeathOfWhatItStarts) {
  model::World world(worlds::spec_of("netflixoss"));
  pushed(world, rolling("1.1"));
  world.run_until(sim::second);
  for (const model::InstanceId id : worlds::instances_of(world, "login")) {
    if (world.instance(id).state == InstanceState::starting) world.kill(id);
  }
  world.run_until(200 * sim::second);
  EXPECT_EQ(world.deployments()[0].state, "succeeded");
}

TEST(Rolling, ScalingMeanwhileKeepsTheNewVersion) {
  model::World world(worlds::spec_of("netflixoss"));
  pushed(world, rolling("1.1"));
  world.run_until(3 * sim::second);
  operations::scale(world, {"login", 24, {}});
  world.run_until(200 * sim::second);
  EXPECT_EQ(up_by_version(world), (std::map<std::string, std::size_t>{{"1.1", 24}}));
}

TEST(Rolling, SaysWhatIsWrong) {
  model::World world(worlds::spec_of("netflixoss"));
  const auto refusal = [&](const std::string& service, const model::DeploymentSpec& spec) {
    return std::get<model::Refusal>(operations::push(world, service, spec));
  };
  EXPECT_EQ(refusal("lgin", rolling("1.1")).kind, Kind::not_found);
  EXPECT_EQ(refusal("login", rolling("1.0")).kind, Kind::conflict);
  EXPECT_EQ(refusal("login", rolling("")).problems.at(0).pointer, "/version");
  EXPECT_EQ(refusal("login", rolling("1 1")).problems.at(0).pointer, "/version");
  model::DeploymentSpec wrong = rolling("1.1");
  wrong.version.service_time_factor = 0;
  wrong.version.error_rate = 2;
  EXPECT_EQ(refusal("login", wrong).problems.size(), 2U);
  EXPECT_TRUE(world.deployments().empty());
  EXPECT_EQ(std::get<model::Refusal>(operations::roll_back(world, "login", "d7")).kind, Kind::not_found);
}

}  // namespace
