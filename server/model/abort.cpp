// What happens to calls when an instance dies, and to records that nobody waits for any more.

#include <algorithm>
#include <cassert>
#include <tuple>

#include "model/shard.h"

namespace model {

/// The caller is no longer interested: the record goes when its server lets go of it.
void Shard::orphan(std::uint32_t call) {
  Call& c = calls_[call];
  if (c.is(Call::to_afar) || c.is(Call::lost)) {
    calls_.release(call);
  } else {
    c.set(Call::orphan);
    c.parent = no_call;
  }
}

/// Nobody will answer: the record goes when its caller lets go of it.
void Shard::lose(std::uint32_t call) {
  Call& c = calls_[call];
  if (c.is(Call::from_afar) || c.is(Call::orphan) || c.is(Call::one_way)) {
    calls_.release(call);
  } else {
    c.set(Call::lost);
  }
}

void Shard::abort_calls(const std::vector<std::uint32_t>& slots) {
  const auto dead = [&](InstanceId id) {
    return id != no_instance && shard_of(id) == number_ && std::binary_search(slots.begin(), slots.end(), slot_of(id));
  };
  std::vector<std::uint32_t> lost;
  for (std::uint32_t call = 0; call < calls_.size(); ++call) {
    Call& c = calls_[call];
    if (!c.is(Call::live)) continue;
    const bool waited_for = c.parent != no_call && !c.is(Call::from_afar);
    if (waited_for && dead(c.source)) {
      engine_.timers().cancel(timer_of_link_[c.link], call);
      ++link_counts_[c.link].replies;
      ++link_counts_[c.link].errors;
      orphan(call);
    }
    if (c.is(Call::live) && c.is(Call::at_server) && dead(c.target)) lost.push_back(call);
  }
  // Where a record lies in the pool must not decide anything: each instance refuses its calls in the order of their arrival.
  const auto place = [this](std::uint32_t call) {
    const Call& c = calls_[call];
    return std::tuple(c.target, c.received, c.source, c.key, c.verb);
  };
  std::sort(lost.begin(), lost.end(), [&](std::uint32_t a, std::uint32_t b) { return place(a) < place(b); });
  for (const std::uint32_t call : lost) abort_at_server(call);
  for (const std::uint32_t slot : slots) {
    Instance& instance = instances_[slot];
    instance.busy = 0;
    instance.queued = 0;
    instance.in_flight = 0;
    instance.queue_head = instance.queue_tail = no_call;
  }
}

void Shard::abort_at_server(std::uint32_t call) {
  Call& c = calls_[call];
  InstanceDetail& detail = details_[slot_of(c.target)];
  ++detail.errors;
  ++detail.replies;
  c.clear(Call::at_server);
  c.generation = (c.generation + 1) & CallPool::generation_mask;  // events that were to come are void
  if (c.is(Call::root)) {
    c.status = Status::refused;
    finish_root(call);
  } else if (c.is(Call::one_way)) {
    calls_.release(call);
  } else if (at(c.target).reach == Reach::refuse) {
    c.received = 0;
    send_reply(call, Status::refused);
  } else {
    lose(call);
  }
}

}  // namespace model
