// Instances come and go: start, ready, announced, retired, killed, held down by faults, removed.

#include <algorithm>
#include <cassert>
#include <functional>

#include "model/world.h"

namespace model {
namespace {

/// The least place that is free: pictures stay compact.
std::uint32_t take_display_slot(Group& group) {
  if (group.free_display_slots.empty()) return group.display_slots++;
  std::pop_heap(group.free_display_slots.begin(), group.free_display_slots.end(), std::greater<>());
  const std::uint32_t slot = group.free_display_slots.back();
  group.free_display_slots.pop_back();
  return slot;
}

void give_back_display_slot(Group& group, std::uint32_t slot) {
  group.free_display_slots.push_back(slot);
  std::push_heap(group.free_display_slots.begin(), group.free_display_slots.end(), std::greater<>());
}

/// Whether its workers do something.
bool works(const Instance& instance) {
  return instance.state == InstanceState::up || instance.state == InstanceState::draining;
}

void enter(Cell& cell, const Instance& instance) {
  ++cell.instances[instance.state];
  if (works(instance)) cell.workers += instance.workers;
}

void leave(Cell& cell, const Instance& instance) {
  --cell.instances[instance.state];
  if (works(instance)) cell.workers -= instance.workers;
}

}  // namespace

/// A slot that was of the same group: what is still on its way to whoever had it, or is counted late, is then of the same service. Another
/// group's only when there are no others.
std::uint32_t World::take_slot(std::uint32_t group_index) {
  const std::uint32_t shard = shared_->groups[group_index].shard;
  if (free_slots_[group_index].empty()) {
    if (shards_[shard].slots() < slots_max) return shards_[shard].add_slot();
    while (free_slots_[group_index].empty() || shared_->groups[group_index].shard != shard) {
      group_index = (group_index + 1) % static_cast<std::uint32_t>(free_slots_.size());
    }
  }
  const std::uint32_t slot = free_slots_[group_index].back();
  free_slots_[group_index].pop_back();
  return slot;
}

InstanceId World::new_instance(std::uint32_t group_index, std::uint32_t profile, std::uint32_t serial) {
  Group& group = shared_->groups[group_index];
  Shard& shard = shards_[group.shard];
  const std::uint32_t slot = take_slot(group_index);
  Instance& instance = shard.instance(slot);
  InstanceDetail& detail = shard.detail(slot);
  shard.forget_counts(slot);
  instance.group = group_index;
  instance.profile = profile;
  instance.cell = cell_for(group_index, profile);
  instance.workers = shared_->profiles[profile].workers;
  instance.state = InstanceState::starting;
  instance.reach = Reach::refuse;
  enter(shared_->cells[instance.cell], instance);
  const InstanceDetail before = detail;
  forget_burden(instance_id(group.shard, slot));
  detail = {};
  detail.incarnation = before.incarnation + 1;
  detail.load_generation = before.load_generation + 1;
  detail.source = before.source;
  detail.memory = before.memory;
  detail.pools = before.pools;
  detail.gates = before.gates;
  detail.classes = before.classes;
  detail.sharing = before.sharing;
  detail.environments = before.environments;
  detail.hints = before.hints;
  detail.content = before.content;
  detail.node_state = before.node_state;
  detail.shedder = before.shedder;
  shard.drop_content(slot);
  shard.drop_hints(slot);
  shard.equip(slot);
  if (shared_->services[group.service].package->load_source || shard.has_source(slot)) shard.make_source(slot);
  detail.in_use = true;
  detail.started = now_;
  detail.serial = serial;
  shared_->services[group.service].group_of_serial.push_back(group_index);
  detail.node = ++last_node_;
  detail.display_slot = take_display_slot(group);
  const InstanceId id = instance_id(group.shard, slot);
  group.members.push_back(id);
  group.ring.push_back(no_instance);
  begin_history(id);
  ++instance_count_;
  place(id);
  born(id);
  know_version(id);
  structure_changed();
  return id;
}

void World::set_state(InstanceId id, InstanceState state) {
  Instance& i = at(id);
  leave(shared_->cells[i.cell], i);
  i.state = state;
  enter(shared_->cells[i.cell], i);
  follow(id);
  if (state != InstanceState::dead) return;
  count_started(id);
  leave_machine(id);
}

void World::set_reach(InstanceId id, Reach reach) {
  at(id).reach = reach == Reach::open ? shards_[shard_of(id)].open_reach(slot_of(id)) : reach;
  if (shared_->histories.empty()) return;
  policies::TargetHistory& history = shared_->histories[shard_of(id)][slot_of(id)];
  shared_->changed_reach = true;
  if (reach == Reach::open) {
    history.come_up(now_);
  } else {
    history.go_down(now_, reach == Reach::blackhole);
  }
}

/// From now on what callers who check the health of instances have to know is kept.
void World::keep_histories() {
  if (!shared_->histories.empty()) return;
  shared_->histories.resize(shards_.size());
  for (std::uint32_t s = 0; s < shards_.size(); ++s) {
    shared_->histories[s].resize(shards_[s].slots());
    for (std::uint32_t slot = 0; slot < shards_[s].slots(); ++slot) {
      const Reach reach = shards_[s].instance(slot).reach;
      const bool believed = shards_[s].detail(slot).in_use || !discovery_.fixed();
      if (believed && !serves(reach)) set_reach(instance_id(s, slot), reach);
    }
  }
}

void World::begin_history(InstanceId id) {
  if (shared_->histories.empty()) return;
  std::vector<policies::TargetHistory>& histories = shared_->histories[shard_of(id)];
  if (histories.size() <= slot_of(id)) histories.resize(slot_of(id) + 1);
  histories[slot_of(id)] = {.known = now_, .since = now_, .up = false, .fresh = true};
  shared_->changed_reach = true;
}

/// Members are in order of their serials.
std::size_t World::member_index(const Group& group, InstanceId id) const {
  const auto place = std::lower_bound(group.members.begin(), group.members.end(), detail(id).serial,
                                      [this](InstanceId member, std::uint32_t serial) { return detail(member).serial < serial; });
  return static_cast<std::size_t>(place - group.members.begin());
}

std::uint32_t World::cell_for(std::uint32_t group, std::uint32_t profile) {
  for (const std::uint32_t cell : shared_->groups[group].cells) {
    if (shared_->cells[cell].profile == profile) return cell;
  }
  shared_->groups[group].cells.push_back(static_cast<std::uint32_t>(shared_->cells.size()));
  shared_->cells.push_back({group, profile, {}, 0});
  for (Shard& shard : shards_) shard.grow_statistics();
  return shared_->groups[group].cells.back();
}

InstanceId World::start_instance(std::uint32_t service, std::uint32_t location, std::uint32_t profile) {
  const std::vector<std::uint32_t>& groups = shared_->services[service].groups;
  const auto group = std::find_if(groups.begin(), groups.end(), [&](std::uint32_t g) { return shared_->groups[g].location == location; });
  assert(group != groups.end());
  const InstanceId id = new_instance(*group, profile, shared_->services[service].next_serial++);
  tell_instance(id, "instance.starting", "info", "starts");
  for (std::uint32_t number = 1; number <= last_process_; ++number) {
    const auto process = processes_.find(number);
    if (process != processes_.end() && process->second) process->second->instance_started(*this, id);
  }
  if (at(id).state == InstanceState::starting) begin_start(id);
  return id;
}

void World::become_ready(InstanceId id) {
  count_started(id);
  detail_at(id).ready = true;
  start_ups_.deadlocked.erase(shared_->groups[at(id).group].service);
  set_state(id, InstanceState::up);
  set_reach(id, Reach::open);
  if (at(id).impaired) begin_anew(id);
  plan_deal(shared_->groups[at(id).group].service);
  shards_[shard_of(id)].come_up(slot_of(id));
  structure_changed();
  tell_instance(id, "instance.up", "info", "is up");
  plan(now_ + registry_delay_, act_announce, id, detail(id).incarnation);
  appear(id);
  begin_leak(id);
}

/// The leak of its version has filled its memory, unless it began anew since.
void World::run_out_of_memory(const AgendaItem& item) {
  const InstanceId id = item.subject;
  if (!detail(id).in_use || detail(id).incarnation != item.incarnation || instance(id).state != InstanceState::up) return;
  const VersionSpec& version = shared_->profiles[at(id).profile].spec;
  if (!version.crash_after_ms || detail(id).draining_since + sim::from_ms(*version.crash_after_ms) != now_) return;
  control_fingerprint_.add(now_, item.number, item.act);
  tell_instance(id, "instance.crashed", "warning", "runs out of memory: version " + version.name + " leaks");
  kill(id);
}

void World::begin_leak(InstanceId id) {
  const std::optional<double> leak = shared_->profiles[at(id).profile].spec.crash_after_ms;
  if (leak) plan(now_ + sim::from_ms(*leak), act_leak, id, detail(id).incarnation);
}

/// As owner of its token range; true: that is a change.
bool World::join_ring(InstanceId id, bool joins) {
  Group& group = shared_->groups[at(id).group];
  InstanceId& owner = group.ring[member_index(group, id)];
  const InstanceId before = owner;
  owner = joins ? id : no_instance;
  return owner != before;
}

/// After the delay in which the nodes of a cluster learn of each other, and callers, when that is how they do.
void World::announce(InstanceId id) {
  if (at(id).state != InstanceState::up || !join_ring(id, true) || !discovery_.fixed()) return;
  if (is_blind(id)) {
    discovery_.held.push_back(ref(id));
    return;
  }
  list(id);
}

void World::withdraw(InstanceId id) {
  if (at(id).state == InstanceState::up || !join_ring(id, false) || !discovery_.fixed()) return;
  unlist(id);
}

void World::retire(InstanceId id) {
  plan_deal(shared_->groups[at(id).group].service);
  const InstanceState state = instance(id).state;
  if (state == InstanceState::down || state == InstanceState::starting) {
    stop(id);
    return;
  }
  if (state != InstanceState::up) return;
  set_state(id, InstanceState::draining);
  detail_at(id).draining_since = now_;
  withdraw(id);
  leave_registry(id);
  ++detail_at(id).load_generation;
  structure_changed();
  tell_instance(id, "instance.draining", "info", "says Goodbye");
  plan(now_ + discovery_.spec.drain_least, act_drain, id, detail(id).incarnation);
}

void World::check_drained(InstanceId id) {
  if (instance(id).state != InstanceState::draining) return;
  if (instance(id).in_flight > 0 && now_ - detail(id).draining_since < discovery_.spec.drain_longest) {
    plan(now_ + drain_poll, act_drain, id, detail(id).incarnation);
    return;
  }
  stop(id);
}

void World::stop(InstanceId id) {
  set_state(id, InstanceState::dead);
  set_reach(id, Reach::refuse);
  abort({id});
  tell_instance(id, "instance.stopped", "info", "stopped");
  remove(id);
}

void World::kill(InstanceId id) {
  const InstanceState before = instance(id).state;
  if (before == InstanceState::dead) return;
  set_state(id, InstanceState::dead);
  set_reach(id, detail(id).holds_blackhole > 0 ? Reach::blackhole : Reach::refuse);
  abort({id});
  structure_changed();
  vanish(id);
  tell_instance(id, "instance.died", "warning", "died");
  if (before != InstanceState::draining) count_loss(id);
  plan(now_ + registry_delay_, act_withdraw, id, detail(id).incarnation);
  plan(now_ + registry_delay_ + removed_after, act_remove, id, detail(id).incarnation);
}

void World::remove(InstanceId id) {
  withdraw(id);
  Instance& i = at(id);
  Group& group = shared_->groups[i.group];
  const std::size_t index = member_index(group, id);
  group.members.erase(group.members.begin() + static_cast<std::ptrdiff_t>(index));
  group.ring.erase(group.ring.begin() + static_cast<std::ptrdiff_t>(index));
  give_back_display_slot(group, detail(id).display_slot);
  leave(shared_->cells[i.cell], i);
  detail_at(id).in_use = false;
  --instance_count_;
  haunt(id);
  structure_changed();
}

void World::free_slot(InstanceId id) {
  set_reach(id, Reach::refuse);
  free_slots_[at(id).group].push_back(slot_of(id));
}

void World::abort(const std::vector<InstanceId>& ids) {
  for (const InstanceId id : ids) {
    ++detail_at(id).load_generation;
    shards_[shard_of(id)].abort_calls(slot_of(id));
    shards_[shard_of(id)].forget_memory(slot_of(id));
    shards_[shard_of(id)].drop_content(slot_of(id));
  }
  release_kept(ids);
}

void World::hold_down(const std::vector<InstanceId>& ids, Reach reach) {
  std::vector<InstanceId> fallen;
  for (const InstanceId id : ids) {
    InstanceDetail& d = detail_at(id);
    ++(reach == Reach::blackhole ? d.holds_blackhole : d.holds_refuse);
    Instance& i = at(id);
    if (i.state == InstanceState::dead) continue;
    set_reach(id, d.holds_blackhole > 0 ? Reach::blackhole : Reach::refuse);
    if (i.state == InstanceState::down) {
      vanish(id);
      continue;
    }
    if (i.state == InstanceState::draining) {
      kill(id);
      continue;
    }
    set_state(id, InstanceState::down);
    fallen.push_back(id);
    plan(now_ + registry_delay_, act_withdraw, id, d.incarnation);
    vanish(id);
  }
  abort(fallen);
  structure_changed();
}

void World::release(const std::vector<InstanceId>& ids, Reach reach) {
  for (const InstanceId id : ids) {
    InstanceDetail& d = detail_at(id);
    --(reach == Reach::blackhole ? d.holds_blackhole : d.holds_refuse);
    Instance& i = at(id);
    if (i.state != InstanceState::down) continue;
    if (d.holds_blackhole + d.holds_refuse > 0) {
      set_reach(id, d.holds_blackhole > 0 ? Reach::blackhole : Reach::refuse);
      vanish(id);
      continue;
    }
    if (!d.ready) {
      set_state(id, InstanceState::starting);
      set_reach(id, Reach::refuse);
      begin_start(id);
      continue;
    }
    set_state(id, InstanceState::up);
    d.draining_since = now_;
    set_reach(id, Reach::open);
    shards_[shard_of(id)].start_load(slot_of(id));
    shards_[shard_of(id)].come_up(slot_of(id));
    plan(now_ + registry_delay_, act_announce, id, d.incarnation);
    appear(id);
    begin_leak(id);
  }
  structure_changed();
}

void World::set_current_version(std::uint32_t service, std::uint32_t profile) {
  shared_->services[service].current_profile = profile;
  for (const std::uint32_t group : shared_->services[service].groups) shared_->groups[group].cell = cell_for(group, profile);
  structure_changed();
}

void World::set_desired(std::uint32_t service, std::uint32_t count) {
  shared_->services[service].desired = count;
  structure_changed();
  size_sets();
  for (std::uint32_t set = 0; set < shared_->sets.size(); ++set) {
    if (shared_->sets[set].service == service) reconsider(set);
  }
}

}  // namespace model
