#include "sim/event_queue.h"

#include <gtest/gtest.h>

#include <iterator>
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

TEST(EventQueue, GlancesAreTheNextTwoWhenTheyAreNear) {
  sim::EventQueue queue;
  std::set<sim::Time> times;
  for (std::uint64_t n = 0; times.size() < 2 * sim::EventQueue::many; ++n) {
    const auto time = static_cast<sim::Time>(sim::scale(sim::draw(1, 1, sim::Purpose::load, n), 1'000'000));
    if (times.insert(time).second) queue.push({time, sim::order_of(1, n), 0, 0});
  }
  std::size_t seen = 0;
  while (queue.size() > sim::EventQueue::few) {
    ASSERT_EQ(queue.peek(sim::never)->time, *times.begin());
    queue.pop();
    times.erase(times.begin());
    const Event* next = queue.glance({});
    if (next == nullptr) continue;
    ASSERT_EQ(next->time, *times.begin());
    const Event* further = queue.glance_further();
    if (further == nullptr) continue;
    ASSERT_EQ(further->time, *std::next(times.begin()));
    ++seen;
  }
  EXPECT_GT(seen, sim::EventQueue::many) << "of " << 2 * sim::EventQueue::many << " in 1 ms";
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

TEST(ChunkWheel, PopsWhatASortedSetWould) {
  for (const std::size_t wanted : {1U, 10U, 3'000U}) {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) compare_with_a_sorted_set<sim::ChunkWheel>(wanted, seed);
  }
}

}  // namespace
