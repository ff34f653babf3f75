// The ring: who owns a key, who forwards, who gets copies.

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>

#include "support/worlds.h"

namespace {

using worlds::service;

model::WorldSpec ring(std::uint32_t regions) {
  model::WorldSpec spec = worlds::small({service("cass", "priamCassandra", 12, {0}), service("staash", "staash", 3, {0}),
                                         service("elb", "elb", 0, {1}), service("users", "denominator", 0, {2})});
  if (regions == 2) {
    spec.regions.push_back({"us-west-2", {"zoneA", "zoneB", "zoneC"}, {"54.245", "54.244", "54.214"}});
    spec.network.between_ms = {{0, 30}, {30, 0}};
    spec.services[0].everywhere = true;
    spec.services[0].regions = spec.services[1].regions = spec.services[2].regions = 2;
  }
  spec.trace_sample_rate = 1;
  return spec;
}

struct Hop {
  std::string zone;  ///< of the target
  std::string region;
  model::Verb verb;
};

/// What Cassandra nodes sent to each other for each request, by trace; only traces that ended.
std::map<std::uint64_t, std::vector<model::Span>> traffic_in_ring(model::World& world) {
  std::map<std::uint64_t, std::vector<model::Span>> hops;
  std::set<std::uint64_t> ended;
  const std::uint32_t cass = *world.find_service("cass");
  for (model::Shard& shard : world.shards()) {
    for (const model::Span& span : shard.spans()) {
      if (span.root) {
        ended.insert(span.trace);
      } else if (world.shared().groups[world.instance(span.source).group].service == cass) {
        hops[span.trace].push_back(span);
      }
    }
  }
  std::erase_if(hops, [&](const auto& entry) { return !ended.contains(entry.first); });
  return hops;
}

std::string place_of(const model::World& world, model::InstanceId id) {
  return world.shared().locations[world.shared().groups[world.instance(id).group].location].id;
}

TEST(Cassandra, AKeyIsForwardedToItsOwnerInTheZone) {
  model::World world(ring(1));
  world.set_traffic(3, 300);
  world.run_until(20 * sim::second);
  EXPECT_EQ(worlds::requests_of(world).failed, 0U);
  std::size_t forwarded = 0;
  const auto hops = traffic_in_ring(world);
  for (const auto& [trace, spans] : hops) {
    for (const model::Span& span : spans) {
      if (span.verb == model::Verb::replicate) continue;
      ++forwarded;
      EXPECT_EQ(place_of(world, span.source), place_of(world, span.target));
    }
  }
  // Four nodes a zone: three of four requests reach one that is not the owner.
  const double n = static_cast<double>(worlds::requests_of(world).succeeded);
  EXPECT_NEAR(static_cast<double>(forwarded) / n, 0.75, 0.12);  // the fixed key is one third of the load and has one owner a zone
}

TEST(Cassandra, APutIsCopiedOnceToEachOtherZone) {
  model::World world(ring(1));
  world.set_traffic(3, 300);
  world.run_until(10 * sim::second);
  world.set_traffic(3, 0);
  world.run_until(20 * sim::second);
  std::map<std::size_t, int> copies;
  for (const auto& [trace, spans] : traffic_in_ring(world)) {
    std::set<std::string> zones;
    for (const model::Span& span : spans) {
      if (span.verb == model::Verb::replicate) zones.insert(place_of(world, span.target));
    }
    if (!zones.empty()) ++copies[zones.size()];
  }
  EXPECT_EQ(copies.size(), 1U);
  EXPECT_GT(copies[2], 500);
}

TEST(Cassandra, APutReachesEveryZoneOfEveryRegion) {
  model::World world(ring(2));
  world.set_traffic(3, 100);
  world.run_until(10 * sim::second);
  world.set_traffic(3, 0);
  world.run_until(20 * sim::second);
  const std::uint64_t puts = [&] {
    std::uint64_t n = 0;
    for (const auto& [trace, spans] : traffic_in_ring(world)) {
      n += static_cast<std::uint64_t>(
          std::any_of(spans.begin(), spans.end(), [](const auto& s) { return s.verb == model::Verb::replicate; }));
    }
    return n;
  }();
  std::uint64_t copies = 0;
  for (const auto& [trace, spans] : traffic_in_ring(world)) {
    copies += static_cast<std::uint64_t>(
        std::count_if(spans.begin(), spans.end(), [](const auto& s) { return s.verb == model::Verb::replicate; }));
  }
  EXPECT_GT(puts, 200U);
  EXPECT_EQ(copies, 5 * puts);  // two zones here, one there, which has two more
}

TEST(Cassandra, WithTheOwnerDownTheNextZoneAnswers) {
  model::World world(ring(1));
  world.set_traffic(3, 300);
  world.run_until(2 * sim::second);
  world.kill(worlds::instances_of(world, "cass")[0]);
  world.run_until(20 * sim::second);
  EXPECT_EQ(worlds::requests_of(world).failed, 0U);
}

TEST(Cassandra, OwnershipIsEven) {
  model::World world(ring(1));
  world.set_traffic(3, 2000);
  world.run_until(20 * sim::second);
  // Of the keys that change (two thirds of the load) each of the four nodes of a zone owns a quarter: copies of puts show it.
  std::map<model::InstanceId, int> copies;
  int all = 0;
  for (const auto& [trace, spans] : traffic_in_ring(world)) {
    for (const model::Span& span : spans) {
      if (span.verb != model::Verb::replicate || place_of(world, span.target) != "us-east-1.zoneA") continue;
      ++copies[span.target];
      ++all;
    }
  }
  EXPECT_EQ(copies.size(), 4U);
  for (const auto& [id, n] : copies) EXPECT_NEAR(static_cast<double>(n) / all, 0.25, 5 * std::sqrt(0.1875 / all));
}

}  // namespace
