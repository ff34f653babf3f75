#include "policies/backoff.h"

#include <algorithm>
#include <cassert>

#include "sim/random.h"

namespace policies {
namespace {

/// In [low, high); `low` when that is empty.
sim::Time uniform(sim::Time low, sim::Time high, std::uint64_t random) {
  if (high <= low) return low;
  return low + static_cast<sim::Time>(sim::scale(random, static_cast<std::uint64_t>(high - low)));
}

/// min(base factor^(n-1), max). Ends when the limit is reached, so that n may be anything.
sim::Time grown(const BackoffSpec& spec, double factor, std::uint32_t number) {
  const auto limit = static_cast<double>(spec.max);
  auto x = static_cast<double>(spec.base);
  if (factor > 1 && x > 0) {
    for (std::uint32_t n = 1; n < number && x < limit; ++n) x *= factor;
  }
  return static_cast<sim::Time>(std::min(x, limit));
}

sim::Time times(sim::Time x, double factor) {
  return static_cast<sim::Time>(static_cast<double>(x) * factor);
}

}  // namespace

BackoffSpec BackoffSpec::envoy() {
  return {.kind = Kind::envoy, .base = 25 * sim::millisecond, .max = 250 * sim::millisecond};
}

BackoffSpec BackoffSpec::resilience4j() {
  return {.kind = Kind::fixed, .base = 500 * sim::millisecond, .max = 500 * sim::millisecond};
}

BackoffSpec BackoffSpec::exponential_of_resilience4j() {
  return {.kind = Kind::exponential, .base = 500 * sim::millisecond, .max = backoff_max, .multiplier = 1.5, .randomisation = 0.5};
}

bool BackoffSpec::valid() const {
  return base >= 0 && (kind == Kind::none || kind == Kind::fixed || max >= base) && base <= backoff_max && max <= backoff_max &&
         multiplier >= 1 && multiplier <= 100 && randomisation >= 0 && randomisation <= 1 && jitter_low >= 0 && jitter_low <= jitter_high &&
         jitter_high <= 2;
}

sim::Time delay(const BackoffSpec& spec, std::uint32_t number, sim::Time previous, std::uint64_t random) {
  assert(spec.valid() && number >= 1);
  switch (spec.kind) {
    case BackoffSpec::Kind::none:
      return 0;
    case BackoffSpec::Kind::fixed:
      return spec.base;
    case BackoffSpec::Kind::exponential: {
      const sim::Time x = grown(spec, spec.multiplier, number);
      return uniform(times(x, 1 - spec.randomisation), times(x, 1 + spec.randomisation), random);
    }
    case BackoffSpec::Kind::envoy: {
      // 2^42 ns is past the limit, and times that of a base it must not overflow: so the limit is in steps.
      const sim::Time steps = (sim::Time{1} << std::min(number, 42U)) - 1;
      const bool within = spec.base == 0 || steps <= spec.max / spec.base;
      return uniform(0, within ? steps * spec.base : spec.max, random);
    }
    case BackoffSpec::Kind::grpc: {
      const sim::Time x = grown(spec, spec.multiplier, number);
      return uniform(times(x, spec.jitter_low), times(x, spec.jitter_high), random);
    }
    case BackoffSpec::Kind::full_jitter:
      return uniform(0, grown(spec, 2, number), random);
    case BackoffSpec::Kind::equal_jitter: {
      const sim::Time x = grown(spec, 2, number);
      return uniform(x / 2, x, random);
    }
    case BackoffSpec::Kind::decorrelated:
      return std::min(spec.max, uniform(spec.base, 3 * std::max(previous, spec.base), random));
  }
  return 0;
}

}  // namespace policies
