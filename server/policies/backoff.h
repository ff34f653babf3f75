#pragma once
// How long to wait before a retry. Pure function, any thread. Times in ns.
//
// Sources: exponential with a randomisation factor: resilience4j IntervalFunction; Envoy: x-envoy-max-retries in its router documentation;
// gRPC: proposal A6; jitters: Brooker, Exponential Backoff and Jitter, AWS Architecture Blog, 2015.

#include <cstdint>

#include "sim/time.h"

namespace policies {

struct BackoffSpec {
  enum class Kind : std::uint8_t {
    none,          ///< at once
    fixed,         ///< base
    exponential,   ///< x = min(base multiplier^(n-1), max), times U(1 - randomisation, 1 + randomisation)
    envoy,         ///< U(0, min((2^n - 1) base, max))
    grpc,          ///< x as above, times U(jitter_low, jitter_high)
    full_jitter,   ///< U(0, x), x = min(base 2^(n-1), max): a first retry waits for `base` at most
    equal_jitter,  ///< x/2 + U(0, x/2)
    decorrelated,  ///< min(max, U(base, 3 previous)); `base` stands in for the previous one at first
  };
  Kind kind = Kind::none;
  sim::Time base = 0;        ///< 0 to 1 h; the first interval
  sim::Time max = 0;         ///< base to 1 h; limit of x
  double multiplier = 2;     ///< exponential and grpc: 1 to 100
  double randomisation = 0;  ///< exponential: 0 to 1
  double jitter_low = 0.8;   ///< grpc: 0 to jitter_high. The older text of A6 has 0 and 1
  double jitter_high = 1.2;  ///< grpc: up to 2

  static BackoffSpec envoy();                        ///< 25 ms, at most ten times that
  static BackoffSpec resilience4j();                 ///< fixed, 500 ms
  static BackoffSpec exponential_of_resilience4j();  ///< 500 ms, 1.5 times each, randomised by half

  bool valid() const;
  bool operator==(const BackoffSpec&) const = default;
};

inline constexpr sim::Time backoff_max = sim::hour;

/// Before retry `number` (from 1: the second attempt). `previous`: what this gave before the retry before, 0 for the first. `random`: 64
/// random bits. REQUIRES: spec valid, number >= 1.
sim::Time delay(const BackoffSpec& spec, std::uint32_t number, sim::Time previous, std::uint64_t random);

}  // namespace policies
