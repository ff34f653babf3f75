// Workers of an instance, and the calls that wait for them.

#include <algorithm>
#include <cassert>

#include "model/impaired.h"

namespace model {
namespace {

sim::Time slowed(sim::Time work, double factor) {
  return static_cast<sim::Time>(std::min(static_cast<double>(work) * factor, static_cast<double>(sim::Distribution::longest)));
}

}  // namespace

/// A worker works on a request that its instance has taken in hand, now or when one is free, before its package goes on.
void Shard::begin(std::uint32_t call, Instance& server) {
  const Profile& profile = shared_->profiles[server.profile];
  if (profile.begins_otherwise && begin_otherwise(call, server)) [[unlikely]]
    return;
  if (server.busy < server.workers) {
    take_worker(server);
    start_work(call, server);
  } else if (server.queued >= profile.queue_limit) {
    reply(call, Status::rejected);
  } else {
    enqueue(call, server);
    if (!profile.patient) [[unlikely]]
      lose_patience_later(call, profile);
  }
}

/// False: it goes on as any.
bool Shard::begin_otherwise(std::uint32_t call, Instance& server) {
  const Profile& profile = shared_->profiles[server.profile];
  Call& c = calls_[call];
  if (profile.looks_first && c.verb == Verb::get) c.status = look_up(call) ? Status::ok : Status::miss;
  if (!profile.works) {
    step(call);
  } else if (profile.function != no_function) {
    invoke(call, server);
  } else if (profile.discipline == Discipline::sharing) {
    share(call, server);
  } else {
    return false;
  }
  return true;
}

/// What the call demands of its worker.
sim::Time Shard::demand(std::uint32_t call, const Instance& server) {
  const Call& c = calls_[call];
  const Profile& profile = shared_->profiles[server.profile];
  const sim::Distribution& time = profile.work_time(c.verb, c.status);
  sim::Time work = time.is_constant() ? time.sample(0) : time.sample(random(c.target, sim::Purpose::service_time));
  if (server.impaired) [[unlikely]]
    work = Impaired(*this).work(call, work);
  if (c.is(Call::sized)) [[unlikely]]
    work += message_work(call);
  return work;
}

void Shard::start_work(std::uint32_t call, Instance& server) {
  if (calls_[call].is(Call::at_caller)) [[unlikely]] {
    start_caller_work(call);
    return;
  }
  sim::Time work = demand(call, server);
  const Profile& profile = shared_->profiles[server.profile];
  if (profile.slows_down()) [[unlikely]]
    work = slowed(work, profile.slowdown(server.busy));
  const Call& c = calls_[call];
  engine_.schedule(engine_.now() + work, next_order(c.target), done_kind, call, c.generation);
}

void Shard::finish_work(std::uint32_t call) {
  Call& c = calls_[call];
  if (c.is(Call::at_caller)) [[unlikely]] {
    finish_caller_work(call);
    return;
  }
  Instance& server = at(c.target);
  if (shared_->profiles[server.profile].holds_worker) {
    c.set(Call::holds_worker);
  } else {
    leave_worker(server);
  }
  step(call);
}

/// The worker is free: one of those that wait gets it.
void Shard::leave_worker(Instance& server) {
  while (server.first != no_call) {
    const std::uint32_t next = next_in_queue(server);
    dequeue(next, server);
    if (calls_[next].dated && too_late(next)) [[unlikely]] {
      reply(next, Status::timeout);
      continue;
    }
    start_work(next, server);
    return;
  }
  --server.busy;
  cell_counts_[server.cell].busy.leave(engine_.now());
  if (watched_) [[unlikely]]
    tell_worker(server, false);
}

void Shard::tell_worker(const Instance& server, bool taken) {
  if (count_instances_) {
    TimeWeighted& busy = instance_counts_[slot_number(server)].busy;
    taken ? busy.enter(engine_.now()) : busy.leave(engine_.now());
  }
  if (sheds_) tell_busy(server);
}

std::uint32_t Shard::next_in_queue(const Instance& server) const {
  const Profile& profile = shared_->profiles[server.profile];
  return profile.discipline == Discipline::last_come && server.queued > profile.last_come_above ? server.last : server.first;
}

/// Behind those that wait; with classes, behind those of its own class and of more urgent ones.
void Shard::enqueue(std::uint32_t call, Instance& server) {
  calls_.needs_waits();
  std::uint32_t ahead = server.last;
  if (shared_->profiles[server.profile].discipline == Discipline::priority) [[unlikely]] {
    Classes& last = classes_[details_[slot_number(server)].classes];
    unsigned p = calls_[call].priority;
    while (p > 0 && last[p] == no_call) --p;
    ahead = last[p];
    last[calls_[call].priority] = call;
  }
  calls_.link(call, ahead, server.first, server.last);
  ++server.queued;
  calls_[call].set(Call::queued);
  cell_counts_[server.cell].queued.enter(engine_.now());
}

void Shard::dequeue(std::uint32_t call, Instance& server) {
  if (shared_->profiles[server.profile].discipline == Discipline::priority) [[unlikely]] {
    const unsigned p = calls_[call].priority;
    std::uint32_t& last = classes_[details_[slot_number(server)].classes][p];
    const std::uint32_t ahead = calls_.wait(call).previous;
    if (last == call) last = ahead != no_call && calls_[ahead].priority == p ? ahead : no_call;
  }
  calls_.unlink(call, server.first, server.last);
  --server.queued;
  calls_[call].clear(Call::queued);
  cell_counts_[server.cell].queued.leave(engine_.now());
}

void Shard::lose_patience_later(std::uint32_t call, const Profile& profile) {
  const Call& c = calls_[call];
  const sim::Time until = engine_.now() + profile.patience.sample(random(c.target, sim::Purpose::service_time));
  calls_.wait(call).until = until;
  engine_.schedule(until, next_order(c.target), impatient_kind, call, c.generation);
}

/// Nothing when it does not wait any more, or waits again.
void Shard::lose_patience(std::uint32_t call) {
  const Call& c = calls_[call];
  if (!c.is(Call::queued) || c.is(Call::at_caller) || calls_.wait(call).until != engine_.now()) return;
  dequeue(call, at(c.target));
  reply(call, Status::rejected);
}

}  // namespace model
