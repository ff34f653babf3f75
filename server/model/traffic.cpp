// What load sources do together: a load is set for a service and dealt out to its instances.

#include <utility>

#include "model/world.h"

namespace model {

void World::set_load(std::uint32_t service, LoadSpecPtr load) {
  shared_->services[service].load = Load(std::move(load), now_);
  if (shared_->services[service].surge != 1) shared_->services[service].load.be_surged(now_);
  deal_load(service);
  structure_changed();
}

void World::set_traffic(std::uint32_t service, double requests_per_second) {
  shared_->services[service].load.set_rate(requests_per_second, now_);
  deal_load(service);
  structure_changed();
}

/// What was due before the rate changed is due as it was. The surges of several faults are multiplied.
void World::surge(std::uint64_t fault, std::uint32_t service, double factor) {
  std::erase_if(surges_, [&](const Surge& surge) { return surge.fault == fault && surge.service == service; });
  if (factor != 1) surges_.push_back({fault, service, factor});
  double all = 1;
  for (const Surge& surge : surges_) all *= surge.service == service ? surge.factor : 1;
  if (all == shared_->services[service].surge) return;
  shared_->services[service].surge = all;
  shared_->services[service].load.be_surged(now_);
  deal_load(service);
  structure_changed();
}

/// When several instances come or go at one time it is dealt out once.
void World::plan_deal(std::uint32_t service) {
  Service& s = shared_->services[service];
  if (!s.package->load_source || s.deal_planned) return;
  s.deal_planned = true;
  plan(now_, act_deal, service, 0);
}

/// To those that are up or will be again when a fault ends. The share of one that dies is lost until it is dealt out anew.
void World::deal_load(std::uint32_t service) {
  Service& s = shared_->services[service];
  s.deal_planned = false;
  std::vector<InstanceId> sources;
  for (const std::uint32_t group : s.groups) {
    for (const InstanceId id : shared_->groups[group].members) {
      const InstanceState state = instance(id).state;
      if (detail(id).ready && (state == InstanceState::up || state == InstanceState::down)) sources.push_back(id);
    }
  }
  if (sources.empty()) return;
  s.load.deal(static_cast<std::uint32_t>(sources.size()));
  double users = 0;
  for (std::uint32_t i = 0; i < sources.size(); ++i) {
    const InstanceId id = sources[i];
    Shard& shard = shards_[shard_of(id)];
    const std::uint32_t region = shared_->locations[shared_->groups[instance(id).group].location].region;
    const double multiplier = s.surge * (region == outside ? 1 : s.load.multiplier(regions_[region].name));
    Source& source = shard.source(slot_of(id));
    assign(s.load, multiplier, i, users, source);
    users = source.users_upto;
    shard.start_load(slot_of(id));
  }
}

}  // namespace model
