// The coordinator of a replicated store: which copies it asks, when it has enough answers. What Replication means is in replication.h.

#include <algorithm>

#include "model/package.h"
#include "model/shard.h"

namespace model {
namespace {

/// Of a region among `Coordination::needed`; the world outside has the last place.
std::size_t place_of(std::uint32_t region) {
  return region % shards_max;
}

/// Those that fit come first; else the order stays. std::stable_partition would allocate.
template <class Fits>
void bring_forward(std::vector<Copy>& copies, const Fits& fits) {
  auto to = copies.begin();
  for (auto copy = to; copy != copies.end(); ++copy) {
    if (fits(*copy)) std::rotate(to++, copy, copy + 1);
  }
}

}  // namespace

/// Places of the copies of a key: own region first, and in it the coordinator, then its zone. In a region the copies go round the zones,
/// from one that the token says; in a zone they are on the owner of the token and those after it. Nodes that are not known to be up have
/// their places all the same.
void Shard::list_copies(InstanceId self, const Replication& replication, std::uint32_t token) {
  const Group& own = shared_->groups[instances_[slot_of(self)].group];
  copies_.clear();
  for (const std::vector<RouteEnd>& zones : own.data_regions) {
    const std::size_t first = copies_.size();
    std::uint32_t used = 0;
    for (const RouteEnd& end : zones) used += shared_->groups[end.group].members.empty() ? 0U : 1U;
    for (std::uint32_t nth = 0; nth < replication.factor && used > 0; ++nth) {
      std::uint32_t turn = (token % used + nth) % used;
      std::size_t zone = 0;
      while (shared_->groups[zones[zone].group].members.empty() || turn-- > 0) ++zone;
      const Group& group = shared_->groups[zones[zone].group];
      const std::uint64_t size = group.members.size();
      if (nth / used >= size) continue;  // fewer nodes than copies
      const std::uint64_t place = (((std::uint64_t{token} * size) >> 32) + nth / used) % size;
      const std::uint32_t region = shared_->locations[group.location].region;
      copies_.push_back({group.members[place], zones[zone].link, region, group.ring[place] != no_instance});
    }
    if (first != 0) continue;
    bring_forward(copies_, [&](const Copy& copy) { return shared_->links[copy.link].target == instances_[slot_of(self)].group; });
    bring_forward(copies_, [&](const Copy& copy) { return copy.id == self; });
  }
}

/// Which of the numbers needed an answer from there counts for; none when it counts for nothing.
std::size_t Coordination::bucket(std::uint32_t region) const {
  if (scope == Quorum::Scope::each_region) return place_of(region);
  return scope == Quorum::Scope::everywhere || region == own_region ? 0 : none;
}

bool Coordination::hopeless() const {
  for (std::size_t b = 0; b < buckets(); ++b) {
    if (needed[b] > under_way[b] + (may_speculate ? 1 : 0)) return true;
  }
  return false;
}

Consistency Shard::level_of(std::uint32_t call, const Replication& replication) const {
  const std::uint8_t own = note(call).level;
  if (own != no_level) return static_cast<Consistency>(own);
  return calls_[call].verb == Verb::put ? replication.write : replication.read;
}

void Shard::coordinate(std::uint32_t call, std::uint32_t token) {
  const InstanceId self = calls_[call].target;
  const Group& group = shared_->groups[instances_[slot_of(self)].group];
  const Replication& replication = *shared_->services[group.service].replication;
  const Consistency level = level_of(call, replication);
  const Quorum quorum = quorum_of(level, replication.factor, static_cast<std::uint32_t>(group.data_regions.size()));
  list_copies(self, replication, token);
  if (coordinations_.size() <= call) coordinations_.resize(calls_.size() + calls_.size() / 2);
  Coordination& here = coordinations_[call];
  here.scope = quorum.scope;
  here.own_region = shared_->locations[group.location].region;
  here.needed.fill(0);
  here.under_way.fill(0);
  here.unmet = 0;
  if (quorum.scope == Quorum::Scope::each_region) {
    for (const std::vector<RouteEnd>& zones : group.data_regions)
      here.needed[place_of(shared_->locations[shared_->groups[zones.front().group].location].region)] =
          static_cast<std::uint16_t>(quorum.needed);
    here.unmet = static_cast<std::uint32_t>(group.data_regions.size());
  } else {
    here.needed[0] = static_cast<std::uint16_t>(quorum.needed);
    here.unmet = 1;
  }
  for (const Copy& copy : copies_) {
    const std::size_t bucket = here.bucket(copy.region);
    if (copy.up && bucket != Coordination::none) ++here.under_way[bucket];
  }
  const bool write = calls_[call].verb == Verb::put;
  here.hint_is_enough = write && level == Consistency::any && replication.hint_window > 0;
  here.may_speculate = here.repairing = false;
  here.began = engine_.now();
  here.answers.clear();
  const sim::Time skew = shared_->clock_of(self);
  const sim::Time stamp = skew == 0 ? here.began : std::max<sim::Time>(1, here.began + skew);  // by its own clock
  set_note(call, {write ? stamp : 0, static_cast<std::uint8_t>(level)});
  if (here.hopeless() && !here.hint_is_enough) {
    ++count_of_cluster(self).unavailable;
    calls_[call].pending = 1;
    resume_later(call, Status::unavailable);
    return;
  }
  here.under_way.fill(0);
  write ? write_copies(call) : read_copies(call, replication);
}

/// To all that are known to be up; for the others it is kept.
void Shard::write_copies(std::uint32_t call) {
  const InstanceId self = calls_[call].target;
  for (const Copy& copy : copies_) {
    Coordination& here = coordinations_[call];
    if (!copy.up) {
      const bool kept = keep_hint(self, copy.id, copy.link, {calls_[call].key, note(call).version});
      if (kept && here.hint_is_enough) count_answer(here, 0);
    } else {
      ask_copy(call, copy, here.bucket(copy.region));
    }
  }
  await_copies(call);
}

/// The nearest, as many as are needed.
void Shard::read_copies(std::uint32_t call, const Replication& replication) {
  coordinations_[call].next = 0;
  coordinations_[call].answers.reserve(copies_.size());  // so that its record grows once, not with every answer
  std::array<std::uint16_t, shards_max> wanted = coordinations_[call].needed;
  for (std::size_t i = 0; i < copies_.size(); ++i) {
    const std::size_t bucket = coordinations_[call].bucket(copies_[i].region);
    if (!copies_[i].up || bucket == Coordination::none || wanted[bucket] == 0) continue;
    --wanted[bucket];
    ask_copy(call, copies_[i], bucket);
    coordinations_[call].next = static_cast<std::uint32_t>(i + 1);
  }
  const bool waits = coordinations_[call].unmet > 0;
  const sim::Time patience = waits ? patience_of_read(call, replication) : 0;
  coordinations_[call].may_speculate = patience > 0;
  await_copies(call);
  if (!coordinations_[call].may_speculate) return;
  const Call& c = calls_[call];
  engine_.schedule(engine_.now() + patience, next_order(c.target), resume_kind, call, c.generation);
}

/// How long it waits before it asks one copy more; 0: for ever.
sim::Time Shard::patience_of_read(std::uint32_t call, const Replication& replication) {
  if (replication.speculative_quantile == 0) return replication.speculative;
  const InstanceId self = calls_[call].target;
  const sim::Time period = shared_->services[shared_->groups[at(self).group].service].timeout;
  return node(self).reads.quantile(replication.speculative_quantile, period, engine_.now());
}

/// The coordinator's own copy took part in the work that it has done already.
void Shard::ask_copy(std::uint32_t call, const Copy& copy, std::size_t bucket) {
  if (copy.id == calls_[call].target) {
    Node& own = node(copy.id);
    if (calls_[call].verb == Verb::put) {
      own.versions.write(calls_[call].key, note(call).version);
    } else {
      coordinations_[call].answers.push_back({copy.id, copy.link, own.versions.read(calls_[call].key)});
    }
    count_answer(coordinations_[call], bucket);
    return;
  }
  if (bucket != Coordination::none) ++coordinations_[call].under_way[bucket];
  send(call, {copy.id, copy.link}, calls_[call].verb, 0, 1);
}

void Shard::count_answer(Coordination& here, std::size_t bucket) {
  if (bucket != Coordination::none && here.needed[bucket] > 0 && --here.needed[bucket] == 0) --here.unmet;
}

void Shard::await_copies(std::uint32_t call) {
  Call& c = calls_[call];
  c.status = Status::ok;
  if (coordinations_[call].unmet == 0) {
    c.generation = (c.generation + 1) & CallPool::generation_mask;  // answers to come are nobody's
    c.pending = 1;
    resume_later(call, Status::ok);
    return;
  }
  c.set(Call::quorum);  // without anything pending: see is_coordinated()
  c.pending = 0;
}

void Shard::settle_copy(std::uint32_t copy, const Call& over) {
  const std::uint32_t call = over.parent;
  Coordination& here = coordinations_[call];
  const std::size_t bucket = here.bucket(shared_->locations[shared_->groups[shared_->links[over.link].target].location].region);
  if (bucket == Coordination::none) return;
  --here.under_way[bucket];
  if (over.verb == Verb::get && !failed(over.status)) {
    here.answers.push_back({over.target, over.link, unpacked(note(copy).version)});
  }
  if (!failed(over.status) || here.hint_is_enough) count_answer(here, bucket);
  end_if_decided(call);
}

/// Enough have answered, or enough never will.
void Shard::end_if_decided(std::uint32_t call) {
  const Coordination& here = coordinations_[call];
  if (here.unmet > 0 && !here.hopeless()) return;
  Call& c = calls_[call];
  c.clear(Call::quorum);
  c.generation = (c.generation + 1) & CallPool::generation_mask;
  if (c.verb == Verb::get && here.unmet == 0 && !here.repairing) {
    node(c.target).reads.add(engine_.now() - here.began);
    if (repair(call)) return;
  }
  calls_[call].status = coordinations_[call].unmet == 0 ? Status::ok : Status::error;
  step(call);
}

/// Copies that lack the newest write that others know get it. Whether the read waits for any of them.
bool Shard::repair(std::uint32_t call) {
  Coordination& here = coordinations_[call];
  const InstanceId self = calls_[call].target;
  ReplicationCount& count = count_of_cluster(self);
  if (here.answers.size() < 2) return false;
  ++count.compared;
  sim::Time newest = 0;
  for (const CopyAnswer& answer : here.answers) {
    if (answer.version.known) newest = std::max(newest, answer.version.time);
  }
  std::erase_if(here.answers, [newest](const CopyAnswer& answer) { return !answer.version.lacks(newest); });
  if (here.answers.empty()) return false;
  ++count.repaired;
  count.stale += here.answers.size();
  if (!shared_->services[shared_->groups[at(self).group].service].replication->read_repair) return false;
  set_note(call, {newest, no_level});
  here.scope = Quorum::Scope::everywhere;
  here.needed.fill(0);
  here.under_way.fill(0);
  here.unmet = 0;
  here.may_speculate = false;
  here.repairing = true;
  for (std::size_t i = 0; i < coordinations_[call].answers.size(); ++i) {
    const CopyAnswer stale = coordinations_[call].answers[i];
    if (stale.id == self) {
      node(self).versions.write(calls_[call].key, newest);
      continue;
    }
    Coordination& waits = coordinations_[call];
    ++waits.needed[0];
    ++waits.under_way[0];
    waits.unmet = 1;
    send(call, {stale.id, stale.link}, Verb::put, 0, 1);
  }
  if (coordinations_[call].unmet == 0) return false;
  calls_[call].status = Status::ok;
  calls_[call].set(Call::quorum);
  return true;
}

/// A node is asked for its copy, or told what to write.
void Shard::answer_as_copy(std::uint32_t call) {
  const Call& c = calls_[call];
  Versions& versions = node(c.target).versions;
  if (c.verb == Verb::put) {
    versions.write(c.key, note(call).version);
  } else {
    set_note(call, {packed(versions.read(c.key)), no_level});
  }
}

/// A read has waited for so long: the nearest copy that was not asked, of those that still count, is asked as well.
void Shard::speculate(std::uint32_t call) {
  const InstanceId self = calls_[call].target;
  const Group& group = shared_->groups[instances_[slot_of(self)].group];
  coordinations_[call].may_speculate = false;
  list_copies(self, *shared_->services[group.service].replication, token_of(calls_[call].key));
  for (std::size_t i = coordinations_[call].next; i < copies_.size(); ++i) {
    const std::size_t bucket = coordinations_[call].bucket(copies_[i].region);
    if (!copies_[i].up || bucket == Coordination::none || coordinations_[call].needed[bucket] == 0) continue;
    ++count_of_cluster(self).speculated;
    ask_copy(call, copies_[i], bucket);
    break;
  }
  end_if_decided(call);
}

bool Task::replicates() const {
  return shard_.shared_->services[own_group().service].replication.has_value();
}

void Task::answer_as_copy() {
  shard_.answer_as_copy(call_);
}

void Task::coordinate() {
  shard_.coordinate(call_, Shard::token_of(key()));
}

}  // namespace model
