// Who is primary of a set: when it is gone, how long it takes until that is known and until there is another, and who that is. At barriers
// only, so there are never two: until there is another one, writes find nobody.

#include <algorithm>
#include <utility>

#include "model/problem_text.h"
#include "model/world.h"

namespace model {
namespace {

/// Of a set, for chance: beyond all instances.
std::uint64_t entity_of(std::uint32_t set) {
  return (std::uint64_t{1} << 32) + set;
}

sim::Time drawn(const Shared& shared, std::uint32_t set, const sim::Distribution& time, std::uint64_t n) {
  return time.sample(sim::draw(shared.seed, entity_of(set), sim::Purpose::outcome, n));
}

}  // namespace

/// One of its instances is in another state.
void World::follow_member(InstanceId id, std::uint32_t number) {
  ReplicaSet& set = shared_->sets[number];
  const Primary& primary = *shared_->services[set.service].primary;
  ReplicaLog& log = shards_[set.shard].replica_log(number);
  const InstanceState state = instance(id).state;
  if (is_frozen(id) && state == InstanceState::up) {
    log.go(id, false, primary, shared_->seed, now_);
  } else if (state == InstanceState::up) {
    log.come(id, detail(id).incarnation, primary, shared_->seed, now_);
    if (instance(id).impaired) lag_behind(id);
  } else if (state != InstanceState::starting) {
    log.go(id, state == InstanceState::dead, primary, shared_->seed, now_);
  }
  if (set.term > 0) reconsider(number);
}

/// Whether there has to be another primary, or can be one.
void World::reconsider(std::uint32_t number) {
  ReplicaSet& set = shared_->sets[number];
  if (set.primary == no_instance) {
    if (!set.electing && can_elect(set)) plan_election(number);
    return;
  }
  if (is_primary(set.primary) && instance(set.primary).state == InstanceState::draining) {
    set.hands_over = true;
    depose(number, "says Goodbye");
    return;
  }
  if (set.suspected || is_sound(set)) return;
  set.suspected = true;
  plan(now_ + drawn(*shared_, number, shared_->services[set.service].primary->detection, 2 * std::uint64_t{set.term}), act_set, number,
       set.term);
}

bool World::is_primary(InstanceId id) const {
  const std::uint32_t number = shared_->groups[instance(id).group].set;
  if (number == ReplicaSet::none) return false;
  const ReplicaSet& set = shared_->sets[number];
  return set.primary == id && set.primary_incarnation == detail(id).incarnation && detail(id).in_use;
}

std::vector<InstanceId> World::members_up(const ReplicaSet& set) const {
  std::vector<InstanceId> up;
  for (const std::uint32_t group : set.groups) {
    for (const InstanceId id : shared_->groups[group].members) {
      if (instance(id).state == InstanceState::up && !is_frozen(id)) up.push_back(id);
    }
  }
  return up;
}

bool World::can_elect(const ReplicaSet& set) const {
  const std::size_t up = members_up(set).size();
  return up > 0 && (!shared_->services[set.service].primary->spec.needs_majority || 2 * up > set.size);
}

/// Its primary is there and may be primary.
bool World::is_sound(const ReplicaSet& set) const {
  return is_primary(set.primary) && instance(set.primary).state == InstanceState::up && !is_frozen(set.primary) && can_elect(set);
}

/// What was planned in this term.
void World::act_on_set(std::uint32_t number, std::uint32_t term) {
  ReplicaSet& set = shared_->sets[number];
  if (set.term != term) return;
  if (set.primary == no_instance) {
    set.electing = false;
    elect(number);
    return;
  }
  set.suspected = false;
  if (is_sound(set)) return;
  const bool up = is_primary(set.primary) && instance(set.primary).state == InstanceState::up && !is_frozen(set.primary);
  depose(number, up ? "has no majority any more" : "is gone");
}

/// From now on there is none.
void World::depose(std::uint32_t number, const char* why) {
  ReplicaSet& set = shared_->sets[number];
  shards_[set.shard].replica_log(number).stop_following(*shared_->services[set.service].primary, shared_->seed, now_);
  const std::string name = is_primary(set.primary) ? name_of(set.primary) : "the last one";  // removed, and another has its slot
  set.primary = no_instance;
  set.suspected = false;
  ++set.term;
  set.since = now_;
  structure_changed();
  Occurrence occurrence;
  occurrence.type = "primary.lost";
  occurrence.severity = "error";
  occurrence.subject_kind = "service";
  occurrence.subject_id = shared_->services[set.service].name;
  occurrence.message = quoted(occurrence.subject_id) + " has no primary: " + name + " " + why;
  occurrence.data = {{"instance", name}};
  report(std::move(occurrence));
  if (can_elect(set)) plan_election(number);
}

void World::plan_election(std::uint32_t number) {
  ReplicaSet& set = shared_->sets[number];
  set.electing = true;
  plan(now_ + drawn(*shared_, number, shared_->services[set.service].primary->failover, 2 * std::uint64_t{set.term} + 1), act_set, number,
       set.term);
}

/// The one that has most. Nobody when there are not enough of them any more; who comes up next brings the next election.
void World::elect(std::uint32_t number) {
  ReplicaSet& set = shared_->sets[number];
  if (!can_elect(set)) return;
  ReplicaLog& log = shards_[set.shard].replica_log(number);
  const bool first = set.term == 0;
  const InstanceId chosen = log.most_recent(members_up(set));
  const bool has_all = set.hands_over || shared_->services[set.service].primary->spec.shared_storage;
  const std::uint64_t lost = log.promote(chosen, has_all, now_);
  set.hands_over = false;
  set.primary = chosen;
  set.primary_group = instance(chosen).group;
  set.primary_incarnation = detail(chosen).incarnation;
  ++set.term;
  if (!first) {
    ++set.elections;
    set.without += now_ - set.since;
  }
  set.since = now_;
  if (first) return;
  structure_changed();
  const std::string name = name_of(chosen);
  const std::string losses = lost == 0 ? "" : "; " + std::to_string(lost) + (lost == 1 ? " write is lost" : " writes are lost");
  Occurrence occurrence;
  occurrence.type = "primary.elected";
  occurrence.severity = lost == 0 ? "info" : "warning";
  occurrence.subject_kind = "instance";
  occurrence.subject_id = name;
  occurrence.message = name + " is primary" + losses;
  occurrence.data = {{"lostWrites", std::to_string(lost)}};
  report(std::move(occurrence));
}

/// When the World begins. Where nobody is up yet, in a cold start, the first who comes up brings an election.
void World::elect_first() {
  size_sets();
  for (std::uint32_t set = 0; set < shared_->sets.size(); ++set) {
    elect(set);
    shared_->sets[set].term = std::max(shared_->sets[set].term, 1U);
  }
}

/// How many instances each set should have: those of its service are dealt out evenly to the regions.
void World::size_sets() {
  for (ReplicaSet& set : shared_->sets) {
    const Service& service = shared_->services[set.service];
    const std::uint32_t regions = std::max(1U, service.regions);
    set.size = std::max(1U, service.desired / regions);
  }
}

}  // namespace model
