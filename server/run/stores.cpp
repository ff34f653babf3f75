#include "run/stores.h"

#include <algorithm>

#include "model/world.h"

namespace run {
namespace {

/// For each queue, and each shard that its broker has instances in.
template <class Function>
void for_each_queue(const model::World& world, const Function& function) {
  const model::Shared& shared = world.shared();
  for (std::uint32_t number = 0; number < shared.subscriptions.size(); ++number) {
    const std::vector<std::uint32_t>& groups = shared.services[shared.subscriptions[number].broker].groups;
    for (std::uint32_t shard = 0; shard < world.shards().size(); ++shard) {
      const auto group = std::find_if(groups.begin(), groups.end(), [&](std::uint32_t g) { return shared.groups[g].shard == shard; });
      if (group != groups.end()) function(number, world.shards()[shard].queue(number), *group);
    }
  }
}

std::string region_of(const model::World& world, std::uint32_t group) {
  const std::uint32_t region = world.shared().locations[world.shared().groups[group].location].region;
  return region == model::outside ? "*" : world.regions()[region].name;
}

}  // namespace

Stores describe_stores(const model::World& world) {
  const model::Shared& shared = world.shared();
  Stores stores;
  for_each_queue(world, [&](std::uint32_t number, const model::Queue&, std::uint32_t group) {
    const model::Subscription& s = shared.subscriptions[number];
    const std::string consumer = s.consumer == model::Subscription::nobody ? "" : shared.services[s.consumer].name;
    stores.queues.push_back({shared.services[s.broker].name, s.topic.name, consumer, region_of(world, group)});
  });
  for (const model::ReplicaSet& set : shared.sets) {
    ReplicaSetInfo info;
    info.service = shared.services[set.service].name;
    info.region = region_of(world, set.groups.front());
    if (set.primary != model::no_instance && world.is_primary(set.primary)) info.primary = world.name_of(set.primary);
    for (const std::uint32_t group : set.groups) {
      for (const model::InstanceId id : shared.groups[group].members)
        info.members.push_back({id, world.name_of(id), world.instance(id).state == model::InstanceState::up});
    }
    info.elections = set.elections;
    info.since = set.since;
    info.without = set.without;
    stores.sets.push_back(std::move(info));
  }
  for (const model::Service& service : shared.services) {
    if (service.replication) stores.clusters.push_back(service.name);
  }
  return stores;
}

StoreCounts count_stores(const model::World& world) {
  const model::Shared& shared = world.shared();
  StoreCounts counts;
  for_each_queue(world, [&](std::uint32_t, const model::Queue& queue, std::uint32_t) {
    const sim::Time oldest = queue.oldest();
    counts.queues.push_back({queue.count(), oldest == sim::never ? 0 : world.now() - oldest});
  });
  for (std::uint32_t number = 0; number < shared.sets.size(); ++number) {
    const model::ReplicaSet& set = shared.sets[number];
    const model::ReplicaLog& log = world.shards()[set.shard].replica_log(number);
    StoreCounts::Set count{log.count(), {}};
    for (const std::uint32_t group : set.groups) {
      for (const model::InstanceId id : shared.groups[group].members) count.behind.emplace_back(id, log.behind(id, world.now()));
    }
    counts.sets.push_back(std::move(count));
  }
  for (std::uint32_t service = 0; service < shared.services.size(); ++service) {
    if (!shared.services[service].replication) continue;
    model::ReplicationCount sum;
    for (const model::Shard& shard : world.shards()) sum.add(shard.replication_count(service));
    counts.clusters.push_back(sum);
  }
  return counts;
}

StoreHistograms times_of_stores(const model::World& world) {
  StoreHistograms times;
  for_each_queue(world, [&](std::uint32_t, const model::Queue& queue, std::uint32_t) { times.queues.push_back(queue.end_to_end()); });
  for (std::uint32_t number = 0; number < world.shared().sets.size(); ++number) {
    times.sets.push_back(world.shards()[world.shared().sets[number].shard].replica_log(number).lag());
  }
  return times;
}

/// Their number never changes.
StoreHistograms StoreHistograms::since(const StoreHistograms& earlier) const {
  StoreHistograms change = *this;
  for (std::size_t i = 0; i < earlier.queues.size(); ++i) change.queues[i] = queues[i].since(earlier.queues[i]);
  for (std::size_t i = 0; i < earlier.sets.size(); ++i) change.sets[i] = sets[i].since(earlier.sets[i]);
  return change;
}

}  // namespace run
