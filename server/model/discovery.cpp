// Who is listed, and what the kinds of discovery have in common. See discovery.h.

#include "model/discovery.h"

#include <algorithm>
#include <cassert>

#include "model/world.h"

namespace model {

void World::make_discovery(const WorldSpec& spec) {
  assert(spec.discovery.valid());
  discovery_.spec = spec.discovery;
  if (discovery_.spec.delay) registry_delay_ = *discovery_.spec.delay;
  if (discovery_.fixed()) discovery_.spec.caches = {};
  shared_->views.caches = discovery_.spec.caches;
  for (std::size_t r = 0; r <= regions_.size(); ++r) {
    Registry registry;
    const std::uint64_t bits = sim::draw(spec.seed, (std::uint64_t{2} << 32) + r, sim::Purpose::discovery, registry.draws++);
    registry.phase = policies::phase_of(bits, policies::LeaseSpec::minute);
    registry.renewals = policies::Renewals(registry.phase);
    if (discovery_.spec.kind == DiscoveryKind::leases && discovery_.spec.leases.starts_empty) {
      registry.answers = false;
      plan(discovery_.spec.leases.empty_wait, act_answer, static_cast<std::uint32_t>(r), 0);
    }
    discovery_.registries.push_back(std::move(registry));
  }
  if (discovery_.fixed()) return;
  discovery_.leases.resize(shards_.size());
  if (discovery_.spec.caches.longest() > 0) discovery_.listed_at.resize(shards_.size());
  if (discovery_.spec.kind != DiscoveryKind::probes) return;
  discovery_.probed.resize(shards_.size());
  for (const Service& service : shared_->services) {
    std::uint32_t region = outside;
    for (std::size_t i = 0; i < service.groups.size(); ++i) {
      const std::uint32_t here = shared_->locations[shared_->groups[service.groups[i]].location].region;
      if (i == 0 || here != region) discovery_.target_groups.emplace_back();
      region = here;
      discovery_.target_groups.back().groups.push_back(service.groups[i]);
      discovery_.target_group_of.push_back(static_cast<std::uint32_t>(discovery_.target_groups.size() - 1));
    }
  }
}

void World::discover(const AgendaItem& item) {
  if (item.act == act_evict || item.act == act_answer) {
    control_fingerprint_.add(now_, item.number, item.act);
    item.act == act_evict ? pass(item.subject) : begin_answering(item.subject);
    return;
  }
  if (detail(item.subject).incarnation != item.incarnation) return;
  if (item.act != act_free && !detail(item.subject).in_use) return;
  control_fingerprint_.add(now_, item.number, item.act);
  if (item.act == act_register) {
    register_lease(item.subject);
  } else if (item.act == act_check) {
    check(item.subject);
  } else if (shared_->views.since != sim::never) {
    discovery_.unfreed.push_back(ref(item.subject));
  } else {
    free_slot(item.subject);
  }
}

std::uint32_t World::registry_of(InstanceId id) const {
  const std::uint32_t region = shared_->locations[shared_->groups[instance(id).group].location].region;
  return region == outside ? static_cast<std::uint32_t>(discovery_.registries.size() - 1) : region;
}

// --- the lists

/// Callers hear of a change when they poll; nobody has ever heard of what was before the beginning.
void World::change_lists() {
  const sim::Time longest = discovery_.spec.caches.longest();
  if (longest > 0 && made_ && shared_->views.since == sim::never) shared_->views.settled = now_ + longest;
  structure_changed();
}

void World::list(InstanceId id) {
  Instance& i = at(id);
  if (i.known) return;
  Group& group = shared_->groups[i.group];
  if (is_noted()) {
    discovery_.listed_at[shard_of(id)][slot_of(id)] = made_ ? now_ : now_ - discovery_.spec.caches.longest();
    if (made_) group.log.note_push(group.known.size(), now_, horizon());
  }
  i.known = true;
  detail_at(id).known_at = static_cast<std::uint32_t>(group.known.size());
  group.known.push_back(id);
  ++registry_for(id).listed;
  change_lists();
  if (!shared_->histories.empty()) shared_->histories[shard_of(id)][slot_of(id)].known = now_;
  if (group.known.size() == 1 && !start_ups_.waiting.empty()) tell_those_that_wait();
}

void World::unlist(InstanceId id) {
  Instance& i = at(id);
  if (!i.known) return;
  i.known = false;
  Group& group = shared_->groups[i.group];
  const std::uint32_t place = detail(id).known_at;
  if (is_noted()) group.log.note_take(group.known, place, now_, horizon());
  const InstanceId last = group.known.back();
  group.known.take(place);
  detail_at(last).known_at = place;
  if (!detail(id).in_use) --group.ghosts;
  --registry_for(id).listed;
  change_lists();
}

/// Whether anybody may ask for what lists were.
bool World::is_noted() const {
  return discovery_.spec.caches.longest() > 0 || shared_->views.since != sim::never;
}

/// Up to when nobody will.
sim::Time World::horizon() const {
  return std::min(now_, shared_->views.since) - discovery_.spec.caches.longest();
}

bool World::seen_by_all(InstanceId id) const {
  if (!instance(id).known) return false;
  if (!is_noted()) return true;
  const sim::Time listed = discovery_.listed_at[shard_of(id)][slot_of(id)];
  return listed + discovery_.spec.caches.longest() <= now_ && listed <= shared_->views.since;
}

// --- what happens to an instance

void World::born(InstanceId id) {
  const std::uint32_t shard = shard_of(id);
  const std::size_t slots = shards_[shard].slots();
  if (!discovery_.listed_at.empty()) discovery_.listed_at[shard].resize(slots);
  if (discovery_.fixed()) return;
  discovery_.leases[shard].resize(slots);
  discovery_.lease(id) = {};
  if (discovery_.spec.kind == DiscoveryKind::probes) add_target(id);
}

void World::found_there(InstanceId id) {
  switch (discovery_.spec.kind) {
    case DiscoveryKind::fixed:
      return;
    case DiscoveryKind::probes: {
      const sim::Time interval = discovery_.spec.probes.health.interval;
      const std::uint64_t bits = phase_bits(shared_->phase_seed, id, detail(id).incarnation, Phase::probe);
      discovery_.probe(id) =
          policies::Probed(discovery_.spec.probes.health, true, now_, policies::phase_of(bits, interval), policies::Finding::good);
      set_healthy(id, true);
      return;
    }
    case DiscoveryKind::leases:
      break;
  }
  if (discovery_.spec.leases.starts_empty) {
    plan(policies::next_tick(now_, discovery_.spec.leases.heartbeat, beat_phase(id)), act_register, id, detail(id).incarnation);
    return;
  }
  Lease& lease = discovery_.lease(id);
  lease.registered = policies::not_yet;
  lease.beats_from = policies::not_yet;
  registry_for(id).renewals.begin_with_one(discovery_.spec.leases);
  list(id);
}

void World::appear(InstanceId id) {
  if (is_frozen(id)) return;
  if (discovery_.spec.kind == DiscoveryKind::probes) change_finding(id);
  if (discovery_.spec.kind != DiscoveryKind::leases) return;
  if (discovery_.lease(id).registered != sim::never) {
    hear_beats(id);
    return;
  }
  // One that was here before learns from the answer to its next heartbeat that it is not registered.
  const policies::LeaseSpec& spec = discovery_.spec.leases;
  const sim::Time first = detail(id).started + shared_->services[shared_->groups[at(id).group].service].start_up + spec.registration;
  plan(std::max(first, policies::next_tick(now_, spec.heartbeat, beat_phase(id))), act_register, id, detail(id).incarnation);
}

void World::vanish(InstanceId id) {
  if (discovery_.spec.kind == DiscoveryKind::probes) change_finding(id);
  if (discovery_.spec.kind == DiscoveryKind::leases && miss_beats(id)) await_end(id);
}

void World::leave_registry(InstanceId id) {
  if (discovery_.spec.kind == DiscoveryKind::probes) drop_target(id);
  if (discovery_.spec.kind == DiscoveryKind::leases) cancel_lease(id);
}

// --- ghosts

void World::haunt(InstanceId id) {
  if (discovery_.fixed()) {
    shared_->views.since == sim::never ? free_slot(id) : discovery_.unfreed.push_back(ref(id));
    return;
  }
  if (at(id).known) ++shared_->groups[at(id).group].ghosts;
  ++discovery_.ghosts;
  if (discovery_.spec.kind == DiscoveryKind::probes) drop_target(id);
  if (discovery_.lease(id).registered == sim::never) {
    stop_haunting(id);
  } else if (discovery_.ghosts > Discovery::ghosts_max) {
    cancel_lease(id);
  }
}

/// Nobody lists it any more; some may not have heard yet.
void World::stop_haunting(InstanceId id) {
  --discovery_.ghosts;
  const sim::Time longest = discovery_.spec.caches.longest();
  if (shared_->views.since != sim::never) {
    discovery_.unfreed.push_back(ref(id));
  } else {
    longest > 0 ? plan(now_ + longest, act_free, id, detail(id).incarnation) : free_slot(id);
  }
}

// --- for those who ask

void World::tell_registry(std::uint32_t registry, const char* type, const char* severity, const std::string& message) {
  Occurrence o;
  o.type = type;
  o.severity = severity;
  o.subject_kind = "registry";
  o.subject_id = registry < regions_.size() ? regions_[registry].name : "*";
  o.message = "The registry of " + (registry < regions_.size() ? o.subject_id : "what is outside of all regions") + " " + message;
  report(std::move(o));
}

RegistryStatus World::status_of(std::size_t index) const {
  const Registry& registry = discovery_.registries[index];
  RegistryStatus status;
  if (index < regions_.size()) status.region = regions_[index].name;
  status.listed = status.registered = registry.listed;
  status.answers = registry.answers;
  status.evicted = registry.evicted;
  if (discovery_.spec.kind == DiscoveryKind::probes) status.registered = registry.targets;
  for (const TargetGroup& targets : discovery_.target_groups) {
    const std::uint32_t region = shared_->locations[shared_->groups[targets.groups.front()].location].region;
    const std::size_t own = region == outside ? regions_.size() : region;
    if (targets.open && own == index) ++status.open_groups;
  }
  if (discovery_.spec.kind != DiscoveryKind::leases) return status;
  const policies::LeaseSpec& spec = discovery_.spec.leases;
  policies::Renewals renewals = registry.renewals;
  status.registered = renewals.clients();
  status.silent = renewals.silent();
  status.leases_out = registry.out.size();
  status.expected = renewals.expected(spec, now_);
  status.renewals = renewals.last_minute(spec, now_);
  status.threshold = renewals.threshold(spec, now_);
  status.preserves = !renewals.may_evict(spec, now_);
  return status;
}

std::vector<RegistryStatus> World::registries() const {
  std::vector<RegistryStatus> all;
  for (std::size_t r = 0; r < regions_.size(); ++r) all.push_back(status_of(r));
  const auto is_outside = [this](const Group& group) { return shared_->locations[group.location].region == outside; };
  if (std::any_of(shared_->groups.begin(), shared_->groups.end(), is_outside)) all.push_back(status_of(regions_.size()));
  return all;
}

}  // namespace model
