#pragma once
// Functions (serverless): an instance of such a service is not a server but a pool of execution environments, each of which handles one
// call at a time. A call takes the environment that was used last; when none is there one more is started (a cold start, which the call
// waits for), up to the limits of the function and of its region; beyond them it is rejected (throttled). An environment that nobody used
// for `keep_alive` is gone. See docs/adr/0008-environments-are-no-instances.md.

#include <cstdint>
#include <vector>

#include "model/distribution_spec.h"
#include "model/statistics.h"
#include "sim/distribution.h"
#include "sim/time.h"

namespace model {

struct FunctionSpec {
  std::uint32_t memory_mb = 128;             ///< of an environment, 1 to 1,048,576
  std::uint32_t concurrency = 1'000;         ///< calls at a time in a region, 1 to 65,535
  sim::Time keep_alive = 600 * sim::second;  ///< 0 to a day
  DistributionSpec cold_start;
  sim::Time billed_by = 100 * sim::millisecond;  ///< durations are rounded up to multiples of this, 1 ms to 60 s
  bool cold_start_billed = false;
  double dollars_per_gb_second = 0.00001667;  ///< 0 to 1,000
  double dollars_per_million = 0.20;          ///< calls, 0 to 1,000,000

  bool operator==(const FunctionSpec&) const = default;
};

/// Ready to be used.
struct Function {
  FunctionSpec spec;
  sim::Distribution cold_start;
  std::uint32_t service = 0;
};

/// What one function did in one region.
struct FunctionCount {
  std::uint64_t invocations = 0;          ///< accepted
  std::uint64_t cold_starts = 0;          ///< of them
  std::uint64_t throttled = 0;            ///< rejected: the function's limit
  std::uint64_t throttled_by_region = 0;  ///< rejected: the region's
  std::uint64_t billed_ns = 0;
  std::uint64_t duration_ns = 0;  ///< of those that ended, cold starts left out
  TimeWeighted busy;              ///< environments with a call
  TimeWeighted environments;      ///< and those without

  void add(const FunctionCount& o);
};
double gb_seconds(const FunctionSpec& spec, const FunctionCount& count);
double dollars(const FunctionSpec& spec, const FunctionCount& count);

/// The environments of one pool that have nothing to do, the one used last at the end.
struct Environments {
  std::uint32_t function = 0;
  std::size_t first = 0;        ///< those before are gone
  std::vector<sim::Time> idle;  ///< since when, ascending

  std::size_t size() const { return idle.size() - first; }
};

/// A function in a shard, over all its pools there.
struct FunctionState {
  std::uint32_t busy = 0;
  FunctionCount count;
};

}  // namespace model
