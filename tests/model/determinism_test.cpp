// The same seed gives the same run: whatever the slices it is run in, the tracing, who watches, whether it is a copy.

#include <gtest/gtest.h>

#include <algorithm>

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

/// Whether a caller in another region has given up when an answer is sent to it, or only when that is there, depends on how long the
/// stretches are that regions run on their own; what happens must not.
TEST(LateAnswers, FromAfarAreTheSameInAnySlices) {
  model::ServiceSpec server = worlds::service("server", "store", 6, {});
  server.regions = 2;
  server.service_time.kind = model::DistributionSpec::Kind::exponential;
  server.timeout = 15 * sim::millisecond;  // there and back takes 14 ms
  model::ServiceSpec users = worlds::service("users", "denominator", 0, {0});
  users.requests_per_second = 1'000;
  model::WorldSpec spec = worlds::small({server, users});
  spec.regions.push_back({"us-west-2", {"zoneA", "zoneB", "zoneC"}, {"54.245", "54.244", "54.214"}});
  spec.network = {0.1, 0.1, 7, 0, {{0, 30}, {30, 0}}};
  const auto fingerprint = [&spec](sim::Time slice) {
    model::World world(spec);
    for (sim::Time at = 0; at < sim::second; at += slice) world.run_until(std::min(at + slice, sim::second));
    std::uint64_t late = 0;
    for (const model::Shard& shard : world.shards()) late += shard.late_replies();
    EXPECT_GT(late, 100U);
    return world.fingerprint();
  };
  const std::uint64_t whole = fingerprint(sim::second);
  EXPECT_EQ(fingerprint(1'234'567), whole);
  EXPECT_EQ(fingerprint(6'999'999), whole);
}

INSTANTIATE_TEST_SUITE_P(Regions, Determinism, testing::Values(1U, 2U, 3U),
                         [](const auto& i) { return "regions" + std::to_string(i.param); });

}  // namespace
