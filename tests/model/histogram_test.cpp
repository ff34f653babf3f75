#include "model/histogram.h"

#include "model/packed_histogram.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

namespace {

using model::Histogram;

std::vector<sim::Time> values_of_many_sizes() {
  return *rc::gen::nonEmpty(rc::gen::container<std::vector<sim::Time>>(
      rc::gen::map(rc::gen::pair(rc::gen::inRange<int>(0, 50), rc::gen::inRange<sim::Time>(0, 1000)),
                   [](const auto& p) { return (p.second << p.first) / 7; })));
}

TEST(Histogram, IsEmptyAtFirst) {
  const Histogram h;
  EXPECT_EQ(h.count(), 0U);
  EXPECT_EQ(h.quantile(0.5), 0);
  EXPECT_TRUE(h.buckets().empty());
}

TEST(Histogram, BucketsTouchAndGrow) {
  for (std::size_t b = 0; b < 4000; ++b) {
    const auto low = Histogram::lower_bound(b);
    const auto next = Histogram::lower_bound(b + 1);
    EXPECT_LT(low, next);
    EXPECT_EQ(Histogram::bucket_of(static_cast<std::uint64_t>(low)), b);
    EXPECT_EQ(Histogram::bucket_of(static_cast<std::uint64_t>(next - 1)), b);
  }
}

TEST(Histogram, NegativeValuesCountAsZero) {
  Histogram h;
  h.add(-5);
  EXPECT_EQ(h.quantile(1), 0);
  EXPECT_EQ(h.count_at_most(0), 1U);
}

/// Two significant digits: a quantile is within 1 % (or 1 ns) of the exact one.
RC_GTEST_PROP(Histogram, QuantilesAreWithinOnePercent, ()) {
  std::vector<sim::Time> values = values_of_many_sizes();
  Histogram h;
  for (const sim::Time v : values) h.add(v);
  std::sort(values.begin(), values.end());
  const double p = *rc::gen::inRange(1, 1000) / 1000.0;
  const auto rank = static_cast<std::size_t>(std::ceil(p * static_cast<double>(values.size())));
  const double exact = static_cast<double>(values[std::max<std::size_t>(rank, 1) - 1]);
  RC_ASSERT(std::abs(static_cast<double>(h.quantile(p)) - exact) <= std::max(1.0, exact * 0.01));
}

RC_GTEST_PROP(Histogram, MergingIsAddingAll, ()) {
  const std::vector<sim::Time> a = values_of_many_sizes();
  const std::vector<sim::Time> b = values_of_many_sizes();
  Histogram first, second, whole;
  for (const sim::Time v : a) first.add(v), whole.add(v);
  for (const sim::Time v : b) second.add(v), whole.add(v);
  const Histogram before = first;
  first.merge(second);
  RC_ASSERT(first.count() == whole.count());
  RC_ASSERT(first.sum_ns() == whole.sum_ns());
  for (const double p : {0.01, 0.5, 0.9, 0.99, 1.0}) RC_ASSERT(first.quantile(p) == whole.quantile(p));
  const Histogram added = first.since(before);
  RC_ASSERT(added.count() == second.count());
  RC_ASSERT(added.quantile(0.5) == second.quantile(0.5));
}

RC_GTEST_PROP(Histogram, CountsAtMostByWholeBuckets, ()) {
  const std::vector<sim::Time> values = values_of_many_sizes();
  Histogram h;
  for (const sim::Time v : values) h.add(v);
  const sim::Time limit = *rc::gen::elementOf(values);
  const auto exact = std::count_if(values.begin(), values.end(), [&](sim::Time v) { return v <= limit; });
  RC_ASSERT(h.count_at_most(limit) >= static_cast<std::uint64_t>(exact));
  RC_ASSERT(h.count_at_most(sim::never) == values.size());
  RC_ASSERT(h.count_at_most(-1) == 0U);
}

/// A histogram of 2^32 - 1 times `value`, made by doubling.
Histogram nearly_beyond_32_bits(sim::Time value) {
  Histogram once, all;
  once.add(value);
  for (int bit = 0; bit < 32; ++bit) {
    all.merge(once);
    const Histogram half = once;
    once.merge(half);
  }
  return all;
}

TEST(Histogram, CountsBeyond32Bits) {
  constexpr std::uint64_t many = std::uint64_t{1} << 32;
  Histogram h = nearly_beyond_32_bits(1'000);
  const Histogram before = h;
  ASSERT_EQ(h.count_at_most(2'000), many - 1);
  h.add(1'000);
  h.add(1'000);
  EXPECT_EQ(h.count_at_most(2'000), many + 1) << "one carried over from the lower half";
  EXPECT_EQ(h.count_at_most(900), 0U);
  h.add(5);  // an octave that was not there yet: the upper halves move, too
  h.add(3'000'000);
  EXPECT_EQ(h.count_at_most(900), 1U);
  EXPECT_EQ(h.count_at_most(2'000), many + 2);
  EXPECT_EQ(h.buckets()[1].count, many + 1);
  EXPECT_EQ(h.quantile(0.5), before.quantile(0.5));
  EXPECT_EQ(h.since(before).count_at_most(2'000), 3U);

  Histogram twice = h;
  twice.merge(h);
  EXPECT_EQ(twice.buckets()[1].count, 2 * (many + 1));
  EXPECT_EQ(twice.since(h), h);
  Histogram unpacked;
  model::PackedHistogram(twice).add_to(unpacked);
  EXPECT_EQ(unpacked.buckets()[1].count, 2 * (many + 1));
  EXPECT_EQ(unpacked.count(), twice.count());
}

}  // namespace
