#include "model/swarm/watch.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "support/worlds.h"

namespace swarm {
namespace {

/// Nothing that is sent to it is taken.
bool is_gone(model::InstanceState state) {
  return state == model::InstanceState::dead || state == model::InstanceState::down || state == model::InstanceState::starting;
}

template <class Function>
void for_each_instance(const model::World& world, const Function& function) {
  for (const model::Group& group : world.shared().groups) {
    for (const model::InstanceId id : group.members) function(id);
  }
}

}  // namespace

Watch::Watch(model::World& world, bool plain, bool guarded) : world_(world), plain_(plain && !guarded), guarded_(guarded) {
  world.count_instances(true);
  for (model::Shard& shard : world.shards()) shard.count_pairs(true);
  note_instances();
}

/// In short steps, so that nothing begins to drain and stops within one, nor crashes, or is hit by a schedule, before it was looked at;
/// and shorter ones while users ask, of whom those that are turned away at once leave many spans.
void Watch::advance(sim::Time end) {
  const sim::Time drain_least = world_.discovery().spec.drain_least;
  const sim::Time step = drain_least / (end - world_.now() > sim::second ? 2 : 20);
  while (world_.now() < end) {
    sim::Time next = std::min(end, world_.now() + step);
    for (const model::ScheduleRecord& schedule : world_.schedules()) {
      if (schedule.next) next = std::min(next, *schedule.next - 1 > world_.now() ? *schedule.next - 1 : *schedule.next);
    }
    for_each_instance(world_, [&](model::InstanceId id) {
      const auto& leak = world_.shared().profiles[world_.instance(id).profile].spec.crash_after_ms;
      if (leak && world_.instance(id).state == model::InstanceState::up) {
        const sim::Time crash = world_.detail(id).draining_since + sim::from_ms(*leak);
        if (crash - 1 > world_.now()) next = std::min(next, crash - 1);
      }
      if (world_.instance(id).state != model::InstanceState::draining) return;
      sim::Time stops = world_.detail(id).draining_since + drain_least;
      while (stops - 1 <= world_.now()) stops += model::World::drain_poll;
      next = std::min(next, stops - 1);
    });
    world_.run_until(next);
    note_instances();
    take_spans();
  }
}

void Watch::note_instances() {
  spent_.resize(world_.shared().cells.size());
  std::map<Who, Seen> present;
  for_each_instance(world_, [&](model::InstanceId id) {
    const model::Instance& i = world_.instance(id);
    const model::InstanceCount& count = world_.count_of(id);
    Seen now{i.cell, i.life, i.in_flight, i.state, world_.now(), count.requests, count.service_ns};
    const Who who{id, world_.detail(id).incarnation};
    if (world_.is_frozen(id)) stood_still_.insert(id);
    const auto before = seen_.find(who);
    if (before != seen_.end()) {
      if (before->second.life != now.life) {
        forget(before->first, before->second);
      } else if (is_gone(before->second.state) && is_gone(now.state)) {
        now.since = before->second.since;
      }
    }
    present.emplace(who, now);
  });
  for (const auto& [who, seen] : seen_) {
    if (present.count(who) == 0) forget(who, seen);
  }
  seen_ = std::move(present);
}

void Watch::forget(const Who& who, const Seen& seen) {
  Spent& spent = spent_[seen.cell];
  spent.requests += seen.requests;
  spent.ns += seen.service_ns;
  spent.lost += seen.in_flight;
  worn_.insert(who.first);
}

void Watch::look() {
  note_instances();
  take_spans();
  ASSERT_NO_FATAL_FAILURE(look_at_counts());
  ASSERT_NO_FATAL_FAILURE(look_at_cells());
  ASSERT_NO_FATAL_FAILURE(look_at_places());
  ASSERT_NO_FATAL_FAILURE(look_at_lists());
  ASSERT_NO_FATAL_FAILURE(look_at_queues());
  ASSERT_NO_FATAL_FAILURE(look_at_users());
  ASSERT_NO_FATAL_FAILURE(look_at_pairs());
  ASSERT_NO_FATAL_FAILURE(look_at_shared_stores());
  ASSERT_NO_FATAL_FAILURE(look_at_littles_law());
  ASSERT_NO_FATAL_FAILURE(look_at_the_dead());
  ASSERT_NO_FATAL_FAILURE(look_at_machines());
  ASSERT_NO_FATAL_FAILURE(look_at_functions());
}

/// Every request of a user has ended or is at its source; every call is over or has a record.
void Watch::look_at_counts() const {
  const worlds::Sums sums = worlds::requests_of(world_);
  std::uint64_t at_sources = 0;
  for (const model::InstanceId id : worlds::instances_of(world_, "users")) at_sources += world_.instance(id).in_flight;
  ASSERT_EQ(sums.in_flight(), at_sources);
  std::uint64_t under_way = at_sources;
  for (const model::Shard& shard : world_.shards()) {
    for (const model::LinkCount& link : shard.link_counts()) {
      ASSERT_LE(link.replies, link.requests);
      ASSERT_LE(link.errors + link.one_way, link.replies);
      under_way += link.requests - link.replies;
    }
  }
  ASSERT_LE(under_way, worlds::calls_in_flight(world_));
}

/// What is counted for a cell is what its instances have in hand, and as many times as answers.
void Watch::look_at_cells() const {
  struct Levels {
    std::uint64_t in_flight = 0, busy = 0, queued = 0;
    bool operator==(const Levels&) const = default;
  };
  std::vector<Levels> there(world_.shared().cells.size()), counted(there.size());
  for_each_instance(world_, [&](model::InstanceId id) {
    const model::Instance& i = world_.instance(id);
    there[i.cell].in_flight += i.in_flight;
    there[i.cell].busy += i.busy;
    there[i.cell].queued += i.queued;
  });
  for (const model::Shard& shard : world_.shards()) {
    for (std::size_t c = 0; c < counted.size(); ++c) {
      const model::CellCount& cell = shard.cell_counts()[c];
      counted[c].in_flight += cell.in_flight.present();
      counted[c].busy += cell.busy.present();
      counted[c].queued += cell.queued.present();
      ASSERT_EQ(cell.response.count(), cell.replies);
      ASSERT_LE(cell.errors, cell.replies);
      ASSERT_LE(cell.service.count(), cell.replies);
      ASSERT_EQ(cell.service.count(), cell.network.count());
      ASSERT_LE(cell.service.sum_ns() + cell.network.sum_ns(), cell.response.sum_ns());
    }
  }
  for (std::size_t c = 0; c < counted.size(); ++c) ASSERT_TRUE(counted[c] == there[c]) << "cell " << c;
}

/// What cells say of their instances, counted once more; and every instance is found by its name.
void Watch::look_at_places() const {
  std::vector<model::Cell> cells(world_.shared().cells.size());
  ASSERT_NO_FATAL_FAILURE(for_each_instance(world_, [&](model::InstanceId id) {
    const model::Instance& i = world_.instance(id);
    ++cells[i.cell].instances[i.state];
    if (i.state == model::InstanceState::up || i.state == model::InstanceState::draining) cells[i.cell].workers += i.workers;
    ASSERT_EQ(world_.find_instance(world_.name_of(id)), id);
  }));
  for (std::size_t c = 0; c < cells.size(); ++c) {
    const model::Cell& cell = world_.shared().cells[c];
    ASSERT_EQ(cells[c].instances, cell.instances);
    ASSERT_EQ(cells[c].workers, cell.workers);
    const std::vector<std::uint32_t>& of_group = world_.shared().groups[cell.group].cells;
    ASSERT_EQ(std::count(of_group.begin(), of_group.end(), c), 1);
  }
}

/// Who is listed is registered, at the place that it knows, and has a slot of its own even when it was removed; and what somebody believes
/// was listed.
void Watch::look_at_lists() const {
  std::uint64_t listed = 0, told = 0;
  for (const model::Group& group : world_.shared().groups) {
    std::uint32_t ghosts = 0;
    for (std::uint32_t place = 0; place < group.known.size(); ++place) {
      const model::InstanceId id = group.known[place];
      ASSERT_TRUE(world_.instance(id).known);
      ASSERT_EQ(world_.detail(id).known_at, place);
      ASSERT_EQ(&world_.shared().groups[world_.instance(id).group], &group);
      if (!world_.discovery().fixed()) {
        ASSERT_NE(world_.discovery().lease(id).registered, sim::never) << world_.name_of(id);
      }
      if (!world_.detail(id).in_use) ++ghosts;
    }
    ASSERT_EQ(group.ghosts, ghosts);
    listed += group.known.size();
    for (const model::InstanceId id : group.members) {
      const sim::Time seen = world_.view_of(id);
      ASSERT_LE(seen, world_.now());
      const sim::Time stands_still = world_.shared().views.since;  // what is seen where a registry has a fault
      ASSERT_GE(seen, std::min(world_.now(), stands_still) - world_.discovery().spec.caches.longest());
      for (const model::Belief& belief : world_.beliefs_of(id)) {
        const auto believed = world_.believed_by(id, belief.service, 0, ~std::uint64_t{0});
        ASSERT_EQ(believed.size(), belief.believed);
        for (const model::InstanceId host : believed) {
          ASSERT_EQ(world_.shared().groups[world_.instance(host).group].service, belief.service);
        }
        ASSERT_EQ(std::set<model::InstanceId>(believed.begin(), believed.end()).size(), believed.size());
      }
    }
  }
  for (const model::RegistryStatus& status : world_.registries()) told += status.listed;
  ASSERT_EQ(told, listed);
}

/// Whether its instances queue for their own workers to put messages together and to take them apart, which no limit holds back.
bool Watch::sends_sizes(const model::Group& group) const {
  const auto& all = world_.shared().dependencies;
  const auto& calls = world_.shared().services[group.service].calls;
  return std::any_of(calls.begin(), calls.end(), [&](std::uint32_t dependency) { return all[dependency].sized; });
}

void Watch::look_at_queues() const {
  for (const model::Group& group : world_.shared().groups) {
    const bool bounded = !sends_sizes(group);
    for (const model::InstanceId id : group.members) {
      const model::Instance& i = world_.instance(id);
      ASSERT_LE(i.busy, i.workers);
      if (bounded) {
        ASSERT_LE(i.queued, world_.shared().profiles[i.profile].queue_limit) << world_.name_of(id);
        ASSERT_LE(i.queued + i.busy, i.in_flight) << world_.name_of(id);
      }
      ASSERT_TRUE(i.queued == 0 || i.busy == i.workers) << world_.name_of(id);
      if (is_gone(i.state)) {
        ASSERT_EQ(i.in_flight + i.busy + i.queued, 0U) << world_.name_of(id);
        ASSERT_EQ(world_.count_of(id).requests, 0U) << world_.name_of(id);
      }
      ASSERT_EQ(std::count(group.known.begin(), group.known.end(), id), i.known ? 1 : 0);
    }
    ASSERT_EQ(group.ring.size(), group.members.size());
  }
}

/// Users are where they should be: so many as the shape says, those who wait among the requests in flight.
void Watch::look_at_users() const {
  const model::Load& load = world_.shared().services[*world_.find_service("users")].load;
  for (const model::InstanceId id : worlds::instances_of(world_, "users")) {
    const model::Source& source = world_.shards()[model::shard_of(id)].source(model::slot_of(id));
    const model::Instance& instance = world_.instance(id);
    ASSERT_LE(source.waiting, instance.in_flight);
    if (instance.state != model::InstanceState::up || source.stream != model::Source::Stream::users || world_.is_frozen(id)) continue;
    ASSERT_LE(source.waiting, source.users);
    // What this nanosecond brings is still to come.
    const double now = model::users_at(load, source, world_.now());
    const double before = model::users_at(load, source, std::max(load.since, world_.now() - 1));
    ASSERT_TRUE(source.users - source.leaving == now || source.users - source.leaving == before);
  }
}

/// Pairs add up to links, answers to those of cells; a pool has no more calls than connections and places to wait for one.
void Watch::look_at_pairs() const {
  std::uint64_t requests = 0, sent = 0, answered = 0, replies = 0;
  std::map<std::pair<model::InstanceId, std::uint32_t>, std::uint64_t> under_way;  // by caller and service
  for (const model::Shard& shard : world_.shards()) {
    for (const model::LinkCount& link : shard.link_counts()) requests += link.requests;
    for (std::uint32_t c = 0; c < shard.cell_counts().size(); ++c) {
      if (!is_source(c)) replies += shard.cell_counts()[c].replies;
    }
    for (const auto& [pair, count] : shard.pairs()) {
      sent += count.requests;
      answered += count.replies;
      const auto source = static_cast<model::InstanceId>(pair >> 32);
      const std::uint32_t target = world_.shared().groups[world_.instance(static_cast<model::InstanceId>(pair)).group].service;
      if (worn_.count(source) == 0) under_way[{source, target}] += count.requests - count.replies - count.one_way;
    }
  }
  ASSERT_EQ(sent, requests);
  std::uint64_t cancelled = 0;
  for (const model::Shard& shard : world_.shards()) {
    for (const model::PolicyCount& count : shard.policy_counts()) cancelled += count.cancelled;
  }
  ASSERT_EQ(answered - cancelled, replies);
  for (const auto& [who, calls] : under_way) {
    for (const model::Route& route : world_.shared().groups[world_.instance(who.first).group].routes) {
      const model::Dependency& dependency = world_.shared().dependencies[route.dependency];
      if (route.service != who.second || dependency.connections == 0) continue;
      ASSERT_LE(calls, dependency.connections + dependency.connection_queue) << world_.name_of(who.first);
    }
  }
}

/// No message gets lost; there is one primary of a set or none, and none for ever while there could be one.
void Watch::look_at_shared_stores() {
  const model::Shared& shared = world_.shared();
  for (std::uint32_t number = 0; number < shared.subscriptions.size(); ++number) {
    const model::Subscription& subscription = shared.subscriptions[number];
    std::uint64_t delivered = 0, taken = 0;
    for (const model::Shard& shard : world_.shards()) {
      const model::QueueCount count = shard.queue(number).count();
      ASSERT_EQ(count.published, count.acknowledged + count.dead + count.waiting + count.in_flight) << subscription.topic.name;
      ASSERT_EQ(shard.queue(number).end_to_end().count(), count.acknowledged);
      ASSERT_LE(count.delivered - count.redelivered, count.published) << "for the first time";
      ASSERT_LE(count.acknowledged, count.delivered);
      delivered += count.delivered;
      for (std::uint32_t l = 0; l < shared.links.size(); ++l) {
        const model::LinkCount& link = shard.link_counts()[l];
        if (shared.links[l].delivers == number + 1) taken += link.requests - link.one_way;
      }
    }
    ASSERT_EQ(delivered, taken) << "each is a call";
  }
  terms_.resize(shared.sets.size());
  for (std::uint32_t number = 0; number < shared.sets.size(); ++number) {
    const model::ReplicaSet& set = shared.sets[number];
    ASSERT_GE(set.term, terms_[number]);
    terms_[number] = set.term;
    const model::PrimaryCount& count = world_.shards()[set.shard].replica_log(number).count();
    ASSERT_LE(count.stale_reads, count.secondary_reads);
    ASSERT_LE(count.lost, count.writes);
    if (set.primary != model::no_instance) {
      ASSERT_EQ(world_.instance(set.primary).group, set.primary_group);
      const bool up = world_.instance(set.primary).state == model::InstanceState::up;
      ASSERT_TRUE(up || set.suspected) << "nobody looks for another one";
    }
  }
}

bool Watch::is_source(std::uint32_t cell) const {
  const model::Shared& shared = world_.shared();
  return shared.services[shared.groups[shared.cells[cell].group].service].package->load_source;
}

void Watch::look_at_littles_law() {
  std::vector<Spent> spent = spent_;
  for (const auto& [who, seen] : seen_) {
    spent[seen.cell].requests += seen.requests;
    spent[seen.cell].ns += seen.service_ns;
  }
  const sim::Time now = world_.now();
  for (std::uint32_t c = 0; c < spent.size(); ++c) {
    const model::Group& group = world_.shared().groups[world_.shared().cells[c].group];
    const model::CellCount& cell = world_.shards()[group.shard].cell_counts()[c];
    if (is_source(c)) spent[c] = {cell.requests, cell.response.sum_ns(), 0};
    ASSERT_EQ(cell.requests, spent[c].requests) << "cell " << c;
    const std::uint64_t open = cell.in_flight.present() + spent[c].lost + cell.cancelled;  // their times are not known
    const std::uint64_t integral = cell.in_flight.integral(now);
    ASSERT_GE(integral, spent[c].ns) << "cell " << c;
    ASSERT_LE(integral - spent[c].ns, open * static_cast<std::uint64_t>(now)) << "cell " << c;
    if (open == 0 && integral > 0 && !is_source(c)) ++exact_;
  }
}

/// Who was gone when it was looked at last and is still: nothing has reached it since, and it has sent nothing.
void Watch::look_at_the_dead() {
  std::set<model::InstanceId> still;
  std::map<Who, Seen> gone;
  for (const auto& [who, seen] : seen_) {
    if (!is_gone(seen.state)) continue;
    gone.emplace(who, seen);
    if (world_.discovery().fixed() && world_.now() - seen.since >= world_.registry_delay()) {
      ASSERT_FALSE(world_.instance(who.first).known);
    }
    const auto before = gone_before_.find(who);
    if (before != gone_before_.end() && before->second.life == seen.life) still.insert(who.first);
  }
  for (std::size_t s = spans_before_; s < spans_.size(); ++s) {
    const model::Span& span = spans_[s];
    if (still.count(span.target) != 0) {
      ASSERT_LT(span.sr, looked_) << world_.name_of(span.target);
    }
    if (still.count(span.source) != 0) {
      ASSERT_LT(span.cs, looked_) << world_.name_of(span.source);
    }
  }
  gone_before_ = std::move(gone);
  spans_before_ = spans_.size();
  looked_ = world_.now();
}

void Watch::look_at_the_end() {
  ASSERT_NO_FATAL_FAILURE(look());
  ASSERT_EQ(worlds::requests_of(world_).in_flight(), 0U);
  // A hint for a copy that never answers in time is tried for ever, every 10 s.
  std::uint64_t hints = 0;
  for (const model::Shard& shard : world_.shards()) {
    for (std::uint32_t s = 0; s < world_.shared().services.size(); ++s) hints += shard.replication_count(s).hints_sent;
  }
  const model::Shared& shared = world_.shared();
  for (std::uint32_t number = 0; number < shared.subscriptions.size(); ++number) {
    for (const model::Shard& shard : world_.shards()) ASSERT_EQ(shard.queue(number).count().in_flight, 0U);
  }
  for (const model::ReplicaSet& set : shared.sets) {
    std::uint32_t up = 0;
    for (const std::uint32_t group : set.groups) {
      for (const model::InstanceId id : shared.groups[group].members) up += world_.instance(id).state == model::InstanceState::up ? 1U : 0U;
    }
    const bool enough = 2 * up > set.size || !shared.services[set.service].primary->spec.needs_majority;
    ASSERT_EQ(set.primary != model::no_instance, up > 0 && enough);
  }
  if (hints == 0) {
    ASSERT_EQ(worlds::calls_in_flight(world_), 0U);
    for (const model::Shard& shard : world_.shards()) {
      for (const model::LinkCount& link : shard.link_counts()) ASSERT_EQ(link.requests, link.replies);
    }
  }
  ASSERT_NO_FATAL_FAILURE(look_at_trees());
}

}  // namespace swarm
