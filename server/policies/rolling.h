#pragma once
// Counts over a sliding window, in buckets of equal width: the one that is being filled and the full ones before it. So the window is
// between (buckets - 1) and `buckets` widths long. No allocation; one owner.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "sim/time.h"

namespace policies {

/// `Count` is a number, or a struct of numbers with +=.
template <class Count, std::size_t Buckets>
class Rolling {
 public:
  /// The bucket that `time` is in; what is over is forgotten. REQUIRES: time >= 0, not earlier than the last one, width over 0 and always
  /// the same.
  Count& at(sim::Time width, sim::Time time) {
    advance(time / width);
    return buckets_[static_cast<std::size_t>(epoch_) % Buckets];
  }
  Count sum(sim::Time width, sim::Time time) {
    advance(time / width);
    Count sum{};
    for (const Count& bucket : buckets_) sum += bucket;
    return sum;
  }

 private:
  void advance(std::int64_t epoch) {
    const std::int64_t last = std::min(epoch, epoch_ + static_cast<std::int64_t>(Buckets));
    for (std::int64_t e = epoch_ + 1; e <= last; ++e) buckets_[static_cast<std::size_t>(e) % Buckets] = {};
    epoch_ = std::max(epoch, epoch_);
  }

  std::array<Count, Buckets> buckets_{};
  std::int64_t epoch_ = 0;
};

}  // namespace policies
