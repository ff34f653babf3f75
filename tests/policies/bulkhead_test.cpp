#include "policies/bulkhead.h"

#include <gtest/gtest.h>

#include "policies/draws.h"

namespace {

using policies::Bulkhead;
using policies::BulkheadSpec;
using Entry = Bulkhead::Entry;

int enter(Bulkhead& bulkhead, const BulkheadSpec& spec, Entry as, int limit = 1'000) {
  int n = 0;
  for (; n < limit; ++n) {
    Bulkhead before = bulkhead;
    if (bulkhead.enter(spec) == as) continue;
    bulkhead = before;
    break;
  }
  return n;
}

TEST(Bulkhead, HystrixsThreadPoolHasTenThreadsAndNoQueue) {
  const BulkheadSpec spec = BulkheadSpec::hystrix_thread_pool();
  Bulkhead bulkhead;
  EXPECT_EQ(enter(bulkhead, spec, Entry::go), 10);
  EXPECT_EQ(bulkhead.enter(spec), Entry::rejected);
  EXPECT_FALSE(bulkhead.leave());
  EXPECT_EQ(bulkhead.enter(spec), Entry::go);
}

TEST(Bulkhead, HystrixsQueueIsUsedUpToItsRejectionThreshold) {
  const BulkheadSpec spec = BulkheadSpec::hystrix_thread_pool(10, 100);
  Bulkhead bulkhead;
  EXPECT_EQ(enter(bulkhead, spec, Entry::go), 10);
  EXPECT_EQ(enter(bulkhead, spec, Entry::wait), 5);
  EXPECT_EQ(bulkhead.enter(spec), Entry::rejected);
  EXPECT_EQ(BulkheadSpec::hystrix_thread_pool(10, 3).queue, 3U);
  EXPECT_EQ(BulkheadSpec::hystrix_thread_pool(10, 0).queue, 0U);
  EXPECT_EQ(BulkheadSpec::hystrix_thread_pool(10, 100, 50).queue, 50U);
}

TEST(Bulkhead, HystrixsSemaphoreHasTenPermits) {
  const BulkheadSpec spec = BulkheadSpec::hystrix_semaphore();
  Bulkhead bulkhead;
  EXPECT_EQ(enter(bulkhead, spec, Entry::go), 10);
  EXPECT_EQ(bulkhead.enter(spec), Entry::rejected);
}

TEST(Bulkhead, Resilience4jHasTwentyFiveAndNobodyWaits) {
  const BulkheadSpec spec = BulkheadSpec::resilience4j();
  Bulkhead bulkhead;
  EXPECT_EQ(enter(bulkhead, spec, Entry::go), 25);
  EXPECT_EQ(bulkhead.enter(spec), Entry::rejected);
  const BulkheadSpec patient = BulkheadSpec::resilience4j(25, 100);
  EXPECT_EQ(enter(bulkhead, patient, Entry::wait), 1'000) << "any number";
  EXPECT_EQ(Bulkhead::deadline(patient, 7), 107);
}

TEST(Bulkhead, Resilience4jsThreadPoolHasAQueueOfAHundred) {
  const BulkheadSpec spec = BulkheadSpec::resilience4j_thread_pool(4);
  Bulkhead bulkhead;
  EXPECT_EQ(enter(bulkhead, spec, Entry::go), 4);
  EXPECT_EQ(enter(bulkhead, spec, Entry::wait), 100);
  EXPECT_EQ(bulkhead.enter(spec), Entry::rejected);
  EXPECT_EQ(Bulkhead::deadline(spec, 7), sim::never);
}

TEST(Bulkhead, OneThatWaitsTakesThePlaceOfOneThatLeaves) {
  const BulkheadSpec spec{.concurrent = 2, .queue = 2};
  Bulkhead bulkhead;
  for (int i = 0; i < 4; ++i) bulkhead.enter(spec);
  EXPECT_TRUE(bulkhead.leave());
  EXPECT_EQ(bulkhead.active(), 2U);
  EXPECT_EQ(bulkhead.waiting(), 1U);
  bulkhead.give_up();
  EXPECT_EQ(bulkhead.waiting(), 0U);
  EXPECT_FALSE(bulkhead.leave());
  EXPECT_EQ(bulkhead.active(), 1U);
}

/// Whatever happens: within its bounds, and nobody waits while there is room.
TEST(Bulkhead, StaysWithinItsBoundsAndCopiesGoOnIdentically) {
  const BulkheadSpec spec{.concurrent = 5, .queue = 3};
  policies::Draws draws(1);
  Bulkhead a;
  int rejected = 0;
  for (int i = 0; i < 5'000; ++i) {
    Bulkhead b = a;
    const std::uint64_t what = draws.below(8);
    if (what < 4) {
      const Entry entry = a.enter(spec);
      ASSERT_EQ(entry, b.enter(spec));
      rejected += entry == Entry::rejected ? 1 : 0;
    } else if (what < 7 && a.active() > 0) {
      ASSERT_EQ(a.leave(), b.leave());
    } else if (a.waiting() > 0) {
      a.give_up();
      b.give_up();
    }
    ASSERT_LE(a.active(), 5U);
    ASSERT_LE(a.waiting(), 3U);
    ASSERT_TRUE(a.waiting() == 0 || a.active() == 5);
    ASSERT_EQ(a.active(), b.active());
    ASSERT_EQ(a.waiting(), b.waiting());
  }
  EXPECT_GT(rejected, 0);
}

TEST(Bulkhead, SettingsOutOfRangeAreNotValid) {
  EXPECT_TRUE(BulkheadSpec{}.valid());
  EXPECT_FALSE((BulkheadSpec{.concurrent = 0}.valid()));
  EXPECT_FALSE((BulkheadSpec{.max_wait = -1}.valid()));
}

static_assert(sizeof(Bulkhead) == 8);

}  // namespace
