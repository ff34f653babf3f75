#include "http/wire.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <ctime>
#include <type_traits>

namespace http {
namespace {

void write_span(JsonWriter& json, const run::SpanRecord& span) {
  json.begin_object().member("spanId", span.span);
  if (span.parent != 0) json.member("parentSpanId", span.parent);
  json.member("service", span.service).member("operation", span.operation).member("source", span.source_name);
  json.member("target", span.target_name).member("cs", sim_ms(span.cs));
  if (span.sr != 0) json.member("sr", sim_ms(span.sr));
  if (span.ss != 0) json.member("ss", sim_ms(span.ss));
  if (span.cr != 0) json.member("cr", sim_ms(span.cr));
  json.member("status", span.status).member("attempt", span.attempt);
  if (span.shed) json.member("shed", true);
  json.end_object();
}

struct CommandWriter {
  JsonWriter& json;

  void operator()(const run::KillInstance& c) const { json.member("type", "killInstance").member("instance", c.instance); }
  void operator()(const run::KillMachine& c) const { json.member("type", "killMachine").member("machine", c.machine); }
  void operator()(const run::Scale& c) const {
    json.member("type", "scale").member("service", c.service);
    if (c.replicas) json.member("replicas", *c.replicas);
    if (c.per_zone.empty()) return;
    json.key("perZone").begin_object();
    for (const auto& [zone, count] : c.per_zone) json.member(zone, count);
    json.end_object();
  }
  void operator()(const run::Push& c) const {
    json.member("type", "push").member("service", c.service);
    write_deployment_spec(json, *c.deployment);
  }
  void operator()(const run::SetDeploymentState& c) const {
    json.member("type", "setDeploymentState").member("service", c.service).member("deployment", c.deployment).member("state", c.state);
  }
  void operator()(const run::SetAutoscaler& c) const {
    json.member("type", "setAutoscaler").member("service", c.service).key("autoscaler");
    if (c.autoscaler)
      write_autoscaler(json, *c.autoscaler);
    else
      json.null();
  }
  void operator()(const run::RemoveVersion& c) const {
    json.member("type", "removeVersion").member("service", c.service).member("version", c.version);
  }
  void operator()(const run::SetRouting& c) const {
    json.member("type", "setRoutes").member("service", c.service).key("rules");
    write_routing(json, *c.routing);
  }
  void operator()(const run::SetFlags& c) const {
    json.member("type", "setFlags").member("service", c.service).key("flags");
    write_flags(json, c.flags);
  }
  void operator()(const run::ShiftTraffic& c) const {
    json.member("type", "shiftTraffic").member(c.region ? "region" : "zone", c.place).member("weight", c.weight);
    json.member("drainMs", sim_ms(c.drain));
  }
  void operator()(const run::Evacuate& c) const {
    json.member("type", "evacuate").member("region", c.region).member("preset", c.preset);
    for (std::size_t i = 0; i < c.stages.size(); ++i) json.member(model::evacuation_stage_names()[i] + "Ms", sim_ms(c.stages[i]));
    json.member("addsCapacity", c.adds_capacity);
  }
  void operator()(const run::FailBack& c) const { json.member("type", "failBack").member("evacuation", c.evacuation); }
  void operator()(const run::SetGates& c) const { json.member("type", "setGates").member("deploymentsWaitForZones", c.deployments_wait); }
  void operator()(const run::StartFault& c) const {
    const model::FaultRequest& request = c.request;
    json.member("type", "startFault").member("faultType", request.type).key("selector");
    write_selector(json, request.selector);
    if (request.duration) json.member("durationMs", sim_ms(*request.duration));
    write_reach(json, request.target, request.direction, request.ramp, request.jitter);
    json.key("parameters");
    write_parameters(json, request.parameters);
  }
  void operator()(const run::StopFault& c) const { json.member("type", "stopFault").member("fault", c.fault); }
  void operator()(const run::StartExperiment& c) const {
    json.member("type", "startExperiment").key("experiment");
    write_experiment_spec(json, *c.experiment);
  }
  void operator()(const run::SetExperimentState& c) const {
    json.member("type", "setExperimentState").member("experiment", c.experiment).member("state", c.state);
  }
  void operator()(const run::SetSafetyLever& c) const {
    json.member("type", "setSafetyLever").member("engaged", c.engaged).member("reason", c.reason);
  }
  void operator()(const run::Halt& c) const { json.member("type", "halt").member("reason", c.reason); }
  void operator()(const run::SetTraffic& c) const {
    json.member("type", "setTraffic").member("service", c.service);
    if (!c.load) {
      json.member("requestsPerSecond", c.requests_per_second);
      return;
    }
    json.key("load");
    write_load(json, *c.load, true);
  }
  void operator()(const run::SetPolicy& c) const {
    json.member("type", "setPolicy").member("service", c.service).member("dependency", c.dependency).key("policy");
    if (c.policy)
      write_policy(json, *c.policy);
    else
      json.null();
  }
  void operator()(const run::Reseed& c) const { json.member("type", "reseed").member("seed", c.seed); }
  void operator()(const run::SetObjective& c) const {
    json.member("type", "setObjective").member("service", c.service).key("objective");
    write_objective(json, c.objective);
  }
  void operator()(const run::AddSchedule& c) const {
    json.member("type", "addSchedule");
    write_schedule_spec(json, *c.schedule);
  }
  void operator()(const run::ChangeSchedule& c) const {
    json.member("type", "changeSchedule").member("schedule", c.schedule);
    if (c.change.paused) json.member("state", *c.change.paused ? "paused" : "active");
    if (c.change.overlaps) json.member("concurrency", *c.change.overlaps ? "allow" : "forbid");
    if (c.change.times) write_schedule_times(json, *c.change.times);
  }
  void operator()(const run::RemoveSchedule& c) const { json.member("type", "removeSchedule").member("schedule", c.schedule); }
  void operator()(const run::SetShedding& c) const {
    json.member("type", "setShedding").member("service", c.service).key("shedding");
    write_shedding(json, c.shedding.get());
  }
};

}  // namespace

std::string wall_time_text(std::chrono::system_clock::time_point time) {
  return wall_time_text(std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count());
}

std::string wall_time_text(std::int64_t unix_ms) {
  const std::time_t seconds = unix_ms / 1000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  const std::size_t length = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S.", &parts);
  const std::string ms = std::to_string(1000 + unix_ms % 1000);
  return std::string(text.data(), length) + ms.substr(1) + "Z";
}

std::string hex_text(std::uint64_t number) {
  std::string text(16, '0');
  for (std::size_t i = 16; i-- > 0; number >>= 4) text[i] = "0123456789abcdef"[number & 15];
  return text;
}

double sim_ms(sim::Time time) {
  return std::round(static_cast<double>(time) / 1e3) / 1e3;
}

void write_clock(JsonWriter& json, const run::Snapshot& snapshot, bool with_time) {
  json.begin_object().member("state", snapshot.state).member("speed", snapshot.speed).key("achievedSpeed").rounded(snapshot.achieved_speed);
  if (with_time) json.member("simTimeMs", sim_ms(snapshot.sim_time));
  json.end_object();
}

void write_event(JsonWriter& json, const run::Event& event) {
  json.begin_object().member("seq", event.seq).member("simTimeMs", sim_ms(event.sim_time));
  json.member("wallTime", wall_time_text(event.wall_time)).member("type", event.type).member("severity", event.severity);
  json.key("subject").begin_object().member("kind", event.subject_kind).member("id", event.subject_id).end_object();
  if (event.cause_seq != 0) json.member("causeSeq", event.cause_seq);
  json.member("message", event.message).key("data").begin_object();
  for (const auto& [name, value] : event.data) json.member(name, value);
  json.end_object().end_object();
}

void write_flow(JsonWriter& json, const run::Flow& flow, bool spans) {
  json.begin_object().member("traceId", hex_text(flow.trace)).member("rootService", flow.root_service);
  json.member("startSimTimeMs", sim_ms(flow.start)).member("durationMs", sim_ms(flow.end - flow.start));
  json.member("status", flow.status).member("hops", flow.spans.size());
  if (spans) {
    json.key("spans").begin_array();
    for (const run::SpanRecord& span : flow.spans) write_span(json, span);
    json.end_array();
  }
  json.end_object();
}

void write_state_counts(JsonWriter& json, const run::StateCounts& counts) {
  json.begin_object().member("starting", counts.starting).member("up", counts.up).member("draining", counts.draining);
  json.member("down", counts.down).member("dead", counts.dead).end_object();
}

void write_command(JsonWriter& json, const run::JournalEntry& entry) {
  json.begin_object().member("seq", entry.seq).member("simTimeMs", sim_ms(entry.sim_time));
  if (entry.action > 0) json.member("scenarioAction", entry.action);
  json.member("wallTime", wall_time_text(entry.wall_time_ms)).key("command").begin_object();
  std::visit(CommandWriter{json}, entry.command);
  json.end_object().end_object();
}

void write_quantiles(JsonWriter& json, const model::Histogram& histogram) {
  json.member("p50Ms", sim_ms(histogram.quantile(0.5))).member("p95Ms", sim_ms(histogram.quantile(0.95)));
  json.member("p99Ms", sim_ms(histogram.quantile(0.99))).member("meanMs", std::round(histogram.mean_ns() / 1e3) / 1e3);
}

void write_finding(JsonWriter& json, const architecture::lint::Finding& finding) {
  json.begin_object().member("rule", finding.rule).member("severity", name_of(finding.severity));
  json.member("pointer", finding.places.front()).key("alsoAt").begin_array();
  for (std::size_t i = 1; i < finding.places.size(); ++i) json.value(finding.places[i]);
  json.end_array().member("why", finding.why).member("mend", finding.mend).end_object();
}

void write_requests(JsonWriter& json, const char* name, const model::RequestCount& count) {
  json.key(name).begin_object().member("sent", count.sent).member("succeeded", count.succeeded).member("failed", count.failed).end_object();
}

void write_simulation(JsonWriter& json, const run::Simulation& simulation) {
  const auto snapshot = simulation.snapshot();
  const run::Structure& structure = *snapshot->structure;
  const run::Counters& now = *snapshot->now;
  const run::Settings& settings = simulation.settings();
  std::uint64_t alive = 0;
  for (const run::CellInfo& cell : structure.cells) alive += cell.instances.all() - cell.instances.dead;
  json.begin_object().member("id", simulation.id()).member("architecture", simulation.architecture());
  json.member("state", snapshot->state).member("status", snapshot->status).member("statusDetail", snapshot->status_detail);
  json.member("simTimeMs", sim_ms(snapshot->sim_time)).member("wallTime", wall_time_text(snapshot->wall_time));
  json.member("seed", settings.seed).member("speed", snapshot->speed).key("achievedSpeed").rounded(snapshot->achieved_speed);
  json.member("fingerprint", hex_text(snapshot->fingerprint)).member("scalePercent", settings.scale_percent);
  json.member("regions", settings.regions).member("threads", settings.threads);
  json.key("counts").begin_object().member("services", structure.services.size()).member("instances", alive);
  json.member("edges", structure.wire_count).member("zones", structure.zones).member("regions", structure.regions);
  if (!structure.machine_types.empty()) json.member("machines", structure.machines.size());
  json.end_object();
  if (const auto& origin = simulation.origin()) {
    json.key("origin").begin_object().member("simulation", origin->simulation).member("simTimeMs", sim_ms(origin->at));
    json.member("commands", origin->commands).end_object();
  }
  if (const auto scenario = simulation.scenario()) json.member("scenario", scenario->name);
  json.member("startsAt", model::moment_text(structure.starts_at, 0));
  json.member("start", structure.cold_start ? "cold" : "warm");
  if (structure.all_up) json.member("allUpSimTimeMs", sim_ms(*structure.all_up));
  json.member("events", now.events).key("requests").begin_object().member("sent", now.sent).member("succeeded", now.succeeded);
  json.member("failed", now.failed).member("inFlight", now.sent - std::min(now.sent, now.succeeded + now.failed));
  json.end_object().end_object();
}

}  // namespace http
