// Which groups, links and time a question about figures is about.

#include "run/statistics.h"

#include <gtest/gtest.h>

#include "model/batches.h"
#include "run/structure.h"
#include "support/worlds.h"

namespace {

using run::Level;
using run::Statistics;
using run::StatisticsSpec;

class Survey : public testing::Test {
 protected:
  Survey() : world(worlds::spec_of("netflixoss", {1, 100, 2})) { run_to(20); }
  void run_to(int seconds) { model::run_measured(world, seconds * sim::second, measurement); }

  run::Snapshot snapshot() const {
    run::Snapshot s;
    s.sim_time = world.now();
    s.structure = run::describe(world);
    s.measured = std::make_shared<run::Measured>(run::Measured{measurement.whole().marks(), measurement.recent().marks()});
    return s;
  }
  Statistics survey(const StatisticsSpec& spec) const { return std::get<Statistics>(run::survey(snapshot(), spec)); }
  model::Problem problem(const StatisticsSpec& spec) const { return std::get<model::Problem>(run::survey(snapshot(), spec)); }

  model::World world;
  model::Measurement measurement;
};

TEST_F(Survey, EveryGroupIsInOneNodeOfEachLevel) {
  for (const Level level : {Level::region, Level::zone, Level::service, Level::group}) {
    std::vector<int> seen(world.shared().groups.size());
    for (const run::Subject& node : survey({level, false, "", "", {}}).subjects) {
      EXPECT_TRUE(node.target.empty());
      for (const std::uint32_t group : node.parts) ++seen[group];
    }
    EXPECT_EQ(seen, std::vector<int>(seen.size(), 1)) << run::level_name(level);
  }
}

TEST_F(Survey, LinksAreThoseOfTheView) {
  for (const Level level : {Level::region, Level::zone, Level::service, Level::group}) {
    const auto view = std::get<run::ViewStructure>(run::project(*run::describe(world), {level, "", ""}));
    std::size_t links = 0, seen = 0;
    for (const auto& of_edge : view.edge_links) links += of_edge.size();
    const Statistics statistics = survey({level, true, "", "", {}});
    for (const run::Subject& link : statistics.subjects) seen += link.parts.size();
    EXPECT_EQ(statistics.subjects.size(), view.edges.size()) << run::level_name(level);
    EXPECT_EQ(seen, links) << run::level_name(level);
  }
}

TEST_F(Survey, APathLeavesWhatIsInIt) {
  for (const char* path : {"us-west-2", "us-east-1.zoneB"}) {
    for (const Level level : {Level::zone, Level::service, Level::group}) {
      const auto view = std::get<run::ViewStructure>(run::project(*run::describe(world), {level, path, ""}));
      const Statistics nodes = survey({level, false, path, "", {}}), links = survey({level, true, path, "", {}});
      EXPECT_EQ(nodes.subjects.size(), view.nodes.size()) << path;
      EXPECT_EQ(links.subjects.size(), view.edges.size()) << path;
      EXPECT_EQ(nodes.users, survey({}).users);
      for (const run::Subject& node : nodes.subjects) {
        for (const std::uint32_t g : node.parts) {
          EXPECT_TRUE(world.shared().locations[world.shared().groups[g].location].id.starts_with(path));
        }
      }
    }
  }
}

TEST_F(Survey, UsersAreAllLoadSources) {
  EXPECT_EQ(survey({}).users, model::user_groups(world.shared()));
}

TEST_F(Survey, LooksBackToTheLastChangeUnlessToldOtherwise) {
  world.set_traffic(*world.find_service("www"), 250);
  run_to(35);
  const Statistics recent = survey({});
  EXPECT_EQ(recent.changed, 21 * sim::second);
  EXPECT_EQ(recent.period.from(), 21 * sim::second + recent.period.warm_up);
  EXPECT_EQ(recent.period.to(), 35 * sim::second);
  EXPECT_EQ(survey({Level::service, false, "", "", 0}).period.from(), 0);
  EXPECT_EQ(survey({Level::service, false, "", "", 5'500 * sim::millisecond}).period.from(), 6 * sim::second);
  EXPECT_EQ(survey({Level::service, false, "", "", 30 * sim::second}).period.batches(), 5U);
  EXPECT_EQ(survey({Level::service, false, "", "", 35 * sim::second}).period.batches(), 0U);
}

TEST_F(Survey, SaysWhatCannotBe) {
  EXPECT_EQ(problem({Level::instance, false, "", "", {}}).pointer, "?level");
  EXPECT_EQ(problem({Level::service, false, "", "", 20 * sim::second + 1}).pointer, "?fromMs");
  EXPECT_EQ(problem({Level::group, false, "us-east-3", "", {}}).pointer, "?path");
  EXPECT_EQ(problem({Level::zone, false, "us-west-2", "us-east-1.zoneA", {}}).pointer, "?node");
  const model::Problem unknown = problem({Level::zone, false, "", "us-east-1.zoneD", {}});
  EXPECT_EQ(unknown.pointer, "?node");
  EXPECT_NE(std::find(unknown.known.begin(), unknown.known.end(), "us-east-1.zoneA"), unknown.known.end());
  EXPECT_EQ(problem({Level::group, true, "", "homepage", {}}).pointer, "?node");
  for (const run::Subject& link : survey({Level::service, true, "", "homepage", {}}).subjects) {
    EXPECT_TRUE(link.id == "homepage" || link.target == "homepage");
  }
}

}  // namespace
