#include "run/recorder.h"

#include <gtest/gtest.h>

#include "support/worlds.h"

namespace {

TEST(Recorder, RatesLookBackASecond) {
  model::World world(worlds::spec_of("netflixoss"));
  run::Recorder recorder;
  for (int t = 0; t <= 50; ++t) {
    world.run_until(t * 100 * sim::millisecond);
    recorder.sample(world, false);
  }
  EXPECT_EQ(recorder.now()->at, 5 * sim::second);
  EXPECT_EQ(recorder.base()->at, 4 * sim::second);
}

TEST(Recorder, AStillWorldKeepsItsRates) {
  model::World world(worlds::spec_of("netflixoss"));
  run::Recorder recorder;
  recorder.sample(world, false);
  world.run_until(sim::second);
  recorder.sample(world, false);
  for (int i = 0; i < 50; ++i) recorder.sample(world, true);
  EXPECT_EQ(recorder.base()->at, 0);
  EXPECT_EQ(recorder.now()->at, sim::second);
}

TEST(Recorder, TheWindowHoldsTheLastTenSeconds) {
  model::World world(worlds::spec_of("netflixoss"));
  run::Recorder recorder;
  for (int t = 0; t <= 30; ++t) {
    world.run_until(t * sim::second);
    recorder.sample(world, false);
  }
  EXPECT_EQ(recorder.window()->from, 20 * sim::second);
  EXPECT_EQ(recorder.window()->to, 30 * sim::second);
  std::uint64_t total = 0, window = 0;
  for (const auto& cell : recorder.total()->cells) total += cell.response.count();
  for (const auto& cell : recorder.window()->cells) window += cell.response.count();
  EXPECT_NEAR(static_cast<double>(window), static_cast<double>(total) / 3, static_cast<double>(total) * 0.05);
}

TEST(Recorder, ErrorsLeaveTheWindowAfterTenSeconds) {
  model::WorldSpec spec = worlds::spec_of("lamp");
  model::World world(spec);
  run::Recorder recorder;
  const auto errors = [](const std::shared_ptr<const run::Histograms>& h) {
    std::uint64_t sum = 0;
    for (const auto& cell : h->cells) sum += cell.errors;
    return sum;
  };
  const auto run_to = [&](int from, int to) {
    for (int t = from; t <= to; ++t) {
      world.run_until(t * sim::second);
      recorder.sample(world, false);
    }
  };
  run_to(0, 5);
  world.kill(worlds::instances_of(world, "webserver-elb")[0]);
  run_to(6, 9);
  EXPECT_GT(errors(recorder.window()), 100U);
  EXPECT_EQ(errors(recorder.window()), errors(recorder.total()));
  world.set_traffic(*world.find_service("www"), 0);
  run_to(10, 25);
  EXPECT_EQ(errors(recorder.window()), 0U);
  EXPECT_GT(errors(recorder.total()), 100U);
}

TEST(Recorder, CountsAgreeWithTheWorld) {
  model::World world(worlds::spec_of("netflixoss", {1, 100, 2}));
  world.count_instances(true);
  run::Recorder recorder;
  world.run_until(10 * sim::second);
  recorder.sample(world, true);
  const auto sums = worlds::requests_of(world);
  EXPECT_EQ(recorder.now()->sent, sums.sent);
  EXPECT_EQ(recorder.now()->succeeded, sums.succeeded);
  const auto id = world.find_instance("netflixoss.us-west-2.*.www-elb01");
  EXPECT_EQ(recorder.now()->find(id)->requests, world.count_of(id).requests);
  EXPECT_GT(world.count_of(id).requests, 100U);
}

}  // namespace
