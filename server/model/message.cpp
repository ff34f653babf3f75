// What a message costs: sizes, putting together and taking apart, time on the wire; and the connections of a caller. Only links whose
// dependency says so come here.

#include <algorithm>
#include <cassert>

#include "model/impaired.h"

namespace model {
namespace {

std::uint32_t draw_bytes(const sim::Distribution& bytes, std::uint64_t random) {
  return static_cast<std::uint32_t>(std::min<sim::Time>(bytes.sample(random), 0xffffffff));
}

sim::Time cost(std::uint32_t bytes, std::uint64_t per_byte) {
  return static_cast<sim::Time>((sim::Wide{bytes} * per_byte) >> Dependency::cost_bits);
}

}  // namespace

const Dependency& Shard::dependency_of(std::uint32_t call) const {
  return shared_->dependencies[shared_->links[calls_[call].link].dependency];
}

/// Bytes on the wire.
std::uint64_t Shard::wire_bytes(std::uint32_t call, std::uint32_t payload) const {
  return static_cast<std::uint64_t>(cost(payload, dependency_of(call).wire));
}

/// The first steps of a call over such a link; send() has done the rest. `note`: see note_of().
void Shard::prepare(std::uint32_t call, std::uint64_t note) {
  Call& c = calls_[call];
  const Dependency& dependency = dependency_of(call);
  if (dependency.sized) {
    c.set(Call::sized);
    calls_.needs_bytes();
    calls_.bytes(call) = {draw_bytes(dependency.request_bytes, random(c.source, sim::Purpose::size)), 0};
  }
  if (c.is(Call::one_way)) {
    engine_.timers().reserve(calls_.size());
    engine_.timers().annotate(call, note);
  }
  const bool counted = dependency.connections > 0 || (at(c.source).impaired && shared_->links[c.link].route < Link::delivery);
  if (!counted || c.is(Call::one_way) || connect(call)) put_together(call);
}

// --- connections

Pool& Shard::pool_of(const Call& call) {
  return pools_[details_[slot_of(call.source)].pools][shared_->links[call.link].route];
}

/// False: it waits for a connection, or was turned away.
bool Shard::connect(std::uint32_t call) {
  Call& c = calls_[call];
  const Dependency& dependency = dependency_of(call);
  const std::uint32_t connections = Impaired(*this).connections(c.source, dependency);
  if (connections == Imposition::unlimited) return true;
  Pool& pool = pool_of(c);
  if (pool.in_use < connections) {
    ++pool.in_use;
    c.set(Call::pooled);
    return true;
  }
  if (dependency.connections > 0 && pool.waiting >= dependency.connection_queue) {
    c.status = Status::rejected;
    c.next = at_target_cell(c);
    engine_.schedule(engine_.now(), next_order(c.source), denied_kind, call, c.generation);
    return false;
  }
  if (at(c.source).impaired) next_order(c.source);  // a request is named after the event that its source causes next: it needs one
  calls_.needs_waits();
  calls_.link(call, pool.last, pool.first, pool.last);
  ++pool.waiting;
  c.set(Call::queued);
  return false;
}

void Shard::stop_waiting_for_connection(std::uint32_t call, Pool& pool) {
  calls_.unlink(call, pool.first, pool.last);
  --pool.waiting;
  calls_[call].clear(Call::queued);
}

/// The call is over, for its caller: whoever waits gets its connection. REQUIRES: the caller has not died since.
void Shard::disconnect(std::uint32_t call) {
  Call& c = calls_[call];
  if (!c.is(Call::pooled)) return;
  c.clear(Call::pooled);
  Pool& pool = pool_of(c);
  --pool.in_use;
  if (pool.first != no_call && pool.in_use < Impaired(*this).connections(c.source, dependency_of(call))) give_connection(pool);
}

/// To the call that has waited the longest.
void Shard::give_connection(Pool& pool) {
  const std::uint32_t next = pool.first;
  stop_waiting_for_connection(next, pool);
  ++pool.in_use;
  calls_[next].set(Call::pooled);
  put_together(next);
}

// --- work of the caller

void Shard::put_together(std::uint32_t call) {
  const Call& c = calls_[call];
  if (!c.is(Call::sized) || cost(calls_.bytes(call).request, dependency_of(call).serialize) == 0) {
    dispatch(call);
  } else {
    work_at_caller(call, puts_together);
  }
}

/// False: there is nothing to do.
bool Shard::take_apart(std::uint32_t call) {
  if (!calls_[call].is(Call::sized) || failed(calls_[call].status)) return false;
  if (cost(calls_.bytes(call).reply, dependency_of(call).deserialize) == 0) return false;
  work_at_caller(call, takes_apart);
  return true;
}

/// On the worker that its request holds; else it waits for one like any work.
void Shard::work_at_caller(std::uint32_t call, std::uint8_t what) {
  Call& c = calls_[call];
  Instance& caller = at(c.source);
  c.set(Call::at_caller);
  c.scratch = what;
  if (c.parent != no_call && awaited(c, caller_of(call)) && calls_[c.parent].is(Call::holds_worker)) {
    start_caller_work(call);
    return;
  }
  c.scratch = static_cast<std::uint8_t>(what | own_worker);
  if (shared_->profiles[caller.profile].unusual) c.scratch = what;  // its part of the work is not modelled
  if (c.scratch == what) {
    start_caller_work(call);
  } else if (caller.busy < caller.workers) {
    take_worker(caller);
    start_caller_work(call);
  } else {
    enqueue(call, caller);
  }
}

void Shard::start_caller_work(std::uint32_t call) {
  const Call& c = calls_[call];
  const Dependency& dependency = dependency_of(call);
  const CallPool::Bytes bytes = calls_.bytes(call);
  const sim::Time work =
      (c.scratch & takes_apart) != 0 ? cost(bytes.reply, dependency.deserialize) : cost(bytes.request, dependency.serialize);
  engine_.schedule(engine_.now() + work, next_order(c.source), done_kind, call, c.generation);
}

void Shard::finish_caller_work(std::uint32_t call) {
  Call& c = calls_[call];
  const Caller caller = caller_of(call);
  const bool alive = at(c.source).life == caller.life;
  const bool apart = (c.scratch & takes_apart) != 0;
  c.clear(Call::at_caller);
  if (alive && (c.scratch & own_worker) != 0) leave_worker(at(c.source));
  c.scratch = 0;
  if (apart || c.is(Call::orphan)) {
    const Call over = c;
    calls_.release(call);
    if (alive && apart) settle(call, over, caller);
  } else if (!alive) {
    forget(call);
  } else {
    dispatch(call);
  }
}

/// A call of an instance that died, before it left: as if it had failed, but there is nobody to tell.
void Shard::forget(std::uint32_t call) {
  const Call& c = calls_[call];
  if (!c.is(Call::one_way)) {
    engine_.timers().cancel(call);
    count_over(c, true);
  }
  calls_.release(call);
}

/// What the dead instance had queued for itself.
void Shard::abort_own_work(std::uint32_t slot) {
  Instance& instance = instances_[slot];
  while (instance.first != no_call) {
    const std::uint32_t call = instance.first;
    dequeue(call, instance);
    if (!calls_[call].is(Call::at_caller)) continue;  // a request: it is among those in hand
    const bool apart = (calls_[call].scratch & takes_apart) != 0;
    if (apart || calls_[call].is(Call::orphan)) {
      calls_.release(call);
    } else {
      forget(call);
    }
  }
  if (details_[slot].pools == 0) return;
  for (Pool& pool : pools_[details_[slot].pools]) {
    while (pool.first != no_call) {
      const std::uint32_t call = pool.first;
      stop_waiting_for_connection(call, pool);
      forget(call);
    }
    pool.in_use = 0;
  }
}

/// It has timed out before it left: true when its record is gone now.
bool Shard::withdraw_before_sending(std::uint32_t call) {
  Call& c = calls_[call];
  if (c.is(Call::at_caller)) {
    if (!c.is(Call::queued)) return false;  // being worked on: then it is an orphan, and dropped when that is done
    dequeue(call, at(c.source));
  } else if (c.is(Call::queued) && !c.is(Call::at_server)) {
    stop_waiting_for_connection(call, pool_of(c));
  } else {
    return false;
  }
  calls_.release(call);
  return true;
}

// --- work of the server

/// Taking the request apart and putting the answer together, once: with the first piece of work.
sim::Time Shard::message_work(std::uint32_t call) {
  const Call& c = calls_[call];
  CallPool::Bytes& bytes = calls_.bytes(call);
  const Dependency& dependency = dependency_of(call);
  sim::Time work = cost(bytes.request, dependency.deserialize);
  bytes.request = 0;
  if (bytes.reply == 0) {
    bytes.reply = draw_bytes(dependency.reply_bytes, random(c.target, sim::Purpose::size));
    work += cost(bytes.reply, dependency.serialize);
  }
  return work;
}

}  // namespace model
