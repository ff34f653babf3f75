#include "sim/event_queue.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>

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

/// Pushes and pops mixed at random: what comes out is what a sorted set of the same events gives.
RC_GTEST_PROP(EventQueue, PopsWhatASortedSetWould, ()) {
  const auto steps = *rc::gen::container<std::vector<std::pair<int, bool>>>(rc::gen::pair(rc::gen::inRange(0, 50), rc::gen::arbitrary<bool>()));
  sim::EventQueue queue;
  const auto less = [](const Event& a, const Event& b) { return sim::before(a, b); };
  std::set<Event, decltype(less)> expected(less);
  std::uint64_t sequence = 0;
  for (const auto& [time, pop] : steps) {
    if (pop && !expected.empty()) {
      RC_ASSERT(queue.peek(sim::never)->order == expected.begin()->order);
      queue.pop();
      expected.erase(expected.begin());
    } else {
      const Event event{time, sim::order_of(1, sequence++), 0, 0};
      queue.push(event);
      expected.insert(event);
    }
    RC_ASSERT(queue.size() == expected.size());
  }
  while (!expected.empty()) {
    RC_ASSERT(queue.peek(sim::never)->order == expected.begin()->order);
    queue.pop();
    expected.erase(expected.begin());
  }
  RC_ASSERT(queue.empty());
}

}  // namespace
