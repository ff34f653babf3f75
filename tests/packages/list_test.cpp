#include "packages/list.h"

#include <gtest/gtest.h>

#include <set>

#include "support/worlds.h"

namespace {

TEST(Packages, HaveNamesTitlesAndSteps) {
  std::set<std::string_view> names;
  for (const model::PackageInfo* info : packages::all()) {
    EXPECT_TRUE(names.insert(info->name).second) << info->name << " twice";
    EXPECT_FALSE(info->title.empty());
    EXPECT_FALSE(info->description.empty());
    EXPECT_NE(info->step, nullptr);
    EXPECT_EQ(packages::find(info->name), info);
  }
  EXPECT_EQ(packages::find("nothing"), nullptr);
}

TEST(Packages, AreSpigosAndMoreAndHaveDefaults) {
  const std::set<std::string> expected = {"denominator",    "elb",  "zuul",   "karyon", "monolith", "staash", "store",   "cache", "volume",
                                          "priamCassandra", "riak", "eureka", "pirate", "primary",  "queue",  "function"};
  const auto names = packages::names();
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()), expected);
  for (const std::string& name : names) EXPECT_TRUE(worlds::defaults().packages.contains(name)) << name;
}

/// Whatever a package is, one of it behind users answers.
TEST(Packages, EachAnswersRequests) {
  for (const model::PackageInfo* info : packages::all()) {
    if (info->load_source) continue;
    model::World world(
        worlds::small({worlds::service("one", std::string(info->name), 3, {}), worlds::service("users", "denominator", 0, {0})}));
    world.set_traffic(1, 100);
    world.run_until(2 * sim::second);
    EXPECT_GT(worlds::requests_of(world).succeeded, 150U) << info->name;
    EXPECT_EQ(worlds::requests_of(world).failed, 0U) << info->name;
  }
}

}  // namespace
