#pragma once
// Whether a caller may retry, given how much it retries already. Seven rules behind one interface. One owner: the calls of one caller to
// one dependency, or of all callers that share a budget. No clock: times do not go back.
//
// Sources: Envoy circuit breakers and RetryBudget; gRPC proposal A6; Finagle RetryBudget (Linkerd has the same numbers); AWS SDK, retry
// behaviour, standard mode; Beyer et al., Site Reliability Engineering (2016), Handling Overload.

#include <cstdint>
#include <variant>

#include "policies/outcome.h"
#include "policies/rolling.h"
#include "sim/time.h"

namespace policies {

/// At most so many retries at a time: Envoy's max_retries.
struct ConcurrentRetries {
  std::uint32_t max = 3;  ///< 0 to 10^6
  bool operator==(const ConcurrentRetries&) const = default;
};

/// Retries under way below max(minimum, percent of all that is under way, pending included): Envoy's retry_budget.
struct RatioOfActive {
  double percent = 20;        ///< 0 to 100
  std::uint32_t minimum = 3;  ///< 0 to 10^6
  bool operator==(const RatioOfActive&) const = default;
};

/// Tokens: full at first, one less for a failure, `ratio` more for a success; no retry while half of `max` or fewer are left.
struct GrpcTokens {
  std::uint32_t max = 10;  ///< 1 to 1,000
  double ratio = 0.1;      ///< over 0 to 1,000; in thousandths
  bool operator==(const GrpcTokens&) const = default;
};

/// Each request earns a share of a retry; besides there are so many a second; both are forgotten after a while, as are retries.
struct FinagleCredits {
  std::uint32_t percent = 20;           ///< 0 to 1,000
  std::uint32_t per_second = 10;        ///< 0 to 10,000
  sim::Time expiry = 10 * sim::second;  ///< 1 s to 60 s, whole seconds; in 10 buckets
  bool operator==(const FinagleCredits&) const = default;
};

/// Tokens: a retry takes `cost` or `timeout_cost`, by what it is for. It gets back what it took when it succeeds; a request that succeeds
/// at once gives `increment`.
struct AwsTokens {
  std::uint32_t capacity = 500;     ///< 1 to 10^6
  std::uint32_t cost = 5;           ///< 0 to capacity
  std::uint32_t timeout_cost = 10;  ///< 0 to capacity
  std::uint32_t increment = 1;      ///< 0 to capacity
  bool operator==(const AwsTokens&) const = default;
};

/// While retries / first attempts of the window is below `percent`: load grows by that much at most.
struct SreRatio {
  double percent = 10;                   ///< 0 to 100
  sim::Time window = 120 * sim::second;  ///< 1 s to 1 h; 10 buckets
  bool operator==(const SreRatio&) const = default;
};

/// std::monostate: no budget, every retry may start.
using RetryBudgetSpec = std::variant<std::monostate, ConcurrentRetries, RatioOfActive, GrpcTokens, FinagleCredits, AwsTokens, SreRatio>;

bool valid(const RetryBudgetSpec& spec);

class RetryBudget {
 public:
  /// REQUIRES: valid(spec). The others want a spec of the same kind.
  explicit RetryBudget(const RetryBudgetSpec& spec);

  /// A first attempt starts.
  void start(const RetryBudgetSpec& spec, sim::Time now);
  void end(const RetryBudgetSpec& spec, sim::Time now, Outcome outcome);
  /// May a retry start, after an attempt that has ended as `cause`? If so it counts as started, waiting for its back-off included.
  bool try_retry(const RetryBudgetSpec& spec, sim::Time now, Outcome cause);
  /// It has ended, `cause` as before.
  void end_retry(const RetryBudgetSpec& spec, sim::Time now, Outcome cause, Outcome outcome);

 private:
  struct Active {
    std::uint32_t all = 0;
    std::uint32_t retries = 0;
  };
  struct Tokens {
    std::uint32_t left = 0;  ///< gRPC: thousandths
  };
  struct Counts {
    std::uint32_t requests = 0;
    std::uint32_t retries = 0;
    Counts& operator+=(const Counts& other) {
      requests += other.requests;
      retries += other.retries;
      return *this;
    }
  };
  using Window = Rolling<Counts, 10>;

  void grpc_ended(const RetryBudgetSpec& spec, Outcome outcome);

  std::variant<std::monostate, Active, Tokens, Window> state_;
};

}  // namespace policies
