// Packages that act on their own and talk to peers: words (Task) and what they do in the Shard.

#include "model/package.h"
#include "model/shard.h"

namespace model {

void Shard::come_up(std::uint32_t slot) {
  if (details_[slot].hints != 0) wake_for_hints(slot, 0);
  if (!shared_->services[shared_->groups[instances_[slot].group].service].package->wakes) return;
  forget_memory(slot);
  wake(slot);
}

void Shard::forget_memory(std::uint32_t slot) {
  if (details_[slot].memory == 0) return;
  acquaintances_ -= acquaintances_of(slot).size();
  memories_[details_[slot].memory].fill(0);
}

std::span<const InstanceId> Shard::acquaintances_of(std::uint32_t slot) const {
  const PackageInfo& package = *shared_->services[shared_->groups[instances_[slot].group].service].package;
  if (package.acquaintances == nullptr || details_[slot].memory == 0) return {};
  return package.acquaintances(memories_[details_[slot].memory].data());
}

/// One step of its package, that nobody asked for.
void Shard::wake(std::uint32_t slot) {
  const std::uint32_t call = calls_.alloc_fresh();
  Call& c = calls_[call];
  c.sent = c.received = engine_.now();
  c.target = id(slot);
  c.verb = Verb::wake;
  c.flags = Call::root | Call::one_way;
  step(call);
  calls_.release(call);
}

/// From outside, where nobody waits for an answer.
void Shard::hear(std::uint32_t slot, Verb verb, std::uint64_t key) {
  const std::uint32_t call = calls_.alloc_fresh();
  Call& c = calls_[call];
  c.sent = engine_.now();
  c.target = id(slot);
  c.verb = verb;
  c.key = key;
  c.flags = Call::root | Call::one_way;
  const std::uint16_t way = shared_->network.way(0, shared_->groups[instances_[slot].group].location);  // location 0 is outside
  engine_.schedule(engine_.now() + network_delay(id(slot), way), next_order(id(slot)), arrive_kind, call, c.generation);
}

std::uint64_t* Task::memory_words() {
  return shard_.memories_[shard_.details_[slot_of(self())].memory].data();
}

void Task::wake_after(sim::Time time) {
  shard_.schedule_load(slot_of(self()), Shard::load_kind, shard_.engine_.now() + time);
}

void Task::hear(Verb verb, std::uint64_t key) {
  shard_.hear(slot_of(self()), verb, key);
}

void Task::befriended(bool one_more) {
  shard_.acquaintances_ += one_more ? 1 : 0;
  ++shard_.meetings_;
}

bool Task::from_outside() const {
  return shard_.calls_[call_].is(Call::root);
}

void Task::tell(const Peer& peer, Verb verb, std::uint64_t key) {
  if (peer.id == no_instance) return;
  const std::uint64_t own = shard_.calls_[call_].key;
  shard_.calls_[call_].key = key;
  shard_.send(call_, peer, verb, Call::one_way, 1);
  shard_.calls_[call_].key = own;
}

std::uint64_t Task::draw(std::uint64_t n) {
  return sim::scale(shard_.random(self(), sim::Purpose::outcome), n);
}

Peer Task::any_peer() {
  const InstanceId own = self();
  const sim::Time as_of = shard_.view_of(own);
  if (as_of != sim::never) return any_peer_as_of(as_of);
  const unsigned others = peers();
  if (others == 0) return {};
  const bool known = shard_.at(own).known;
  std::uint64_t place = draw(others);
  for (const RouteEnd& end : own_group().cluster.ends) {
    const Group& group = shard_.shared_->groups[end.group];
    const bool here = known && end.group == shard_.at(own).group;
    const std::uint64_t size = group.known.size() - (here ? 1 : 0);
    if (place >= size) {
      place -= size;
      continue;
    }
    // The last one stands in for oneself.
    const InstanceId id = group.known[place];
    return {here && id == own ? group.known.back() : id, end.link};
  }
  return {};
}

/// The one after it stands in for oneself.
Peer Task::any_peer_as_of(sim::Time as_of) {
  std::uint64_t all = 0;
  for (const RouteEnd& end : own_group().cluster.ends) all += Believed(shard_.shared_->groups[end.group], as_of).size();
  if (all == 0) return {};
  const std::uint64_t place = draw(all);
  Peer drawn = peer_as_of(place, as_of);
  if (drawn.id == self()) drawn = peer_as_of(place + 1 < all ? place + 1 : 0, as_of);
  return drawn.id == self() ? Peer{} : drawn;
}

Peer Task::peer_as_of(std::uint64_t n, sim::Time as_of) const {
  for (const RouteEnd& end : own_group().cluster.ends) {
    const Believed known(shard_.shared_->groups[end.group], as_of);
    const std::size_t size = known.size();
    if (n < size) return {known[n], end.link};
    n -= size;
  }
  return {};
}

std::uint32_t Task::group_of(const Peer& peer) const {
  return shard_.shared_->links[peer.link].target;
}

std::uint32_t Task::end_of_group(std::uint32_t group) const {
  const std::vector<RouteEnd>& ends = own_group().cluster.ends;
  for (std::uint32_t i = 0; i < ends.size(); ++i) {
    if (ends[i].group == group) return i;
  }
  return no_end;
}

Peer Task::at_end(std::uint32_t end, InstanceId id) const {
  return {id, own_group().cluster.ends[end].link};
}

}  // namespace model
