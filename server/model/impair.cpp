// What faults impose on instances: who is touched by what, and what follows when that changes. See impairment.h.

#include <algorithm>
#include <map>

#include "model/impaired.h"
#include "model/world.h"

namespace model {
namespace {

/// Whether more than what is read when it is needed is another.
bool needs_refresh(const Imposition& before, const Imposition& after) {
  return before.at_arrival() != after.at_arrival() || before.frozen != after.frozen || before.stalls != after.stalls ||
         before.connections != after.connections || before.copy_lag != after.copy_lag;
}

}  // namespace

std::uint32_t World::impose(Imposition imposition) {
  std::vector<Imposition>& all = shared_->impositions;
  auto place = std::find_if(all.begin(), all.end(), [](const Imposition& other) { return other.fault == 0; });
  if (place == all.end()) place = all.emplace(all.end());
  *place = std::move(imposition);
  return static_cast<std::uint32_t>(place - all.begin());
}

void World::change_imposition(std::uint32_t place, Imposition imposition) {
  const bool refreshes = needs_refresh(shared_->impositions[place], imposition);
  shared_->impositions[place] = std::move(imposition);
  if (refreshes) refresh(touched_by(place));
}

/// The place of a burden of these; made when there is none.
std::uint32_t World::burden_of(const std::vector<Touch>& touches) {
  std::vector<Burden>& burdens = shared_->burdens;
  if (burdens.empty()) burdens.emplace_back();
  if (touches.empty()) return 0;
  const auto same = std::find_if(burdens.begin(), burdens.end(), [&](const Burden& burden) { return burden.touches == touches; });
  if (same != burdens.end()) return static_cast<std::uint32_t>(same - burdens.begin());
  auto place = std::find_if(burdens.begin() + 1, burdens.end(), [](const Burden& burden) { return burden.instances == 0; });
  if (place == burdens.end()) place = burdens.emplace(burdens.end());
  place->touches = touches;
  return static_cast<std::uint32_t>(place - burdens.begin());
}

void World::set_burden(InstanceId id, std::uint32_t burden) {
  std::vector<std::vector<std::uint32_t>>& table = shared_->burden_of;
  if (table.empty()) table.resize(shards_.size());
  std::vector<std::uint32_t>& of_shard = table[shard_of(id)];
  if (of_shard.size() <= slot_of(id)) of_shard.resize(shards_[shard_of(id)].slots());
  std::uint32_t& own = of_shard[slot_of(id)];
  if (own == burden) return;
  if (own == 0) Impaired(shards_[shard_of(id)]).hindered(slot_of(id)) = {.draws = 0, .requests = 0, .since = now_, .cold = 1};
  if (own != 0 && --shared_->burdens[own].instances == 0) shared_->burdens[own].touches.clear();
  own = burden;
  if (own != 0) ++shared_->burdens[own].instances;
}

/// Another set of touches for each of these: what `change` makes of the one that it has.
template <class Change>
void World::change_burdens(const std::vector<InstanceId>& ids, const Change& change) {
  std::map<std::uint32_t, std::uint32_t> changed;
  const std::vector<std::vector<std::uint32_t>>& table = shared_->burden_of;
  // All are made before one is given up: a place that is free may be taken by the next.
  std::vector<std::pair<InstanceId, std::uint32_t>> moves;
  for (const InstanceId id : ids) {
    const bool has = !table.empty() && slot_of(id) < table[shard_of(id)].size();
    const std::uint32_t own = has ? table[shard_of(id)][slot_of(id)] : 0;
    const auto [place, fresh] = changed.try_emplace(own, 0);
    if (fresh) {
      std::vector<Touch> touches = own == 0 ? std::vector<Touch>{} : shared_->burdens[own].touches;
      change(touches);
      place->second = burden_of(touches);
      if (place->second != 0) ++shared_->burdens[place->second].instances;  // held until all have moved
    }
    moves.emplace_back(id, place->second);
  }
  for (const auto& [id, burden] : moves) set_burden(id, burden);
  for (const auto& [from, to] : changed) {
    if (to != 0 && --shared_->burdens[to].instances == 0) shared_->burdens[to].touches.clear();
  }
  refresh(ids);
}

void World::touch(std::uint32_t place, const std::vector<InstanceId>& ids, std::uint8_t sides) {
  change_burdens(ids, [&](std::vector<Touch>& touches) {
    auto own = std::find_if(touches.begin(), touches.end(), [&](const Touch& touch) { return touch.imposition >= place; });
    if (own == touches.end() || own->imposition != place) own = touches.insert(own, {place, 0});
    own->sides = static_cast<std::uint8_t>(own->sides | sides);
  });
}

void World::let_go(std::uint32_t place, const std::vector<InstanceId>& ids, std::uint8_t sides) {
  change_burdens(ids, [&](std::vector<Touch>& touches) {
    for (Touch& touch : touches) {
      if (touch.imposition == place) touch.sides = static_cast<std::uint8_t>(touch.sides & ~sides);
    }
    std::erase_if(touches, [](const Touch& touch) { return touch.sides == 0; });
  });
}

std::vector<InstanceId> World::touched_by(std::uint32_t place) const {
  std::vector<std::uint8_t> has(shared_->burdens.size());
  for (std::size_t b = 0; b < has.size(); ++b) {
    const std::vector<Touch>& touches = shared_->burdens[b].touches;
    has[b] = std::any_of(touches.begin(), touches.end(), [&](const Touch& touch) { return touch.imposition == place; }) ? 1 : 0;
  }
  std::vector<InstanceId> touched;
  for (std::uint32_t s = 0; s < shared_->burden_of.size(); ++s) {
    const std::vector<std::uint32_t>& of_shard = shared_->burden_of[s];
    for (std::uint32_t slot = 0; slot < of_shard.size(); ++slot) {
      if (has[of_shard[slot]] != 0) touched.push_back(instance_id(s, slot));
    }
  }
  return touched;
}

/// Nothing of it is left.
void World::lift(std::uint32_t place) {
  let_go(place, touched_by(place), side_a | side_b);
  shared_->impositions[place] = Imposition{};
  while (!shared_->impositions.empty() && shared_->impositions.back().fault == 0) shared_->impositions.pop_back();
  const auto empty = [](const std::vector<std::uint32_t>& of_shard) {
    return std::all_of(of_shard.begin(), of_shard.end(), [](std::uint32_t burden) { return burden == 0; });
  };
  if (!std::all_of(shared_->burden_of.begin(), shared_->burden_of.end(), empty)) return;
  shared_->burden_of.clear();
  shared_->burdens.clear();
}

/// Another instance has the slot.
void World::forget_burden(InstanceId id) {
  at(id).impaired = false;
  const std::vector<std::vector<std::uint32_t>>& table = shared_->burden_of;
  if (!table.empty() && slot_of(id) < table[shard_of(id)].size()) set_burden(id, 0);
  Impaired(shards_[shard_of(id)]).freeze(slot_of(id), false);
}

bool World::is_frozen(InstanceId id) const {
  return Impaired(const_cast<Shard&>(shards_[shard_of(id)])).is_frozen(slot_of(id));
}

double World::memory_used(InstanceId id, std::uint32_t place) {
  return model::memory_used(shared_->impositions[place].leak, Impaired(shards_[shard_of(id)]).hindered(slot_of(id)), now_);
}

/// What these are and do follows what touches them.
void World::refresh(const std::vector<InstanceId>& ids) {
  std::vector<std::vector<std::uint32_t>> thawed(shards_.size());
  bool pools = false;
  for (const InstanceId id : ids) {
    Instance& i = at(id);
    Impaired impaired(shards_[shard_of(id)]);
    const std::vector<Touch>& touches = shared_->touches_of(id);
    i.impaired = !touches.empty();
    bool frozen = false, limited = false;
    for (const Touch& touch : touches) {
      if ((touch.sides & side_a) == 0) continue;
      frozen = frozen || shared_->impositions[touch.imposition].frozen;
      limited = limited || shared_->impositions[touch.imposition].connections != Imposition::unlimited;
    }
    if (impaired.is_frozen(slot_of(id)) != frozen) {
      freeze(id, frozen);
      if (!frozen) thawed[shard_of(id)].push_back(slot_of(id));
    }
    if (!detail(id).in_use) continue;
    if (serves(i.reach)) i.reach = shards_[shard_of(id)].open_reach(slot_of(id));
    if (limited) impaired.equip_pools(slot_of(id));
    pools = pools || limited || detail(id).pools != 0;
    if (shared_->groups[i.group].set != ReplicaSet::none) lag_behind(id);
  }
  if (pools) mark_links();
  for (std::uint32_t s = 0; s < shards_.size(); ++s) {
    std::sort(thawed[s].begin(), thawed[s].end());
    if (!thawed[s].empty()) Impaired(shards_[s]).release_kept(thawed[s]);
  }
  for (const InstanceId id : ids) {
    if (!detail(id).in_use || instance(id).state != InstanceState::up) continue;
    if (pools) Impaired(shards_[shard_of(id)]).refill_pools(slot_of(id));
    for (const std::vector<std::uint32_t>& queues : shared_->services[shared_->groups[instance(id).group].service].topics) {
      for (const std::uint32_t queue : queues) shards_[shard_of(id)].deliver_messages(queue);
    }
  }
  structure_changed();
}

/// Those around it notice as they would if it were gone without a word, or back.
void World::freeze(InstanceId id, bool on) {
  Impaired(shards_[shard_of(id)]).freeze(slot_of(id), on);
  if (!detail(id).in_use || instance(id).state != InstanceState::up) return;
  if (!shared_->histories.empty()) {
    policies::TargetHistory& history = shared_->histories[shard_of(id)][slot_of(id)];
    on ? history.go_down(now_, true) : history.come_up(now_);
    shared_->changed_reach = true;
  }
  on ? vanish(id) : appear(id);
  if (const std::uint32_t set = shared_->groups[instance(id).group].set; set != ReplicaSet::none) follow_member(id, set);
}

/// It has just come up: its memory is empty, and it has to run in.
void World::begin_anew(InstanceId id) {
  Hindered& here = Impaired(shards_[shard_of(id)]).hindered(slot_of(id));
  here.since = now_;
  here.requests = 0;
}

sim::Time World::slowed_start_up(InstanceId id, sim::Time time) const {
  double factor = 1;
  for (const Touch& touch : shared_->touches_of(id)) {
    if ((touch.sides & side_a) != 0) factor *= shared_->impositions[touch.imposition].start_up;
  }
  return std::min(static_cast<sim::Time>(static_cast<double>(time) * factor), StartUpSpec::longest);
}

/// What waits for those that lost everything finds that.
void World::release_kept(const std::vector<InstanceId>& ids) {
  std::vector<std::vector<std::uint32_t>> slots(shards_.size());
  for (const InstanceId id : ids) {
    if (is_frozen(id)) slots[shard_of(id)].push_back(slot_of(id));
  }
  for (std::uint32_t s = 0; s < shards_.size(); ++s) {
    std::sort(slots[s].begin(), slots[s].end());
    if (!slots[s].empty()) Impaired(shards_[s]).release_kept(slots[s]);
  }
}

/// How far behind its primary faults keep a secondary.
void World::lag_behind(InstanceId id) {
  const ReplicaSet& set = shared_->sets[shared_->groups[instance(id).group].set];
  sim::Time lag = 0;
  for (const Touch& touch : shared_->touches_of(id)) {
    if ((touch.sides & side_a) != 0) lag += shared_->impositions[touch.imposition].copy_lag;
  }
  shards_[set.shard]
      .replica_log(shared_->groups[instance(id).group].set)
      .set_lag(id, lag, *shared_->services[set.service].primary, shared_->seed, now_);
}

/// Calls over these have to ask for a connection.
void World::mark_links() {
  std::vector<std::uint8_t> limited(shared_->groups.size());
  for (std::size_t g = 0; g < limited.size(); ++g) {
    for (const InstanceId id : shared_->groups[g].members) {
      for (const Touch& touch : shared_->touches_of(id)) {
        if (shared_->impositions[touch.imposition].connections != Imposition::unlimited) limited[g] = 1;
      }
    }
  }
  for (Link& link : shared_->links) {
    if (link.route < Link::delivery) link.special = shared_->dependencies[link.dependency].special() || limited[link.source] != 0;
  }
}

void World::drop_contents(const std::vector<InstanceId>& ids) {
  for (const InstanceId id : ids) shards_[shard_of(id)].drop_content(slot_of(id));
}

/// It crashes and begins anew, in its slot and under its name.
void World::restart(InstanceId id, const std::string& why) {
  if (instance(id).state != InstanceState::up) return;
  if (start_ups_.left > 0 && detail(id).node <= start_ups_.first_nodes) ++start_ups_.left;
  detail_at(id).ready = false;
  set_state(id, InstanceState::starting);
  set_reach(id, Reach::refuse);
  abort({id});
  vanish(id);
  plan(now_ + registry_delay_, act_withdraw, id, detail(id).incarnation);
  structure_changed();
  tell_instance(id, "instance.crashed", "warning", why);
  begin_start(id);
}

Overlays World::overlays() const {
  Overlays overlays;
  for (const Imposition& on : shared_->impositions) {
    if (on.fault != 0) overlays.levels.emplace_back(on.fault, on.level);
  }
  std::sort(overlays.levels.begin(), overlays.levels.end());
  for (const Group& group : shared_->groups) {
    for (const InstanceId id : group.members) {
      Overlays::On on{id, {}, detail(id).holds_refuse + detail(id).holds_blackhole};
      for (const Touch& touch : shared_->touches_of(id)) on.touches.emplace_back(shared_->impositions[touch.imposition].fault, touch.sides);
      std::sort(on.touches.begin(), on.touches.end());
      if (on.holds > 0 || !on.touches.empty() || instance(id).impaired) overlays.instances.push_back(std::move(on));
    }
  }
  for (const Service& service : shared_->services) overlays.surges.push_back(service.surge);
  for (const RegistryFault& fault : registry_faults_) overlays.registries.push_back(fault.fault);
  for (const Shard& shard : shards_) overlays.waiting += Impaired(const_cast<Shard&>(shard)).kept();
  return overlays;
}

}  // namespace model
