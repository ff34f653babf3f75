#pragma once
// Everything that has been counted in a World up to one moment, by group and link: what batches are differences of. Plain values, immutable
// once published.

#include <cstdint>
#include <memory>
#include <vector>

#include "model/packed_histogram.h"
#include "model/statistics.h"

namespace model {

/// One group (a service in a place), all versions together. Sums since the start of the run.
struct GroupTotals {
  std::uint64_t requests = 0;      ///< arrived
  std::uint64_t replies = 0;       ///< over, as the callers saw it; of load sources, as the users saw it
  std::uint64_t errors = 0;        ///< of the replies, time-outs and refusals included
  std::uint64_t services = 0;      ///< replies that came from an instance
  std::uint64_t service_ns = 0;    ///< of those: ss - sr
  std::uint64_t network_ns = 0;    ///< of those: (sr - cs) + (cr - ss)
  std::uint64_t in_flight_ns = 0;  ///< integrals of TimeWeighted, modulo 2^64: only differences mean something
  std::uint64_t queued_ns = 0;
  std::uint64_t busy_ns = 0;
  std::uint64_t capacity_ns = 0;  ///< workers of the instances that serve, times time
  PackedHistogram response;       ///< cr - cs
};

struct Totals {
  sim::Time at = 0;
  std::vector<GroupTotals> groups;  ///< as Shared::groups
  std::vector<LinkCount> links;     ///< as Shared::links
};

/// Moments that follow each other, oldest first: the boundaries of batches, one more than there are batches.
using Marks = std::vector<std::shared_ptr<const Totals>>;

}  // namespace model
