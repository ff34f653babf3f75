#pragma once
// A client that drops by itself what a backend would reject: with p = max(0, (requests - K accepts) / (requests + 1)) over a window.
// `requests` counts what the application asks for, what is dropped here included, when it is asked; `accepts` what the backend took on.
// Source: Beyer et al., Site Reliability Engineering (2016), Handling Overload, client-side throttling. One owner.

#include <cstdint>

#include "policies/rolling.h"
#include "sim/random.h"
#include "sim/time.h"

namespace policies {

struct ThrottleSpec {
  double k = 2;                          ///< 1 to 100: one over it is the share of what is sent that is accepted at the least
  sim::Time window = 120 * sim::second;  ///< 1 s to 1 h, in 10 buckets

  bool valid() const { return k >= 1 && k <= 100 && window >= sim::second && window <= sim::hour; }
  bool operator==(const ThrottleSpec&) const = default;
};

class Throttle {
 public:
  /// The chance to be dropped of a request at `now`.
  double chance(const ThrottleSpec& spec, sim::Time now) {
    const Counts counts = window_.sum(spec.window / buckets, now);
    const double excess = static_cast<double>(counts.requests) - spec.k * static_cast<double>(counts.accepts);
    return excess > 0 ? excess / (static_cast<double>(counts.requests) + 1) : 0;
  }
  /// Counts a request; false: it is dropped. `random`: 64 random bits. REQUIRES: spec valid, now not earlier than before.
  bool admit(const ThrottleSpec& spec, sim::Time now, std::uint64_t random) {
    const bool dropped = random < sim::threshold(chance(spec, now));
    ++window_.at(spec.window / buckets, now).requests;
    return !dropped;
  }
  /// The backend has taken one on: any answer but that it is overloaded.
  void accepted(const ThrottleSpec& spec, sim::Time now) { ++window_.at(spec.window / buckets, now).accepts; }

 private:
  static constexpr std::int64_t buckets = 10;
  struct Counts {
    std::uint32_t requests = 0;
    std::uint32_t accepts = 0;
    Counts& operator+=(const Counts& other) {
      requests += other.requests;
      accepts += other.accepts;
      return *this;
    }
  };
  Rolling<Counts, buckets> window_;
};

}  // namespace policies
