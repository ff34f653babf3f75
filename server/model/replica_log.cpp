#include "model/replica_log.h"

#include <algorithm>
#include <cassert>

#include "sim/random.h"

namespace model {

void PrimaryCount::add(const PrimaryCount& other) {
  writes += other.writes;
  unacknowledged += other.unacknowledged;
  refused += other.refused;
  secondary_reads += other.secondary_reads;
  stale_reads += other.stale_reads;
  lost += other.lost;
  copied_anew += other.copied_anew;
}

// --- members

ReplicaLog::Member* ReplicaLog::member(InstanceId id) {
  const auto place = std::find_if(members_.begin(), members_.end(), [id](const Member& member) { return member.id == id; });
  return place == members_.end() ? nullptr : &*place;
}

const ReplicaLog::Member* ReplicaLog::member(InstanceId id) const {
  return const_cast<ReplicaLog*>(this)->member(id);
}

void ReplicaLog::come(InstanceId id, std::uint32_t incarnation, const Primary& primary, std::uint64_t seed, sim::Time now) {
  Member* here = member(id);
  const bool fresh = here == nullptr || here->incarnation != incarnation;
  if (here == nullptr) {
    members_.emplace_back();
    here = &members_.back();
  } else if (!fresh && here->up) {
    return;
  }
  for (Member& other : members_) follow(other, primary, seed, now);
  if (fresh) {
    *here = {.id = id, .incarnation = incarnation, .up = true, .seen = last_, .received = last_, .seen_at = now, .since = now};
  } else {
    here->up = true;
    here->since = here->seen_at = now;
    if (id == primary_ && !deposed_) {  // nobody has noticed
      following_ = true;
      for (Member& other : members_) other.since = now;
    }
    if (id != primary_ && here->seen + 1 < begin()) {
      ++count_.copied_anew;
      here->seen = here->received = last_;
    }
  }
}

void ReplicaLog::go(InstanceId id, bool for_good, const Primary& primary, std::uint64_t seed, sim::Time now) {
  Member* here = member(id);
  if (here == nullptr) return;
  for (Member& other : members_) follow(other, primary, seed, now);
  here->up = false;
  if (id == primary_) following_ = false;  // what it has not sent by now stays with it
  if (!for_good) return;
  if (id == primary_) primary_ = no_instance;
  *here = members_.back();
  members_.pop_back();
}

void ReplicaLog::set_lag(InstanceId id, sim::Time lag, const Primary& primary, std::uint64_t seed, sim::Time now) {
  Member* here = member(id);
  if (here == nullptr || here->lag == lag) return;
  follow(*here, primary, seed, now);
  here->lag = lag;
}

void ReplicaLog::stop_following(const Primary& primary, std::uint64_t seed, sim::Time now) {
  for (Member& other : members_) follow(other, primary, seed, now);
  following_ = false;
  deposed_ = true;
}

/// Brings a secondary to where it is now.
void ReplicaLog::follow(Member& member, const Primary& primary, std::uint64_t seed, sim::Time now) {
  if (!following_ || !member.up || member.id == primary_) return;
  for (std::uint64_t n = member.seen + 1; n <= last_; ++n) {
    const Write& write = writes_[n - begin()];
    const std::uint64_t bits = primary.lag.is_constant() ? 0 : sim::draw(seed, member.id, sim::Purpose::replication, n);
    const sim::Time lag = primary.lag.sample(bits) + member.lag;
    const sim::Time at = std::max(member.seen_at + primary.spec.apply, std::max(write.at, member.since) + lag);
    if (at > now) return;
    member.seen = n;
    member.seen_at = at;
    member.received = std::max(member.received, n);
    lag_.add(at - write.at);
  }
}

// --- writes

std::uint64_t ReplicaLog::write(std::uint64_t key, const Primary& primary, std::uint64_t seed, sim::Time now) {
  for (Member& other : members_) follow(other, primary, seed, now);
  trim();
  std::uint64_t& last = last_of_.at(key);
  writes_.push_back({key, now, last, false});
  return last = ++last_;
}

void ReplicaLog::acknowledge(std::uint64_t number) {
  ++count_.writes;
  if (number >= begin() && number <= last_) writes_[number - begin()].acknowledged = true;
}

void ReplicaLog::receive(InstanceId id, std::uint64_t number) {
  if (Member* here = member(id)) here->received = std::max(here->received, std::min(number, last_));
}

bool ReplicaLog::is_stale(InstanceId id, std::uint64_t key, const Primary& primary, std::uint64_t seed, sim::Time now) {
  ++count_.secondary_reads;
  Member* here = member(id);
  if (here == nullptr) return false;
  follow(*here, primary, seed, now);
  const std::uint64_t* last = last_of_.find(key);
  const bool stale = last != nullptr && *last > here->seen;
  if (stale) ++count_.stale_reads;
  return stale;
}

ReplicaLog::Behind ReplicaLog::behind(InstanceId id, sim::Time now) const {
  const Member* here = member(id);
  if (here == nullptr || id == primary_ || here->seen >= last_) return {};
  const std::uint64_t first = std::max(here->seen + 1, begin());
  return {last_ - here->seen, first > last_ ? 0 : now - writes_[first - begin()].at};
}

/// Those that all members have, and those that are too many.
void ReplicaLog::trim() {
  std::uint64_t least = last_;
  for (const Member& other : members_) {
    if (other.id != primary_) least = std::min(least, other.seen);
  }
  while (!writes_.empty() && (begin() <= least || writes_.size() >= kept_max)) {
    for (Member& other : members_) {
      if (!other.up || other.id == primary_ || other.seen >= begin()) continue;
      other.seen = begin();  // one that is up and so late is copied anew, too
      other.received = std::max(other.received, other.seen);
      other.seen_at = writes_.front().at;
      ++count_.copied_anew;
    }
    drop_first();
  }
}

// --- another primary

InstanceId ReplicaLog::most_recent(const std::vector<InstanceId>& candidates) const {
  InstanceId best = no_instance;
  std::uint64_t most = 0;
  for (const InstanceId id : candidates) {
    const Member* here = member(id);
    const std::uint64_t has = id == primary_ ? last_ : here == nullptr ? 0 : here->received;
    if (best == no_instance || has > most) {
      best = id;
      most = has;
    }
  }
  return best;
}

std::uint64_t ReplicaLog::promote(InstanceId id, bool has_all, sim::Time now) {
  const Member* chosen = member(id);
  const std::uint64_t has = has_all || id == primary_ || chosen == nullptr ? last_ : std::min(chosen->received, last_);
  std::uint64_t lost = 0;
  while (last_ > has && !writes_.empty()) {
    lost += writes_.back().acknowledged ? 1U : 0U;
    drop_last();
  }
  last_ = has;
  for (Member& other : members_) {
    other.seen = std::min(other.seen, last_);
    other.received = std::min(other.received, last_);
    if (other.id == primary_ || other.id == id) other.seen = other.received = last_;
    if (other.up) other.since = now;
  }
  count_.lost += lost;
  primary_ = id;
  following_ = true;
  deposed_ = false;
  return lost;
}

void ReplicaLog::drop_first() {
  const std::uint64_t key = writes_.front().key;
  if (*last_of_.find(key) == begin()) last_of_.erase(key);
  writes_.pop_front();
}

void ReplicaLog::drop_last() {
  const Write write = writes_.back();
  writes_.pop_back();
  --last_;
  if (write.previous >= begin() && write.previous > 0) {
    last_of_.at(write.key) = write.previous;
  } else {
    last_of_.erase(write.key);
  }
}

}  // namespace model
