// Who knows whom: nodes and edges as spigo's own output counts them, and its rules for the documents that it gives no figures for.

#include <gtest/gtest.h>

#include <set>

#include "support/worlds.h"

namespace {

struct Size {
  std::string name;
  std::uint32_t regions;
  std::uint64_t nodes, edges;
};

class Wiring : public testing::TestWithParam<Size> {};

TEST_P(Wiring, HasSpigosNodesAndEdges) {
  const Size& expected = GetParam();
  const model::World world(worlds::spec_of(expected.name, {1, 100, expected.regions}));
  EXPECT_EQ(world.instance_count(), expected.nodes);
  EXPECT_EQ(world.wire_count(), expected.edges);
}

INSTANTIATE_TEST_SUITE_P(Documents, Wiring,
                         testing::Values(Size{"lamp", 1, 23, 73}, Size{"cassandra", 1, 32, 121}, Size{"netflixoss", 1, 65, 259},
                                         Size{"netflixoss", 2, 129, 662},
                                         // By the rules: load to web, web to two caches and mysql, mysql to its disk.
                                         Size{"storage", 1, 6, 5}),
                         [](const auto& i) { return i.param.name + "_in_" + std::to_string(i.param.regions); });

/// Counted once more, pair by pair, from the rules alone.
std::uint64_t edges_by_the_rules(const model::World& world) {
  const model::Shared& shared = world.shared();
  std::uint64_t edges = 0;
  std::vector<model::InstanceId> all;
  for (const model::Service& service : shared.services) {
    for (const model::InstanceId id : worlds::instances_of(world, service.name)) all.push_back(id);
  }
  const auto place = [&](model::InstanceId id) { return shared.locations[shared.groups[world.instance(id).group].location]; };
  const auto service_of = [&](model::InstanceId id) { return shared.groups[world.instance(id).group].service; };
  const auto knows = [&](model::InstanceId a, model::InstanceId b) {
    const model::Service& caller = shared.services[service_of(a)];
    const bool global = place(a).region == model::outside || place(b).region == model::outside;
    const bool everywhere = caller.everywhere || shared.services[service_of(b)].everywhere;
    if (!global && !everywhere && place(a).region != place(b).region) return false;
    const bool own_zone = caller.package->name == "zuul" || caller.package->name == "karyon";
    return !own_zone || place(a).zone == model::outside || (place(a).region == place(b).region && place(a).zone == place(b).zone);
  };
  for (const model::InstanceId a : all) {
    const model::Service& caller = shared.services[service_of(a)];
    for (const model::InstanceId b : all) {
      const std::uint32_t callee = service_of(b);
      const auto is_from = [&](std::uint32_t queue) { return shared.subscriptions[queue].broker == service_of(a); };
      const std::vector<std::uint32_t>& takes = shared.services[callee].takes;
      if (std::any_of(takes.begin(), takes.end(), is_from)) {  // who takes messages knows the broker
        edges += knows(b, a) ? 1U : 0U;
        continue;
      }
      if (a == b || std::find(caller.dependencies.begin(), caller.dependencies.end(), callee) == caller.dependencies.end()) continue;
      edges += knows(a, b) ? 1U : 0U;
    }
  }
  return edges;
}

TEST(Wiring, EveryDocumentFollowsTheRules) {
  for (const char* name : {"lamp",       "cassandra",  "netflixoss",    "riak",       "storage",    "migration0", "migration1",
                           "migration2", "migration3", "migration4",    "migration5", "migration6", "migration7", "migration8",
                           "migration9", "fanout",     "storage-40-70", "quorum",     "primary",    "queue",      "eureka"}) {
    for (const std::uint32_t regions : {1U, 2U}) {
      const model::World world(worlds::spec_of(name, {1, 100, regions}));
      EXPECT_EQ(world.wire_count(), edges_by_the_rules(world)) << name << " in " << regions;
      EXPECT_TRUE(world.redundant()) << name;
    }
  }
}

TEST(Wiring, InstancesGoRoundTheZonesAndRegions) {
  const model::World world(worlds::spec_of("netflixoss", {1, 100, 2}));
  std::set<std::string> names;
  for (const model::InstanceId id : worlds::instances_of(world, "homepage")) names.insert(world.name_of(id));
  EXPECT_EQ(names.size(), 48U);
  EXPECT_TRUE(names.contains("netflixoss.us-east-1.zoneA.homepage15"));
  EXPECT_TRUE(names.contains("netflixoss.us-east-1.zoneC.homepage23"));
  EXPECT_TRUE(names.contains("netflixoss.us-west-2.zoneA.homepage24"));
  EXPECT_EQ(world.name_of(worlds::instances_of(world, "www")[0]), "netflixoss.*.*.www00");
  EXPECT_EQ(world.name_of(worlds::instances_of(world, "www-elb")[1]), "netflixoss.us-west-2.*.www-elb01");
}

TEST(Wiring, ScalingMultipliesCountsAndKeepsSingleInstances) {
  const model::World world(worlds::spec_of("netflixoss", {1, 1000, 1}));
  EXPECT_EQ(world.instance_count(), 632U);
}

TEST(Wiring, TiersRunFromTheUsersToTheData) {
  const model::World world(worlds::spec_of("netflixoss"));
  const auto tier = [&](const char* name) { return world.shared().services[*world.find_service(name)].tier; };
  EXPECT_EQ(tier("www"), 0U);
  EXPECT_EQ(tier("www-elb"), 1U);
  EXPECT_EQ(tier("wwwproxy"), 2U);
  EXPECT_EQ(tier("login"), 3U);
  EXPECT_EQ(tier("homepage"), 3U);
  EXPECT_EQ(tier("subscriber"), 4U);
  EXPECT_EQ(tier("cassSubscriber"), 5U);
  EXPECT_EQ(tier("evcacheSubscriber"), 5U);
}

}  // namespace
