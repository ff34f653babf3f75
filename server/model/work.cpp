// Workers of an instance, and the calls that wait for them.

#include <cassert>

#include "model/shard.h"

namespace model {

void Shard::compute(std::uint32_t call) {
  Call& c = calls_[call];
  Instance& server = at(c.target);
  if (server.busy < server.workers) {
    take_worker(server);
    start_work(call, server);
  } else if (server.queued >= shared_->profiles[server.profile].queue_limit) {
    reply(call, Status::rejected);
  } else {
    enqueue(call, server);
  }
}

void Shard::start_work(std::uint32_t call, Instance& server) {
  const Call& c = calls_[call];
  const Profile& profile = shared_->profiles[server.profile];
  sim::Time work = profile.service_time.is_constant() ? profile.service_time.sample(0)
                                                      : profile.service_time.sample(random(c.target, sim::Purpose::service_time));
  if (server.slowed) [[unlikely]]
    work += details_[slot_of(c.target)].added_latency;
  engine_.schedule(engine_.now() + work, next_order(c.target), done_kind, call, c.generation);
}

void Shard::finish_work(std::uint32_t call) {
  leave_worker(at(calls_[call].target));
  step(call);
}

void Shard::take_worker(Instance& server) {
  ++server.busy;
  cell_counts_[server.cell].busy.enter(engine_.now());
  if (count_instances_) [[unlikely]]
    instance_counts_[static_cast<std::size_t>(&server - instances_.data())].busy.enter(engine_.now());
}

/// The worker is free: whoever waits first gets it.
void Shard::leave_worker(Instance& server) {
  if (server.first != no_call) {
    const std::uint32_t next = server.first;
    dequeue(next, server);
    start_work(next, server);
    return;
  }
  --server.busy;
  cell_counts_[server.cell].busy.leave(engine_.now());
  if (count_instances_) [[unlikely]]
    instance_counts_[static_cast<std::size_t>(&server - instances_.data())].busy.leave(engine_.now());
}

void Shard::enqueue(std::uint32_t call, Instance& server) {
  calls_.needs_waits();
  calls_.wait(call) = {server.last, no_call, sim::never};
  (server.last == no_call ? server.first : calls_.wait(server.last).next) = call;
  server.last = call;
  ++server.queued;
  calls_[call].set(Call::queued);
  cell_counts_[server.cell].queued.enter(engine_.now());
}

void Shard::dequeue(std::uint32_t call, Instance& server) {
  const CallPool::Wait place = calls_.wait(call);
  (place.previous == no_call ? server.first : calls_.wait(place.previous).next) = place.next;
  (place.next == no_call ? server.last : calls_.wait(place.next).previous) = place.previous;
  --server.queued;
  calls_[call].clear(Call::queued);
  cell_counts_[server.cell].queued.leave(engine_.now());
}

}  // namespace model
