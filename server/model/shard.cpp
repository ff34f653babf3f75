// The server's side of a call: arrival, queue, work, reply; and the events of the engine. The caller's side is in caller.cpp, load sources
// are in source.cpp.

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

}  // namespace model
