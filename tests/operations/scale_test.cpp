#include <gtest/gtest.h>

#include <map>
#include <set>

#include "chaos/experiment.h"
#include "operations/operations.h"
#include "support/worlds.h"

namespace {

using model::InstanceState;
using Result = std::variant<std::vector<model::InstanceId>, model::Refusal>;

std::map<std::string, int> by_zone(const model::World& world, const std::string& service) {
  std::map<std::string, int> zones;
  for (const model::InstanceId id : worlds::instances_of(world, service)) {
    const InstanceState state = world.instance(id).state;
    if (state == InstanceState::up || state == InstanceState::starting)
      ++zones[world.shared().locations[world.shared().groups[world.instance(id).group].location].id];
  }
  return zones;
}

std::map<std::string, int> in_zones(int a, int b, int c) {
  return {{"us-east-1.zoneA", a}, {"us-east-1.zoneB", b}, {"us-east-1.zoneC", c}};
}

/// What is on its way to an instance that has stopped, or is counted late, finds one of the same service or none.
TEST(Scale, ASlotIsUsedAgainByItsOwnServiceAlone) {
  const auto two = [] {
    return model::World(worlds::small(
        {worlds::service("a", "store", 6, {}), worlds::service("b", "store", 6, {}), worlds::service("users", "denominator", 0, {0, 1})}));
  };
  const auto slots = [](const model::World& world, const std::string& service) {
    const auto ids = worlds::instances_of(world, service);
    return std::set<model::InstanceId>(ids.begin(), ids.end());
  };
  model::World world = two();
  const std::set<model::InstanceId> at_first = slots(world, "a");
  operations::scale(world, {"a", 1, {}});
  world.run_until(5 * sim::second);
  ASSERT_EQ(slots(world, "a").size(), 1U);
  operations::scale(world, {"b", 30, {}});
  for (const model::InstanceId id : slots(world, "b")) EXPECT_EQ(at_first.count(id), 0U) << id;
  operations::scale(world, {"a", 6, {}});
  EXPECT_EQ(slots(world, "a"), at_first);
}

TEST(Scale, UpSpreadsOverTheZonesAndTakesTheStartUpTime) {
  model::World world(worlds::spec_of("netflixoss"));
  const Result result = operations::scale(world, {"homepage", 48, {}});
  EXPECT_EQ(std::get<0>(result).size(), 24U);
  EXPECT_EQ(by_zone(world, "homepage"), in_zones(16, 16, 16));
  EXPECT_EQ(worlds::in_state(world, "homepage", InstanceState::starting), 24U);
  world.run_until(4'900 * sim::millisecond);
  EXPECT_EQ(worlds::in_state(world, "homepage", InstanceState::starting), 24U);
  world.run_until(5'000 * sim::millisecond);
  EXPECT_EQ(worlds::in_state(world, "homepage", InstanceState::up), 48U);
  world.run_until(30 * sim::second);
  for (const model::InstanceId id : worlds::instances_of(world, "homepage")) EXPECT_TRUE(world.instance(id).known);
  EXPECT_EQ(worlds::requests_of(world).failed, 0U);
}

TEST(Scale, DownDrainsWithoutALoss) {
  model::World world(worlds::spec_of("netflixoss"));
  operations::set_traffic(world, "www", 3000);
  world.run_until(5 * sim::second);
  operations::scale(world, {"homepage", 6, {}});
  EXPECT_EQ(by_zone(world, "homepage"), in_zones(2, 2, 2));
  EXPECT_EQ(worlds::in_state(world, "homepage", InstanceState::draining), 18U);
  world.run_until(40 * sim::second);
  EXPECT_EQ(worlds::instances_of(world, "homepage").size(), 6U);
  EXPECT_EQ(worlds::requests_of(world).failed, 0U);
}

TEST(Scale, PerZoneTouchesTheNamedOnesOnly) {
  model::World world(worlds::spec_of("netflixoss"));
  operations::scale(world, {"login", {}, {{"us-east-1.zoneA", 9}, {"us-east-1.zoneC", 2}}});
  EXPECT_EQ(by_zone(world, "login"), in_zones(9, 6, 2));
  EXPECT_EQ(world.shared().services[*world.find_service("login")].desired, 17U);
}

TEST(Scale, AvoidsAZoneThatIsDown) {
  model::World world(worlds::spec_of("netflixoss"));
  model::Selector zone;
  zone.zones = {"us-east-1.zoneB"};
  chaos::start_fault(world, "zone.outage", zone, {}, {});
  operations::scale(world, {"homepage", 30, {}});
  EXPECT_EQ(by_zone(world, "homepage"), (std::map<std::string, int>{{"us-east-1.zoneA", 11}, {"us-east-1.zoneC", 11}}));
}

TEST(Scale, ReplacesAKilledInstance) {
  model::World world(worlds::spec_of("netflixoss"));
  world.kill(worlds::instances_of(world, "cassSubscriber")[0]);
  operations::scale(world, {"cassSubscriber", 6, {}});
  world.run_until(60 * sim::second);
  EXPECT_EQ(by_zone(world, "cassSubscriber"), in_zones(2, 2, 2));
}

TEST(Scale, ToNothingAndBack) {
  model::World world(worlds::spec_of("netflixoss"));
  operations::scale(world, {"evcacheSubscriber", 0, {}});
  world.run_until(60 * sim::second);
  EXPECT_TRUE(worlds::instances_of(world, "evcacheSubscriber").empty());
  operations::scale(world, {"evcacheSubscriber", 3, {}});
  world.run_until(120 * sim::second);
  EXPECT_EQ(by_zone(world, "evcacheSubscriber"), in_zones(1, 1, 1));
}

TEST(Scale, MoreUsersSendTheSameLoadTogether) {
  model::World world(worlds::spec_of("netflixoss"));
  operations::scale(world, {"www", 4, {}});
  world.run_until(10 * sim::second);
  const std::uint64_t before = worlds::requests_of(world).sent;
  world.run_until(60 * sim::second);
  EXPECT_NEAR(static_cast<double>(worlds::requests_of(world).sent - before), 5000, 5 * 71);
}

/// What a fault holds down goes first, then what has not started yet, then the newest; never what is going already.
TEST(Scale, TakesFirstWhatIsMissedLeast) {
  model::World world(worlds::spec_of("netflixoss"));
  const std::string zone = "us-east-1.zoneA";
  const auto names = [&](const std::vector<model::InstanceId>& ids) {
    std::vector<std::string> result;
    for (const model::InstanceId id : ids) result.push_back(world.name_of(id).substr(std::string("netflixoss.us-east-1.zoneA.").size()));
    return result;
  };
  const auto to = [&](std::uint32_t count) {
    const auto result = operations::scale(world, {"homepage", {}, {{zone, count}}});
    return std::get<std::vector<model::InstanceId>>(result);
  };
  // 00, 03 ... 21 are in zone A.
  world.hold_down(
      {world.find_instance("netflixoss.us-east-1.zoneA.homepage03"), world.find_instance("netflixoss.us-east-1.zoneA.homepage12")},
      model::Reach::refuse);
  to(10);  // 24 and 25 start
  std::vector<std::string> gone;
  for (const std::uint32_t count : {9U, 7U, 6U, 4U}) {
    for (const std::string& name : names(to(count))) gone.push_back(name);
  }
  EXPECT_EQ(gone, (std::vector<std::string>{"homepage12", "homepage03", "homepage25", "homepage24", "homepage21", "homepage18"}));
}

TEST(Scale, SaysWhatIsWrong) {
  model::World world(worlds::spec_of("netflixoss"));
  const auto kind = [&](const operations::ScaleRequest& request) {
    return std::get<model::Refusal>(operations::scale(world, request)).kind;
  };
  EXPECT_EQ(kind({"homepge", 3, {}}), model::Refusal::Kind::not_found);
  EXPECT_EQ(kind({"homepage", {}, {}}), model::Refusal::Kind::invalid);
  EXPECT_EQ(kind({"homepage", 3, {{"us-east-1.zoneA", 1}}}), model::Refusal::Kind::invalid);
  EXPECT_EQ(kind({"homepage", {}, {{"us-east-1.zoneX", 1}}}), model::Refusal::Kind::invalid);
  EXPECT_EQ(kind({"homepage", static_cast<std::uint32_t>(model::World::instances_max) + 1, {}}), model::Refusal::Kind::invalid);
  EXPECT_EQ(world.instance_count(), 65U);
}

}  // namespace
