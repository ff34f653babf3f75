// Listing by checks: the readiness probes of Kubernetes, the target groups of a load balancer. The rules are in policies/probe.h and
// health.h.

#include <algorithm>

#include "model/world.h"

namespace model {
namespace {

/// What a check finds. A fault by which an instance answers checks and nothing else is one that changes this.
policies::Finding finding_at(const Instance& instance, bool frozen) {
  if (serves(instance.reach)) return frozen ? policies::Finding::silent : policies::Finding::good;
  return instance.reach == Reach::blackhole ? policies::Finding::silent : policies::Finding::bad;
}

}  // namespace

/// From its start on, so that it is checked as soon as it may be.
void World::add_target(InstanceId id) {
  const policies::ProbeSpec& spec = discovery_.spec.probes;
  const sim::Time phase =
      policies::phase_of(phase_bits(shared_->phase_seed, id, detail(id).incarnation, Phase::probe), spec.health.interval);
  const policies::Probed fresh(spec.health, false, now_ + spec.initial_delay, phase, policies::Finding::bad);
  discovery_.probed[shard_of(id)].resize(shards_[shard_of(id)].slots(), fresh);
  discovery_.probe(id) = fresh;
  discovery_.lease(id).registered = now_;
  ++registry_for(id).targets;
  if (made_ && target_group_of(id).open) list(id);
}

/// Checks find something else from now on.
void World::change_finding(InstanceId id) {
  policies::Probed& probe = discovery_.probe(id);
  probe.change(discovery_.spec.probes.health, now_, finding_at(at(id), is_frozen(id)));
  const sim::Time next = probe.next_change(discovery_.spec.probes.health);
  if (next != sim::never) plan(next, act_check, id, detail(id).incarnation);
}

void World::check(InstanceId id) {
  policies::Probed& probe = discovery_.probe(id);
  const bool changed = probe.settle(discovery_.spec.probes.health, now_);
  const sim::Time next = probe.next_change(discovery_.spec.probes.health);
  if (next != sim::never) plan(next, act_check, id, detail(id).incarnation);
  if (changed && discovery_.lease(id).registered != sim::never) set_healthy(id, probe.healthy());
}

void World::set_healthy(InstanceId id, bool healthy) {
  TargetGroup& targets = target_group_of(id);
  if (healthy) {
    ++targets.healthy;
    list(id);
    if (targets.open) close_targets(targets);
    return;
  }
  --targets.healthy;
  if (!discovery_.spec.probes.fails_open || targets.healthy > 0) {
    unlist(id);
    return;
  }
  targets.open = true;
  for (const std::uint32_t group : targets.groups) {
    for (const InstanceId member : shared_->groups[group].members) {
      if (discovery_.lease(member).registered != sim::never) list(member);
    }
  }
}

/// Only the healthy ones are used again.
void World::close_targets(TargetGroup& targets) {
  targets.open = false;
  for (const std::uint32_t group : targets.groups) {
    for (const InstanceId member : shared_->groups[group].members) {
      if (!discovery_.probe(member).healthy()) unlist(member);
    }
  }
}

/// It said Goodbye, or was removed.
void World::drop_target(InstanceId id) {
  if (discovery_.lease(id).registered == sim::never) return;
  discovery_.lease(id).registered = sim::never;
  --registry_for(id).targets;
  // Results that came by now count, even when nobody has looked at them.
  if (discovery_.probe(id).healthy()) set_healthy(id, false);
  unlist(id);
}

}  // namespace model
