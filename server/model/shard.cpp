// The server's side of a call: arrival, queue, work, reply; and the events of the engine. The caller's side is in caller.cpp.

#include "model/shard.h"

#include <cassert>
#include <utility>

namespace model {

void Shard::grow_statistics() {
  for (std::size_t i = link_counts_.size(); i < shared_->links.size(); ++i) {
    const Group& target = shared_->groups[shared_->links[i].target];
    timer_of_link_.push_back(engine_.timers().list_of(shared_->services[target.service].timeout));
    link_counts_.emplace_back();
  }
  cell_counts_.resize(shared_->cells.size());
}

std::uint32_t Shard::add_slot() {
  assert(instances_.size() < slots_max);
  instances_.emplace_back();
  details_.emplace_back();
  return static_cast<std::uint32_t>(instances_.size() - 1);
}

void Shard::handle(const sim::Event& event) {
  const std::uint32_t subject = event.subject;
  if (event.kind() == load_kind) {
    if (event.generation() == (details_[subject].load_generation & CallPool::generation_mask)) generate(subject);
    return;
  }
  if (event.generation() != calls_[subject].generation) return;  // the call is over: its instance died
  switch (event.kind()) {
    case arrive_kind:
      arrive(subject);
      break;
    case done_kind:
      finish_work(subject);
      break;
    case reply_kind:
      receive_reply(subject);
      break;
    case resume_kind:
      resume(subject, calls_[subject].status);
      break;
    default:
      assert(false);
  }
}

void Shard::arrive(std::uint32_t call) {
  Call& c = calls_[call];
  Instance& server = at(c.target);
  ++messages_;
  c.received = engine_.now();
  if (server.reach != Reach::open) [[unlikely]] {
    turn_away(call, server.reach);
    return;
  }
  c.set(Call::at_server);
  ++server.requests;
  ++server.in_flight;
  ++cell_counts_[server.cell].requests;
  step(call);
}

void Shard::turn_away(std::uint32_t call, Reach reach) {
  Call& c = calls_[call];
  c.received = 0;
  if (c.is(Call::one_way)) {
    calls_.release(call);
  } else if (reach == Reach::refuse) {
    send_reply(call, Status::refused);
  } else {
    lose(call);
  }
}

void Shard::step(std::uint32_t call) {
  const Instance& server = at(calls_[call].target);
  Task task(*this, call);
  shared_->profiles[server.profile].step(task);
}

void Shard::compute(std::uint32_t call) {
  Call& c = calls_[call];
  Instance& server = at(c.target);
  const Profile& profile = shared_->profiles[server.profile];
  c.work = profile.service_time.is_constant() ? profile.service_time.sample(0)
                                              : profile.service_time.sample(random(c.target, sim::Purpose::service_time));
  if (server.slowed) [[unlikely]]
    c.work += details_[slot_of(c.target)].added_latency;
  if (server.busy < server.workers) {
    start_work(call, server);
    return;
  }
  if (server.queued >= profile.queue_limit) {
    reply(call, Status::rejected);
    return;
  }
  c.next = no_call;
  if (server.queue_tail == no_call) {
    server.queue_head = call;
  } else {
    calls_[server.queue_tail].next = call;
  }
  server.queue_tail = call;
  ++server.queued;
}

void Shard::start_work(std::uint32_t call, Instance& server) {
  Call& c = calls_[call];
  ++server.busy;
  details_[slot_of(c.target)].busy_ns += static_cast<std::uint64_t>(c.work);
  engine_.schedule(engine_.now() + c.work, next_order(c.target), done_kind, call, c.generation);
}

void Shard::finish_work(std::uint32_t call) {
  Instance& server = at(calls_[call].target);
  --server.busy;
  if (server.queue_head != no_call) {
    const std::uint32_t first = server.queue_head;
    server.queue_head = calls_[first].next;
    if (server.queue_head == no_call) server.queue_tail = no_call;
    --server.queued;
    start_work(first, server);
  }
  step(call);
}

void Shard::reply(std::uint32_t call, Status status) {
  Call& c = calls_[call];
  assert(c.is(Call::at_server));
  Instance& server = at(c.target);
  const Profile& profile = shared_->profiles[server.profile];
  if (profile.error != 0 && !failed(status) && random(c.target, sim::Purpose::outcome) < profile.error) status = Status::error;
  c.clear(Call::at_server);
  c.status = status;
  --server.in_flight;
  InstanceDetail& detail = details_[slot_of(c.target)];
  ++detail.replies;
  detail.service_ns += static_cast<std::uint64_t>(engine_.now() - c.received);
  if (failed(status)) ++detail.errors;
  if (c.is(Call::root)) {
    finish_root(call);
  } else if (c.is(Call::one_way)) {
    if (c.is(Call::traced)) record_span(call, status, engine_.now(), 0);
    calls_.release(call);
  } else {
    send_reply(call, status);
  }
}

void Shard::send_reply(std::uint32_t call, Status status) {
  Call& c = calls_[call];
  const Link& link = shared_->links[c.link];
  const sim::Time time = engine_.now() + network_delay(c.target, link.target, link.source);
  const std::uint64_t order = next_order(c.target);
  c.status = status;
  if (c.is(Call::from_afar)) [[unlikely]] {
    Message message;
    message.time = time;
    message.order = order;
    message.received = c.received;
    message.answered = engine_.now();
    message.source = c.source;
    message.target = c.target;
    message.call = c.parent;
    message.generation = static_cast<std::uint32_t>(c.sent);
    message.cell = at(c.target).cell;
    message.is_reply = true;
    message.status = status;
    outbox_.push_back(message);
    calls_.release(call);
    return;
  }
  c.work = engine_.now();
  c.next = at(c.target).cell;
  engine_.schedule(time, order, reply_kind, call, c.generation);
}

sim::Time Shard::network_delay(InstanceId sender, std::uint32_t from_group, std::uint32_t to_group) {
  const std::uint64_t bits = shared_->network.jittered() ? random(sender, sim::Purpose::network) : 0;
  return shared_->network.delay(shared_->groups[from_group].location, shared_->groups[to_group].location, bits);
}

// --- load sources

void Shard::start_load(std::uint32_t slot) {
  InstanceDetail& detail = details_[slot];
  ++detail.load_generation;
  const Service& service = shared_->services[shared_->groups[instances_[slot].group].service];
  if (service.requests_per_second <= 0 || instances_[slot].state != InstanceState::up) return;
  const sim::Time gap = service.gap.sample(random(id(slot), sim::Purpose::load));
  engine_.schedule(engine_.now() + gap, next_order(id(slot)), load_kind, slot, detail.load_generation & CallPool::generation_mask);
}

void Shard::generate(std::uint32_t slot) {
  const InstanceId self = id(slot);
  InstanceDetail& detail = details_[slot];
  Instance& source = instances_[slot];
  const Service& service = shared_->services[shared_->groups[source.group].service];
  const sim::Time gap = service.gap.sample(random(self, sim::Purpose::load));
  engine_.schedule(engine_.now() + gap, next_order(self), load_kind, slot, detail.load_generation & CallPool::generation_mask);

  // A third each: a get of a fixed key, a get of one of the keys put before, a put of a new key.
  const std::uint64_t bits = random(self, sim::Purpose::load);
  const std::uint64_t kind = sim::scale(bits, 3);
  std::uint64_t key = 0;
  if (kind == 1 && detail.puts > 0) key = sim::mix((std::uint64_t{self} << 32) + 1 + sim::scale(sim::mix(bits), detail.puts));
  if (kind == 2) key = sim::mix((std::uint64_t{self} << 32) + ++detail.puts);

  ++requests_.sent;
  ++source.requests;
  ++source.in_flight;
  ++cell_counts_[source.cell].requests;
  const std::uint64_t trace = sim::order_of(self, source.sequence);  // as unique as the event that just took the last one
  const std::uint32_t call = calls_.alloc();
  Call& c = calls_[call];
  const std::uint32_t generation = c.generation;
  c = Call{};
  c.generation = generation;
  c.key = key;
  c.sent = c.received = engine_.now();
  c.target = self;
  c.verb = kind == 2 ? Verb::put : Verb::get;
  c.flags = Call::live | Call::at_server | Call::root;
  if (sim::mix(trace ^ shared_->seed) < shared_->trace_threshold) {
    c.set(Call::traced);
    calls_.mark(call) = {trace, next_span_++, 0};
  }
  step(call);
}

void Shard::finish_root(std::uint32_t call) {
  const Call& c = calls_[call];
  CellCount& cell = cell_counts_[at(c.target).cell];
  ++cell.replies;
  if (failed(c.status)) {
    ++requests_.failed;
    ++cell.errors;
  } else {
    ++requests_.succeeded;
  }
  cell.response.add(engine_.now() - c.sent);
  if (c.is(Call::traced)) record_span(call, c.status, engine_.now(), engine_.now());
  calls_.release(call);
}

}  // namespace model
