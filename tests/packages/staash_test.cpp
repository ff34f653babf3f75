// The order in which the data access layer asks, and what it does with writes.

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "support/worlds.h"

namespace {

using worlds::service;
using worlds::small;

struct Tree {
  model::Verb verb;
  std::vector<std::string> asked;  ///< services, in order of sending
};

/// Runs `seconds` with every request traced and gives what the staash instances called for each request.
std::vector<Tree> trees(model::WorldSpec spec, const std::string& caller) {
  spec.trace_sample_rate = 1;
  model::World world(std::move(spec));
  world.set_traffic(static_cast<std::uint32_t>(world.shared().services.size() - 1), 200);
  world.run_until(20 * sim::second);
  const auto service_of = [&](model::InstanceId id) {
    return world.shared().services[world.shared().groups[world.instance(id).group].service].name;
  };
  std::map<std::uint64_t, std::vector<model::Span>> by_trace;
  std::vector<std::uint64_t> ended;
  for (const model::Span& span : world.shards()[0].spans()) {
    if (span.root) ended.push_back(span.trace);
    if (!span.root && service_of(span.source) == caller) by_trace[span.trace].push_back(span);
  }
  std::vector<Tree> result;
  for (const std::uint64_t trace : ended) {
    auto& spans = by_trace[trace];
    std::sort(spans.begin(), spans.end(), [](const auto& a, const auto& b) { return std::pair(a.cs, a.span) < std::pair(b.cs, b.span); });
    Tree tree{spans.empty() ? model::Verb::get : spans[0].verb, {}};
    for (const model::Span& span : spans) tree.asked.push_back(service_of(span.target));
    result.push_back(std::move(tree));
  }
  return result;
}

model::WorldSpec all_kinds() {
  model::WorldSpec spec =
      small({service("mysql", "store", 1, {}), service("cass", "priamCassandra", 3, {1}), service("mem", "cache", 1, {}),
             service("disk", "volume", 0, {}), service("staash", "staash", 1, {0, 1, 2, 3}), service("users", "denominator", 0, {4})});
  spec.services[1].hit_ratio = spec.services[2].hit_ratio = spec.services[3].hit_ratio = 0.5;
  return spec;
}

TEST(Staash, ReadsAskInOrderOfSpeedUntilOneHasIt) {
  const std::vector<std::string> order = {"mem", "disk", "cass", "mysql"};
  std::map<std::size_t, int> depth;
  for (const Tree& tree : trees(all_kinds(), "staash")) {
    if (tree.verb != model::Verb::get) continue;
    ASSERT_LE(tree.asked.size(), order.size());
    for (std::size_t i = 0; i < tree.asked.size(); ++i) ASSERT_EQ(tree.asked[i], order[i]);
    ++depth[tree.asked.size()];
  }
  // A half of the reads ends at each step that hits a half, the rest at mysql, which has everything.
  const double n = depth[1] + depth[2] + depth[3] + depth[4];
  EXPECT_NEAR(depth[1] / n, 0.5, 5 * std::sqrt(0.25 / n));
  EXPECT_NEAR(depth[2] / n, 0.25, 5 * std::sqrt(0.1875 / n));
  EXPECT_NEAR(depth[4] / n, 0.125, 5 * std::sqrt(0.11 / n));
}

TEST(Staash, WritesGoToOneOfEachAtOnce) {
  int puts = 0;
  for (Tree& tree : trees(all_kinds(), "staash")) {
    if (tree.verb != model::Verb::put) continue;
    ++puts;
    std::sort(tree.asked.begin(), tree.asked.end());
    ASSERT_EQ(tree.asked, (std::vector<std::string>{"cass", "disk", "mem", "mysql"}));
  }
  EXPECT_GT(puts, 500);
}

TEST(Staash, EveryReadIsAnswered) {
  model::WorldSpec spec = all_kinds();
  for (auto& s : spec.services) s.hit_ratio = 0.1;
  model::World world(std::move(spec));
  world.set_traffic(5, 500);
  world.run_until(10 * sim::second);
  world.set_traffic(5, 0);
  world.run_until(20 * sim::second);
  EXPECT_EQ(worlds::requests_of(world).in_flight(), 0U);
  EXPECT_EQ(worlds::requests_of(world).failed, 0U);  // a miss is an answer
}

TEST(Staash, ADeadCacheIsAMiss) {
  model::World world(all_kinds());
  world.set_traffic(5, 0);
  world.hold_down(worlds::instances_of(world, "mem"), model::Reach::refuse);
  world.run_until(sim::second);
  world.set_traffic(5, 200);
  world.run_until(10 * sim::second);
  const double n = static_cast<double>(worlds::requests_of(world).sent);
  // Reads go on; writes, which go to each, fail.
  EXPECT_NEAR(static_cast<double>(worlds::requests_of(world).failed), n / 3, 5 * std::sqrt(n * 2 / 9));
}

}  // namespace
