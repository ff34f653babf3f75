#pragma once
// Rate limiter: in any time t at most burst + rate t tokens are taken. Starts full. 16 bytes; one owner.

#include <cstdint>

#include "sim/time.h"

namespace policies {

struct TokenBucketSpec {
  double rate = 1;          ///< tokens a second, 0.001 to 10^9
  std::uint32_t burst = 1;  ///< tokens that it holds, 1 to 1,000,000

  bool valid() const { return rate >= 0.001 && rate <= 1e9 && burst >= 1 && burst <= 1'000'000; }
  bool operator==(const TokenBucketSpec&) const = default;
};

class TokenBucket {
 public:
  explicit TokenBucket(const TokenBucketSpec& spec);

  /// Takes `tokens` if they are there. REQUIRES: now not earlier than before, tokens <= burst.
  bool take(const TokenBucketSpec& spec, sim::Time now, std::uint32_t tokens = 1);
  /// When as many will be there if nobody takes any: `now` when they are. REQUIRES: tokens <= burst.
  sim::Time available_at(const TokenBucketSpec& spec, sim::Time now, std::uint32_t tokens = 1) const;

 private:
  /// In 10^-9 tokens: what flows in in a ns at one token a second. Whole below 2^53, so exact for whole rates.
  std::int64_t level(const TokenBucketSpec& spec, sim::Time now) const;

  std::int64_t level_ = 0;  ///< at `at_`
  sim::Time at_ = 0;        ///< of the last token taken: what a refusal would round off is not lost
};

}  // namespace policies
