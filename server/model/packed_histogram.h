#pragma once
// A histogram that no longer changes, in few bytes: two or three for each bucket that holds something, where Histogram has 8 for every
// bucket of an octave. Plain value.

#include <cstdint>
#include <span>
#include <vector>

#include "model/histogram.h"

namespace model {

class PackedHistogram {
 public:
  PackedHistogram() = default;
  explicit PackedHistogram(const Histogram& histogram);

  std::uint64_t count() const { return count_; }
  std::uint64_t sum_ns() const { return sum_; }

  /// Adds what is in it, as Histogram::merge would.
  void add_to(Histogram& histogram) const;

  /// Adds to `counts` the values at or below each of `limits`, counted by whole buckets. REQUIRES: limits ascending, none below 0, as many
  /// counts.
  void add_counts_at_most(std::span<const sim::Time> limits, std::span<std::uint64_t> counts) const;

  std::size_t bytes() const { return packed_.capacity(); }

  bool operator==(const PackedHistogram&) const = default;

 private:
  std::vector<std::uint8_t> packed_;  ///< (buckets since the last one, count) of those that hold something, each as LEB128
  std::uint64_t count_ = 0;
  std::uint64_t sum_ = 0;
};

}  // namespace model
