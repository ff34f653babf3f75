// The load sources among the instances of a shard: when they ask next, what for, and what is counted when the answer is there.

#include "model/shard.h"

namespace model {

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
  const std::uint64_t trace = sim::order_of(self, source.sequence);  // as unique as the event that just took the last one
  const std::uint32_t call = calls_.alloc();
  Call& c = calls_[call];
  const std::uint32_t generation = c.generation;
  c = Call{};
  c.generation = generation & CallPool::generation_mask;
  c.key = key;
  c.sent = c.received = engine_.now();
  c.target = self;
  c.verb = kind == 2 ? Verb::put : Verb::get;
  c.flags = Call::root;
  if (sim::mix(trace ^ shared_->seed) < shared_->trace_threshold) {
    c.set(Call::traced);
    calls_.mark(call) = {trace, next_span_++, 0};
  }
  accept_call(call, source);
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
