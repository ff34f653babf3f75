// Calls under a policy. Such a call is a record of its own, in the hands of the caller as a request is in those of a server: it makes
// tries, which are calls whose parent it is, until one succeeds, no more are allowed or its time is up. When the caller dies it goes with
// it.

#include <algorithm>
#include <cassert>

#include "model/shard.h"

namespace model {

const Policy& Shard::policy_of(std::uint32_t call) {
  return shared_->policies[calls_.guarded(call).policy];
}

void Shard::call_guarded(std::uint32_t parent, std::uint32_t route, bool awaited) {
  const std::uint32_t call = calls_.alloc_fresh();
  calls_.needs_guarded();
  const Call& p = calls_[parent];
  Call& c = calls_[call];
  c.key = p.key;
  c.sent = engine_.now();
  c.parent = awaited ? parent : no_call;
  c.source = c.target = p.target;
  c.verb = p.verb;
  c.priority = p.priority;
  c.logical = true;
  if (!notes_.empty()) set_note(call, note(parent));
  if (p.is(Call::traced)) {
    c.set(Call::traced);
    calls_.mark(call) = calls_.mark(parent);
  }
  const Group& group = shared_->groups[at(c.source).group];
  Guarded& guarded = calls_.guarded(call);
  guarded = {};
  guarded.route = route;
  guarded.policy = shared_->dependencies[group.routes[route].dependency].policy;
  take_in_hand(call, at(c.source));
  limit_time(call, parent);
  switch (enter_gate(call)) {
    case policies::Bulkhead::Entry::go:
      begin_tries(call);
      break;
    case policies::Bulkhead::Entry::wait:
      break;
    case policies::Bulkhead::Entry::rejected:
      act_later(call, engine_.now());  // its parent is not told before it waits for that
  }
}

void Shard::begin_tries(std::uint32_t call) {
  if (!start_try(call, false)) act_later(call, engine_.now());
}

/// Its own time-out, and the deadline of the request that it is made for.
void Shard::limit_time(std::uint32_t call, std::uint32_t parent) {
  const Policy& policy = policy_of(call);
  const sim::Time now = engine_.now();
  engine_.timers().reserve(calls_.size());
  if (policy.timeout > 0) {
    engine_.timers().arm(timers_of_policy_[calls_.guarded(call).policy].whole, call, now + policy.timeout, note_of(parent));
  } else {
    engine_.timers().annotate(call, note_of(parent));
  }
  if (!policy.pass_deadline) return;
  const sim::Time own = policy.timeout > 0 ? now + policy.timeout : sim::never;
  const sim::Time given = calls_[parent].dated ? calls_.deadline(parent) : sim::never;
  const sim::Time deadline = std::min(own, given);
  if (deadline == sim::never) return;
  if (given < own) act_later(call, std::max(now, given));
  calls_.needs_deadlines();
  calls_[call].dated = true;
  calls_.deadline(call) = deadline;
}

void Shard::act_later(std::uint32_t call, sim::Time time) {
  const Call& c = calls_[call];
  engine_.schedule(time, next_order(c.source), guard_kind, call, c.generation);
}

/// What it planned for now; nothing when that is no longer so.
void Shard::act_guarded(std::uint32_t call) {
  const sim::Time now = engine_.now();
  if (calls_[call].dated && calls_.deadline(call) <= now) {
    end_guarded(call, Status::timeout);
    return;
  }
  Guarded& guarded = calls_.guarded(call);
  if (guarded.waits) {
    if (guarded.wait_until <= now) end_guarded(call, Status::rejected);
    return;
  }
  bool started = false;
  if (guarded.next_try <= now) {
    guarded.next_try = sim::never;
    started = start_try(call, false);
  } else if (guarded.next_hedge <= now) {
    guarded.next_hedge = sim::never;
    started = may_retry(call, Status::timeout) && start_try(call, true);
  }
  if (!started) end_if_over(call);
}

void Shard::end_if_over(std::uint32_t call) {
  const Guarded& guarded = calls_.guarded(call);
  if (guarded.under_way == 0 && guarded.next_try == sim::never) end_guarded(call, guarded.worst);
}

/// False: the breaker is open, there is no room, or nobody to ask. Then a retry may have been planned.
bool Shard::start_try(std::uint32_t call, bool hedge) {
  const InstanceId self = calls_[call].source;
  const Guarded before = calls_.guarded(call);
  const Policy& policy = shared_->policies[before.policy];
  const Route& route = shared_->groups[at(self).group].routes[before.route];
  if (const Status why = admit_try(call); why != Status::ok) {
    keep_back(call, hedge, why);
    return false;
  }
  Pick end = balance(call, route, policy.elsewhere ? before.last : no_instance);
  if (end.id == no_instance && before.last != no_instance) end = balance(call, route, no_instance);  // it is the only one
  if (end.id == no_instance) {
    take_back_try(call);
    keep_back(call, hedge, Status::unavailable);
    return false;
  }
  hear_of_start(call, end.id);
  const std::uint32_t tried = send(call, end, calls_[call].verb, 0, static_cast<std::uint8_t>(before.started + 1));
  Guarded& guarded = calls_.guarded(call);
  guarded.tries[guarded.listed++] = tried;
  ++guarded.started;
  ++guarded.under_way;
  guarded.last = end.id;
  PolicyCount& count = policy_counts_[end.link];
  if (hedge) {
    ++guarded.hedged;
    ++count.hedges;
  } else if (guarded.started > 1) {
    ++count.retries;
  }
  if (guarded.hedged < policy.hedges) {
    guarded.next_hedge = engine_.now() + policy.hedge_delay;
    act_later(call, guarded.next_hedge);
  }
  return true;
}

/// A try that is not sent is one that has failed: there may be another.
void Shard::keep_back(std::uint32_t call, bool hedge, Status why) {
  Guarded& guarded = calls_.guarded(call);
  guarded.worst = std::max(guarded.worst, why);
  if (hedge) return;
  ++guarded.kept_back;
  if (shared_->policies[guarded.policy].retry_on.contains(why) && guarded.next_try == sim::never) try_again(call, why);
}

/// What a try needs from the call that it is made for; the rest is as for any call.
void Shard::prepare_try(std::uint32_t call, std::uint32_t parent) {
  Call& c = calls_[call];
  c.guarded = true;
  const std::uint32_t number = calls_.guarded(parent).policy;
  const Policy& policy = shared_->policies[number];
  if (policy.try_timeout > 0) {
    engine_.timers().arm(timers_of_policy_[number].each, call, engine_.now() + policy.try_timeout, note_of(parent));
  } else {
    engine_.timers().annotate(call, note_of(parent));
  }
  if (!policy.pass_deadline) return;
  sim::Time deadline = calls_[parent].dated ? calls_.deadline(parent) : sim::never;
  if (policy.try_timeout > 0) deadline = std::min(deadline, engine_.now() + policy.try_timeout);
  if (deadline == sim::never) return;
  calls_.needs_deadlines();
  c.dated = true;
  calls_.deadline(call) = deadline;
}

/// Whatever becomes of it now, it is not to be given up by the call that it is made for.
void Shard::unlist_try(std::uint32_t call, std::uint32_t tried) {
  Guarded& guarded = calls_.guarded(call);
  auto* const end = guarded.tries.data() + guarded.listed;
  auto* const place = std::find(guarded.tries.data(), end, tried);
  if (place == end) return;
  *place = *(end - 1);
  --guarded.listed;
}

void Shard::settle_guarded(std::uint32_t tried, const Call& over) {
  const std::uint32_t call = over.parent;
  const Status status = over.status;
  unlist_try(call, tried);
  hear_of_try(call, over, status);
  Guarded& guarded = calls_.guarded(call);
  const Policy& policy = shared_->policies[guarded.policy];
  --guarded.under_way;
  if (!failed(status)) {
    end_guarded(call, status);
    return;
  }
  guarded.worst = std::max(guarded.worst, status);
  if (policy.retry_on.contains(status) && guarded.next_try == sim::never) try_again(call, status);
  if (calls_[call].logical) end_if_over(call);
}

/// The next hedge comes at once; a retry after its back-off.
void Shard::try_again(std::uint32_t call, Status cause) {
  Guarded& guarded = calls_.guarded(call);
  const Policy& policy = shared_->policies[guarded.policy];
  const bool hedge = guarded.hedged < policy.hedges;
  const auto number = static_cast<std::uint32_t>(guarded.started - guarded.hedged + guarded.kept_back);
  if (!hedge && number >= policy.attempts) return;
  if (!may_retry(call, cause)) return;
  if (hedge) {
    start_try(call, true);
    return;
  }
  const bool drawn = policy.backoff.kind != policies::BackoffSpec::Kind::none && policy.backoff.kind != policies::BackoffSpec::Kind::fixed;
  guarded.backoff =
      policies::delay(policy.backoff, number, guarded.backoff, drawn ? random(calls_[call].source, sim::Purpose::outcome) : 0);
  if (guarded.backoff == 0) {
    start_try(call, false);
    return;
  }
  guarded.next_try = engine_.now() + guarded.backoff;
  act_later(call, guarded.next_try);
}

/// The tries that are still under way, given up.
void Shard::abandon_tries(std::uint32_t call, bool in_time, bool alive) {
  while (calls_.guarded(call).listed > 0) {
    Guarded& guarded = calls_.guarded(call);
    const std::uint32_t tried = guarded.tries[--guarded.listed];
    abandon(tried, in_time, alive);
  }
}

void Shard::end_guarded(std::uint32_t call, Status status) {
  abandon_tries(call, status != Status::timeout, true);
  leave_gate(call, status);
  const Call over = calls_[call];
  const Guarded guarded = calls_.guarded(call);
  const Caller caller = caller_of(call);
  engine_.timers().cancel(call);
  release_from_hand(call, at(over.source));
  if (over.is(Call::traced) && guarded.started == 0) record_unsent(call, status);
  if (failed(status) && shared_->policies[guarded.policy].fallback) {
    status = Status::ok;
    ++policy_count_of(call).fallbacks;
  }
  calls_.release(call);
  if (awaited(over, caller)) resume(over.parent, status);
}

/// A call that ended without a try: its breaker was open, there was no room, or nobody to ask.
void Shard::record_unsent(std::uint32_t call, Status status) {
  const Group& group = shared_->groups[at(calls_[call].source).group];
  const auto& ends = group.routes[calls_.guarded(call).route].ends;
  if (ends.empty()) return;                   // there is nobody anywhere
  const TraceMark above = calls_.mark(call);  // its parent's, as no try took its own
  calls_.mark(call) = {above.trace, (number_ << 26) + next_span_++, above.span};
  const std::size_t before = spans_.size();
  record_span(call, status, 0, engine_.now());
  if (spans_.size() == before) return;
  spans_.back().target = no_instance;
  spans_.back().group = ends.front().group;
}

/// Nobody is interested in it any more, or its caller is dead.
void Shard::drop_guarded(std::uint32_t call, bool alive) {
  abandon_tries(call, true, alive);
  if (alive) leave_gate(call, Status::cancelled);
  engine_.timers().cancel(call);
  release_from_hand(call, at(calls_[call].source));
  calls_.release(call);
}

/// Those of an instance that dies: before what they wait for at their caller goes, too.
void Shard::drop_all_guarded(std::uint32_t slot) {
  if (details_[slot].gates == 0) return;
  for (std::uint32_t call = instances_[slot].calls; call != no_call;) {
    const std::uint32_t older = calls_[call].beside.older;
    if (calls_[call].logical) drop_guarded(call, false);
    call = older;
  }
  make_gates(slot);
}

/// A try that its caller gives up: as a time-out, or because another was faster.
void Shard::abandon(std::uint32_t tried, bool in_time, bool alive) {
  engine_.timers().cancel(tried);
  Call over = calls_[tried];
  over.status = in_time ? Status::cancelled : Status::timeout;
  over.next = at_target_cell(over);
  if (in_time) {
    count_over(over, false);
    if (count_pairs_) ++pairs_[pair_key(over.source, over.target)].replies;
    ++policy_counts_[over.link].cancelled;
  } else {
    count_reply(over, Status::timeout, engine_.now() - over.sent);
  }
  if (over.is(Call::traced)) record_span(tried, over.status, 0, engine_.now());
  if (alive) hear_of_try(over.parent, over, over.status);
  if (alive && over.is(Call::pooled)) disconnect(tried);
  if (alive) cancel_later(tried);
  orphan(tried);
}

/// Tells the server that nobody waits for this try, if the policy says so. No word overtakes the request.
void Shard::cancel_later(std::uint32_t tried) {
  const Call& c = calls_[tried];
  if (c.is(Call::to_afar) || !policy_to(c).cancel) return;
  const bool unsent = c.received == 0 && (c.is(Call::at_caller) || (c.is(Call::queued) && !c.is(Call::at_server)));
  if (unsent) return;  // nobody has heard of it
  const sim::Time there = engine_.now() + network_delay(c.source, shared_->links[c.link].there);
  const sim::Time arrives = c.is(Call::at_server) || c.received != 0 ? 0 : c.answered;
  engine_.schedule(std::max(there, arrives), next_order(c.source), cancel_kind, tried, c.generation);
}

// --- at the server

bool Shard::too_late(std::uint32_t call) {
  const Call& c = calls_[call];
  return c.dated && !c.is(Call::at_caller) && !c.is(Call::root) &&
         calls_.deadline(call) + shared_->clock_of(c.source) <= engine_.now() + shared_->clock_of(c.target) &&
         policy_to(c).check_at_dequeue;
}

const Policy& Shard::policy_to(const Call& call) const {
  return shared_->policies[shared_->dependencies[shared_->links[call.link].dependency].policy];
}

/// Nobody answers there at all: the caller gives up making a connection, so long after it asked for one.
void Shard::fail_to_connect(std::uint32_t call, sim::Time patience) {
  Call& c = calls_[call];
  c.status = Status::timeout;
  const sim::Time back = engine_.now() + network_delay(c.target, shared_->links[c.link].back);
  if (c.is(Call::from_afar)) {
    reply_afar(call, std::max(back, engine_.now() + patience), next_order(c.target));
    return;
  }
  c.set(Call::lost);
  c.next = at(c.target).cell;
  engine_.schedule(std::max(engine_.now(), c.sent + patience), next_order(c.target), denied_kind, call, c.generation);
}

/// From another shard no word comes that the caller has given up; but that it will have by then is known.
void Shard::watch_deadline(std::uint32_t call) {
  const Call& c = calls_[call];
  if (!policy_to(c).cancel) return;
  engine_.schedule(std::max(engine_.now(), calls_.deadline(call)), next_order(c.target), cancel_kind, call, c.generation);
}

/// Its caller is not interested: what has not been done is not done.
void Shard::cancel_at_server(std::uint32_t call) {
  const Call& c = calls_[call];
  if (!c.is(Call::at_server)) return;
  Instance& server = at(c.target);
  const bool queued = c.is(Call::queued);
  const bool working = !queued && c.pending == 0 && !c.is(Call::quorum);  // one that waits for copies has nothing pending
  const Profile& profile = shared_->profiles[server.profile];
  if (profile.unusual && (working || profile.function != no_function)) return;  // it goes on, for nothing
  if (queued) dequeue(call, server);
  if (c.pending > 0) cancel_calls_for(call, server);
  const bool has_worker = working || calls_[call].is(Call::holds_worker);
  ++cell_counts_[server.cell].cancelled;
  if (sheds_) leave_shedder(call);
  release_call(call, server);
  calls_.release(call);
  if (has_worker) leave_worker(server);
}

void Shard::cancel_calls_for(std::uint32_t parent, Instance& server) {
  for (std::uint32_t call = server.calls; call != no_call;) {
    const std::uint32_t older = calls_[call].beside.older;
    if (calls_[call].logical && calls_[call].parent == parent) drop_guarded(call, true);
    call = older;
  }
}

}  // namespace model
