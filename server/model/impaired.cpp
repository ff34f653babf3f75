// Work, arrivals and messages of instances that faults touch.

#include "model/impaired.h"

#include <algorithm>

namespace model {
namespace {

sim::Time times(sim::Time work, double factor) {
  return static_cast<sim::Time>(std::min(static_cast<double>(work) * factor, static_cast<double>(sim::Distribution::longest)));
}

}  // namespace

const std::vector<Touch>& Impaired::touches_of(InstanceId id) const {
  return shard_.shared_->touches_of(id);
}

/// Of its own: what an instance draws for itself is as it would be without the fault.
std::uint64_t Impaired::draw(InstanceId id, const Imposition& on) {
  return sim::draw(shard_.shared_->seed + sim::mix(on.fault), id, sim::Purpose::fault, hindered(slot_of(id)).draws++);
}

bool Impaired::happens(InstanceId id, const Imposition& on, std::uint64_t chance) {
  return chance != 0 && (chance == ~std::uint64_t{0} || draw(id, on) < chance);
}

// --- work
/// Factor on the work of one that has just come up, or runs out of memory.
double Impaired::running_in(InstanceId id, const Imposition& on) {
  const Hindered& here = hindered(slot_of(id));
  const sim::Time age = shard_.engine_.now() - here.since;
  double factor = 1;
  if (on.warm_up_time > 0 && age < on.warm_up_time) {
    factor += (on.warm_up - 1) * (1 - static_cast<double>(age) / static_cast<double>(on.warm_up_time));
  }
  if (!on.leak.any()) return factor;
  const double used = std::min(memory_used(on.leak, here, shard_.engine_.now()), 0.99);
  return factor * (1 + on.leak.collector * used / (1 - used));
}

sim::Time Impaired::work(std::uint32_t call, sim::Time work) {
  const Call& c = shard_.calls_[call];
  const InstanceId self = c.target;
  const Instance& server = shard_.at(self);
  const bool copy = !c.is(Call::root) && shard_.shared_->links[c.link].route == Link::own_cluster;
  double factor = 1;
  for (const Touch& touch : touches_of(self)) {
    const Imposition& on = shard_.shared_->impositions[touch.imposition];
    if ((touch.sides & side_a) == 0) continue;
    factor *= running_in(self, on);
    const WorkHindrance& hindrance = on.work;
    if (!hindrance.verbs.has(c.verb) || (hindrance.copies_only && !copy)) continue;
    if (happens(self, on, hindrance.chance)) {
      work += hindrance.added.is_constant() ? hindrance.added.sample(0) : hindrance.added.sample(draw(self, on));
    }
    factor *= hindrance.factor;
    if (hindrance.stress > 0) {
      const bool counted = !shard_.shared_->profiles[server.profile].unusual;
      const double left = (counted ? server.workers : 1) * (1 - hindrance.stress);
      factor *= std::max(1.0, (counted ? server.busy : 1) / left);
    }
  }
  return factor == 1 ? work : times(work, factor);
}

// --- arrivals

bool Impaired::arrives(std::uint32_t call) {
  const InstanceId self = shard_.calls_[call].target;
  const std::vector<Touch>& touches = touches_of(self);
  const auto leaks = [this](const Touch& touch) { return shard_.shared_->impositions[touch.imposition].leak.any(); };
  if (std::any_of(touches.begin(), touches.end(), leaks)) ++hindered(slot_of(self)).requests;
  for (const Touch& touch : touches) {
    const Imposition& on = shard_.shared_->impositions[touch.imposition];
    const ArrivalHindrance& arrival = on.arrival;
    if ((touch.sides & side_a) == 0 || !arrival.verbs.has(shard_.calls_[call].verb) || !happens(self, on, arrival.chance)) continue;
    switch (arrival.mishap) {
      case Mishap::none:
        continue;
      case Mishap::refused:
        shard_.turn_away(call, Reach::refuse);
        return true;
      case Mishap::silent:
        shard_.turn_away(call, Reach::blackhole);
        return true;
      case Mishap::error:
      case Mishap::rejected:
        shard_.accept_call(call, shard_.at(self));
        ++shard_.cell_counts_[shard_.at(self).cell].mishaps;
        if (shard_.shedder_of(slot_of(self)) != nullptr) shard_.enter_shedder(call, shard_.at(self));
        shard_.reply(call, arrival.mishap == Mishap::error ? Status::error : Status::rejected);
        return true;
    }
  }
  return false;
}

/// Of as many keys, each as often asked for: each get brings one back, so that after n of them a share of (1 - 1 / keys)^n is missing.
bool Impaired::is_cold(InstanceId id) {
  for (const Touch& touch : touches_of(id)) {
    const Imposition& on = shard_.shared_->impositions[touch.imposition];
    if ((touch.sides & side_a) == 0 || on.cold_keys == 0) continue;
    double& cold = hindered(slot_of(id)).cold;
    const bool missing = happens(id, on, sim::threshold(cold));
    cold *= 1 - 1 / on.cold_keys;
    if (missing) return true;
  }
  return false;
}

bool Impaired::stalls(InstanceId id) const {
  const std::vector<Touch>& touches = touches_of(id);
  return std::any_of(touches.begin(), touches.end(), [this](const Touch& touch) {
    const Imposition& on = shard_.shared_->impositions[touch.imposition];
    return (touch.sides & side_a) != 0 && (on.stalls || on.frozen);
  });
}

std::uint32_t Impaired::connections(InstanceId id, const Dependency& dependency) const {
  std::uint32_t connections = dependency.connections == 0 ? Imposition::unlimited : dependency.connections;
  for (const Touch& touch : touches_of(id)) {
    if ((touch.sides & side_a) != 0) connections = std::min(connections, shard_.shared_->impositions[touch.imposition].connections);
  }
  return connections;
}

// --- frozen instances

/// One that is down is not waited for.
bool Impaired::stands_still(InstanceId id) const {
  return is_frozen(slot_of(id)) && serves(shard_.instances_[slot_of(id)].reach);
}

/// Whose event it is; no_instance when it is nobody's any more.
InstanceId Impaired::waits_for(const sim::Event& event) const {
  if (shard_.is_stale(event)) return no_instance;
  const std::uint32_t kind = event.kind();
  if (Shard::about_instance(kind)) return kind == Shard::queue_kind ? no_instance : shard_.id(event.subject);
  const Call& c = shard_.calls_[event.subject];
  const bool of_caller = kind == Shard::reply_kind || kind == Shard::denied_kind || (kind == Shard::done_kind && c.is(Call::at_caller));
  return of_caller ? c.source : c.target;
}

bool Impaired::keeps(const sim::Event& event) {
  const InstanceId id = waits_for(event);
  if (id == no_instance || !stands_still(id)) return false;
  shard_.hindrances_.kept.push_back({slot_of(id), event});
  return true;
}

/// Its timer runs no more; what is noted beside it stays. The event has the time at which the call was sent.
bool Impaired::keeps_timeout(std::uint32_t call, std::uint64_t order) {
  const Call& c = shard_.calls_[call];
  if (!stands_still(c.source)) return false;
  const std::uint64_t note = shard_.engine_.timers().note(call);
  shard_.engine_.timers().cancel(call);
  shard_.engine_.timers().annotate(call, note);
  shard_.hindrances_.kept.push_back({slot_of(c.source), {c.sent, order, call, sim::timeout_kind}});
  return true;
}

void Impaired::release_kept(const std::vector<std::uint32_t>& slots) {
  if (shard_.hindrances_.kept.empty()) return;
  std::vector<KeptEvent> due;
  std::vector<KeptEvent> rest;
  for (const KeptEvent& kept : shard_.hindrances_.kept) {
    (std::binary_search(slots.begin(), slots.end(), kept.slot) ? due : rest).push_back(kept);
  }
  shard_.hindrances_.kept.swap(rest);
  for (const KeptEvent& kept : due) {
    if (kept.event.kind() != sim::timeout_kind) {
      shard_.handle(kept.event);
      continue;
    }
    // Its generation is the server's: a call whose server has died, or goes on with something else, is the same to its caller.
    const Call& c = shard_.calls_[kept.event.subject];
    const bool answered = c.is(Call::at_caller) && (c.scratch & takes_apart) != 0;
    const bool same = c.flags != Call::free_mark && c.sent == kept.event.time && slot_of(c.source) == kept.slot;
    const bool over = !same || c.is(Call::orphan) || answered;
    if (!over) shard_.expire(kept.event.subject, kept.event.order);
  }
}

// --- at barriers

Hindered& Impaired::hindered(std::uint32_t slot) {
  std::vector<Hindered>& of = shard_.hindrances_.of;
  if (of.size() <= slot) of.resize(shard_.instances_.size());
  return of[slot];
}

bool Impaired::is_frozen(std::uint32_t slot) const {
  return slot < shard_.hindrances_.frozen.size() && shard_.hindrances_.frozen[slot] != 0;
}

void Impaired::freeze(std::uint32_t slot, bool on) {
  if (is_frozen(slot) == on) return;
  shard_.hindrances_.frozen.resize(shard_.instances_.size());
  shard_.hindrances_.frozen[slot] = on ? 1 : 0;
  on ? ++shard_.hindrances_.frozen_count : --shard_.hindrances_.frozen_count;
}

void Impaired::equip_pools(std::uint32_t slot) {
  std::uint32_t& place = shard_.details_[slot].pools;
  if (place == 0) {
    place = static_cast<std::uint32_t>(std::max<std::size_t>(shard_.pools_.size(), 1));
    shard_.pools_.resize(place + 1);
  }
  const std::size_t routes = shard_.shared_->groups[shard_.instances_[slot].group].routes.size();
  if (shard_.pools_[place].size() != routes) shard_.pools_[place].assign(routes, Pool{});
}

void Impaired::refill_pools(std::uint32_t slot) {
  const std::uint32_t place = shard_.details_[slot].pools;
  if (place == 0) return;
  const std::vector<Route>& routes = shard_.shared_->groups[shard_.instances_[slot].group].routes;
  for (std::size_t r = 0; r < shard_.pools_[place].size(); ++r) {
    Pool& pool = shard_.pools_[place][r];
    const std::uint32_t most = connections(shard_.id(slot), shard_.shared_->dependencies[routes[r].dependency]);
    while (pool.first != no_call && pool.in_use < most) shard_.give_connection(pool);
  }
}

}  // namespace model
