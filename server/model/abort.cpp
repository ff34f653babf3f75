// What happens to calls when an instance dies, and to records that nobody waits for any more.

#include <cassert>

#include "model/shard.h"

namespace model {

/// The caller is no longer interested: the record goes when its server lets go of it.
void Shard::orphan(std::uint32_t call) {
  Call& c = calls_[call];
  if (withdraw_before_sending(call)) return;
  if ((c.is(Call::to_afar) && !c.is(Call::at_caller)) || c.is(Call::lost)) {
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

void Shard::abort_calls(std::uint32_t slot) {
  Instance& instance = instances_[slot];
  CellCount& cell = cell_counts_[instance.cell];
  ++instance.life;  // what its own calls bring from now on is dropped
  drop_all_guarded(slot);
  lost_.clear();
  for (std::uint32_t call = instance.calls; call != no_call; call = calls_[call].beside.older) lost_.push_back(call);
  abort_own_work(slot);
  abort_shared(slot);
  for (; instance.busy > 0; --instance.busy) cell.busy.leave(engine_.now());
  forget_counts(slot);
  // In the order in which they came.
  for (; !lost_.empty(); lost_.pop_back()) abort_at_server(lost_.back());
  if (sheds_) renew_shedder(slot);
  assert(instance.calls == no_call && instance.in_flight == 0);
}

void Shard::abort_at_server(std::uint32_t call) {
  Call& c = calls_[call];
  release_call(call, at(c.target));
  c.generation = (c.generation + 1) & CallPool::generation_mask;  // events that were to come are void
  if (c.is(Call::one_way)) {
    calls_.release(call);
  } else if (c.is(Call::root)) {
    c.status = Status::refused;
    finish_root(call);
  } else if (at(c.target).reach == Reach::refuse) {
    c.received = 0;
    send_reply(call, Status::refused);
  } else {
    lose(call);
  }
}

}  // namespace model
