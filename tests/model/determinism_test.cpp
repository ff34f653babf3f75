// The same seed gives the same run: whatever the slices it is run in, the tracing, who watches, whether it is a copy.

#include <gtest/gtest.h>

#include "chaos/experiment.h"
#include "operations/operations.h"
#include "support/worlds.h"

namespace {

/// A run with everything in it: outage, kill, scale, push, roll back.
void commands(model::World& world, int step) {
  model::Selector zone;
  zone.zones = {"us-east-1.zoneB"};
  switch (step) {
    case 1:
      chaos::start_fault(world, "zone.outage", zone, 2 * sim::second, {{"mode", std::string("blackhole")}});
      break;
    case 2:
      operations::scale(world, {"homepage", 30, {}});
      break;
    case 3:
      operations::push(world, {"login", "1.1", "rolling", 1.5, 0.01, 50});
      break;
    case 4:
      operations::kill(world, "netflixoss.us-east-1.zoneA.cassSubscriber00");
      break;
    case 5:
      operations::roll_back(world, "login", "d2");
      break;
    case 6:
      operations::scale(world, {"homepage", 12, {}});
      break;
    default:
      break;
  }
}

model::WorldSpec eventful(std::uint32_t regions, double sample_rate = 0.05) {
  model::WorldSpec spec = worlds::spec_of("netflixoss", {11, 100, regions});
  spec.trace_sample_rate = sample_rate;
  return spec;
}

std::uint64_t run(model::World& world, sim::Time slice, int from = 1) {
  for (int step = from; step <= 20; ++step) {
    for (sim::Time t = world.now(); t < step * sim::second; t += slice) world.run_until(std::min(t + slice, step * sim::second));
    commands(world, step);
  }
  return world.fingerprint();
}

class Determinism : public testing::TestWithParam<std::uint32_t> {};

TEST_P(Determinism, SlicesDoNotMatter) {
  model::World whole(eventful(GetParam())), odd(eventful(GetParam())), fine(eventful(GetParam()));
  const std::uint64_t expected = run(whole, sim::second);
  EXPECT_EQ(run(odd, 77'777'777), expected);
  EXPECT_EQ(run(fine, 1'234'567), expected);
  EXPECT_EQ(whole.events(), fine.events());
  EXPECT_EQ(worlds::requests_of(whole).succeeded, worlds::requests_of(fine).succeeded);
}

TEST_P(Determinism, WatchingDoesNotMatter) {
  model::World plain(eventful(GetParam(), 0)), watched(eventful(GetParam(), 1));
  for (model::Shard& shard : watched.shards()) shard.count_pairs(true);
  EXPECT_EQ(run(plain, sim::second), run(watched, sim::second));
}

TEST_P(Determinism, SeedsMatter) {
  model::WorldSpec other = eventful(GetParam());
  other.seed = 12;
  model::World a(eventful(GetParam())), b(other);
  EXPECT_NE(run(a, sim::second), run(b, sim::second));
}

TEST_P(Determinism, ACopyGoesOnAsTheOriginal) {
  model::World original(eventful(GetParam()));
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
