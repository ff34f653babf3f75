// The words that packages are written in, over the shard that runs them.

#include <array>

#include "model/package.h"
#include "model/shard.h"

namespace model {
namespace {

constexpr std::array<std::uint32_t, 256> crc_table = [] {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    std::uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ (0xedb88320U & (0U - (crc & 1)));
    table[i] = crc;
  }
  return table;
}();

/// The owner of a token in a group: the ranges of the members are of equal size, in order of serial.
InstanceId owner_in(const Group& group, std::uint32_t token) {
  return group.ring.empty() ? no_instance : group.ring[(std::uint64_t{token} * group.ring.size()) >> 32];
}

bool holds(const Believed& list, InstanceId id) {
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (list[i] == id) return true;
  }
  return false;
}

}  // namespace

/// A key's token: CRC-32 (IEEE 802.3) of its bytes, lowest first; the predecessor hashes keys with the same function.
std::uint32_t Shard::token_of(std::uint64_t key) {
  std::uint32_t crc = 0xffffffffU;
  for (int byte = 0; byte < 8; ++byte) crc = (crc >> 8) ^ crc_table[(crc ^ (key >> (8 * byte))) & 0xff];
  return ~crc;
}

Verb Task::verb() const {
  return shard_.calls_[call_].verb;
}
std::uint8_t Task::priority() const {
  return shard_.calls_[call_].priority;
}
std::uint64_t Task::key() const {
  return shard_.calls_[call_].key;
}
Status Task::status() const {
  return shard_.calls_[call_].status;
}
std::uint8_t& Task::scratch() {
  return shard_.calls_[call_].scratch;
}
std::uint8_t& Task::pc() {
  return shard_.calls_[call_].pc;
}
InstanceId Task::self() const {
  return shard_.calls_[call_].target;
}

void Task::call_any() {
  const Group& group = own_group();
  if (group.routes.empty()) {
    shard_.call(call_, {}, 0);
    return;
  }
  call(shard_.pick_dependency(self(), group));
}

void Task::call(unsigned dependency) {
  const Route& route = own_group().routes[dependency];
  if (shard_.is_guarded(route)) {
    Call& c = shard_.calls_[call_];
    c.pending = 1;
    c.status = Status::ok;
    shard_.call_guarded(call_, dependency, true);
    return;
  }
  shard_.call(call_, shard_.pick_for(call_, self(), route), Call::retriable);
}

void Task::call_each() {
  shard_.call_each(call_, own_group());
}

void Task::call_peer(const Peer& peer) {
  shard_.call(call_, peer, 0);
}

void Task::tell(const Peer& peer) {
  if (peer.id != no_instance) shard_.send(call_, peer, Verb::replicate, Call::one_way, 1);
}

unsigned Task::dependencies() const {
  return static_cast<unsigned>(own_group().routes.size());
}

bool Task::from_own_service() const {
  const Call& c = shard_.calls_[call_];
  return !c.is(Call::root) && shard_.shared_->links[c.link].route == Link::own_cluster;
}

bool Task::from_own_region() const {
  return !shard_.calls_[call_].is(Call::from_afar);
}

void Task::reply(Status status) {
  shard_.reply(call_, status);
}

unsigned Task::replicas() const {
  return own_group().cluster.tier_end[2];
}

Peer Task::replica(unsigned n) const {
  const RouteEnd& end = own_group().cluster.ends[n];
  return {owner_in(shard_.shared_->groups[end.group], Shard::token_of(key())), end.link};
}

unsigned Task::far_regions() const {
  const Route& cluster = own_group().cluster;
  unsigned regions = 0;
  std::uint32_t last = outside;
  for (std::size_t i = cluster.tier_end[2]; i < cluster.tier_end[3]; ++i) {
    const std::uint32_t region = shard_.shared_->locations[shard_.shared_->groups[cluster.ends[i].group].location].region;
    if (region != last) ++regions;
    last = region;
  }
  return regions;
}

Peer Task::far_replica(unsigned n) const {
  const Route& cluster = own_group().cluster;
  unsigned regions = 0;
  std::uint32_t last = outside;
  for (std::size_t i = cluster.tier_end[2]; i < cluster.tier_end[3]; ++i) {
    const Group& group = shard_.shared_->groups[cluster.ends[i].group];
    const std::uint32_t region = shard_.shared_->locations[group.location].region;
    if (region != last) ++regions;
    last = region;
    if (regions != n + 1) continue;
    const InstanceId owner = owner_in(group, Shard::token_of(key()));
    if (owner != no_instance) return {owner, cluster.ends[i].link};
  }
  return {};
}

unsigned Task::peers() const {
  const sim::Time as_of = shard_.view_of(self());
  std::size_t count = 0;
  for (const RouteEnd& end : own_group().cluster.ends) count += Believed(shard_.shared_->groups[end.group], as_of).size();
  const bool counted = as_of == sim::never ? shard_.at(self()).known : holds(Believed(own_group(), as_of), self());
  return static_cast<unsigned>(count) - (count > 0 && counted ? 1 : 0);
}

Peer Task::peer(unsigned n) const {
  const sim::Time as_of = shard_.view_of(self());
  for (const RouteEnd& end : own_group().cluster.ends) {
    const Believed known(shard_.shared_->groups[end.group], as_of);
    const std::size_t size = known.size();
    for (std::size_t i = 0; i < size; ++i) {
      if (known[i] != self() && n-- == 0) return {known[i], end.link};
    }
  }
  return {};
}

}  // namespace model
