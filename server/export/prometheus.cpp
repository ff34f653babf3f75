#include "export/prometheus.h"

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <map>
#include <sstream>
#include <vector>

#include "export/prometheus_judge.h"

namespace exporting {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;

/// Upper bounds of the buckets of durations.
constexpr double bounds_ms[] = {0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1'000, 2'500, 5'000, 10'000, 30'000, 60'000};

class Family {
 public:
  Family(const char* name, const char* help, MetricType type) {
    family_.name = name;
    family_.help = help;
    family_.type = type;
  }
  void add(Labels labels, double value) {
    ClientMetric metric;
    metric.label = std::move(labels);
    if (family_.type == MetricType::Counter)
      metric.counter.value = value;
    else
      metric.gauge.value = value;
    family_.metric.push_back(std::move(metric));
  }
  void add(Labels labels, const model::Histogram& histogram) {
    ClientMetric metric;
    metric.label = std::move(labels);
    metric.histogram.sample_count = histogram.count();
    metric.histogram.sample_sum = static_cast<double>(histogram.sum_ns()) / 1e9;
    for (const double ms : bounds_ms) {
      const sim::Time bound = sim::from_ms(ms);
      metric.histogram.bucket.push_back({histogram.count_at_most(bound), sim::to_seconds(bound)});
    }
    family_.metric.push_back(std::move(metric));
  }
  void move_to(std::vector<MetricFamily>& all) {
    if (!family_.metric.empty()) all.push_back(std::move(family_));
  }

 private:
  MetricFamily family_;
};

/// What one version of a service in one place has done.
struct CellSum {
  std::uint64_t requests = 0;
  std::uint64_t errors = 0;
  std::uint64_t useless = 0;
  run::ShedCount shed{};
  bool sheds = false;  ///< it may, or did
  model::Histogram response;
};

Labels cell_labels(const std::string& simulation, const run::Structure& structure, const run::CellInfo& cell) {
  const run::GroupInfo& group = structure.groups[cell.group];
  const run::LocationInfo& location = structure.locations[group.location];
  return {{"simulation", simulation},
          {"service", structure.services[group.service].name},
          {"version", cell.version},
          {"region", location.region},
          {"zone", location.zone}};
}

/// Two cells may have the same labels (a version that was pushed again); Prometheus allows no label set twice.
std::map<Labels, CellSum> sum_cells(const std::string& simulation, const run::Snapshot& snapshot) {
  const run::Structure& structure = *snapshot.structure;
  std::map<Labels, CellSum> sums;
  for (std::size_t i = 0; i < structure.cells.size(); ++i) {
    CellSum& sum = sums[cell_labels(simulation, structure, structure.cells[i])];
    if (i < snapshot.now->cells.size()) {
      sum.requests += snapshot.now->cells[i].requests;
      sum.errors += snapshot.now->cells[i].errors;
      sum.useless += snapshot.now->cells[i].useless;
      sum.sheds = structure.services[structure.groups[structure.cells[i].group].service].shedding != nullptr;
      for (std::size_t c = 0; c < sum.shed.size(); ++c) sum.shed[c] += snapshot.now->cells[i].shed[c];
    }
    if (snapshot.total && i < snapshot.total->cells.size()) sum.response.merge(snapshot.total->cells[i].response);
  }
  return sums;
}

/// Links between the same services are one.
std::map<Labels, model::PolicyCount> sum_policies(const std::string& simulation, const run::Snapshot& snapshot) {
  const run::Structure& structure = *snapshot.structure;
  std::map<Labels, model::PolicyCount> sums;
  for (std::uint32_t s = 0; s < structure.services.size(); ++s) {
    const run::ServiceInfo& service = structure.services[s];
    for (std::size_t d = 0; d < service.dependencies.size(); ++d) {
      const std::string& name = service.dependencies[d];
      const model::PolicyCount sum = run::policy_count(structure, *snapshot.now, s, structure.service_index(name));
      if (service.policies[d] || !(sum == model::PolicyCount{})) {
        sums[{{"simulation", simulation}, {"service", service.name}, {"dependency", name}}] = sum;
      }
    }
  }
  return sums;
}

Labels with(Labels labels, const char* name, std::string value) {
  labels.push_back({name, std::move(value)});
  return labels;
}

double number(std::uint64_t n) {
  return static_cast<double>(n);
}

/// Stores that instances share: queues, databases with a primary, clusters with copies.
struct StoreFamilies {
  using Type = MetricType;
  Family queue_messages{"simianviz_queue_messages", "Messages that wait, or are taken and not acknowledged.", Type::Gauge};
  Family queue_oldest{"simianviz_queue_oldest_seconds", "How long the oldest message that waits has been there.", Type::Gauge};
  Family queue_events{"simianviz_queue_messages_total", "Messages, by what happened to them.", Type::Counter};
  Family queue_times{"simianviz_queue_end_to_end_seconds", "Simulated time from publishing to acknowledging.", Type::Histogram};
  Family set_primary{"simianviz_primary_up", "1 when there is a primary.", Type::Gauge};
  Family set_elections{"simianviz_primary_elections_total", "Elections of another primary.", Type::Counter};
  Family set_writes{"simianviz_primary_writes_total", "Writes, by what became of them.", Type::Counter};
  Family set_reads{"simianviz_primary_secondary_reads_total", "Reads that secondaries answered, by whether they had the last write.",
                   Type::Counter};
  Family set_lag{"simianviz_primary_lag_seconds", "Simulated time from a write to when a secondary has it.", Type::Histogram};
  Family set_behind{"simianviz_primary_behind_writes", "Writes that a secondary has not yet.", Type::Gauge};
  Family cluster{"simianviz_replication_total", "What coordinators of clusters did, by kind.", Type::Counter};

