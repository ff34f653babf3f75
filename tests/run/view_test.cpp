#include "run/view.h"

#include <gtest/gtest.h>

#include <map>
#include <numeric>
#include <set>

#include "chaos/experiment.h"
#include "operations/operations.h"
#include "run/recorder.h"
#include "run/structure.h"
#include "support/pushes.h"
#include "support/worlds.h"

namespace {

using run::Level;
using run::ViewSpec;
using run::ViewStructure;

class View : public testing::Test {
 protected:
  explicit View(const std::string& name = "netflixoss", std::uint32_t regions = 1) : world(worlds::spec_of(name, {1, 100, regions})) {
    world.count_instances(true);
    for (model::Shard& shard : world.shards()) shard.count_pairs(true);
    for (int t = 0; t <= 30; ++t) {
      world.run_until(t * 100 * sim::millisecond);
      recorder.sample(world, t % 10 == 0);
    }
  }

  ViewStructure view(const ViewSpec& spec) {
    auto made = run::project(*run::describe(world), spec);
    EXPECT_TRUE(std::holds_alternative<ViewStructure>(made));
    return std::get<ViewStructure>(made);
  }
  model::Problem problem(const ViewSpec& spec) { return std::get<model::Problem>(run::project(*run::describe(world), spec)); }

  run::Snapshot snapshot() {
    run::Snapshot s;
    s.structure = run::describe(world);
    s.now = recorder.now();
    s.base = recorder.base();
    s.total = recorder.total();
    s.window = recorder.window();
    return s;
  }

