#pragma once
// Log-linear histogram of durations: 128 buckets an octave, so that any value is known to 0.8 % (two significant digits), from 1 ns
// to 2^63 ns. Counts are 64-bit integers: merging is addition and no order of merging can change a result. Memory grows with the
// octaves that occur (512 bytes each, twice that once a count is beyond 2^32), never with the number of values. Plain value; one writer at
// a time.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/time.h"

namespace model {

class Histogram {
 public:
  static constexpr int octave_bits = 7;  ///< 2^7 buckets an octave

  /// Adds one value. Values below 0 count as 0. Allocates only when a new octave occurs.
  void add(sim::Time value) {
    const std::uint64_t v = value < 0 ? 0 : static_cast<std::uint64_t>(value);
    const std::size_t place = bucket_of(v) - first_;
    if (place >= counts_.size()) [[unlikely]] {
      add_outside(v);
      return;
    }
    if (++counts_[place] == 0) [[unlikely]]
      carry(place);
    ++count_;
    sum_ += v;
  }

  std::uint64_t count() const { return count_; }
  std::uint64_t sum_ns() const { return sum_; }
  double mean_ns() const { return count_ == 0 ? 0.0 : static_cast<double>(sum_) / static_cast<double>(count_); }

  /// The value at or below which the share `p` of all values lies (p in 0..1), to the middle of its bucket; 0 when empty.
  sim::Time quantile(double p) const;

  /// Values at or below `limit`, counted by whole buckets.
  std::uint64_t count_at_most(sim::Time limit) const;

  void merge(const Histogram& other);

  /// What was added since `earlier`, an older copy of this same histogram.
  Histogram since(const Histogram& earlier) const;

  struct Bucket {
    sim::Time from;  ///< inclusive
    sim::Time to;    ///< exclusive
    std::uint64_t count;
  };
  /// The buckets that hold something, ascending.
  std::vector<Bucket> buckets() const;

  bool operator==(const Histogram&) const = default;

  static std::size_t bucket_of(std::uint64_t v) {
    const int exponent = 63 - __builtin_clzll(v | (std::uint64_t{1} << octave_bits));
    const int shift = exponent - octave_bits;
    return (static_cast<std::size_t>(shift) << octave_bits) + static_cast<std::size_t>(v >> shift);
  }
  static sim::Time lower_bound(std::size_t bucket);

 private:
  friend class PackedHistogram;
  void add_outside(std::uint64_t v);
  void cover(std::size_t first, std::size_t last);
  void carry(std::size_t place);

  std::uint64_t at(std::size_t place) const { return counts_[place] | (upper_.empty() ? 0 : std::uint64_t{upper_[place]} << 32); }
  void set(std::size_t place, std::uint64_t count);

  // Few counts are ever beyond 2^32, and half as much memory stays in the cache twice as long.
  std::vector<std::uint32_t> counts_;  ///< the lower halves; whole octaves, from bucket first_
  std::vector<std::uint32_t> upper_;   ///< the upper halves; empty while they are 0
  std::size_t first_ = 0;
  std::uint64_t count_ = 0;
  std::uint64_t sum_ = 0;
};

}  // namespace model
