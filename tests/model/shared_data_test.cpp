// What stores that instances share are made of: rings, values by key, versions of keys, recent times. Against the plainest way to do it.

#include <gtest/gtest.h>

#include <cmath>
#include <deque>
#include <map>

#include "model/key_table.h"
#include "model/recent_latency.h"
#include "model/ring.h"
#include "model/versions.h"

namespace {

std::uint64_t drawn(std::uint64_t n, std::uint64_t below) {
  return sim::scale(sim::draw(7, 0, sim::Purpose::load, n), below);
}

TEST(Ring, IsADeque) {
  model::Ring<std::uint64_t> ring;
  std::deque<std::uint64_t> plain;
  for (std::uint64_t n = 0; n < 20'000; ++n) {
    const std::uint64_t what = drawn(n, 10);
    if (what < 5) {
      ring.push_back(n);
      plain.push_back(n);
    } else if (!plain.empty() && what < 8) {
      ring.pop_front();
      plain.pop_front();
    } else if (!plain.empty()) {
      ring.pop_back();
      plain.pop_back();
    }
    ASSERT_EQ(ring.size(), plain.size());
    ASSERT_EQ(ring.empty(), plain.empty());
    if (plain.empty()) continue;
    ASSERT_EQ(ring.front(), plain.front());
    ASSERT_EQ(ring.back(), plain.back());
    const std::uint64_t place = drawn(n + 100'000, plain.size());
    ASSERT_EQ(ring[place], plain[place]);
  }
}

TEST(KeyTable, IsAMap) {
  model::KeyTable<std::uint64_t> table;
  std::map<std::uint64_t, std::uint64_t> plain;
  for (std::uint64_t n = 0; n < 50'000; ++n) {
    const std::uint64_t key = drawn(n, 300);
    if (drawn(n + 100'000, 2) == 0) {
      ASSERT_EQ(table.at(key), plain[key]) << "fresh, or as it was";
      table.at(key) = plain[key] = n;
    } else {
      table.erase(key);
      plain.erase(key);
    }
    const std::uint64_t asked = drawn(n + 200'000, 300);
    const std::uint64_t* found = table.find(asked);
    ASSERT_EQ(found != nullptr, plain.count(asked) == 1);
    if (found != nullptr) {
      ASSERT_EQ(*found, plain[asked]);
    }
  }
}

TEST(Versions, NewestWins) {
  model::Versions versions(10);
  EXPECT_FALSE(versions.read(1).known);
  EXPECT_FALSE(versions.read(1).lacks(10)) << "it has all that was before it";
  EXPECT_TRUE(versions.read(1).lacks(11));
  versions.write(1, 30);
  versions.write(1, 20);
  EXPECT_TRUE(versions.read(1).known);
  EXPECT_EQ(versions.read(1).time, 30);
  EXPECT_FALSE(versions.read(1).lacks(30));
  EXPECT_TRUE(versions.read(1).lacks(31));
  for (const model::Versions::Answer answer :
       {model::Versions::Answer{0, false}, model::Versions::Answer{7, false}, model::Versions::Answer{7, true}}) {
    EXPECT_EQ(model::unpacked(model::packed(answer)).time, answer.time);
    EXPECT_EQ(model::unpacked(model::packed(answer)).known, answer.known);
  }
}

/// What is older than the last so many writes it is thought to have, and never less than that.
TEST(Versions, OnlyTheLastAreKnownOneByOne) {
  const auto kept = static_cast<sim::Time>(model::Versions::kept_max);
  model::Versions versions;
  for (sim::Time n = 1; n <= 2 * kept; ++n) versions.write(static_cast<std::uint64_t>(n), n);
  EXPECT_FALSE(versions.read(5).known);
  EXPECT_FALSE(versions.read(5).lacks(kept));
  EXPECT_TRUE(versions.read(5).lacks(kept + 1));
  EXPECT_EQ(versions.read(static_cast<std::uint64_t>(kept + 1)).time, kept + 1);
  // A key that is written again and again stays, and does not make the others forgotten sooner.
  model::Versions busy;
  for (sim::Time n = 1; n <= kept; ++n) busy.write(n % 2 == 0 ? 0 : static_cast<std::uint64_t>(n), n);
  busy.write(0, kept + 1);
  busy.write(0, kept + 2);
  EXPECT_EQ(busy.read(0).time, kept + 2);
  EXPECT_FALSE(busy.read(1).known);
  EXPECT_TRUE(busy.read(3).known);
  EXPECT_FALSE(busy.read(1).lacks(1));
  EXPECT_TRUE(busy.read(1).lacks(2));
}

TEST(RecentLatency, IsAQuantileToABucket) {
  model::RecentLatency latency;
  const sim::Time period = 5 * sim::second;
  EXPECT_EQ(latency.quantile(0.99, period, 0), period / 2) << "nothing is known yet";
  for (int n = 1; n <= 10'000; ++n) latency.add(n * 10 * sim::microsecond);
  EXPECT_EQ(latency.quantile(0.99, period, period - 1), period / 2) << "not read off yet";
  const sim::Time p99 = latency.quantile(0.99, period, period);
  EXPECT_GE(p99, 99 * sim::millisecond);
  EXPECT_LE(p99, 99 * sim::millisecond * 12 / 10);
  for (int n = 1; n <= 10'000; ++n) latency.add(sim::second);
  EXPECT_EQ(latency.quantile(0.99, period, 2 * period - 1), p99) << "until it is read off again";
  EXPECT_GT(latency.quantile(0.99, period, 2 * period), 900 * sim::millisecond);
}

/// After a minute the old weigh half: 10,000 of 1 ms against 10,000 of 10 ms are one to two.
TEST(RecentLatency, TheOldWeighLess) {
  for (const double share : {0.30, 0.36}) {
    model::RecentLatency latency;
    for (int n = 0; n < 10'000; ++n) latency.add(sim::millisecond);
    latency.quantile(share, sim::second, 60 * sim::second);
    for (int n = 0; n < 10'000; ++n) latency.add(10 * sim::millisecond);
    const sim::Time found = latency.quantile(share, sim::second, 61 * sim::second);
    EXPECT_EQ(found < 2 * sim::millisecond, share < 1.0 / 3) << share;
  }
}

}  // namespace
