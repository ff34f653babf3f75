// The same seed gives the same run: whatever the slices it is run in, the tracing, who watches, whether it is a copy.

#include <gtest/gtest.h>

#include "support/eventful.h"

namespace {

using eventful::commands;
using eventful::run;

class Determinism : public testing::TestWithParam<std::uint32_t> {};

TEST_P(Determinism, SlicesDoNotMatter) {
  model::World whole(eventful::spec(GetParam())), odd(eventful::spec(GetParam())), fine(eventful::spec(GetParam()));
  const std::uint64_t expected = run(whole, sim::second);
  EXPECT_EQ(run(odd, 77'777'777), expected);
  EXPECT_EQ(run(fine, 1'234'567), expected);
  EXPECT_EQ(whole.events(), fine.events());
  EXPECT_EQ(worlds::requests_of(whole).succeeded, worlds::requests_of(fine).succeeded);
}

TEST_P(Determinism, WatchingDoesNotMatter) {
  model::World plain(eventful::spec(GetParam(), 0)), watched(eventful::spec(GetParam(), 1));
  for (model::Shard& shard : watched.shards()) shard.count_pairs(true);
  EXPECT_EQ(run(plain, sim::second), run(watched, sim::second));
}

TEST_P(Determinism, SeedsMatter) {
  model::WorldSpec other = eventful::spec(GetParam());
  other.seed = 12;
  model::World a(eventful::spec(GetParam())), b(other);
  EXPECT_NE(run(a, sim::second), run(b, sim::second));
}

TEST_P(Determinism, ACopyGoesOnAsTheOriginal) {
  model::World original(eventful::spec(GetParam()));
  for (int step = 1; step <= 4; ++step) {
    original.run_until(step * sim::second);
    commands(original, step);
  }
  original.run_until(4'300 * sim::millisecond);
  model::World copy(original);
  EXPECT_EQ(copy.fingerprint(), original.fingerprint());
  const std::uint64_t expected = run(original, sim::second, 5);
  EXPECT_EQ(run(copy, 91'234'567, 5), expected);
  EXPECT_EQ(copy.name_of(worlds::instances_of(copy, "login").back()), original.name_of(worlds::instances_of(original, "login").back()));
}

INSTANTIATE_TEST_SUITE_P(Regions, Determinism, testing::Values(1U, 2U, 3U),
                         [](const auto& i) { return "regions" + std::to_string(i.param); });

}  // namespace
