#pragma once
// What one instance knows of one dependency that it calls under a policy: the state of its breaker, its budgets, who of those it calls it
// has had trouble with. Lost when the instance dies. Plain value; touched by its own shard only. What decides is in policies/.

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "model/instance.h"
#include "model/policy.h"
#include "policies/balance.h"
#include "policies/breaker.h"
#include "policies/bulkhead.h"
#include "policies/outlier.h"
#include "policies/retry_budget.h"
#include "policies/throttle.h"
#include "sim/time.h"
#include "sim/timers.h"

namespace model {

/// Something about each of some of the instances that one calls: those that there is something to say of.
template <class Value>
class HostTable {
 public:
  struct Entry {
    InstanceId host;
    Value value;
  };

  /// nullptr when there is nothing to say.
  const Value* find(InstanceId host) const {
    const auto place = place_of(host);
    return place == entries_.end() || place->host != host ? nullptr : &place->value;
  }
  /// Made when it is not there.
  Value& of(InstanceId host) {
    auto place = entries_.begin() + (place_of(host) - entries_.cbegin());
    if (place == entries_.end() || place->host != host) place = entries_.insert(place, {host, Value{}});
    return place->value;
  }
  void erase(InstanceId host) {
    const auto place = place_of(host);
    if (place != entries_.end() && place->host == host) entries_.erase(place);
  }
  const std::vector<Entry>& entries() const { return entries_; }  ///< by host

 private:
  typename std::vector<Entry>::const_iterator place_of(InstanceId host) const {
    return std::lower_bound(entries_.begin(), entries_.end(), host, [](const Entry& e, InstanceId h) { return e.host < h; });
  }
  std::vector<Entry> entries_;
};

/// How many of those that a route leads to were healthy in a caller's eyes not long ago, and what follows.
struct Census {
  std::vector<policies::HostCount> ends;
  std::array<policies::HostCount, 2> priorities{};  ///< the own region, and everywhere else
  std::vector<std::uint32_t> shares;  ///< of the zones of the own region, in parts of policies::zone_scale; none: they do not matter
  sim::Time at = -1;
  bool all_healthy = false;
};

/// The lists of timers of a policy: those of whole calls, and those of tries.
struct PolicyTimers {
  sim::Timers::List whole = 0;
  sim::Timers::List each = 0;
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
  HostTable<std::uint32_t> active;             ///< calls under way there: what a balancer by least requests compares
  HostTable<policies::RibbonBreaker> servers;  ///< those that failed last
  Census census;
  sim::Time checked = -1;         ///< until when checks have been heard that end ejections
  std::uint32_t turn = 0;         ///< of a balancer that takes turns
  std::uint32_t first = no_call;  ///< of the calls that wait for room in the bulkhead
  std::uint32_t last = no_call;
};

}  // namespace model
