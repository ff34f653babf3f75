// The caller's side of a call: whom to ask, sending, time-outs, retries, what is counted when it is over.

#include <algorithm>
#include <cassert>

#include "model/shard.h"

namespace model {

// --- whom to ask

unsigned Shard::pick_dependency(InstanceId from, const Group& group) {
  if (group.routes.size() == 1) return 0;
  std::uint64_t all = 0;
  for (const Route& route : group.routes) {
    for (const RouteEnd& end : route.ends) all += shared_->groups[end.group].known.size();
  }
  if (all == 0) return 0;
  std::uint64_t place = sim::scale(random(from, sim::Purpose::routing), all);
  for (unsigned i = 0; i < group.routes.size(); ++i) {
    std::uint64_t size = 0;
    for (const RouteEnd& end : group.routes[i].ends) size += shared_->groups[end.group].known.size();
    if (place < size) return i;
    place -= size;
  }
  return 0;
}

Shard::Pick Shard::pick(InstanceId from, const Route& route, InstanceId avoid, std::uint32_t avoid_group) {
  std::size_t begin = 0;
  for (std::size_t tier = 1; tier < route.tier_end.size(); ++tier) {
    const std::size_t end = route.tier_end[tier];
    std::uint64_t known = 0;
    for (std::size_t i = begin; i < end; ++i) {
      if (route.ends[i].group != avoid_group) known += shared_->groups[route.ends[i].group].known.size();
    }
    std::uint64_t place = known < 2 ? 0 : sim::scale(random(from, sim::Purpose::routing), known);
    for (std::size_t i = begin; i < end && known > 0; ++i) {
      if (route.ends[i].group == avoid_group) continue;
      const std::vector<InstanceId>& candidates = shared_->groups[route.ends[i].group].known;
      if (place >= candidates.size()) {
        place -= candidates.size();
        continue;
      }
      InstanceId target = candidates[place];
      if (target == avoid) target = candidates[place + 1 < candidates.size() ? place + 1 : 0];
      if (target != avoid) return {target, route.ends[i].link};
      break;  // it is the only one there
    }
    begin = end;
  }
  if (avoid_group != outside) return pick(from, route, avoid);
  return {};
}

// --- sending

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
    const Pick end = pick(calls_[parent].target, route);
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

void Shard::send(std::uint32_t parent, const Pick& pick, Verb verb, std::uint16_t flags, std::uint8_t attempt) {
  const std::uint32_t call = calls_.alloc();
  const Call& p = calls_[parent];
  Call& c = calls_[call];
  const bool two_way = (flags & Call::one_way) == 0;
  const bool afar = shard_of(pick.id) != number_;
  c.key = p.key;
  c.sent = engine_.now();
  c.received = 0;
  c.work = 0;
  c.parent = two_way ? parent : no_call;
  c.source = p.target;
  c.target = pick.id;
  c.link = pick.link;
  c.flags = static_cast<std::uint16_t>(flags | Call::live | (p.flags & Call::traced) | (afar ? Call::to_afar : 0));
  c.verb = verb;
  c.status = Status::ok;
  c.pc = 0;
  c.attempt = attempt;
  c.pending = 0;
  c.scratch = 0;
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
    const sim::Timers::List list = timer_of_link_[c.link];
    engine_.timers().arm(list, call, engine_.now() + engine_.timers().duration(list));
  } else {
    ++count.replies;
  }
  const Link& link = shared_->links[c.link];
  const sim::Time time = engine_.now() + network_delay(c.source, link.source, link.target);
  const std::uint64_t order = next_order(c.source);
  if (afar) [[unlikely]] {
    send_afar(call, time, order);
  } else {
    engine_.schedule(time, order, arrive_kind, call, c.generation);
  }
}

void Shard::send_afar(std::uint32_t call, sim::Time time, std::uint64_t order) {
  const Call& c = calls_[call];
  Message message;
  message.time = time;
  message.order = order;
  message.key = c.key;
  message.mark = calls_.mark(call);
  message.source = c.source;
  message.target = c.target;
  message.call = call;
  message.generation = c.generation;
  message.link = c.link;
  message.verb = c.verb;
  message.flags = static_cast<std::uint16_t>(c.flags & (Call::one_way | Call::traced));
  message.attempt = c.attempt;
  outbox_.push_back(message);
  if (c.is(Call::one_way)) calls_.release(call);
}

