// Registration by leases, as Eureka has it. The rules are in policies/lease.h.

#include <algorithm>
#include <cassert>

#include "model/world.h"

namespace model {

sim::Time World::beat_phase(InstanceId id) const {
  return policies::phase_of(phase_bits(shared_->phase_seed, id, detail(id).incarnation, Phase::beat), discovery_.spec.leases.heartbeat);
}

void World::register_lease(InstanceId id) {
  Lease& lease = discovery_.lease(id);
  if (at(id).state != InstanceState::up || lease.registered != sim::never || is_frozen(id)) return;
  if (is_blind(id)) {
    discovery_.held.push_back(ref(id));
    return;
  }
  lease = {now_, policies::not_yet, sim::never};
  Registry& registry = registry_for(id);
  registry.renewals.registered(discovery_.spec.leases, now_);
  hear_beats(id);
  if (registry.answers) list(id);
}

/// A heartbeat at this very time still comes, but for one that has just been registered.
void World::hear_beats(InstanceId id) {
  Lease& lease = discovery_.lease(id);
  if (lease.beats_from != sim::never) return;
  const policies::LeaseSpec& spec = discovery_.spec.leases;
  lease.beats_from = policies::next_tick(lease.registered == now_ ? now_ + 1 : now_, spec.heartbeat, beat_phase(id));
  registry_for(id).renewals.hears(spec, now_, lease.beats_from);
}

/// One at this very time does not come any more. False: it was not heard before.
bool World::miss_beats(InstanceId id) {
  Lease& lease = discovery_.lease(id);
  if (lease.beats_from == sim::never) return false;
  const policies::LeaseSpec& spec = discovery_.spec.leases;
  const sim::Time last = policies::last_tick(now_ - 1, spec.heartbeat, beat_phase(id));
  if (last >= lease.beats_from) lease.renewed = last;
  registry_for(id).renewals.misses(spec, now_, std::max(lease.beats_from, last + spec.heartbeat));
  lease.beats_from = sim::never;
  return true;
}

void World::await_end(InstanceId id) {
  const Lease& lease = discovery_.lease(id);
  Registry& registry = registry_for(id);
  registry.ending.push_back({policies::lease_end(discovery_.spec.leases, lease.registered, lease.renewed), id, detail(id).incarnation});
  std::push_heap(registry.ending.begin(), registry.ending.end());
  plan_pass(registry_of(id));
}

/// By itself, or evicted.
void World::cancel_lease(InstanceId id) {
  Lease& lease = discovery_.lease(id);
  if (lease.registered == sim::never) return;
  miss_beats(id);
  lease.registered = sim::never;
  registry_for(id).renewals.cancelled(discovery_.spec.leases, now_);
  unlist(id);
  if (!detail(id).in_use) stop_haunting(id);
}

/// Whether what was noted still holds: it may be back, and even so it has to be heard before the lease goes on.
bool World::is_silent(const Expiry& expiry) const {
  if (detail(expiry.id).incarnation != expiry.incarnation) return false;
  const Lease& lease = discovery_.lease(expiry.id);
  return lease.registered != sim::never && lease.beats_from > now_ &&
         policies::lease_end(discovery_.spec.leases, lease.registered, lease.renewed) == expiry.end;
}

/// The first pass that finds something to do.
void World::plan_pass(std::uint32_t index) {
  Registry& registry = discovery_.registries[index];
  if (registry.out.empty() && registry.ending.empty()) return;
  const sim::Time due = registry.out.empty() ? std::max(now_, registry.ending.front().end) : now_;
  const sim::Time next = policies::next_tick(due + 1, discovery_.spec.leases.pass, registry.phase);
  if (registry.next_pass <= next) return;
  registry.next_pass = next;
  plan(next, act_evict, index, 0);
}

void World::pass(std::uint32_t index) {
  Registry& registry = discovery_.registries[index];
  if (registry.next_pass != now_) return;  // another one was planned instead
  registry.next_pass = sim::never;
  while (!registry.ending.empty() && registry.ending.front().end < now_) {
    std::pop_heap(registry.ending.begin(), registry.ending.end());
    registry.out.push_back(registry.ending.back());
    registry.ending.pop_back();
  }
  std::erase_if(registry.out, [this](const Expiry& expiry) { return !is_silent(expiry); });
  const policies::LeaseSpec& spec = discovery_.spec.leases;
  const bool may = registry.renewals.may_evict(spec, now_);
  const bool preserves = !may && !registry.out.empty();
  const std::string figures = std::to_string(registry.renewals.last_minute(spec, now_)) + " renewals in a minute, more than " +
                              std::to_string(registry.renewals.threshold(spec, now_)) + " are needed";
  if (preserves && !registry.preserves) {
    tell_registry(index, "registry.preserving", "warning",
                  "keeps " + std::to_string(registry.out.size()) + " that it does not hear from: " + figures);
  } else if (!preserves && registry.preserves) {
    tell_registry(index, "registry.preserved", "info", "no longer keeps those that it does not hear from");
  }
  registry.preserves = preserves;
  if (may && !registry.out.empty()) {
    const std::uint64_t out = registry.out.size();
    const std::uint64_t evicted = evict(registry, index);
    tell_registry(index, "registry.evicted", "info",
                  "takes off " + std::to_string(evicted) + " of " + std::to_string(out) + " that it does not hear from");
  }
  plan_pass(index);
}

/// In random order, as many as a pass may: how many.
std::uint64_t World::evict(Registry& registry, std::uint32_t index) {
  const std::uint64_t limit = policies::eviction_limit(discovery_.spec.leases, registry.renewals.clients());
  const std::uint64_t count = std::min<std::uint64_t>(limit, registry.out.size());
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t bits = sim::draw(shared_->seed, (std::uint64_t{2} << 32) + index, sim::Purpose::discovery, registry.draws++);
    std::swap(registry.out[sim::scale(bits, registry.out.size())], registry.out.back());
    const InstanceId id = registry.out.back().id;
    registry.out.pop_back();
    const sim::Time heard = discovery_.lease(id).beats_from;
    cancel_lease(id);
    if (heard != sim::never) plan(heard, act_register, id, detail(id).incarnation);
  }
  registry.evicted += count;
  return count;
}

void World::begin_answering(std::uint32_t index) {
  discovery_.registries[index].answers = true;
  for (const Group& group : shared_->groups) {
    for (const InstanceId id : group.members) {
      if (registry_of(id) != index) break;
      if (discovery_.lease(id).registered != sim::never) list(id);
    }
  }
}

}  // namespace model