  void collect(const std::string& simulation, const run::Snapshot& snapshot);
  void move_to(std::vector<MetricFamily>& all);
};

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

void StoreFamilies::move_to(std::vector<MetricFamily>& all) {
  for (Family* family : {&queue_messages, &queue_oldest, &queue_events, &queue_times, &set_primary, &set_elections, &set_writes, &set_reads,
                         &set_lag, &set_behind, &cluster}) {
    family->move_to(all);
  }
}

class SimulationCollector : public prometheus::Collectable {
 public:
  explicit SimulationCollector(const run::Simulations& simulations) : simulations_(simulations) {}

  std::vector<MetricFamily> Collect() const override {
    Families families;
    for (const auto& simulation : simulations_.list()) collect(*simulation, families);
    std::vector<MetricFamily> all;
    for (Family* family : {&families.info,
                           &families.requests,
                           &families.errors,
                           &families.useless,
                           &families.shed,
                           &families.duration,
                           &families.instances,
                           &families.users,
                           &families.status,
                           &families.time,
                           &families.speed,
                           &families.target,
                           &families.events,
                           &families.event_rate,
                           &families.policy_retries,
                           &families.policy_hedges,
                           &families.policy_cancelled,
                           &families.policy_fallbacks,
                           &families.policy_stopped,
                           &families.policy_over_budget,
                           &families.policy_ejections,
                           &families.registered,
                           &families.listed,
                           &families.evicted,
                           &families.preserving,
                           &families.desired,
                           &families.deploying,
                           &families.machines,
                           &families.invocations,
                           &families.cold_starts,
                           &families.throttled,
                           &families.environments,
                           &families.billed,
                           &families.gb_seconds,
                           &families.dollars}) {
      family->move_to(all);
    }
    families.stores.move_to(all);
    return all;
  }