void Shard::accept(const Message& message) {
  if (!message.is_reply) {
    accept_request(message);
    return;
  }
  Call& c = calls_[message.call];
  if (c.generation != message.generation) {  // its caller has given up
    ++messages_;
    ++late_;
    return;
  }
  c.received = message.received;
  c.work = message.answered;
  c.next = message.cell;
  c.status = message.status;
  engine_.schedule(message.time, message.order, reply_kind, message.call, message.generation);
}

void Shard::accept_request(const Message& message) {
  const std::uint32_t call = calls_.alloc();
  Call& c = calls_[call];
  const std::uint32_t generation = c.generation;
  c = Call{};
  c.generation = generation;
  c.key = message.key;
  c.sent = message.generation;
  c.parent = message.call;
  c.source = message.source;
  c.target = message.target;
  c.link = message.link;
  c.flags = static_cast<std::uint16_t>(message.flags | Call::live | Call::from_afar);
  c.verb = message.verb;
  c.attempt = message.attempt;
  if (c.is(Call::traced)) calls_.mark(call) = message.mark;
  engine_.schedule(message.time, message.order, arrive_kind, call, generation);
}

// --- what comes back

void Shard::receive_reply(std::uint32_t call) {
  Call& c = calls_[call];
  ++messages_;
  if (c.is(Call::orphan)) {
    ++late_;
    calls_.release(call);
    return;
  }
  engine_.timers().cancel(timer_of_link_[c.link], call);
  const sim::Time response = engine_.now() - c.sent;
  count_reply(c, c.status, response);
  if (c.received != 0) {
    CellCount& cell = cell_counts_[c.next];
    const sim::Time service = c.work - c.received;
    cell.service.add(service);
    cell.network.add(response - service);
  }
  if (c.is(Call::traced)) record_span(call, c.status, c.work, engine_.now());
  const Call over = c;
  calls_.release(call);
  settle(over);
}

void Shard::count_reply(const Call& call, Status status, sim::Time response) {
  const bool error = failed(status);
  LinkCount& link = link_counts_[call.link];
  ++link.replies;
  link.errors += error ? 1 : 0;
  link.response_ns += static_cast<std::uint64_t>(response);
  if (count_pairs_) [[unlikely]] {
    LinkCount& pair = pairs_[pair_key(call.source, call.target)];
    ++pair.replies;
    pair.errors += error ? 1 : 0;
    pair.response_ns += static_cast<std::uint64_t>(response);
  }
  CellCount& cell = cell_counts_[call.next];
  ++cell.replies;
  cell.errors += error ? 1 : 0;
  cell.response.add(response);
}

sim::TimerKey Shard::timer_key(sim::Timers::List list, std::uint32_t call) const {
  const Call& c = calls_[call];
  return {c.sent + engine_.timers().duration(list), sim::order_of(c.source, list)};
}

void Shard::expire(std::uint32_t call) {
  Call& c = calls_[call];
  engine_.timers().cancel(timer_of_link_[c.link], call);
  Call over = c;
  over.status = Status::timeout;
  over.next = c.is(Call::to_afar) ? shared_->groups[shared_->links[c.link].target].cell : at(c.target).cell;
  count_reply(over, Status::timeout, engine_.now() - c.sent);
  if (c.is(Call::traced)) record_span(call, Status::timeout, 0, engine_.now());
  orphan(call);
  settle(over);
}

void Shard::settle(const Call& over) {
  if (unreachable(over.status) && over.is(Call::retriable) && over.attempt < attempts_max && retry(over)) return;
  resume(over.parent, over.status);
}

bool Shard::retry(const Call& over) {
  const Link& link = shared_->links[over.link];
  const Group& group = shared_->groups[link.source];
  const Route& route = link.route == Link::own_cluster ? group.cluster : group.routes[link.route];
  const Pick other = pick(over.source, route, over.target, link.target);
  if (other.id == no_instance) return false;
  send(over.parent, other, over.verb, Call::retriable, static_cast<std::uint8_t>(over.attempt + 1));
  return true;
}

void Shard::resume(std::uint32_t parent, Status status) {
  Call& p = calls_[parent];
  if (status > p.status) p.status = status;
  if (--p.pending == 0) step(parent);
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
  spans_.push_back(span);
}

void Shard::count_pairs(bool on) {
  count_pairs_ = on;
  if (!on) pairs_.clear();
}

}  // namespace model
