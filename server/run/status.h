#pragma once
// The verdict on a simulation as its users would give it. Pure function.
//
//   outage              no load source has a working path left, or at least half of the requests that ended in the last second failed
//   degraded            at least 1 % of them failed
//   degraded, redundant something is down or missing, and users do not notice: a failure absorbed by design
//   healthy             nothing is

#include <string>

#include "run/snapshot.h"

namespace run {

inline constexpr double degraded_share = 0.01;
inline constexpr double outage_share = 0.5;
inline constexpr std::uint64_t least_requests = 10;  ///< fewer that ended say nothing

struct Verdict {
  std::string status;
  std::string detail;  ///< one or two sentences for people
};

Verdict judge(const Structure& structure, const Counters& now, const Counters& base);

}  // namespace run