 private:
  struct Families {
    Family info{"simianviz_simulation_info", "A simulation and what it was made from.", MetricType::Gauge};
    Family requests{"simianviz_requests_total", "Requests that arrived at a service.", MetricType::Counter};
    Family errors{"simianviz_request_errors_total", "Requests that a service failed or refused.", MetricType::Counter};
    Family useless{"simianviz_requests_useless_total", "Requests that a service answered when their callers had given up.",
                   MetricType::Counter};
    Family shed{"simianviz_requests_shed_total", "Requests that a service turned down as they arrived, by importance.",
                MetricType::Counter};
    Family duration{"simianviz_request_duration_seconds", "Simulated time from sending a request to its answer, as callers see it.",
                    MetricType::Histogram};
    Family instances{"simianviz_instances", "Instances by state.", MetricType::Gauge};
    Family users{"simianviz_user_requests_total", "Requests of users that ended, by outcome.", MetricType::Counter};
    Family status{"simianviz_status", "1 for the status that the simulation has.", MetricType::Gauge};
    Family time{"simianviz_simulated_time_seconds", "Simulated time since the start of the run.", MetricType::Gauge};
    Family speed{"simianviz_speed_ratio", "Simulated time over wall time, achieved.", MetricType::Gauge};
    Family target{"simianviz_speed_target_ratio", "Simulated time over wall time, asked for; 0 is as fast as possible.", MetricType::Gauge};
    Family events{"simianviz_events_total", "Simulation events processed.", MetricType::Counter};
    Family event_rate{"simianviz_event_rate", "Simulation events processed per second of wall time.", MetricType::Gauge};
    Family policy_retries{"simianviz_policy_retries_total", "Tries of calls under a policy that followed one that failed.",
                          MetricType::Counter};
    Family policy_hedges{"simianviz_policy_hedges_total", "Copies sent because an answer took long.", MetricType::Counter};
    Family policy_cancelled{"simianviz_policy_cancelled_total", "Tries given up because nobody waited for them any more.",
                            MetricType::Counter};
    Family policy_fallbacks{"simianviz_policy_fallbacks_total", "Calls that failed and were answered with something else.",
                            MetricType::Counter};
    Family policy_stopped{"simianviz_policy_stopped_total", "Calls and tries that were not sent, by what stopped them.",
                          MetricType::Counter};
    Family policy_over_budget{"simianviz_policy_over_budget_total", "Retries that a budget did not allow.", MetricType::Counter};
    StoreFamilies stores;
    Family machines{"simianviz_machines", "Machines by state.", MetricType::Gauge};
    Family invocations{"simianviz_function_invocations_total", "Calls that a function accepted.", MetricType::Counter};
    Family cold_starts{"simianviz_function_cold_starts_total", "Of these, those that waited for an environment to start.",
                       MetricType::Counter};
    Family throttled{"simianviz_function_throttled_total", "Calls that a function rejected, by whose limit.", MetricType::Counter};
    Family environments{"simianviz_function_environments", "Environments of a function by state.", MetricType::Gauge};
    Family billed{"simianviz_function_billed_seconds_total", "Duration of calls, rounded up as it is billed.", MetricType::Counter};
    Family gb_seconds{"simianviz_function_gb_seconds_total", "Billed duration times memory.", MetricType::Counter};
    Family dollars{"simianviz_function_cost_dollars_total", "What a function costs, calls and duration.", MetricType::Counter};
    Family policy_ejections{"simianviz_policy_ejections_total", "Instances that a caller left alone for a while.", MetricType::Counter};
    Family registered{"simianviz_registry_registered", "Instances that have a lease or are checked, by region.", MetricType::Gauge};
    Family listed{"simianviz_registry_listed", "Instances in the answers of the registry, by region.", MetricType::Gauge};
    Family evicted{"simianviz_registry_evicted_total", "Instances taken off because their lease was out.", MetricType::Counter};
    Family desired{"simianviz_service_desired_instances", "Instances that there should be.", MetricType::Gauge};
    Family deploying{"simianviz_service_deploying", "1 while a deployment of the service goes on.", MetricType::Gauge};
    Family preserving{"simianviz_registry_self_preservation", "1 while too few heartbeats come to take anybody off.", MetricType::Gauge};
  };

  static void collect_machines(const std::string& id, const run::Structure& structure, Family& family) {
    std::map<Labels, double> counts;
    for (const run::MachineInfo& machine : structure.machines) {
      const run::MachineTypeInfo& type = structure.machine_types[machine.type];
      const run::LocationInfo& location = structure.locations[machine.location];
      using enum model::MachineState;
      for (const model::MachineState state : {starting, up, dead}) {
        counts[{{"simulation", id},
                {"type", type.name},
                {"kind", model::name_of(type.kind)},
                {"region", location.region},
                {"zone", location.zone},
                {"state", model::name_of(state)}}] += machine.state == state ? 1 : 0;
      }
    }
    for (const auto& [labels, count] : counts) family.add(labels, count);
  }

