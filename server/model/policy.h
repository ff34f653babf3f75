#pragma once
// How a service calls one of its dependencies when that is more than sending and waiting. A call under a policy is a record of its own at
// the caller (Call::logical); its tries are calls whose parent it is. See guard.cpp; what decides is in policies/. Plain data.

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include "model/balancing.h"
#include "model/status.h"
#include "policies/backoff.h"
#include "policies/breaker.h"
#include "policies/bulkhead.h"
#include "policies/outlier.h"
#include "policies/retry_budget.h"
#include "policies/throttle.h"
#include "sim/time.h"

namespace model {

/// A set of outcomes.
class StatusSet {
 public:
  constexpr StatusSet() = default;
  constexpr StatusSet(std::initializer_list<Status> members) {
    for (const Status s : members) add(s);
  }
  constexpr void add(Status s) { bits_ = static_cast<std::uint16_t>(bits_ | (1U << static_cast<unsigned>(s))); }
  constexpr bool contains(Status s) const { return (bits_ >> static_cast<unsigned>(s) & 1U) != 0; }
  bool operator==(const StatusSet&) const = default;

 private:
  std::uint16_t bits_ = 0;
};

struct Policy {
  static constexpr std::uint32_t attempts_max = 10;  ///< tries of one call that follow each other
  static constexpr std::uint32_t hedges_max = 4;     ///< gRPC: at most five copies

  std::string preset;  ///< what it began from; "": nothing

  sim::Time timeout = 0;          ///< of the whole call, back-off and waiting included; 0: none
  sim::Time try_timeout = 0;      ///< of each try; 0: none of its own
  sim::Time connect_timeout = 0;  ///< of a try whose server does not even refuse it; 0: as the others

  std::uint32_t attempts = 1;  ///< tries that follow each other, 1 to attempts_max
  StatusSet retry_on{Status::refused, Status::timeout, Status::error, Status::rejected};
  bool elsewhere = true;  ///< a retry prefers another instance than the try before it
  policies::BackoffSpec backoff;
  policies::RetryBudgetSpec budget;

  std::uint32_t hedges = 0;   ///< more copies while no answer is there, 0 to hedges_max; a try that fails brings the next at once
  sim::Time hedge_delay = 0;  ///< before each

  bool pass_deadline = false;     ///< the time left goes with the request, and with what it causes
  bool cancel = false;            ///< who gives up says so: what the server has not done yet it does not do
  bool check_at_dequeue = false;  ///< a server drops a request whose deadline has passed when its turn comes

  policies::BreakerSpec breaker;
  bool breaker_each_try = false;  ///< it is asked for and hears of each try (resilience4j), not of the whole call (Hystrix)
  bool bulkhead_limits = false;
  policies::BulkheadSpec bulkhead;
  bool throttles = false;
  policies::ThrottleSpec throttle;
  bool ejects = false;
  policies::OutlierSpec outliers;

  Balancing balancing;

  bool fallback = false;  ///< a call that fails counts as answered: something else is shown instead

  bool operator==(const Policy&) const = default;
};

}  // namespace model
