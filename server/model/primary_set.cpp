// A set of one primary and secondaries: whom callers ask, and what writes and reads do. What is written and who has it is in
// replica_log.h, who is primary in election.cpp.

#include <algorithm>

#include "model/package.h"
#include "model/shard.h"

namespace model {

/// For what `request` is about: for writes, and where all reads do, the primary of the nearest set; else one of its members that are known
/// to be up, the nearest first, or the primary when there is no other. Not `avoid`.
Shard::Pick Shard::pick_member(std::uint32_t request, InstanceId from, const Route& route, InstanceId avoid) {
  if (route.ends.empty()) return {};
  const std::uint32_t number = shared_->groups[route.ends.front().group].set;
  const ReplicaSet& set = shared_->sets[number];
  const ReadFrom read_from = shared_->services[set.service].primary->spec.read_from;
  if (calls_[request].verb == Verb::get && read_from != ReadFrom::primary) {
    const std::uint32_t here = shared_->groups[at(from).group].location;
    for (const bool same_place : {true, false}) {
      const auto fits = [&](const RouteEnd& end, InstanceId id) {
        const Group& group = shared_->groups[end.group];
        return group.set == number && (group.location == here) == same_place && id != avoid &&
               (read_from == ReadFrom::nearest || id != set.primary);
      };
      std::uint64_t count = 0;
      for (const RouteEnd& end : route.ends) {
        for (const InstanceId id : shared_->groups[end.group].known) count += fits(end, id) ? 1U : 0U;
      }
      std::uint64_t place = count < 2 ? 0 : sim::scale(random(from, sim::Purpose::routing), count);
      for (const RouteEnd& end : route.ends) {
        for (const InstanceId id : shared_->groups[end.group].known) {
          if (fits(end, id) && place-- == 0) return {id, end.link};
        }
      }
    }
  }
  if (set.primary == no_instance || set.primary == avoid) return {};
  const auto end = std::find_if(route.ends.begin(), route.ends.end(), [&](const RouteEnd& e) { return e.group == set.primary_group; });
  return end == route.ends.end() ? Pick{} : Pick{set.primary, end->link};
}

std::uint64_t Shard::write(std::uint32_t call) {
  const std::uint32_t set = set_of(calls_[call].target);
  const std::uint64_t number = replica_logs_[set].write(calls_[call].key, primary_of(set), shared_->seed, engine_.now());
  if (numbers_.size() <= call) numbers_.resize(calls_.size() + calls_.size() / 2);
  return numbers_[call] = number;
}

/// Tells every secondary that is known to be up of what was written, and waits for as many as have to acknowledge it.
void Shard::await_secondaries(std::uint32_t call) {
  const InstanceId self = calls_[call].target;
  const std::uint32_t set = set_of(self);
  const PrimarySpec& spec = primary_of(set).spec;
  const Route& cluster = shared_->groups[instances_[slot_of(self)].group].cluster;
  std::uint32_t needed = spec.acknowledgements == PrimarySpec::majority_acknowledges ? shared_->sets[set].size / 2 : spec.acknowledgements;
  if (cluster.ends.empty()) needed = 0;  // a service that does not name itself: its instances know nobody to ask
  const std::uint64_t key = calls_[call].key;
  calls_[call].key = numbers_[call];
  std::uint32_t sent = 0;
  for (const RouteEnd& end : cluster.ends) {
    if (shared_->groups[end.group].set != set) continue;
    for (const InstanceId id : shared_->groups[end.group].known) {
      if (id == self) continue;
      send(call, {id, end.link}, Verb::replicate, 0, 1);
      ++sent;
    }
  }
  Call& c = calls_[call];
  c.key = key;
  c.status = Status::ok;
  if (needed == 0 || sent < needed) {
    c.generation = (c.generation + 1) & CallPool::generation_mask;  // answers to come are nobody's
    c.pending = 1;
    resume_later(call, needed == 0 ? Status::ok : Status::unavailable);
    return;
  }
  c.set(Call::quorum);
  c.pending = static_cast<std::uint16_t>(needed);
  c.scratch = static_cast<std::uint8_t>(std::min(sent - needed, 255U));
}

// --- words of the package

bool Task::is_primary() const {
  return shard_.is_primary(self());
}

bool Task::begin_write() {
  shard_.write(call_);
  return shard_.primary_of(shard_.set_of(self())).spec.acknowledgements > 0;
}

void Task::await_secondaries() {
  shard_.await_secondaries(call_);
}

Status Task::end_write() {
  const std::uint32_t set = shard_.set_of(self());
  const PrimarySpec& spec = shard_.primary_of(set).spec;
  ReplicaLog& log = shard_.replica_logs_[set];
  const bool deposed = !is_primary();
  if (!deposed && (spec.acknowledgements == 0 || spec.goes_on || !failed(status()))) {
    log.acknowledge(shard_.numbers_[call_]);
    return found();
  }
  ++log.count().unacknowledged;
  return deposed ? Status::unavailable : status();
}

Status Task::refuse_write() {
  ++shard_.replica_logs_[shard_.set_of(self())].count().refused;
  return Status::unavailable;
}

/// Only from who is primary now: what another one wrote may be no more.
Status Task::receive_write() {
  const std::uint32_t set = shard_.set_of(self());
  if (shard_.calls_[call_].source != shard_.shared_->sets[set].primary) return Status::unavailable;
  shard_.replica_logs_[set].receive(self(), key());
  return Status::ok;
}

void Task::note_read() {
  if (is_primary()) return;
  const std::uint32_t set = shard_.set_of(self());
  shard_.replica_logs_[set].is_stale(self(), key(), shard_.primary_of(set), shard_.shared_->seed, shard_.engine_.now());
}

}  // namespace model