  static void collect_functions(const std::string& id, const run::Snapshot& snapshot, Families& families) {
    for (const run::ServiceInfo& service : snapshot.structure->services) {
      if (!service.function || service.function_number >= snapshot.now->functions.size()) continue;
      const model::FunctionCount& count = snapshot.now->functions[service.function_number];
      const Labels labels = {{"simulation", id}, {"service", service.name}};
      const auto with = [&labels](const char* name, const char* value) {
        Labels more = labels;
        more.push_back({name, value});
        return more;
      };
      families.invocations.add(labels, static_cast<double>(count.invocations));
      families.cold_starts.add(labels, static_cast<double>(count.cold_starts));
      families.throttled.add(with("limit", "function"), static_cast<double>(count.throttled));
      families.throttled.add(with("limit", "region"), static_cast<double>(count.throttled_by_region));
      families.environments.add(with("state", "busy"), static_cast<double>(count.busy.present()));
      families.environments.add(with("state", "warm"), static_cast<double>(count.environments.present() - count.busy.present()));
      families.billed.add(labels, static_cast<double>(count.billed_ns) / 1e9);
      families.gb_seconds.add(labels, model::gb_seconds(*service.function, count));
      families.dollars.add(labels, model::dollars(*service.function, count));
    }
  }

  static void collect(const run::Simulation& simulation, Families& families) {
    const std::string& id = simulation.id();
    const auto snapshot = simulation.snapshot();
    const Labels one = {{"simulation", id}};
    families.info.add(
        {{"simulation", id}, {"architecture", simulation.architecture()}, {"seed", std::to_string(simulation.settings().seed)}}, 1);
    for (const auto& [labels, sum] : sum_cells(id, *snapshot)) {
      families.requests.add(labels, static_cast<double>(sum.requests));
      families.errors.add(labels, static_cast<double>(sum.errors));
      families.duration.add(labels, sum.response);
      families.useless.add(labels, static_cast<double>(sum.useless));
      for (std::size_t c = 0; c < sum.shed.size(); ++c) {
        if (!sum.sheds && sum.shed[c] == 0) continue;
        Labels with_importance = labels;
        with_importance.push_back({"importance", model::importance_names()[c]});
        families.shed.add(std::move(with_importance), static_cast<double>(sum.shed[c]));
      }
    }
    collect_instances(id, *snapshot->structure, families.instances);
    families.users.add({{"simulation", id}, {"outcome", "succeeded"}}, static_cast<double>(snapshot->now->succeeded));
    families.users.add({{"simulation", id}, {"outcome", "failed"}}, static_cast<double>(snapshot->now->failed));
    for (const char* status : {"healthy", "degraded, redundant", "at risk", "outage"}) {
      families.status.add({{"simulation", id}, {"status", status}}, snapshot->status == status ? 1 : 0);
    }
    families.time.add(one, sim::to_seconds(snapshot->sim_time));
    families.speed.add(one, snapshot->achieved_speed);
    families.target.add(one, snapshot->speed);
    families.events.add(one, static_cast<double>(snapshot->now->events));
    families.event_rate.add(one, snapshot->events_per_second);
    for (const auto& [labels, count] : sum_policies(id, *snapshot)) collect_policy(labels, count, families);
    collect_machines(id, *snapshot->structure, families.machines);
    collect_functions(id, *snapshot, families);
    collect_registries(id, *snapshot, families);
    collect_changes(id, *snapshot->structure, families);
    families.stores.collect(id, *snapshot);
  }

  static void collect_changes(const std::string& id, const run::Structure& structure, Families& families) {
    for (const run::ServiceInfo& s : structure.services) families.desired.add({{"simulation", id}, {"service", s.name}}, s.desired);
    for (const model::DeploymentRecord& d : structure.deployments) {
      if (!d.ended) families.deploying.add({{"simulation", id}, {"service", d.service}, {"version", d.version}, {"state", d.state}}, 1);
    }
  }

  static void collect_registries(const std::string& id, const run::Snapshot& snapshot, Families& families) {
    for (const model::RegistryStatus& registry : snapshot.registries) {
      const Labels labels = {{"simulation", id}, {"region", registry.region.empty() ? "*" : registry.region}};
      families.registered.add(labels, static_cast<double>(registry.registered));
      families.listed.add(labels, static_cast<double>(registry.listed));
      if (snapshot.structure->discovery.kind != model::DiscoveryKind::leases) continue;
      families.evicted.add(labels, static_cast<double>(registry.evicted));
      families.preserving.add(labels, registry.preserves ? 1 : 0);
    }
  }

