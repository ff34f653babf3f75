#pragma once
// What one instance knows of one dependency that it calls under a policy: the state of its breaker, its budgets, who of those it calls it
// has had trouble with. Lost when the instance dies. Plain value; touched by its own shard only. What decides is in policies/.

#include <cstdint>
#include <vector>

#include "model/instance.h"
#include "model/policy.h"
#include "policies/breaker.h"
#include "policies/bulkhead.h"
#include "policies/outlier.h"
#include "policies/retry_budget.h"
#include "policies/throttle.h"
#include "sim/time.h"

namespace model {

/// How many calls of one instance are under way at each of those that it calls: what a balancer by least requests compares. Only those with
/// any are kept.
class ActiveCalls {
 public:
  std::uint32_t at(InstanceId host) const {
    const auto place = find(host);
    return place == counts_.end() || place->host != host ? 0 : place->calls;
  }
  void enter(InstanceId host);
  void leave(InstanceId host);

 private:
  struct Count {
    InstanceId host;
    std::uint32_t calls;
  };
  std::vector<Count>::const_iterator find(InstanceId host) const;
  std::vector<Count> counts_;  ///< by host
};

struct Gate {
  /// `number`: of the policy, among Shared::policies.
  Gate(const Policy& made_for, std::uint32_t number) : policy(number), breaker(made_for.breaker), budget(made_for.budget) {}

  std::uint32_t policy;
  policies::Breaker breaker;
  policies::RetryBudget budget;
  policies::Bulkhead bulkhead;
  policies::Throttle throttle;
  policies::Outliers outliers;
  ActiveCalls active;
  std::uint32_t turn = 0;         ///< of a balancer that takes turns
  std::uint32_t first = no_call;  ///< of the calls that wait for room in the bulkhead
  std::uint32_t last = no_call;
};

}  // namespace model
