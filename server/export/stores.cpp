#include "export/stores.h"

namespace exporting {
namespace {

Labels with(Labels labels, const char* name, std::string value) {
  labels.push_back({name, std::move(value)});
  return labels;
}

double number(std::uint64_t n) {
  return static_cast<double>(n);
}

}  // namespace

void StoreFamilies::collect(const std::string& simulation, const run::Snapshot& snapshot) {
  const run::Stores& stores = snapshot.structure->stores;
  const run::StoreCounts& counts = snapshot.now->stores;
  for (std::size_t q = 0; q < stores.queues.size(); ++q) {
    const run::QueueInfo& queue = stores.queues[q];
    const model::QueueCount& count = counts.queues[q].count;
    const Labels labels = {{"simulation", simulation},
                           {"service", queue.broker},
                           {"topic", queue.topic},
                           {"consumer", queue.consumer},
                           {"region", queue.region}};
    queue_messages.add(with(labels, "state", "waiting"), number(count.waiting));
    queue_messages.add(with(labels, "state", "inFlight"), number(count.in_flight));
    queue_oldest.add(labels, sim::to_seconds(counts.queues[q].oldest));
    queue_events.add(with(labels, "event", "published"), number(count.published));
    queue_events.add(with(labels, "event", "rejected"), number(count.rejected));
    queue_events.add(with(labels, "event", "delivered"), number(count.delivered));
    queue_events.add(with(labels, "event", "redelivered"), number(count.redelivered));
    queue_events.add(with(labels, "event", "acknowledged"), number(count.acknowledged));
    queue_events.add(with(labels, "event", "deadLettered"), number(count.dead));
    if (snapshot.total) queue_times.add(labels, snapshot.total->stores.queues[q]);
  }
  for (std::size_t s = 0; s < stores.sets.size(); ++s) {
    const run::ReplicaSetInfo& set = stores.sets[s];
    const model::PrimaryCount& count = counts.sets[s].count;
    const Labels labels = {{"simulation", simulation}, {"service", set.service}, {"region", set.region}};
    set_primary.add(labels, set.primary.empty() ? 0 : 1);
    set_elections.add(labels, number(set.elections));
    set_writes.add(with(labels, "outcome", "acknowledged"), number(count.writes));
    set_writes.add(with(labels, "outcome", "unacknowledged"), number(count.unacknowledged));
    set_writes.add(with(labels, "outcome", "refused"), number(count.refused));
    set_writes.add(with(labels, "outcome", "lost"), number(count.lost));
    set_reads.add(with(labels, "data", "fresh"), number(count.secondary_reads - count.stale_reads));
    set_reads.add(with(labels, "data", "stale"), number(count.stale_reads));
    if (snapshot.total) set_lag.add(labels, snapshot.total->stores.sets[s]);
    for (const run::MemberInfo& member : set.members) {
      for (const auto& [id, behind] : counts.sets[s].behind) {
        if (id == member.id) set_behind.add(with(labels, "instance", member.name), number(behind.writes));
      }
    }
  }
  for (std::size_t c = 0; c < stores.clusters.size(); ++c) {
    const model::ReplicationCount& count = counts.clusters[c];
    const Labels labels = {{"simulation", simulation}, {"service", stores.clusters[c]}};
    cluster.add(with(labels, "kind", "unavailable"), number(count.unavailable));
    cluster.add(with(labels, "kind", "speculativeRetry"), number(count.speculated));
    cluster.add(with(labels, "kind", "readRepair"), number(count.repaired));
    cluster.add(with(labels, "kind", "staleAnswer"), number(count.stale));
    cluster.add(with(labels, "kind", "hintKept"), number(count.hints_kept));
    cluster.add(with(labels, "kind", "hintDelivered"), number(count.hints_sent));
    cluster.add(with(labels, "kind", "hintDropped"), number(count.hints_dropped));
  }
}

void StoreFamilies::move_to(std::vector<prometheus::MetricFamily>& all) {
  for (Family* family : {&queue_messages, &queue_oldest, &queue_events, &queue_times, &set_primary, &set_elections, &set_writes, &set_reads,
                         &set_lag, &set_behind, &cluster}) {
    family->move_to(all);
  }
}

}  // namespace exporting