  static void collect_policy(const Labels& labels, const model::PolicyCount& count, Families& families) {
    const auto number = [](std::uint64_t n) { return static_cast<double>(n); };
    families.policy_retries.add(labels, number(count.retries));
    families.policy_hedges.add(labels, number(count.hedges));
    families.policy_cancelled.add(labels, number(count.cancelled));
    families.policy_fallbacks.add(labels, number(count.fallbacks));
    const auto stopped = [&](const char* reason, std::uint64_t n) {
      Labels with_reason = labels;
      with_reason.push_back({"reason", reason});
      families.policy_stopped.add(std::move(with_reason), number(n));
    };
    stopped("breaker", count.short_circuited);
    stopped("throttle", count.throttled);
    stopped("bulkhead", count.no_room);
    families.policy_over_budget.add(labels, number(count.over_budget));
    families.policy_ejections.add(labels, number(count.ejected));
  }

  static void collect_instances(const std::string& id, const run::Structure& structure, Family& family) {
    std::map<std::uint32_t, run::StateCounts> groups;
    for (const run::CellInfo& cell : structure.cells) {
      if (cell.instances.all() > 0) groups[cell.group].add(cell.instances);
    }
    std::map<Labels, double> counts;
    for (const auto& [index, states] : groups) {
      const run::GroupInfo& group = structure.groups[index];
      const run::LocationInfo& location = structure.locations[group.location];
      using enum run::InstanceState;
      for (const run::InstanceState state : {starting, up, draining, down, dead}) {
        counts[{{"simulation", id},
                {"service", structure.services[group.service].name},
                {"region", location.region},
                {"zone", location.zone},
                {"state", run::name_of(state)}}] += states[state];
      }
    }
    for (const auto& [labels, count] : counts) family.add(labels, count);
  }

  const run::Simulations& simulations_;
};

class ServerCollector : public prometheus::Collectable {
 public:
  explicit ServerCollector(const ServerCounters& counters) : counters_(counters) {}

  std::vector<MetricFamily> Collect() const override {
    std::vector<MetricFamily> all;
    const auto one = [&all](const char* name, const char* help, MetricType type, double value) {
      Family family(name, help, type);
      family.add({}, value);
      family.move_to(all);
    };
    const auto number = [](auto count) { return static_cast<double>(count); };
    one("simianviz_server_connections", "Open connections, streams included.", MetricType::Gauge, number(counters_.connections));
    one("simianviz_server_stream_clients", "Clients of streams.", MetricType::Gauge, number(counters_.stream_clients));
    Family answers("simianviz_server_http_responses_total", "HTTP answers by class of status.", MetricType::Counter);
    for (std::size_t digit = 1; digit < counters_.answers.size(); ++digit) {
      answers.add({{"class", std::to_string(digit) + "xx"}}, number(counters_.answers[digit]));
    }
    answers.move_to(all);
    one("simianviz_server_http_response_bytes_total", "Bytes of the bodies of HTTP answers.", MetricType::Counter,
        number(counters_.sent_bytes));
    one("simianviz_server_stream_bytes_total", "Bytes of stream frames before compression.", MetricType::Counter,
        number(counters_.stream_sent_bytes));
    one("simianviz_server_stream_frames_total", "Stream frames sent.", MetricType::Counter, number(counters_.stream_sent_frames));
    one("simianviz_server_stream_dropped_frames_total", "Values and flows frames that slow clients did without.", MetricType::Counter,
        number(counters_.stream_dropped_frames));
    one("simianviz_server_stream_slow_clients_total", "Clients closed because their backlog passed its limit.", MetricType::Counter,
        number(counters_.stream_slow_closed));
    return all;
  }

 private:
  const ServerCounters counters_;
};

}  // namespace

std::string prometheus_page(const run::Simulations& simulations, const ServerCounters& server) {
  std::vector<MetricFamily> all = SimulationCollector(simulations).Collect();
  add_judge_families(simulations, all);
  std::vector<MetricFamily> own = ServerCollector(server).Collect();
  std::move(own.begin(), own.end(), std::back_inserter(all));
  std::ostringstream out;
  prometheus::TextSerializer().Serialize(out, all);
  return out.str();
}

}  // namespace exporting
