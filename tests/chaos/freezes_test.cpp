// Faults on those who change things: autoscalers and deployments that stand still, and go on where they were.

#include "chaos/support.h"
#include "operations/operations.h"
#include "support/deploying.h"

namespace {

using deploying::Numbers;
using model::InstanceState;

constexpr sim::Time second = sim::second;

/// Two services alike, each with users of its own: one for the fault, one to see that it is left alone.
model::WorldSpec twins(const model::ServiceSpec& api, double requests_per_second) {
  model::WorldSpec spec =
      worlds::small({api, worlds::service("users", "denominator", 0, {0}), api, worlds::service("others", "denominator", 0, {2})});
  spec.services[2].name = "twin";
  spec.services[1].requests_per_second = spec.services[3].requests_per_second = requests_per_second;
  return spec;
}

// --- autoscaler.freeze

/// 200 requests a second at two instances, and an autoscaler that wants one for each 100.
model::WorldSpec scaled() {
  model::ServiceSpec api = worlds::service("api", "store", 2, {}, 20);
  api.replace_after = 5 * second;
  api.autoscaler.emplace();
  api.autoscaler->min = 2;
  api.autoscaler->max = 100;
  api.autoscaler->metrics = {{policies::AutoscalerSpec::Metric::requests, 100}};
  return twins(api, 200);
}

std::uint32_t desired(const model::World& world, const std::string& service) {
  return world.shared().services[*world.find_service(service)].desired;
}

const model::AutoscalerRecord::Entry& last_decision(const model::World& world, const std::string& service) {
  return world.autoscalers().at(*world.find_service(service)).decisions.back();
}

TEST(AutoscalerFreeze, TheNumberStaysWhatTheLoadWouldChange) {
  model::World world(scaled());
  world.run_until(61 * second);
  ASSERT_EQ(desired(world, "api"), 2U);
  chaos::FaultRequest request = trial::on("autoscaler.freeze", "api");
  request.duration = 60 * second;  // until 121 s
  trial::start(world, request);
  for (const char* users : {"users", "others"}) operations::set_traffic(world, users, 550);
  world.run_until(76 * second);
  EXPECT_EQ(desired(world, "twin"), 6U) << "550 / 100, at the sync of 75 s";
  for (int t = 76; t <= 120; ++t) {
    world.run_until(t * second);
    ASSERT_EQ(desired(world, "api"), 2U) << t;
  }
  EXPECT_EQ(last_decision(world, "api").at, 120 * second);
  EXPECT_EQ(last_decision(world, "api").decision.reason, "frozen by a fault: the number stays as it is");
  EXPECT_EQ(worlds::in_state(world, "api", InstanceState::up), 2U);
  EXPECT_EQ(worlds::in_state(world, "twin", InstanceState::up), 6U);
  world.run_until(136 * second);
  EXPECT_EQ(desired(world, "api"), 6U) << "at the sync of 135 s, as the other one";
  EXPECT_EQ(last_decision(world, "api").decision.reason.find("frozen"), std::string::npos);
  for (const char* users : {"users", "others"}) operations::set_traffic(world, users, 250);
  world.run_until(600 * second);
  EXPECT_EQ(desired(world, "api"), 3U) << "250 / 100, five minutes later";
  EXPECT_EQ(desired(world, "twin"), 3U);
  EXPECT_EQ(worlds::requests_of(world).failed, 0U);
}

TEST(AutoscalerFreeze, PeopleMayScaleAndTheDeadAreReplaced) {
  model::World world(scaled());
  world.run_until(second);
  trial::start(world, trial::on("autoscaler.freeze", "api"));
  operations::scale(world, {"api", 4U, {}});
  world.run_until(20 * second);
  world.kill(worlds::instances_of(world, "api").front());
  world.run_until(60 * second);
  EXPECT_EQ(desired(world, "api"), 4U) << "50 requests at each would be too many for it";
  EXPECT_EQ(worlds::in_state(world, "api", InstanceState::up), 4U);
}

// --- deploy.freeze

/// Ten instances of 1.2.3 that start in 5 s.
model::WorldSpec deployed() {
  model::ServiceSpec api = worlds::service("api", "store", 10, {}, 10);
  api.version = "1.2.3";
  api.start_up = 5 * second;
  return twins(api, 200);
}

std::string push(model::World& world, const std::string& service, const model::DeploymentSpec& spec) {
  const auto result = operations::push(world, service, spec);
  EXPECT_TRUE(std::holds_alternative<std::string>(result)) << service;
  return std::holds_alternative<std::string>(result) ? std::get<std::string>(result) : "";
}

Numbers up(const model::World& world, const std::string& service) {
  Numbers numbers;
  for (const model::InstanceId id : worlds::instances_of(world, service)) {
    if (world.instance(id).state == InstanceState::up) ++numbers[world.shared().profiles[world.instance(id).profile].version];
  }
  return numbers;
}

/// What all of its versions together should be, and each of them.
Numbers wanted(const model::World& world, const std::string& service) {
  Numbers numbers;
  for (const model::Fleet& fleet : world.shared().services[*world.find_service(service)].keeping.fleets) {
    numbers[world.shared().profiles[fleet.profile].version] = fleet.wanted;
  }
  return numbers;
}

const model::DeploymentRecord& record_of(const model::World& world, const std::string& id) {
  for (const model::DeploymentRecord& record : world.deployments()) {
    if (record.id == id) return record;
  }
  throw std::runtime_error("no deployment " + id);
}

model::DeploymentSpec by_quarters(const std::string& version) {
  model::DeploymentSpec spec = model::deployment_preset("kubernetes");
  spec.version.name = version;
  return spec;
}

TEST(DeployFreeze, WhatRunsStandsStillAndGoesOnAfterwards) {
  model::World world(deployed());
  world.run_until(second);
  const std::string mine = push(world, "api", by_quarters("1.2.4"));
  const std::string other = push(world, "twin", by_quarters("1.2.4"));
  world.run_until(4 * second);
  chaos::FaultRequest request = trial::on("deploy.freeze", "api");
  request.duration = 60 * second;  // until 64 s
  trial::start(world, request);
  // Of ten at most thirteen and at least eight: five new ones start, two old ones have gone.
  const Numbers frozen = wanted(world, "api");
  EXPECT_EQ(frozen, (Numbers{{"1.2.3", 8}, {"1.2.4", 5}}));
  world.run_until(10 * second);
  for (int t = 10; t < 64; ++t) {
    world.run_until(t * second);
    ASSERT_EQ(wanted(world, "api"), frozen) << t;
    ASSERT_EQ(up(world, "api"), frozen) << "old and new side by side, " << t;
    ASSERT_EQ(record_of(world, mine).state, "paused") << t;
  }
  EXPECT_EQ(record_of(world, mine).reason, "a fault has frozen deployments of api");
  EXPECT_EQ(record_of(world, other).state, "succeeded");
  EXPECT_EQ(up(world, "twin"), (Numbers{{"1.2.4", 10}}));
  world.run_until(120 * second);
  EXPECT_EQ(record_of(world, mine).state, "succeeded");
  EXPECT_EQ(record_of(world, mine).reason, "");
  EXPECT_EQ(up(world, "api"), (Numbers{{"1.2.4", 10}}));
  // The first wave, begun at 1 s, was known to be up at 6.1 s, or else meanwhile; the second takes what it took there, to a look.
  const auto took = [&](const std::string& id, double from) { return sim::to_seconds(*record_of(world, id).ended) - from; };
  EXPECT_NEAR(took(mine, 64), took(other, 6.1), 0.2);
  EXPECT_EQ(worlds::requests_of(world).failed, 0U);
}

/// What is bad may go although nothing may come.
TEST(DeployFreeze, TheWayBackIsOpen) {
  model::World world(deployed());
  const std::string id = push(world, "api", by_quarters("1.2.4"));
  world.run_until(2 * second);
  trial::start(world, trial::on("deploy.freeze", "api"));
  world.run_until(10 * second);
  EXPECT_EQ(up(world, "api"), (Numbers{{"1.2.3", 8}, {"1.2.4", 5}}));
  ASSERT_TRUE(std::holds_alternative<std::string>(operations::roll_back(world, "api", id)));
  world.run_until(60 * second);
  EXPECT_EQ(record_of(world, id).state, "rolledBack");
  EXPECT_EQ(up(world, "api"), (Numbers{{"1.2.3", 10}}));
}

TEST(DeployFreeze, NoneBeginsNotEvenByForce) {
  model::World world(deployed());
  chaos::FaultRequest request = trial::on("deploy.freeze", "api");
  request.duration = 10 * second;
  trial::start(world, request);
  model::DeploymentSpec spec = by_quarters("1.2.4");
  for (const bool force : {false, true}) {
    spec.force = force;
    const auto refused = operations::push(world, "api", spec);
    ASSERT_TRUE(std::holds_alternative<model::Refusal>(refused)) << force;
    EXPECT_EQ(std::get<model::Refusal>(refused).kind, model::Refusal::Kind::conflict);
    EXPECT_NE(std::get<model::Refusal>(refused).detail.find("a fault has frozen deployments of api"), std::string::npos)
        << std::get<model::Refusal>(refused).detail;
  }
  EXPECT_TRUE(world.deployments().empty());
  push(world, "twin", by_quarters("1.2.4"));
  world.run_until(10 * second);
  const std::string id = push(world, "api", by_quarters("1.2.4"));
  world.run_until(60 * second);
  EXPECT_EQ(record_of(world, id).state, "succeeded");
  EXPECT_EQ(up(world, "api"), (Numbers{{"1.2.4", 10}}));
}

}  // namespace
