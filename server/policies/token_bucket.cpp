#include "policies/token_bucket.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace policies {
namespace {
constexpr std::int64_t token = 1'000'000'000;
}

TokenBucket::TokenBucket(const TokenBucketSpec& spec) : level_(spec.burst * token) {
  assert(spec.valid());
}

std::int64_t TokenBucket::level(const TokenBucketSpec& spec, sim::Time now) const {
  const std::int64_t full = spec.burst * token;
  const double inflow = static_cast<double>(now - at_) * spec.rate;
  if (inflow >= static_cast<double>(full - level_)) return full;
  return level_ + static_cast<std::int64_t>(inflow);
}

bool TokenBucket::take(const TokenBucketSpec& spec, sim::Time now, std::uint32_t tokens) {
  assert(now >= at_ && tokens <= spec.burst);
  const std::int64_t there = level(spec, now);
  if (there < tokens * token) return false;
  level_ = there - tokens * token;
  at_ = now;
  return true;
}

sim::Time TokenBucket::available_at(const TokenBucketSpec& spec, sim::Time now, std::uint32_t tokens) const {
  assert(now >= at_ && tokens <= spec.burst);
  if (level(spec, now) >= tokens * token) return now;
  sim::Time at = at_ + static_cast<sim::Time>(std::ceil(static_cast<double>(tokens * token - level_) / spec.rate));
  while (level(spec, at) < tokens * token) ++at;  // a division that was rounded down
  return at;
}

}  // namespace policies
