#include "http/routes/common.h"

namespace http::routes {
namespace {

/// Numbers of a list whose items are taken apart by their place.
std::vector<std::size_t> place_numbers(std::size_t count) {
  std::vector<std::size_t> all(count);
  for (std::size_t i = 0; i < count; ++i) all[i] = i;
  return all;
}

/// Of the last ten seconds or so; nothing before they were sampled.
void write_times(JsonWriter& json, const char* name, const run::Histograms* histograms,
                 const std::vector<model::Histogram> run::StoreHistograms::*times, std::size_t place) {
  json.key(name).begin_object();
  const bool there = histograms != nullptr && place < (histograms->stores.*times).size();
  write_quantiles(json, there ? (histograms->stores.*times)[place] : model::Histogram{});
  json.end_object();
}

void write_queue(JsonWriter& json, const run::Snapshot& snapshot, std::size_t place) {
  const run::QueueInfo& queue = snapshot.structure->stores.queues[place];
  const run::StoreCounts::Queue& now = snapshot.now->stores.queues[place];
  const model::QueueCount& before = snapshot.base->stores.queues[place].count;
  const double seconds = rate_seconds(snapshot);
  json.begin_object().member("broker", queue.broker).member("topic", queue.topic).member("region", queue.region).key("consumer");
  queue.consumer.empty() ? json.null() : json.value(queue.consumer);
  json.member("waiting", now.count.waiting).member("inFlight", now.count.in_flight).member("oldestMs", sim_ms(now.oldest));
  json.key("counts").begin_object().member("published", now.count.published).member("rejected", now.count.rejected);
  json.member("delivered", now.count.delivered).member("redelivered", now.count.redelivered);
  json.member("acknowledged", now.count.acknowledged).member("deadLettered", now.count.dead).end_object();
  json.key("publishedPerSecond").rounded(per_second(now.count.published, before.published, seconds));
  json.key("acknowledgedPerSecond").rounded(per_second(now.count.acknowledged, before.acknowledged, seconds));
  write_times(json, "endToEnd", snapshot.window.get(), &run::StoreHistograms::queues, place);
  json.end_object();
}

void write_set(JsonWriter& json, const run::Snapshot& snapshot, std::size_t place) {
  const run::ReplicaSetInfo& set = snapshot.structure->stores.sets[place];
  const run::StoreCounts::Set& now = snapshot.now->stores.sets[place];
  json.begin_object().member("service", set.service).member("region", set.region).key("primary");
  set.primary.empty() ? json.null() : json.value(set.primary);
  json.member("sinceSimTimeMs", sim_ms(set.since)).member("elections", set.elections).member("withoutPrimaryMs", sim_ms(set.without));
  json.key("counts").begin_object().member("writes", now.count.writes).member("unacknowledgedWrites", now.count.unacknowledged);
  json.member("refusedWrites", now.count.refused).member("lostWrites", now.count.lost);
  json.member("secondaryReads", now.count.secondary_reads).member("staleReads", now.count.stale_reads);
  json.member("copiedAnew", now.count.copied_anew).end_object();
  write_times(json, "lag", snapshot.window.get(), &run::StoreHistograms::sets, place);
  json.key("members").begin_array();
  for (const run::MemberInfo& member : set.members) {
    json.begin_object().member("instance", member.name).member("up", member.up);
    json.member("role", run::name_of(member.name == set.primary ? run::Role::primary : run::Role::secondary));
    for (const auto& [id, behind] : now.behind) {
      if (id == member.id) json.member("behindWrites", behind.writes).member("behindMs", sim_ms(behind.time));
    }
    json.end_object();
  }
  json.end_array().end_object();
}

void write_cluster(JsonWriter& json, const run::Snapshot& snapshot, std::size_t place) {
  const model::ReplicationCount& now = snapshot.now->stores.clusters[place];
  json.begin_object().member("service", snapshot.structure->stores.clusters[place]).key("counts").begin_object();
  json.member("unavailable", now.unavailable).member("speculativeRetries", now.speculated).member("comparedReads", now.compared);
  json.member("readRepairs", now.repaired).member("staleAnswers", now.stale).member("hintsKept", now.hints_kept);
  json.member("hintsDelivered", now.hints_sent).member("hintsDropped", now.hints_dropped).end_object().end_object();
}

template <class List>
SimulationHandler list_stores(List run::Stores::*list, void (*write)(JsonWriter&, const run::Snapshot&, std::size_t)) {
  return [list, write](run::Simulation& simulation, const Request& request, const Respond& respond) {
    const auto snapshot = simulation.snapshot();
    respond(list_reply(request, place_numbers((snapshot->structure->stores.*list).size()),
                       [&](JsonWriter& json, std::size_t place) { write(json, *snapshot, place); }));
  };
}

std::vector<Field> queue_fields() {
  return {text("broker", "service"),
          text("topic", ""),
          text("region", "* outside all"),
          text("consumer", "service that takes the messages; null: nobody"),
          integer("waiting", "messages", 0, whole_number_max),
          integer("inFlight", "taken, and not yet known what came of it", 0, whole_number_max),
          number("oldestMs", "for how long the oldest of those that wait has been there", 0, 1e13),
          anything("counts", "Since the start: published, rejected, delivered, redelivered, acknowledged, deadLettered."),
          number("publishedPerSecond", "", 0, 1e9),
          number("acknowledgedPerSecond", "", 0, 1e9),
          anything("endToEnd", "published to acknowledged, of the last 10 s")};
}

std::vector<Field> set_fields() {
  return {text("service", ""),
          text("region", "* outside all"),
          text("primary", "instance; null: there is none"),
          number("sinceSimTimeMs", "it is, or there is none", 0, 1e13),
          integer("elections", "of another primary", 0, whole_number_max),
          number("withoutPrimaryMs", "in all, the present time left out", 0, 1e13),
          anything("counts",
                   "Since the start: writes, unacknowledgedWrites, refusedWrites, lostWrites, secondaryReads, staleReads, copiedAnew."),
          anything("lag", "written to seen by a secondary, of the last 10 s"),
          anything("members", "Each with instance, up, role, behindWrites, behindMs.")};
}

}  // namespace

std::vector<Route> stores(Context& context) {
  const auto page_of = [](std::vector<Field> fields) { return answered(200, "A page of them.", {array("items", "", std::move(fields))}); };
  return {
      {"GET",
       std::string(prefix) + "/queues",
       "listQueues",
       "What brokers keep, for each service that takes from a topic, in each region.",
       page_fields(),
       {},
       {page_of(queue_fields())},
       in_simulation(context, list_stores(&run::Stores::queues, write_queue))},
      {"GET",
       std::string(prefix) + "/replica-sets",
       "listReplicaSets",
       "Databases with a primary, in each region.",
       page_fields(),
       {},
       {page_of(set_fields())},
       in_simulation(context, list_stores(&run::Stores::sets, write_set))},
      {"GET",
       std::string(prefix) + "/clusters",
       "listClusters",
       "Services that keep copies of data and wait for some of them.",
       page_fields(),
       {},
       {page_of(
           {text("service", ""), anything("counts",
                                          "Since the start: unavailable, speculativeRetries, comparedReads, readRepairs, staleAnswers, "
                                          "hintsKept, hintsDelivered, hintsDropped.")})},
       in_simulation(context, list_stores(&run::Stores::clusters, write_cluster))},
  };
}

}  // namespace http::routes
