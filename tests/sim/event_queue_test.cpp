#include "sim/event_queue.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "sim/random.h"

namespace {

using sim::Event;

TEST(EventQueue, IsEmptyAtFirst) {
  sim::EventQueue queue;
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.peek(sim::never), nullptr);
}

TEST(EventQueue, PeekKeepsToItsLimit) {
  sim::EventQueue queue;
  queue.push({10, 1, 0, 0});
  EXPECT_EQ(queue.peek(10), nullptr);
  ASSERT_NE(queue.peek(11), nullptr);
  EXPECT_EQ(queue.peek(11)->time, 10);
}

TEST(EventQueue, EqualTimesGoByOrder) {
  sim::EventQueue queue;
  queue.push({5, sim::order_of(2, 0), 1, 0});
  queue.push({5, sim::order_of(1, 7), 2, 0});
  EXPECT_EQ(queue.peek(sim::never)->subject, 2U);
}

/// Has every event that it is told of fetched, and keeps in which steps.
struct Fetching {
  std::map<std::uint64_t, int> early, ahead;  ///< by order: how often

  sim::Subjects subjects() const { return {}; }
  void fetch_early(const Event& event) { ++early[event.order]; }
  void fetch_ahead(const Event& event) {
    ++ahead[event.order];
    EXPECT_EQ(early.count(event.order), 1U) << "what the second step reads is fetched by the first";
  }
};

TEST(EventQueue, WhatEventsNeedIsFetchedOnceBeforeTheyCome) {
  sim::EventQueue queue;
  for (std::uint64_t n = 0; n < 4 * sim::EventQueue::many; ++n) {
    queue.push({static_cast<sim::Time>(sim::scale(sim::draw(1, 1, sim::Purpose::load, n), 1'000'000)), sim::order_of(1, n), 0, 0});
  }
  Fetching fetching;
  std::size_t fetched = 0;
  const std::size_t all = queue.size() - sim::EventQueue::few;
  while (queue.size() > sim::EventQueue::few) {
    fetched += fetching.ahead.count(queue.peek(sim::never)->order);
    queue.pop();
    queue.look_ahead(fetching);
  }
  EXPECT_GT(fetched, all * 3 / 4) << "of " << all;
  for (const auto& [order, times] : fetching.ahead) ASSERT_EQ(times, 1) << order;
  for (const auto& [order, times] : fetching.early) ASSERT_EQ(times, 1) << order;
}

/// Pushes and pops mixed at random, as an engine does it: never before what was popped last, nor before a limit that was reached. What
/// comes out is what a sorted set of the same events gives. `wanted` events are kept pending, so that each kind of queue and the change
/// between them is met.
template <class Queue>
void compare_with_a_sorted_set(std::size_t wanted, std::uint64_t seed) {
  Queue queue;
  const auto less = [](const Event& a, const Event& b) { return sim::before(a, b); };
  std::set<Event, decltype(less)> expected(less);
  std::uint64_t n = 0;
  const auto below = [&](std::uint64_t limit) { return sim::scale(sim::draw(seed, 1, sim::Purpose::load, n++), limit); };
  sim::Time now = 0;
  for (std::uint64_t step = 0; step < 20 * wanted + 200; ++step) {
    const bool grow = (step / (8 * wanted + 1)) % 2 == 0;
    if (expected.empty() || (expected.size() < wanted && (grow || below(3) == 0))) {
      const std::uint64_t reach = std::uint64_t{1} << below(47);  // from the same nanosecond to days ahead
      const Event event{now + static_cast<sim::Time>(below(reach)), sim::order_of(1, step), static_cast<std::uint32_t>(step), 0};
      queue.push(event);
      expected.insert(event);
      continue;
    }
    const sim::Time limit = now + static_cast<sim::Time>(below(std::uint64_t{1} << below(46)));
    const Event* next = queue.peek(limit);
    if (expected.begin()->time >= limit) {
      ASSERT_EQ(next, nullptr);
      now = limit;
      continue;
    }
    ASSERT_NE(next, nullptr);
    ASSERT_EQ(next->order, expected.begin()->order);
    now = next->time;
    queue.pop();
    expected.erase(expected.begin());
    ASSERT_EQ(queue.size(), expected.size());
  }
  while (!expected.empty()) {
    ASSERT_EQ(queue.peek(sim::never)->order, expected.begin()->order);
    queue.pop();
    expected.erase(expected.begin());
  }
  ASSERT_EQ(queue.peek(sim::never), nullptr);
}

/// A SlotQueue, asked as EventQueue does it.
class Slots {
 public:
  void push(const Event& event) {
    if (!slots_.push_at_once(event)) slots_.push(event.time, event.order, event.subject, event.tag);
  }
  const Event* peek(sim::Time limit) { return slots_.any_near() ? slots_.peek(limit) : slots_.peek_far(limit); }
  void pop() { slots_.any_near() ? slots_.pop() : slots_.pop_far(); }
  std::size_t size() const { return slots_.size(); }

 private:
  sim::SlotQueue slots_;
};

TEST(EventQueue, PopsWhatASortedSetWould) {
  for (const std::size_t wanted : {1U, 10U, 300U, 5'000U}) {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) compare_with_a_sorted_set<sim::EventQueue>(wanted, seed);
  }
}

TEST(SlotQueue, PopsWhatASortedSetWould) {
  for (const std::size_t wanted : {1U, 10U, 300U, 3'000U}) {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) compare_with_a_sorted_set<Slots>(wanted, seed);
  }
}

/// The width of its slots follows the load: events by the nanosecond, then one in a tenth of a millisecond, and back.
TEST(ChunkWheel, KeepsTheOrderWhileTheLoadChanges) {
  sim::ChunkWheel wheel;
  const auto less = [](const Event& a, const Event& b) { return sim::before(a, b); };
  std::set<Event, decltype(less)> expected(less);
  std::uint64_t n = 0;
  sim::Time now = 0;
  for (const sim::Time reach : {10'000, 1'000'000'000, 10'000, 3, 100'000'000}) {
    for (int step = 0; step < 60'000; ++step) {
      while (expected.size() < 10'000) {
        // One in a hundred is anywhere within three hours: beyond what narrow slots reach.
        const std::uint64_t within = n % 100 == 0 ? 10'000'000'000'000 : 2 * static_cast<std::uint64_t>(reach);
        const auto after = static_cast<sim::Time>(sim::scale(sim::draw(1, 1, sim::Purpose::load, n), within));
        const Event event{now + after, sim::order_of(1, n), static_cast<std::uint32_t>(n), 0};
        ++n;
        wheel.push(event);
        expected.insert(event);
      }
      const Event* next = wheel.peek(sim::never);
      ASSERT_NE(next, nullptr);
      ASSERT_EQ(next->order, expected.begin()->order) << "step " << step << " of reach " << reach;
      now = next->time;
      wheel.pop();
      expected.erase(expected.begin());
    }
  }
  for (; !expected.empty(); expected.erase(expected.begin())) {
    ASSERT_EQ(wheel.peek(sim::never)->order, expected.begin()->order);
    wheel.pop();
  }
}

TEST(ChunkWheel, PopsWhatASortedSetWould) {
  for (const std::size_t wanted : {1U, 10U, 3'000U}) {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) compare_with_a_sorted_set<sim::ChunkWheel>(wanted, seed);
  }
}

}  // namespace
