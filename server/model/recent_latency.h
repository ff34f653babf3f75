#pragma once
// How long a node's reads took lately, as Cassandra's coordinators keep it (DecayingEstimatedHistogramReservoir): buckets each a fifth
// larger than the one before, weights that halve in a minute; a quantile of them is read off from time to time. Plain value, integers.

#include <array>
#include <cstdint>

#include "sim/time.h"

namespace model {

class RecentLatency {
 public:
  void add(sim::Time latency);
  /// The upper end of the bucket that the quantile `share` (0 to 1) is in, as it was when it was read off last: at most `period` ago, the
  /// first time when that is over. Before that, and while nothing was added, half of the period.
  sim::Time quantile(double share, sim::Time period, sim::Time now);

 private:
  static constexpr std::size_t buckets = 100;  ///< up to 4 minutes

  void refresh(double share, sim::Time now);

  std::array<std::uint64_t, buckets> weights_{};  ///< one each is 2^32
  sim::Time read_ = 0;                            ///< when it was read off last
  sim::Time value_ = 0;                           ///< 0: never
};

}  // namespace model
