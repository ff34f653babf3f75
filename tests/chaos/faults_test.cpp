#include <gtest/gtest.h>

#include "chaos/experiment.h"
#include "chaos/fault.h"
#include "operations/operations.h"
#include "support/worlds.h"

namespace {

using model::InstanceState;

model::Selector zone_b() {
  model::Selector s;
  s.zones = {"us-east-1.zoneB"};
  return s;
}

std::string start(model::World& world, const std::string& type, const model::Selector& selector, std::optional<sim::Time> duration = {},
                  const model::Parameters& parameters = {}) {
  const auto result = chaos::start_fault(world, type, selector, duration, parameters);
  if (const auto* refusal = std::get_if<model::Refusal>(&result)) {
    ADD_FAILURE() << refusal->detail;
    return "";
  }
  return std::get<chaos::Started>(result).id;
}

TEST(Faults, AFailedZoneIsAbsorbed) {
  for (const char* mode : {"fail", "blackhole"}) {
    model::World world(worlds::spec_of("netflixoss"));
    world.run_until(10 * sim::second);
    start(world, "zone.outage", zone_b(), {}, {{"mode", std::string(mode)}});
    EXPECT_TRUE(world.redundant());
    world.run_until(15 * sim::second);
    const std::uint64_t failed = worlds::requests_of(world).failed;
    const std::uint64_t sent = worlds::requests_of(world).sent;
    EXPECT_LE(failed, 5U) << mode;
    world.run_until(45 * sim::second);
    EXPECT_EQ(worlds::requests_of(world).failed, failed) << mode;
    EXPECT_NEAR(static_cast<double>(worlds::requests_of(world).sent - sent), 3000, 5 * 55);  // 100/s, unchanged
    for (const model::InstanceId id : world.select(zone_b())) EXPECT_EQ(world.instance(id).in_flight, 0U);
  }
}

TEST(Faults, AllZonesFailedIsAnOutage) {
  model::World world(worlds::spec_of("netflixoss"));
  world.run_until(sim::second);
  model::Selector all;
  all.zones = {"us-east-1.zoneA", "us-east-1.zoneB", "us-east-1.zoneC"};
  const std::string id = start(world, "zone.outage", all);
  EXPECT_FALSE(world.redundant());
  const std::uint64_t before = worlds::requests_of(world).succeeded;
  world.run_until(5 * sim::second);
  EXPECT_LE(worlds::requests_of(world).succeeded, before + 5);
  chaos::stop_fault(world, id);
  EXPECT_TRUE(world.redundant());
  world.run_until(20 * sim::second);
  EXPECT_GT(worlds::requests_of(world).succeeded, before + 1000);
}

TEST(Faults, OverlappingOnesEachHaveToEnd) {
  model::World world(worlds::spec_of("netflixoss"));
  const std::string zone = start(world, "zone.outage", zone_b());
  model::Selector homepage;
  homepage.services = {"homepage"};
  const std::string service = start(world, "service.outage", homepage, {}, {{"mode", std::string("blackhole")}});
  EXPECT_EQ(worlds::in_state(world, "homepage", InstanceState::down), 24U);
  chaos::stop_fault(world, service);
  EXPECT_EQ(worlds::in_state(world, "homepage", InstanceState::down), 8U);
  chaos::stop_fault(world, zone);
  EXPECT_EQ(worlds::in_state(world, "homepage", InstanceState::down), 0U);
}

TEST(Faults, WhatStartsInAFailedZoneIsHeldDown) {
  model::World world(worlds::spec_of("netflixoss"));
  const std::string fault = start(world, "zone.outage", zone_b());
  operations::scale(world, {"homepage", {}, {{"us-east-1.zoneB", 10}}});
  world.run_until(60 * sim::second);
  EXPECT_EQ(worlds::in_state(world, "homepage", InstanceState::down), 10U);
  chaos::stop_fault(world, fault);
  EXPECT_EQ(worlds::in_state(world, "homepage", InstanceState::starting), 2U);  // they had not started up
  world.run_until(80 * sim::second);
  EXPECT_EQ(worlds::in_state(world, "homepage", InstanceState::up), 26U);
}

TEST(Faults, AnInstanceThatIsReplacedMeanwhileIsNotTouchedAtTheEnd) {
  model::World world(worlds::spec_of("netflixoss"));
  model::Selector one;
  one.instances = {"netflixoss.us-east-1.zoneA.homepage15"};
  const std::string fault = start(world, "instance.latency", one);
  world.kill(world.find_instance(one.instances[0]));
  world.run_until(30 * sim::second);
  operations::scale(world, {"homepage", {}, {{"us-east-1.zoneA", 8}}});  // takes the slot that is free
  world.run_until(60 * sim::second);
  chaos::stop_fault(world, fault);
  for (const model::InstanceId id : worlds::instances_of(world, "homepage")) EXPECT_FALSE(world.instance(id).impaired);
}

TEST(Faults, LatencyIsAddedToTheWork) {
  model::World world(worlds::small({worlds::service("web", "store", 1, {}), worlds::service("users", "denominator", 0, {0})}));
  world.set_traffic(1, 10);
  model::Selector web;
  web.services = {"web"};
  start(world, "service.latency", web, {}, {{"latencyMs", 50.0}});
  world.run_until(10 * sim::second);
  EXPECT_NEAR(sim::to_ms(worlds::cells_of(world, "users").response.quantile(0.5)), 51.2, 0.5);
}

TEST(Faults, EndByThemselves) {
  model::World world(worlds::spec_of("netflixoss"));
  start(world, "zone.outage", zone_b(), 3 * sim::second);
  world.run_until(2'999 * sim::millisecond);
  EXPECT_FALSE(world.faults()[0].ended);
  world.run_until(3 * sim::second);
  ASSERT_TRUE(world.faults()[0].ended);
  EXPECT_EQ(*world.faults()[0].ended, 3 * sim::second);
  EXPECT_EQ(chaos::stop_fault(world, world.faults()[0].id)->kind, model::Refusal::Kind::gone);
  EXPECT_EQ(chaos::stop_fault(world, "f99")->kind, model::Refusal::Kind::not_found);
}

model::Refusal refused(const std::string& type, const model::Selector& selector, std::optional<sim::Time> duration = {},
                       const model::Parameters& parameters = {}) {
  model::World world(worlds::spec_of("netflixoss"));
  auto result = chaos::start_fault(world, type, selector, duration, parameters);
  EXPECT_TRUE(world.faults().empty());
  return std::holds_alternative<model::Refusal>(result) ? std::get<model::Refusal>(result) : model::Refusal{};
}

TEST(Faults, SayWhatIsWrongWithARequest) {
  EXPECT_EQ(refused("zone.outrage", zone_b()).problems.at(0).pointer, "/type");
  EXPECT_EQ(refused("zone.outage", {}).problems.at(0).pointer, "/selector/zones");
  model::Selector wrong;
  wrong.zones = {"us-east-1.zoneB", "us-east-1.zoneD"};
  wrong.services = {"hompage"};
  const model::Refusal several = refused("zone.outage", wrong, -1, {{"mode", std::string("explode")}, {"colour", 1.0}});
  std::vector<std::string> pointers;
  for (const model::Problem& p : several.problems) pointers.push_back(p.pointer);
  std::sort(pointers.begin(), pointers.end());
  EXPECT_EQ(pointers, (std::vector<std::string>{"/colour", "/durationMs", "/mode", "/selector/services/0", "/selector/zones/1"}));
  model::Selector nothing = zone_b();
  nothing.services = {"www"};
  EXPECT_EQ(refused("zone.outage", nothing).problems.at(0).code, "matchesNothing");
  EXPECT_EQ(refused("zone.latency", zone_b(), {}, {{"latencyMs", 0.0}}).problems.at(0).pointer, "/latencyMs");
  EXPECT_EQ(refused("zone.outage", zone_b(), chaos::FaultRequest::time_max + 1).problems.at(0).pointer, "/durationMs");
}

TEST(Faults, AreLimitedInNumber) {
  model::World world(worlds::spec_of("netflixoss"));
  for (std::size_t i = 0; i < chaos::faults_max; ++i) start(world, "zone.latency", zone_b());
  const auto result = chaos::start_fault(world, "zone.latency", zone_b(), {}, {});
  EXPECT_EQ(std::get<model::Refusal>(result).kind, model::Refusal::Kind::limit);
}

}  // namespace
