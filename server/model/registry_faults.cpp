// Registries that cannot be asked, that stand still, that are split. Lists go on as they are; what stands still is what is seen of them: no
// list has to be put right when the fault ends. What lists were is kept from the first of the faults on, and so are the slots of those who
// were removed since, whom somebody may still believe in.

#include <algorithm>

#include "model/world.h"

namespace model {

void World::fault_registries(RegistryFault fault) {
  fault.began = now_;
  registry_faults_.push_back(std::move(fault));
  view_registries();
}

void World::mend_registries(std::uint64_t fault) {
  std::erase_if(registry_faults_, [fault](const RegistryFault& other) { return other.fault == fault; });
  view_registries();
}

bool World::splits_registries() const {
  return std::any_of(registry_faults_.begin(), registry_faults_.end(),
                     [](const RegistryFault& fault) { return fault.kind == RegistryFault::Kind::split; });
}

/// Whether who starts there cannot register.
bool World::is_blind(InstanceId id) const {
  const Views& views = shared_->views;
  return !views.blind.empty() && views.blind[shared_->groups[instance(id).group].location] != 0;
}

void World::view_registries() {
  Views& views = shared_->views;
  const sim::Time longest = discovery_.spec.caches.longest();
  const std::size_t locations = shared_->locations.size();
  if (views.since == sim::never && !registry_faults_.empty() && discovery_.listed_at.empty()) {
    discovery_.listed_at.resize(shards_.size());
    for (std::size_t s = 0; s < shards_.size(); ++s) discovery_.listed_at[s].resize(shards_[s].slots());
  }
  views.since = sim::never;
  views.stopped.clear();
  views.blind.clear();
  views.far_side.clear();
  for (Group& group : shared_->groups) group.split = sim::never;
  for (const RegistryFault& fault : registry_faults_) {
    views.since = std::min(views.since, fault.began);
    if (fault.kind == RegistryFault::Kind::split) {
      views.far_side.assign(locations, 0);
      for (const std::uint32_t location : fault.locations) views.far_side[location] = 1;
      for (Group& group : shared_->groups) {
        group.split = fault.began;
        group.far_side = views.far_side[group.location] != 0;
      }
      continue;
    }
    views.stopped.resize(locations, sim::never);
    views.blind.resize(locations);
    for (const std::uint32_t location : fault.locations) {
      views.stopped[location] = std::min(views.stopped[location], fault.began);
      if (fault.kind == RegistryFault::Kind::outage) views.blind[location] = 1;
    }
  }
  views.settled = registry_faults_.empty() ? now_ + longest : sim::never;
  register_held();
  if (registry_faults_.empty()) free_kept_slots();
  structure_changed();
}

/// Those who could not register, and can again.
void World::register_held() {
  std::vector<InstanceRef> held;
  held.swap(discovery_.held);
  for (const InstanceRef& r : held) {
    if (!still_there(r) || instance(r.id).state != InstanceState::up) continue;
    if (is_blind(r.id)) {
      discovery_.held.push_back(r);
    } else if (discovery_.fixed()) {
      list(r.id);
    } else {
      plan(policies::next_tick(now_, discovery_.spec.leases.heartbeat, beat_phase(r.id)), act_register, r.id, r.incarnation);
    }
  }
}

void World::free_kept_slots() {
  const sim::Time longest = discovery_.spec.caches.longest();
  std::vector<InstanceRef> unfreed;
  unfreed.swap(discovery_.unfreed);
  for (const InstanceRef& r : unfreed) longest > 0 ? plan(now_ + longest, act_free, r.id, r.incarnation) : free_slot(r.id);
  if (longest == 0) discovery_.listed_at.clear();
}

}  // namespace model
