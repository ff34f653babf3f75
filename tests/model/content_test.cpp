// What a cache holds, against the plainest that does the same.

#include "model/content.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "sim/random.h"
#include "sim/zipf.h"

namespace {

using model::Content;
using model::ContentSpec;
using model::Eviction;

/// Keys in the order in which they came or were asked for, with how often; everything by looking at all of them.
class Plain {
 public:
  bool access(std::uint64_t key, const ContentSpec& spec) {
    const auto place = std::find_if(keys_.begin(), keys_.end(), [&](const Key& k) { return k.key == key; });
    if (place != keys_.end()) {
      Key found = *place;
      ++found.times;
      if (spec.eviction == Eviction::fifo) {
        place->times = found.times;
      } else {
        keys_.erase(place);
        keys_.push_back(found);
      }
      return true;
    }
    if (keys_.size() == spec.capacity) {
      auto victim = keys_.begin();
      if (spec.eviction == Eviction::lfu)
        victim = std::min_element(keys_.begin(), keys_.end(), [](const Key& a, const Key& b) { return a.times < b.times; });
      keys_.erase(victim);
    }
    keys_.push_back({key, 1});
    return false;
  }

 private:
  struct Key {
    std::uint64_t key;
    std::uint64_t times;
  };
  std::vector<Key> keys_;
};

std::uint64_t bits(std::uint64_t n) {
  return sim::draw(3, 5, sim::Purpose::load, n);
}

TEST(Content, DoesAsThePlainestOneDoes) {
  for (const Eviction eviction : {Eviction::lru, Eviction::lfu, Eviction::fifo}) {
    for (const std::uint32_t capacity : {1U, 2U, 7U, 50U}) {
      const ContentSpec spec{capacity, eviction};
      const sim::Zipf zipf(150, 0.7);
      Content content;
      Plain plain;
      for (std::uint64_t i = 0; i < 20'000; ++i) {
        const std::uint64_t key = zipf.sample(bits(i));
        ASSERT_EQ(content.access(key, spec, bits(i + 1'000'000)), plain.access(key, spec))
            << model::eviction_names()[static_cast<std::size_t>(eviction)] << " of " << capacity << ", step " << i;
        ASSERT_LE(content.size(), capacity);
      }
      EXPECT_EQ(content.size(), capacity);
    }
  }
}

/// With all keys alike any eviction hits with the share of keys that are there.
TEST(Content, AtRandomAnyoneGoes) {
  const ContentSpec spec{40, Eviction::random};
  Content content;
  std::uint64_t hits = 0;
  constexpr std::uint64_t n = 100'000;
  for (std::uint64_t i = 0; i < n; ++i) hits += content.access(sim::scale(bits(i), 100), spec, bits(i + n)) ? 1U : 0U;
  EXPECT_NEAR(static_cast<double>(hits) / n, 0.4, 5 * std::sqrt(0.24 / n));
}

TEST(Content, ClearedItIsCold) {
  const ContentSpec spec{100, Eviction::lfu};
  Content content;
  for (std::uint64_t key = 0; key < 100; ++key) EXPECT_FALSE(content.access(key, spec, 0));
  for (std::uint64_t key = 0; key < 100; ++key) EXPECT_TRUE(content.access(key, spec, 0));
  content.clear();
  EXPECT_EQ(content.size(), 0U);
  for (std::uint64_t key = 0; key < 100; ++key) EXPECT_FALSE(content.access(key, spec, 0));
}

}  // namespace
