// What stands between a call under a policy and its tries: breaker, throttle and bulkhead before it begins, budgets before a retry, and
// what all of them hear when something is over.

#include "model/gate.h"

#include <algorithm>

#include "model/shard.h"

namespace model {
namespace {

using policies::Outcome;

Outcome outcome_of(Status status) {
  switch (status) {
    case Status::ok:
    case Status::miss:
      return Outcome::success;
    case Status::error:
      return Outcome::failure;
    case Status::rejected:
      return Outcome::rejected;
    case Status::refused:
    case Status::unavailable:
      return Outcome::unreachable;
    case Status::timeout:
      return Outcome::timeout;
    case Status::short_circuited:
      return Outcome::short_circuited;
    case Status::cancelled:
      return Outcome::bad_request;  // says nothing about the server
  }
  return Outcome::bad_request;
}

}  // namespace

Gate& Shard::gate_of(std::uint32_t call) {
  return gates_[details_[slot_of(calls_[call].source)].gates][calls_.guarded(call).route];
}

PolicyCount& Shard::policy_count_of(std::uint32_t call) {
  const Group& group = shared_->groups[at(calls_[call].source).group];
  const std::vector<RouteEnd>& ends = group.routes[calls_.guarded(call).route].ends;
  return ends.empty() ? policy_counts_.back() : policy_counts_[ends.front().link];
}

/// Its gate is of the policy that it began with: else nothing of it is for this gate to hear.
bool Shard::has_gate(std::uint32_t call) {
  return gate_of(call).policy == calls_.guarded(call).policy;
}

/// What becomes of a call that begins.
policies::Bulkhead::Entry Shard::enter_gate(std::uint32_t call) {
  using Entry = policies::Bulkhead::Entry;
  Gate& gate = gate_of(call);
  Guarded& guarded = calls_.guarded(call);
  const Policy& policy = shared_->policies[guarded.policy];
  const sim::Time now = engine_.now();
  if (!policy.breaker_each_try && !gate.breaker.admit(policy.breaker, now)) {
    guarded.worst = Status::short_circuited;
    ++policy_count_of(call).short_circuited;
    return Entry::rejected;
  }
  if (policy.throttles && !gate.throttle.admit(policy.throttle, now, random(calls_[call].source, sim::Purpose::outcome))) {
    guarded.worst = Status::rejected;
    ++policy_count_of(call).throttled;
    hear_of_call(call, Status::rejected);
    return Entry::rejected;
  }
  const bool limits = policy.bulkhead_limits && !policy.bulkhead_each_try;
  const Entry entry = limits ? gate.bulkhead.enter(policy.bulkhead) : Entry::go;
  if (entry == Entry::rejected) {
    guarded.worst = Status::rejected;
    ++policy_count_of(call).no_room;
    hear_of_call(call, Status::rejected);
  }
  guarded.inside = entry == Entry::go;
  guarded.waits = entry == Entry::wait;
  if (guarded.waits) {
    calls_.needs_waits();
    calls_.link(call, gate.last, gate.first, gate.last);
    guarded.wait_until = policies::Bulkhead::deadline(policy.bulkhead, now);
    if (guarded.wait_until != sim::never) {
      act_later(call, guarded.wait_until);
    } else {
      next_order(calls_[call].source);  // a request is named after the event that its source causes next: none is, but it needs a name
    }
  }
  return entry;
}

/// It waited for room and does so no longer.
void Shard::stop_waiting_for_room(std::uint32_t call) {
  Gate& gate = gate_of(call);
  calls_.unlink(call, gate.first, gate.last);
  calls_.guarded(call).waits = false;
}

/// The breaker hears how a call ended.
void Shard::hear_of_call(std::uint32_t call, Status status) {
  const Policy& policy = policy_of(call);
  if (policy.breaker_each_try) return;
  gate_of(call).breaker.record(policy.breaker, engine_.now(), outcome_of(status), engine_.now() - calls_[call].sent);
}

/// A call that is over leaves: whoever waits for room gets it.
void Shard::leave_gate(std::uint32_t call, Status status) {
  if (!has_gate(call)) return;
  Gate& gate = gate_of(call);
  Guarded& guarded = calls_.guarded(call);
  const Policy& policy = shared_->policies[guarded.policy];
  end_budget(call);
  if (guarded.waits) {
    stop_waiting_for_room(call);
    gate.bulkhead.give_up();
    ++policy_count_of(call).no_room;
    hear_of_call(call, Status::rejected);
  }
  if (!guarded.inside) return;
  guarded.inside = false;
  hear_of_call(call, status);
  if (!policy.bulkhead_limits || policy.bulkhead_each_try || !gate.bulkhead.leave()) return;
  const std::uint32_t next = gate.first;
  stop_waiting_for_room(next);
  calls_.guarded(next).inside = true;
  begin_tries(next);
}

// --- tries

/// Whether one more try may start after one that ended as `cause`.
bool Shard::may_retry(std::uint32_t call, Status cause) {
  if (!has_gate(call)) return true;
  Guarded& guarded = calls_.guarded(call);
  guarded.cause = outcome_of(cause);
  if (gate_of(call).budget.try_retry(shared_->policies[guarded.policy].budget, engine_.now(), guarded.cause)) {
    ++guarded.budgeted;
    return true;
  }
  ++policy_count_of(call).over_budget;
  return false;
}

/// Why a try may not start; ok when it may. The bulkhead is within the breaker, which hears that there was no room.
Status Shard::admit_try(std::uint32_t call) {
  const Policy& policy = policy_of(call);
  if (!(policy.breaker_each_try || policy.bulkhead_each_try) || !has_gate(call)) return Status::ok;
  Gate& gate = gate_of(call);
  if (policy.breaker_each_try && !gate.breaker.admit(policy.breaker, engine_.now())) {
    ++policy_count_of(call).short_circuited;
    return Status::short_circuited;
  }
  if (!policy.bulkhead_each_try || gate.bulkhead.enter(policy.bulkhead) == policies::Bulkhead::Entry::go) return Status::ok;
  ++policy_count_of(call).no_room;
  if (policy.breaker_each_try) gate.breaker.record(policy.breaker, engine_.now(), Outcome::rejected, 0);
  return Status::rejected;
}

/// It was admitted, and there is nobody to ask.
void Shard::take_back_try(std::uint32_t call) {
  const Policy& policy = policy_of(call);
  if (!has_gate(call)) return;
  Gate& gate = gate_of(call);
  if (policy.bulkhead_each_try) gate.bulkhead.leave();
  if (policy.breaker_each_try) gate.breaker.record(policy.breaker, engine_.now(), outcome_of(Status::unavailable), 0);
}

void Shard::hear_of_start(std::uint32_t call, InstanceId host) {
  if (!has_gate(call)) return;
  Gate& gate = gate_of(call);
  Guarded& guarded = calls_.guarded(call);
  if (guarded.started == 0) {
    gate.budget.start(shared_->policies[guarded.policy].budget, engine_.now());
    guarded.first_under_way = true;
  }
  if (shared_->policies[guarded.policy].balancing.counts_calls()) ++gate.active.of(host);
}

/// A try is over: everybody hears of it.
void Shard::hear_of_try(std::uint32_t call, const Call& tried, Status status) {
  if (!has_gate(call)) return;
  Gate& gate = gate_of(call);
  Guarded& guarded = calls_.guarded(call);
  const Policy& policy = shared_->policies[guarded.policy];
  const sim::Time now = engine_.now();
  const Outcome outcome = outcome_of(status);
  if (policy.balancing.counts_calls() && gate.active.find(tried.target) != nullptr && --gate.active.of(tried.target) == 0) {
    gate.active.erase(tried.target);
  }
  if (tried.attempt == 1) {
    gate.budget.end(policy.budget, now, outcome);
    guarded.first_under_way = false;
  } else if (guarded.budgeted > 0) {
    gate.budget.end_retry(policy.budget, now, guarded.cause, outcome);
    --guarded.budgeted;
  }
  if (policy.bulkhead_each_try) gate.bulkhead.leave();
  if (policy.breaker_each_try) gate.breaker.record(policy.breaker, now, outcome, now - tried.sent);
  if (policy.throttles && (outcome == Outcome::success || outcome == Outcome::failure)) gate.throttle.accepted(policy.throttle, now);
  if (policy.balancing.trips) hear_of_server(gate, policy.balancing.server_breaker, tried.target, outcome);
  if (!policy.ejects) return;
  if (policy.balancing.checks) hear_checks(call, gate);
  const bool may_eject = policies::is_failure(outcome) || gate.outliers.due(now);
  const std::uint32_t hosts =
      may_eject ? known_to(shared_->groups[at(tried.source).group].routes[guarded.route], view_of(tried.source)) : 0;
  const std::uint64_t bits = may_eject ? random(tried.source, sim::Purpose::outcome) : 0;
  if (gate.outliers.record(policy.outliers, now, tried.target, outcome, hosts, bits)) ++policy_counts_[tried.link].ejected;
}

/// What was reserved for retries that did not start.
void Shard::end_budget(std::uint32_t call) {
  Gate& gate = gate_of(call);
  Guarded& guarded = calls_.guarded(call);
  const policies::RetryBudgetSpec& spec = shared_->policies[guarded.policy].budget;
  for (; guarded.budgeted > 0; --guarded.budgeted) gate.budget.end_retry(spec, engine_.now(), guarded.cause, Outcome::bad_request);
  if (guarded.first_under_way) gate.budget.end(spec, engine_.now(), Outcome::bad_request);
  guarded.first_under_way = false;
}

// --- an instance's gates

void Shard::renew_gate(std::uint32_t slot, std::uint32_t route) {
  std::uint32_t& place = details_[slot].gates;
  const std::uint32_t policy = shared_->dependencies[shared_->groups[instances_[slot].group].routes[route].dependency].policy;
  if (place == 0) {
    if (policy == 0) return;
    equip_gates(slot);
  }
  std::vector<std::uint32_t> waiting;
  for (std::uint32_t call = gates_[place][route].first; call != no_call; call = calls_.wait(call).next) waiting.push_back(call);
  for (const std::uint32_t call : waiting) stop_waiting_for_room(call);
  gates_[place][route] = Gate(shared_->policies[policy], policy);
  for (const std::uint32_t call : waiting) begin_tries(call);
}

/// A place for them, if it has none yet; 0 is nobody's.
void Shard::equip_gates(std::uint32_t slot) {
  std::uint32_t& place = details_[slot].gates;
  if (place == 0) {
    place = static_cast<std::uint32_t>(std::max<std::size_t>(gates_.size(), 1));
    gates_.resize(place + 1);
  }
  make_gates(slot);
}

void Shard::make_gates(std::uint32_t slot) {
  const Group& group = shared_->groups[instances_[slot].group];
  std::vector<Gate>& gates = gates_[details_[slot].gates];
  gates.clear();
  for (const Route& route : group.routes) {
    const std::uint32_t policy = shared_->dependencies[route.dependency].policy;
    gates.emplace_back(shared_->policies[policy], policy);
  }
}

}  // namespace model
