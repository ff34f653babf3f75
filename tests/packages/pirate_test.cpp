// Pirates: what each is told at first, and that they then talk among themselves, at any number and whatever happens to some.

#include <gtest/gtest.h>

#include <cmath>

#include "support/worlds.h"

namespace {

model::WorldSpec pirates(std::uint32_t count) {
  return worlds::small({worlds::service("pirate", "pirate", count, {0})});
}

std::uint64_t between_pirates(const model::World& world) {
  std::uint64_t sum = 0;
  for (const model::Shard& shard : world.shards()) {
    for (const model::LinkCount& link : shard.link_counts()) sum += link.requests;
  }
  return sum;
}

TEST(Pirates, EachIsToldFiveThingsAtFirst) {
  for (const std::uint32_t count : {1U, 2U, 100U, 10'000U}) {
    model::World world(pirates(count));
    world.run_until(90 * sim::millisecond);  // nobody talks before 100 ms
    EXPECT_EQ(world.messages(), 5U * count);
    EXPECT_EQ(between_pirates(world), 0U);
    EXPECT_EQ(worlds::calls_in_flight(world), 0U);
  }
}

// Intervals are uniform from 0.1 to 10 s, so in t seconds a pirate talks about t E[1/interval] = t ln(100) / 9.9 times, less the part of an
// interval before its first word (at most one word each). The rates differ much: variance E[1/interval^2] - E[1/interval]^2 = 1 - 0.216.
TEST(Pirates, TalkAtTheirOwnIntervals) {
  constexpr std::uint32_t count = 1'000;
  model::World world(pirates(count));
  world.run_until(100 * sim::second);
  const double expected = count * 100 * 4.605 / 9.9;
  const auto said = static_cast<double>(between_pirates(world));
  const double spread = 4 * 100 * std::sqrt(count * 0.784);
  EXPECT_NEAR(said, expected - count * 0.5, spread + count * 0.5);
}

TEST(Pirates, OneAloneHasNobodyToTalkTo) {
  model::World world(pirates(1));
  world.run_until(60 * sim::second);
  EXPECT_EQ(between_pirates(world), 0U);
}

TEST(Pirates, OneThatDiesSaysNothingAndOneThatComesIsToldAnew) {
  model::World world(pirates(50));
  world.run_until(20 * sim::second);
  const std::uint64_t before = worlds::cells_of(world, "pirate").requests;
  for (const model::InstanceId id : worlds::instances_of(world, "pirate")) world.kill(id);
  const std::uint64_t said = between_pirates(world);
  world.run_until(40 * sim::second);
  EXPECT_EQ(between_pirates(world), said);
  EXPECT_EQ(worlds::cells_of(world, "pirate").requests, before);
  world.start_instance(0, world.shared().groups[0].location, 0);
  world.run_until(50 * sim::second);
  EXPECT_EQ(worlds::cells_of(world, "pirate").requests, before + 5);
  EXPECT_EQ(worlds::calls_in_flight(world), 0U);
}

TEST(Pirates, ACopyGoesOnAsTheOriginal) {
  model::World world(pirates(200));
  world.run_until(7 * sim::second);
  model::World copy(world);
  world.run_until(30 * sim::second);
  copy.run_until(30 * sim::second);
  EXPECT_EQ(copy.fingerprint(), world.fingerprint());
}

}  // namespace