  model::World world;
  run::Recorder recorder;
};

class TwoRegions : public View {
 protected:
  TwoRegions() : View("netflixoss", 2) {}
};

TEST_F(View, HasTheRightSizeAtEveryLevel) {
  EXPECT_EQ(view({Level::instance, "", ""}).nodes.size(), 65U);
  EXPECT_EQ(view({Level::instance, "", ""}).edges.size(), 259U);
  EXPECT_EQ(view({Level::group, "", ""}).nodes.size(), 20U);
  EXPECT_EQ(view({Level::service, "", ""}).nodes.size(), 8U);
  EXPECT_EQ(view({Level::service, "", ""}).edges.size(), 8U);
  EXPECT_EQ(view({Level::zone, "", ""}).nodes.size(), 5U);
  EXPECT_EQ(view({Level::region, "", ""}).nodes.size(), 2U);
  EXPECT_EQ(view({Level::region, "", ""}).edges.size(), 1U);
}

TEST_F(TwoRegions, HasTheRightSizeAtEveryLevel) {
  EXPECT_EQ(view({Level::instance, "", ""}).edges.size(), 662U);
  EXPECT_EQ(view({Level::region, "", ""}).nodes.size(), 3U);
  EXPECT_EQ(view({Level::zone, "", ""}).nodes.size(), 9U);
}

TEST_F(TwoRegions, APathNarrowsTheView) {
  EXPECT_EQ(view({Level::instance, "us-west-2", ""}).nodes.size(), 64U);
  EXPECT_EQ(view({Level::instance, "us-west-2.zoneB", ""}).nodes.size(), 21U);
  EXPECT_EQ(view({Level::zone, "us-west-2", ""}).nodes.size(), 4U);
  EXPECT_EQ(problem({Level::zone, "us-nowhere", ""}).code, "unknownPath");
}

TEST_F(View, AFocusKeepsTheNeighbours) {
  const ViewStructure v = view({Level::service, "", "homepage"});
  std::set<std::string> names;
  for (const auto& n : v.nodes) names.insert(n.id);
  EXPECT_EQ(names, (std::set<std::string>{"wwwproxy", "homepage", "subscriber"}));
  EXPECT_EQ(v.edges.size(), 2U);
  EXPECT_EQ(problem({Level::service, "", "hompage"}).code, "unknownFocus");
}

TEST_F(View, NodesAreWhatTheyAreCalled) {
  for (const auto& n : view({Level::instance, "", ""}).nodes) {
    EXPECT_NE(world.find_instance(n.id), model::no_instance) << n.id;
    EXPECT_EQ(n.state, "up");
    EXPECT_EQ(n.instances.up, 1U);
    EXPECT_EQ(n.version, "1.0");
  }
}

TEST_F(View, AServiceOfWhichNothingIsLeftStaysInThePicture) {
  const std::uint32_t homepage = *world.find_service("homepage");
  world.set_desired(homepage, 0);
  world.set_fleet(homepage, world.shared().services[homepage].current_profile, 0);
  world.keep(homepage);
  world.run_until(600 * sim::second);
  EXPECT_EQ(view({Level::service, "", ""}).nodes.size(), 7U) << "nobody wants any";
  auto gone = *run::describe(world);
  gone.services[homepage].desired = 24;
  const auto projected = run::project(gone, ViewSpec{Level::group, "", ""});
  std::size_t found = 0;
  for (const auto& n : std::get<ViewStructure>(projected).nodes) {
    if (n.service != "homepage") continue;
    ++found;
    EXPECT_EQ(n.state, "dead");
    EXPECT_EQ(n.instances.all(), 0U);
  }
  EXPECT_EQ(found, 3U) << "where its instances would be";
}

TEST_F(View, ANodeNamesEachOfItsVersionsOnce) {
  ASSERT_TRUE(std::holds_alternative<std::string>(operations::push(world, "cassSubscriber", worlds::rolling("11.0", 100))));
  world.run_until(120 * sim::second);
  for (const auto& n : view({Level::zone, "", ""}).nodes) {
    if (n.name != "zoneA") continue;
    EXPECT_EQ(n.version, "11.0, 1.0") << "the one contains the other's name";
  }
  for (const auto& n : view({Level::service, "", ""}).nodes) EXPECT_EQ(n.version, n.name == "cassSubscriber" ? "11.0" : "1.0") << n.name;
}

/// The second that rates are of, with a breaker that lets nobody through.
TEST_F(View, EdgesSayWhatPoliciesDid) {
  model::Policy open;
  open.breaker = policies::HystrixSpec{.force = {.open = true}};
  const std::uint32_t homepage = *world.find_service("homepage");
  world.set_policy(homepage, 0, open);
  for (int t = 31; t <= 50; ++t) {
    world.run_until(t * 100 * sim::millisecond);
    recorder.sample(world, false);
  }
  const run::Snapshot s = snapshot();
  const ViewStructure services = view({Level::service, "", ""});
  const run::ViewValues values = run::measure(s, services);
  ASSERT_EQ(values.edge_stopped_rate.size(), services.edges.size());
  ASSERT_EQ(values.edge_retry_rate.size(), services.edges.size());
  double stopped = 0;
  for (std::size_t e = 0; e < services.edges.size(); ++e) {
    const bool ours = services.nodes[services.edges[e].source].id == "homepage";
    EXPECT_EQ(values.edge_retry_rate[e], 0);
    if (ours) {
      EXPECT_EQ(values.edge_rate[e], 0) << "nothing is sent";
      stopped += values.edge_stopped_rate[e];
    } else {
      EXPECT_EQ(values.edge_stopped_rate[e], 0) << services.nodes[services.edges[e].source].id;
    }
  }
  const model::PolicyCount now = run::policy_count(*s.structure, *s.now, homepage, world.find_service("subscriber"));
  const model::PolicyCount base = run::policy_count(*s.structure, *s.base, homepage, world.find_service("subscriber"));
  EXPECT_GT(now.short_circuited, base.short_circuited);
  EXPECT_DOUBLE_EQ(stopped, static_cast<double>(now.short_circuited - base.short_circuited)) << "in a second";
  EXPECT_EQ(run::policy_count(*s.structure, *s.now, homepage, std::nullopt), model::PolicyCount{});
  EXPECT_TRUE(run::measure(s, view({Level::instance, "", ""})).edge_stopped_rate.empty());
  EXPECT_EQ(*s.structure->services[homepage].policies.at(0), open);
  EXPECT_EQ(s.structure->services[*world.find_service("login")].policies.at(0), nullptr);
}

/// The second that rates are of, with a service that turns everything down once anybody is there.
TEST_F(View, NodesSayWhatWasShed) {
  const std::uint32_t subscriber = *world.find_service("subscriber");
  const model::Shedding all{
      .limit = {}, .shares = {}, .utilisation = policies::UtilisationSpec{.ranges = {{{0, 0}, {0, 0}, {0, 0}, {0, 0}}}}};
  world.set_shedding(subscriber, all);
  for (int t = 31; t <= 50; ++t) {
    world.run_until(t * 100 * sim::millisecond);
    recorder.sample(world, false);
  }
  const run::Snapshot s = snapshot();
  const ViewStructure services = view({Level::service, "", ""});
  const run::ViewValues values = run::measure(s, services);
  ASSERT_EQ(values.shed_rate.size(), services.nodes.size());
  ASSERT_EQ(values.useless_rate.size(), services.nodes.size());
  std::uint64_t shed = 0;
  for (std::size_t c = 0; c < s.now->cells.size(); ++c) shed += s.now->cells[c].shed[1] - s.base->cells[c].shed[1];
  EXPECT_GT(shed, 0U);
  for (std::size_t n = 0; n < services.nodes.size(); ++n) {
    const bool ours = services.nodes[n].id == "subscriber";
    EXPECT_DOUBLE_EQ(values.shed_rate[n], ours ? static_cast<double>(shed) : 0) << services.nodes[n].id << ", in a second";
  }
  EXPECT_TRUE(run::measure(s, view({Level::instance, "", ""})).shed_rate.empty());
  EXPECT_EQ(*s.structure->services[subscriber].shedding, all);
  EXPECT_EQ(s.structure->services[*world.find_service("login")].shedding, nullptr);
}

TEST_F(View, PlacesAreUniqueAndStay) {
  const auto places = [&] {
    std::map<std::string, std::tuple<unsigned, unsigned, unsigned, unsigned>> result;
    for (const auto& n : view({Level::instance, "", ""}).nodes) result[n.id] = {n.tier, n.lane, n.band, n.slot};
    return result;
  };
  const auto before = places();
  std::set<std::tuple<unsigned, unsigned, unsigned, unsigned>> unique;
  for (const auto& [id, place] : before) unique.insert(place);
  EXPECT_EQ(unique.size(), before.size());
  world.kill(world.find_instance("netflixoss.us-east-1.zoneA.homepage15"));
  world.run_until(60 * sim::second);
  const auto after = places();
  EXPECT_EQ(after.size(), before.size() - 1);
  for (const auto& [id, place] : after) EXPECT_EQ(place, before.at(id)) << id;
}

TEST_F(View, AFailedZoneShowsInBandsAndNodes) {
  model::Selector zone;
  zone.zones = {"us-east-1.zoneB"};
  chaos::start_fault(world, "zone.outage", zone, {}, {});
  const ViewStructure groups = view({Level::group, "", ""});
  for (const auto& band : groups.bands) EXPECT_EQ(band.state, band.zone == "zoneB" ? "down" : "up") << band.id;
  for (const auto& n : groups.nodes) EXPECT_EQ(n.state, n.zone == "zoneB" ? "down" : "up") << n.id;
  for (const auto& n : view({Level::service, "", ""}).nodes) {
    EXPECT_EQ(n.state, n.package == "denominator" || n.package == "elb" ? "up" : "degraded") << n.id;
  }
}

/// The same requests, whichever way they are added up.
TEST_F(View, FiguresAgreeBetweenLevels) {
  const run::Snapshot s = snapshot();
  std::vector<double> rates, edges;
  for (const Level level : {Level::service, Level::group, Level::instance}) {
    const ViewStructure v = view({level, "", ""});
    const run::ViewValues values = run::measure(s, v);
    ASSERT_EQ(values.rate.size(), v.nodes.size());
    ASSERT_EQ(values.edge_rate.size(), v.edges.size());
    rates.push_back(std::accumulate(values.rate.begin(), values.rate.end(), 0.0));
    double from_users = 0;
    for (std::size_t e = 0; e < v.edges.size(); ++e) {
      if (v.nodes[v.edges[e].source].service == "www") from_users += values.edge_rate[e];
    }
    edges.push_back(from_users);
    for (std::size_t n = 0; n < v.nodes.size(); ++n) {
      EXPECT_GE(values.utilisation[n], 0);
      EXPECT_LE(values.utilisation[n], 1);
      EXPECT_LE(values.p50_ms[n], values.p99_ms[n]);
    }
  }
  EXPECT_NEAR(rates[0], rates[1], 1e-6);
  EXPECT_NEAR(rates[0], rates[2], 1e-6);
  EXPECT_NEAR(edges[0], edges[2], 1e-6);
  EXPECT_NEAR(edges[0], 100, 50);
}

/// As model::link_figures has it: what nobody answers has no response time.
TEST_F(View, OneWayMessagesDoNotCountAsAnswers) {
  run::Snapshot s = snapshot();
  const ViewStructure v = view({Level::group, "", ""});
  run::Counters now = *s.base;
  now.at += sim::second;
  const std::uint32_t link = v.edge_links.at(0).at(0);
  run::EdgeCount& count = now.links.at(link);
  count.requests += 10;
  count.replies += 10;
  count.one_way += 6;
  count.response_ns += 4 * 3'000'000;
  s.now = std::make_shared<const run::Counters>(now);
  EXPECT_DOUBLE_EQ(run::measure(s, v).edge_latency_ms.at(0), 3);
  EXPECT_DOUBLE_EQ(run::measure(s, v).edge_rate.at(0), 10);
}

TEST_F(View, LevelsHaveNames) {
  Level level = Level::region;
  EXPECT_TRUE(run::parse_level("instance", level));
  EXPECT_EQ(level, Level::instance);
  EXPECT_FALSE(run::parse_level("galaxy", level));
  EXPECT_STREQ(run::level_name(Level::zone), "zone");
}

TEST(ViewLimits, AMillionInstancesAreNotDrawnOneByOne) {
  const model::World world(worlds::spec_of("netflixoss", {1, 10'000, 1}));
  const auto structure = run::describe(world);
  EXPECT_TRUE(structure->wires.empty());
  EXPECT_GT(structure->wire_count, run::Structure::wires_max);
  const auto refused = run::project(*structure, {Level::instance, "", ""});
  EXPECT_EQ(std::get<model::Problem>(refused).code, "tooMany");
  EXPECT_EQ(std::get<ViewStructure>(run::project(*structure, {Level::group, "", ""})).nodes.size(), 20U);
}

}  // namespace
