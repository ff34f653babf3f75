// The load sources among the instances of a shard: when they ask next, what for, and what is counted when the answer is there. What
// arrival processes, shapes and mixes are is in load.h.

#include "model/shard.h"

#include <algorithm>

namespace model {
namespace {

constexpr std::uint64_t fixed_key = 0;

/// The n-th key that a source puts, from 1. Keys put have nothing to do with keys that are asked for and never put.
std::uint64_t put_key(InstanceId source, std::uint64_t n) {
  return sim::mix((std::uint64_t{source} << 32) + n);
}

/// Of a rank, from 1. No source puts so many that its keys would come here.
std::uint64_t popular_key(std::uint64_t rank) {
  return sim::mix((std::uint64_t{no_instance} << 32) + rank);
}

std::uint64_t key_of(const RequestKind& kind, InstanceId self, Source& source, std::uint64_t bits) {
  switch (kind.key) {
    case RequestSpec::Key::fixed:
      return fixed_key;
    case RequestSpec::Key::known:
      return source.keys_put > 0 ? put_key(self, 1 + sim::scale(sim::mix(bits), source.keys_put)) : fixed_key;
    case RequestSpec::Key::fresh:
      return kind.verb == Verb::put ? put_key(self, ++source.keys_put) : sim::mix(~bits);
    case RequestSpec::Key::popular:
      return popular_key(kind.popularity.sample(bits));
  }
  return fixed_key;
}

}  // namespace

void Shard::make_source(std::uint32_t slot) {
  InstanceDetail& detail = details_[slot];
  if (detail.source == no_source) {
    detail.source = static_cast<std::uint32_t>(sources_.size());
    sources_.emplace_back();
  }
  const std::uint64_t draws = sources_[detail.source].draws;
  sources_[detail.source] = Source{};
  sources_[detail.source].draws = draws;
}

void Shard::schedule_load(std::uint32_t slot, Kind kind, sim::Time time) {
  if (time == sim::never) return;
  engine_.schedule(time, next_order(id(slot)), kind, slot, details_[slot].load_generation & CallPool::generation_mask);
}

void Shard::start_load(std::uint32_t slot) {
  if (!has_source(slot)) return;
  ++details_[slot].load_generation;
  Source& here = source(slot);
  if (here.stream == Source::Stream::none || instances_[slot].state != InstanceState::up) return;
  if (here.stream == Source::Stream::users) {
    here.users = here.waiting;
    here.leaving = 0;
    resize_crowd(slot);
    return;
  }
  const std::uint64_t bits = draws_gaps(here) ? load_bits(slot) : 0;
  schedule_load(slot, load_kind, first_arrival(load_of(slot), here, engine_.now(), bits));
}

void Shard::generate(std::uint32_t slot) {
  Source& here = source(slot);
  if (here.stream == Source::Stream::users) {
    if (leaves(slot)) return;
    ++here.waiting;
    ask(slot, TraceRow::any, Call::user);
    return;
  }
  const Load& load = load_of(slot);
  const std::uint32_t traced = here.stream == Source::Stream::trace ? traced_request(load, here) : TraceRow::any;
  const std::uint64_t bits = draws_gaps(here) ? load_bits(slot) : 0;
  schedule_load(slot, load_kind, next_arrival(load, here, engine_.now(), bits));
  ask(slot, traced, 0);
}

void Shard::ask(std::uint32_t slot, std::uint32_t traced, std::uint16_t flags) {
  const InstanceId self = id(slot);
  Instance& instance = instances_[slot];
  const Load& load = load_of(slot);
  const std::uint64_t bits = load_bits(slot);
  const RequestKind& kind = traced == TraceRow::any ? load.pick(bits) : load.mix[traced];

  ++requests_.sent;
  const std::uint64_t trace = sim::order_of(self, instance.sequence);  // as unique as the event that takes it next
  const std::uint32_t call = calls_.alloc_fresh();
  Call& c = calls_[call];
  c.key = key_of(kind, self, source(slot), bits);
  c.sent = c.received = engine_.now();
  c.target = self;
  c.verb = kind.verb;
  c.priority = kind.priority & 7U;
  if (kind.level != no_level || !notes_.empty()) [[unlikely]]
    set_note(call, {0, kind.level});
  c.flags = static_cast<std::uint16_t>(flags | Call::root);
  if (sim::mix(trace ^ shared_->seed) < shared_->trace_threshold) {
    c.set(Call::traced);
    calls_.mark(call) = {trace, next_span_++, 0};
  }
  accept_call(call, instance);
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
  const bool user = c.is(Call::user);
  const std::uint32_t slot = slot_of(c.target);
  calls_.release(call);
  if (user) end_wait(slot);
}

// --- users: one event each while they think, one call each while they wait

/// Brings the number of users to what it should be now. Those who come begin to think; of those who go nobody is chosen yet: each user who
/// has thought or was answered is one of them with the chance that any user is.
void Shard::resize_crowd(std::uint32_t slot) {
  Source& here = source(slot);
  const Load& load = load_of(slot);
  const std::uint32_t wanted = users_at(load, here, engine_.now());
  const std::uint32_t staying = here.users - here.leaving;
  if (wanted <= staying) {
    here.leaving += staying - wanted;
  } else {
    const std::uint32_t back = std::min(here.leaving, wanted - staying);
    here.leaving -= back;
    const std::uint32_t more = wanted - staying - back;
    here.users += more;
    for (std::uint32_t i = 0; i < more; ++i) think(slot, true);
  }
  schedule_load(slot, crowd_kind, users_change(load, here, engine_.now()));
}

bool Shard::leaves(std::uint32_t slot) {
  Source& here = source(slot);
  if (here.leaving == 0 || sim::scale(load_bits(slot), here.users) >= here.leaving) return false;
  --here.leaving;
  --here.users;
  return true;
}

/// One who joins is somewhere in the middle of it, so that users who think for the same time do not ask all at once.
void Shard::think(std::uint32_t slot, bool joins) {
  const sim::Distribution& think = load_of(slot).think;
  sim::Time time = think.sample(think.is_constant() ? 0 : load_bits(slot));
  if (joins) time = static_cast<sim::Time>(sim::scale(load_bits(slot), static_cast<std::uint64_t>(time) + 1));
  schedule_load(slot, load_kind, engine_.now() + std::max(time, think_least));
}

void Shard::end_wait(std::uint32_t slot) {
  Source& here = source(slot);
  --here.waiting;
  if (here.stream != Source::Stream::users || instances_[slot].state != InstanceState::up || leaves(slot)) return;
  think(slot, false);
}

}  // namespace model
