// The caller's side of a call: sending, time-outs, retries, what is counted when it is over.

#include <algorithm>
#include <cassert>

#include "model/impaired.h"

namespace model {

void Shard::call(std::uint32_t parent, const Pick& pick, std::uint16_t flags) {
  Call& p = calls_[parent];
  p.pending = 1;
  p.status = Status::ok;
  if (pick.id == no_instance) {
    resume_later(parent, Status::unavailable);
    return;
  }
  send(parent, pick, p.verb, flags, 1);
}

void Shard::call_each(std::uint32_t parent, const Group& group) {
  calls_[parent].status = Status::ok;
  calls_[parent].pending = 0;
  for (const Route& route : group.routes) {
    if (is_guarded(route)) {
      ++calls_[parent].pending;
      call_guarded(parent, static_cast<std::uint32_t>(&route - group.routes.data()), true);
      continue;
    }
    const Pick end = pick_for(parent, calls_[parent].target, route);
    if (end.id == no_instance) {
      calls_[parent].status = Status::unavailable;
      continue;
    }
    ++calls_[parent].pending;
    send(parent, end, calls_[parent].verb, Call::retriable, 1);
  }
  if (calls_[parent].pending == 0) {
    calls_[parent].pending = 1;
    resume_later(parent, calls_[parent].status);
  }
}

void Shard::resume_later(std::uint32_t parent, Status status) {
  Call& p = calls_[parent];
  p.status = status;
  engine_.schedule(engine_.now(), next_order(p.target), resume_kind, parent, p.generation);
}

std::uint32_t Shard::send(std::uint32_t parent, const Pick& pick, Verb verb, std::uint16_t flags, std::uint8_t attempt, bool awaited) {
  const std::uint32_t call = calls_.alloc();
  const Call& p = calls_[parent];
  Call& c = calls_[call];
  const bool two_way = (flags & Call::one_way) == 0;
  const bool afar = shard_of(pick.id) != number_;
  c.key = p.key;
  c.sent = engine_.now();
  c.received = 0;
  c.parent = two_way && awaited ? parent : no_call;
  c.source = p.target;
  c.target = pick.id;
  c.link = pick.link;
  c.flags = static_cast<std::uint16_t>(flags | (p.flags & Call::traced) | (afar ? Call::to_afar : 0));
  c.pending = 0;
  c.verb = verb;  // this and the next five are one word, written at once: it is read soon
  c.status = Status::ok;
  c.pc = 0;
  c.attempt = attempt & 0x1FU;
  c.priority = p.priority;
  c.scratch = 0;
  if (!notes_.empty()) [[unlikely]]
    set_note(call, note(parent));
  if (c.is(Call::traced)) {
    const TraceMark& above = calls_.mark(parent);
    calls_.mark(call) = {above.trace, (number_ << 26) + next_span_++, above.span};
  }
  LinkCount& count = link_counts_[c.link];
  ++count.requests;
  if (count_pairs_) [[unlikely]]
    ++pairs_[pair_key(c.source, c.target)].requests;
  if (two_way) {
    engine_.timers().reserve(calls_.size());
    if (p.logical) [[unlikely]] {
      prepare_try(call, parent);
    } else {
      const sim::Timers::List list = timer_of_link_[c.link];
      engine_.timers().arm(list, call, engine_.now() + engine_.timers().duration(list), note_of(parent));
    }
  } else {
    ++count.replies;
    ++count.one_way;
  }
  if (shared_->links[c.link].special) [[unlikely]] {
    prepare(call, note_of(parent));
  } else {
    dispatch(call);
  }
  return call;
}

/// Puts it on the wire.
void Shard::dispatch(std::uint32_t call) {
  Call& c = calls_[call];
  const Link& link = shared_->links[c.link];
  sim::Time time = engine_.now() + network_delay(c.source, link.there);
  if (c.is(Call::sized)) [[unlikely]]
    time += shared_->network.transfer(link.there, wire_bytes(call, calls_.bytes(call).request));
  if (at(c.source).impaired) [[unlikely]] {
    if (Impaired(*this).sends(call, time)) return;
  }
  const std::uint64_t order = next_order(calls_[call].source);
  if (calls_[call].is(Call::to_afar)) [[unlikely]] {
    send_afar(call, time, order);
  } else {
    calls_[call].answered = time;  // until it arrives: no word about it may be there before it
    engine_.schedule(time, order, arrive_kind, call, calls_[call].generation);
  }
}

void Shard::receive_reply(std::uint32_t call) {
  Call& c = calls_[call];
  ++messages_;
  if (c.is(Call::orphan)) {
    ++late_;
    calls_.release(call);
    return;
  }
  complete(call);
}

void Shard::complete(std::uint32_t call) {
  Call& c = calls_[call];
  const Caller caller = caller_of(call);
  engine_.timers().cancel(call);
  if (at(c.source).life != caller.life) [[unlikely]] {
    count_over(c, true);
    calls_.release(call);
    return;
  }
  if (c.is(Call::pooled)) [[unlikely]]
    disconnect(call);
  const sim::Time response = engine_.now() - c.sent;
  count_reply(c, c.status, response);
  if (c.received != 0) {
    CellCount& cell = cell_counts_[c.next];
    const sim::Time service = c.answered - c.received;
    cell.service.add(service);
    cell.network.add(response - service);
  }
  if (c.is(Call::traced)) record_span(call, c.status, c.answered, engine_.now());
  if (c.is(Call::sized) && take_apart(call)) [[unlikely]] {
    if (c.guarded && awaited(c, caller)) unlist_try(c.parent, call);
    return;
  }
  const Call over = c;
  calls_.release(call);
  settle(call, over, caller);
}

std::uint64_t Shard::note_of(std::uint32_t parent) const {
  const Call& p = calls_[parent];
  return (std::uint64_t{p.generation} << 32) | instances_[slot_of(p.target)].life;
}

std::uint32_t Shard::at_target_cell(const Call& call) const {
  const bool here = shard_of(call.target) == number_;
  return here ? instances_[slot_of(call.target)].cell : shared_->groups[shared_->links[call.link].target].cell;
}

Shard::Caller Shard::caller_of(std::uint32_t call) const {
  const std::uint64_t note = engine_.timers().note(call);
  return {static_cast<std::uint32_t>(note >> 32), static_cast<std::uint32_t>(note)};
}

/// One call fewer is on its way over the link, whether or not anybody still wants its answer.
void Shard::count_over(const Call& call, bool error) {
  LinkCount& link = link_counts_[call.link];
  ++link.replies;
  if (error) ++link.errors;
}

void Shard::count_reply(const Call& call, Status status, sim::Time response) {
  const bool error = failed(status);
  count_over(call, error);
  link_counts_[call.link].response_ns += static_cast<std::uint64_t>(response);
  if (count_pairs_) [[unlikely]] {
    LinkCount& pair = pairs_[pair_key(call.source, call.target)];
    ++pair.replies;
    if (error) ++pair.errors;
    pair.response_ns += static_cast<std::uint64_t>(response);
  }
  CellCount& cell = cell_counts_[call.next];
  ++cell.replies;
  if (error) ++cell.errors;
  cell.response.add(response);
}

sim::TimerKey Shard::timer_key(sim::Timers::List list, std::uint32_t call) const {
  const Call& c = calls_[call];
  return {c.sent + engine_.timers().duration(list), sim::order_of(c.source, list)};
}

void Shard::expire(std::uint32_t call, std::uint64_t) {
  Call& c = calls_[call];
  if (c.logical) [[unlikely]] {
    end_guarded(call, Status::timeout);
    return;
  }
  const Caller caller = caller_of(call);
  engine_.timers().cancel(call);
  if (at(c.source).life != caller.life) [[unlikely]] {
    count_over(c, true);
    orphan(call);
    return;
  }
  Call over = c;
  over.status = Status::timeout;
  over.next = at_target_cell(c);
  count_reply(over, Status::timeout, engine_.now() - c.sent);
  if (c.is(Call::traced)) record_span(call, Status::timeout, 0, engine_.now());
  if (c.is(Call::pooled)) [[unlikely]]
    disconnect(call);
  if (c.guarded) [[unlikely]]
    cancel_later(call);
  orphan(call);
  settle(call, over, caller);
}

/// A write to a copy has failed: whoever sent it may keep it for later.
void Shard::hint(std::uint32_t call, const Call& over, Caller caller) {
  if (!shared_->links[over.link].hinted) return;
  const bool repairs = awaited(over, caller) && is_coordinated(over.parent) && coordinations_[over.parent].repairing;
  if (!repairs) keep_hint(over.source, over.target, over.link, {over.key, note(call).version});
}

void Shard::settle(std::uint32_t call, const Call& over, Caller caller) {
  if (failed(over.status) && over.verb == Verb::put) [[unlikely]]
    hint(call, over, caller);
  if (!awaited(over, caller)) {
    if (shared_->links[over.link].delivers != 0) settle_delivery(call, over);
    return;
  }
  if (over.guarded) [[unlikely]] {
    settle_guarded(call, over);
    return;
  }
  if (unreachable(over.status) && over.is(Call::retriable) && over.attempt < attempts_max && retry(over)) return;
  if (is_coordinated(over.parent)) [[unlikely]] {
    settle_copy(call, over);
    return;
  }
  resume(over.parent, over.status);
}

bool Shard::retry(const Call& over) {
  const Link& link = shared_->links[over.link];
  const Group& group = shared_->groups[link.source];
  const Route& route = link.route == Link::own_cluster ? group.cluster : group.routes[link.route];
  const Pick other = pick_for(over.parent, over.source, route, over.target, link.target);
  if (other.id == no_instance) return false;
  send(over.parent, other, over.verb, Call::retriable, static_cast<std::uint8_t>(over.attempt + 1));
  return true;
}

/// `pending` more have to succeed; `scratch` may fail.
void Shard::resume_quorum(std::uint32_t parent, Status status) {
  Call& p = calls_[parent];
  if (failed(status)) {
    if (p.scratch > 0) {
      --p.scratch;
      return;
    }
    p.status = status;
  } else if (--p.pending > 0) {
    return;
  }
  p.clear(Call::quorum);
  p.scratch = 0;
  p.generation = (p.generation + 1) & CallPool::generation_mask;  // the answers to come are nobody's
  step(parent);
}

void Shard::record_span(std::uint32_t call, Status status, sim::Time answered, sim::Time cr) {
  if (spans_.size() >= spans_kept) {
    ++spans_dropped_;
    return;
  }
  const Call& c = calls_[call];
  const TraceMark& mark = calls_.mark(call);
  Span span;
  span.trace = mark.trace;
  span.span = mark.span;
  span.parent = mark.parent_span;
  span.source = c.source;
  span.target = c.target;
  span.cs = c.is(Call::from_afar) ? 0 : c.sent;
  span.sr = c.received;
  span.ss = c.received == 0 ? 0 : answered;
  span.cr = cr;
  span.verb = c.verb;
  span.status = status;
  span.attempt = c.attempt;
  span.root = c.is(Call::root);
  span.shed = status == Status::rejected && c.pc == Call::shed_mark;
  spans_.push_back(span);
}

}  // namespace model
