// Traffic shift: by weight, gradually, without a loss; evacuation in its stages, and back.

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "chaos/experiment.h"
#include "operations/operations.h"
#include "support/worlds.h"

namespace {

using Kind = model::Refusal::Kind;
using Shares = std::map<std::string, double>;

constexpr sim::Time second = sim::second;
constexpr sim::Time minute = 60 * second;

/// users -> balancer of each region -> web in its zones -> store.
model::WorldSpec regional(std::uint32_t regions, double requests_per_second = 600) {
  model::WorldSpec spec = worlds::small({worlds::service("store", "store", 6, {}), worlds::service("web", "karyon", 6, {0}),
                                         worlds::service("elb", "elb", 0, {1}), worlds::service("users", "denominator", 0, {2})});
  for (std::size_t s = 0; s < 3; ++s) spec.services[s].regions = regions;
  spec.services[3].requests_per_second = requests_per_second;
  const model::RegionNames more[] = {{"eu-west-1", {"zoneA", "zoneB", "zoneC"}, {"176.34", "176.35", "176.36"}}};
  for (std::uint32_t r = 1; r < regions; ++r) spec.regions.push_back(more[r - 1]);
  spec.network.between_ms = {{0, 40}, {40, 0}};
  if (regions == 1) spec.network.between_ms = {{0}};
  return spec;
}

/// Of what arrived at `service` in a while, how much where; by region or zone.
Shares arrived(model::World& world, const std::string& service, sim::Time period, bool by_region = false) {
  const std::uint32_t index = *world.find_service(service);
  const auto count = [&] {
    Shares counts;
    for (const model::Shard& shard : world.shards()) {
      for (std::size_t c = 0; c < world.shared().cells.size(); ++c) {
        const model::Group& group = world.shared().groups[world.shared().cells[c].group];
        if (group.service != index) continue;
        const model::Location& location = world.shared().locations[group.location];
        counts[by_region ? world.regions()[location.region].name : location.id] += static_cast<double>(shard.cell_counts()[c].requests);
      }
    }
    return counts;
  };
  const Shares before = count();
  world.run_until(world.now() + period);
  Shares after = count();
  double all = 0;
  for (auto& [place, n] : after) all += n -= before.at(place);
  for (auto& [place, n] : after) n /= all;
  return after;
}

/// Six standard deviations of a share of so many requests.
double doubt(double share, double requests) {
  return 6 * std::sqrt(share * (1 - share) / requests);
}

void shift(model::World& world, const std::string& place, bool region, double weight, sim::Time drain = 0) {
  const auto refusal = operations::shift_traffic(world, {place, region, weight, drain});
  ASSERT_FALSE(refusal) << refusal->detail;
}

TEST(Shift, AZoneGetsItsPartAndTheOthersTheRest) {
  model::World world(regional(1));
  world.run_until(10 * second);
  for (const double weight : {50.0, 0.0, 100.0}) {
    shift(world, "us-east-1.zoneB", false, weight);
    world.run_until(world.now() + second);
    const double share = weight / (200 + weight);
    for (const char* service : {"web", "store"}) {
      EXPECT_NEAR(arrived(world, service, 30 * second)["us-east-1.zoneB"], share, doubt(std::max(share, 0.0001), 600 * 30))
          << service << weight;
    }
  }
  EXPECT_TRUE(world.shared().steering.traffic.empty()) << "nothing is left on the path of a call";
  EXPECT_EQ(worlds::requests_of(world).failed, 0U);
}

TEST(Shift, TakesItsTime) {
  model::World world(regional(1, 2'000));
  shift(world, "us-east-1.zoneA", false, 0, 40 * second);
  world.run_until(19 * second);
  const double half = 0.5 / 2.5;
  EXPECT_NEAR(arrived(world, "web", 2 * second)["us-east-1.zoneA"], half, doubt(half, 4'000) + 0.02) << "a step is a twentieth";
  world.run_until(39 * second);
  EXPECT_EQ(world.place_traffic().at("us-east-1.zoneA").target, 0);
  EXPECT_GT(world.weight_of("us-east-1.zoneA"), 0);
  world.run_until(41 * second);
  EXPECT_EQ(arrived(world, "web", 10 * second)["us-east-1.zoneA"], 0);
  shift(world, "us-east-1.zoneA", false, 100, 40 * second);
  world.run_until(world.now() + 10 * second);
  shift(world, "us-east-1.zoneA", false, 0);
  world.run_until(world.now() + 60 * second);
  EXPECT_EQ(world.weight_of("us-east-1.zoneA"), 0) << "the later wish counts";
  EXPECT_EQ(worlds::requests_of(world).failed, 0U);
}

TEST(Shift, ARegionIsLeftByItsUsers) {
  model::World world(regional(2));
  world.run_until(5 * second);
  EXPECT_NEAR(arrived(world, "elb", 20 * second, true)["us-east-1"], 0.5, doubt(0.5, 12'000));
  shift(world, "us-east-1", true, 20);
  EXPECT_NEAR(arrived(world, "elb", 20 * second, true)["us-east-1"], 1.0 / 6, doubt(1.0 / 6, 12'000));
  shift(world, "us-east-1", true, 0);
  world.run_until(world.now() + second);
  EXPECT_EQ(arrived(world, "store", 20 * second, true)["us-east-1"], 0);
  EXPECT_EQ(worlds::requests_of(world).failed, 0U);
}

TEST(Shift, ADrainedZoneThatFailsHurtsNobody) {
  model::World world(regional(1));
  shift(world, "us-east-1.zoneC", false, 0);
  world.run_until(10 * second);
  model::Selector zone;
  zone.zones = {"us-east-1.zoneC"};
  chaos::start_fault(world, "zone.outage", zone, 60 * second, {});
  world.run_until(120 * second);
  EXPECT_EQ(worlds::requests_of(world).failed, 0U);
}

TEST(Shift, SaysWhatIsWrong) {
  model::World world(regional(1));
  EXPECT_EQ(operations::shift_traffic(world, {"us-east-1.zoneD", false, 0, 0})->kind, Kind::not_found);
  EXPECT_EQ(operations::shift_traffic(world, {"us-east-1", false, 0, 0})->kind, Kind::not_found);
  EXPECT_EQ(operations::shift_traffic(world, {"us-east-1", true, 101, -1})->problems.size(), 2U);
  EXPECT_TRUE(world.place_traffic().empty());
}

TEST(Shift, LeavesAPlaceToGoTo) {
  model::World world(regional(2));
  for (const char* zone : {"us-east-1.zoneA", "us-east-1.zoneB"}) shift(world, zone, false, 0);
  const auto zone = operations::shift_traffic(world, {"us-east-1.zoneC", false, 0, 0});
  ASSERT_TRUE(zone);
  EXPECT_EQ(zone->kind, Kind::conflict);
  EXPECT_EQ(zone->detail, "no other zone of its region gets traffic: shift that of the region");
  shift(world, "us-east-1.zoneC", false, 1);
  shift(world, "us-east-1", true, 0);
  EXPECT_EQ(operations::shift_traffic(world, {"eu-west-1", true, 0, 10 * second})->detail,
            "every other region is evacuated or gets no traffic: there is nowhere to go");
  shift(world, "us-east-1", true, 50);
  shift(world, "eu-west-1", true, 0);
}

TEST(Evacuation, GoesThroughItsStagesAndBack) {
  model::World world(regional(2));
  const auto& kong = model::evacuation_presets().front();
  const auto begun = operations::evacuate(world, {"us-east-1", kong.name, kong.stages, true});
  ASSERT_TRUE(std::holds_alternative<std::string>(begun));
  const auto& record = world.evacuations().back();
  const std::pair<int, const char*> stages[] = {{4, "decide"}, {6, "provision"}, {10, "startUp"}, {33, "startUp"}, {35, "switch"}};
  for (const auto& [at, stage] : stages) {
    world.run_until(at * minute);
    EXPECT_EQ(record.stage, stage) << at;
  }
  EXPECT_EQ(worlds::in_state(world, "web", model::InstanceState::up), 6U + 12U) << "twice as many over there";
  EXPECT_EQ(worlds::in_state(world, "store", model::InstanceState::up), 12U) << "what keeps data does not grow";
  world.run_until(44 * minute);
  EXPECT_EQ(record.state, "succeeded");
  EXPECT_EQ(arrived(world, "elb", 20 * second, true)["us-east-1"], 0);
  EXPECT_EQ(std::get<model::Refusal>(operations::evacuate(world, {"us-east-1", "", {}, true})).kind, Kind::conflict);
  ASSERT_TRUE(std::holds_alternative<std::string>(operations::fail_back(world, record.id)));
  EXPECT_EQ(record.state, "failingBack");
  world.run_until(56 * minute);
  EXPECT_EQ(record.state, "failedBack");
  EXPECT_NEAR(arrived(world, "elb", 20 * second, true)["us-east-1"], 0.5, doubt(0.5, 12'000));
  EXPECT_EQ(worlds::in_state(world, "web", model::InstanceState::up), 12U);
  EXPECT_EQ(worlds::requests_of(world).failed, 0U);
  EXPECT_EQ(std::get<model::Refusal>(operations::fail_back(world, record.id)).kind, Kind::conflict);
}

TEST(Evacuation, MayFailBackBeforeItsEndAndAForkDoesTheSame) {
  model::World world(regional(2, 100));
  ASSERT_TRUE(
      std::holds_alternative<std::string>(operations::evacuate(world, {"us-east-1", "", {second, 0, 5 * second, 20 * second}, true})));
  world.run_until(15 * second);
  model::World fork(world);
  for (model::World* w : {&world, &fork}) {
    ASSERT_TRUE(std::holds_alternative<std::string>(operations::fail_back(*w, w->evacuations().back().id)));
    w->run_until(90 * second);
    EXPECT_EQ(w->evacuations().back().state, "failedBack");
    EXPECT_EQ(w->weight_of("us-east-1"), 100);
  }
  EXPECT_EQ(world.fingerprint(), fork.fingerprint());
}

TEST(Evacuation, LeavesARegionToGoTo) {
  const model::Refusal::Kind conflict = Kind::conflict;
  const auto evacuate = [](model::World& world, const std::string& region) {
    return operations::evacuate(world, {region, "", {second, 0, 0, second}, true});
  };
  model::World world(regional(2, 100));
  ASSERT_TRUE(std::holds_alternative<std::string>(evacuate(world, "us-east-1")));
  EXPECT_EQ(std::get<model::Refusal>(evacuate(world, "eu-west-1")).kind, conflict) << "it has begun to be left";
  const auto shifted = operations::shift_traffic(world, {"eu-west-1", true, 0, 0});
  ASSERT_TRUE(shifted) << "it is where the others go";
  EXPECT_EQ(shifted->kind, conflict);
  world.run_until(30 * second);
  EXPECT_EQ(std::get<model::Refusal>(evacuate(world, "eu-west-1")).kind, conflict);
  ASSERT_TRUE(std::holds_alternative<std::string>(operations::fail_back(world, world.evacuations().back().id)));
  world.run_until(90 * second);
  EXPECT_TRUE(std::holds_alternative<std::string>(evacuate(world, "eu-west-1")));
  model::World drained(regional(2, 100));
  shift(drained, "us-east-1", true, 0, 10 * second);
  EXPECT_EQ(std::get<model::Refusal>(evacuate(drained, "eu-west-1")).kind, conflict) << "on its way there";
  drained.run_until(11 * second);
  EXPECT_EQ(std::get<model::Refusal>(evacuate(drained, "eu-west-1")).kind, conflict);
}

TEST(Evacuation, SaysWhatIsWrong) {
  model::World alone(regional(1));
  EXPECT_EQ(std::get<model::Refusal>(operations::evacuate(alone, {"us-east-1", "", {}, true})).kind, Kind::conflict) << "nowhere to go";
  model::World world(regional(2));
  EXPECT_EQ(std::get<model::Refusal>(operations::evacuate(world, {"mars", "", {-1, 0, 0, 0}, true})).problems.size(), 2U);
  EXPECT_EQ(std::get<model::Refusal>(operations::fail_back(world, "e9")).kind, Kind::not_found);
}

}  // namespace
