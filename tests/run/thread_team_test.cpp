// Threads that run regions side by side: every member does its part, and no width changes what happens.

#include "run/thread_team.h"

#include <gtest/gtest.h>

#include <atomic>
#include <numeric>

#include "support/eventful.h"

namespace {

TEST(ThreadTeam, EveryMemberDoesEachJobOnce) {
  for (const unsigned size : {1U, 2U, 4U}) {
    run::ThreadTeam team(size);
    ASSERT_EQ(team.size(), size);
    std::vector<std::atomic<int>> done(size);
    for (int job = 0; job < 100; ++job) {
      team.run([&](unsigned member) { ++done[member]; });
      for (const auto& count : done) ASSERT_EQ(count, job + 1);
    }
  }
}

TEST(ThreadTeam, NobodyGoesOnBeforeAllAreThere) {
  constexpr unsigned size = 4;
  run::ThreadTeam team(size);
  std::vector<int> at(size, 0);  // plain: what was written before a meeting is seen after it
  std::atomic<int> wrong{0};
  team.run([&](unsigned member) {
    for (int round = 1; round <= 1'000; ++round) {
      at[member] = round;
      team.meet();
      for (const int other : at) {
        if (other != round) ++wrong;
      }
      team.meet();
    }
  });
  EXPECT_EQ(wrong, 0);
}

class Width : public testing::TestWithParam<std::uint32_t> {};

TEST_P(Width, DoesNotMatter) {
  model::World alone(eventful::spec(GetParam()));
  const std::uint64_t expected = eventful::run(alone, sim::second);
  for (const unsigned threads : {2U, 3U, 4U}) {
    run::ThreadTeam team(threads);
    for (const sim::Time slice : {sim::second, sim::Time{17'777'777}}) {
      model::World world(eventful::spec(GetParam()));
      world.run_by(&team);
      EXPECT_EQ(eventful::run(world, slice), expected) << threads << " threads, slices of " << slice << " ns";
      EXPECT_EQ(world.events(), alone.events());
      EXPECT_EQ(worlds::requests_of(world).succeeded, worlds::requests_of(alone).succeeded);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Regions, Width, testing::Values(1U, 2U, 4U), [](const auto& i) { return "regions" + std::to_string(i.param); });

TEST(Width, MayChangeInMidRunAndACopyRunsAlone) {
  model::World alone(eventful::spec(3)), changing(eventful::spec(3));
  run::ThreadTeam two(2), three(3);
  changing.run_by(&two);
  changing.run_until(700 * sim::millisecond);
  changing.run_by(&three);
  changing.run_until(900 * sim::millisecond);
  model::World copy(changing);
  changing.run_by(nullptr);
  const std::uint64_t expected = eventful::run(alone, sim::second);
  EXPECT_EQ(eventful::run(changing, sim::second), expected);
  EXPECT_EQ(eventful::run(copy, sim::second), expected);
}

}  // namespace
