#include <algorithm>

#include "http/routes/common.h"
#include "http/routes/histograms.h"

namespace http::routes {
namespace {

constexpr int figures_of_cost = 9;  ///< significant digits

using ServiceHandler = std::function<void(run::Simulation&, const run::Snapshot&, std::uint32_t service, const Request&, const Respond&)>;

Handler in_service(Context& context, ServiceHandler handler) {
  return in_simulation(context,
                       [handler = std::move(handler)](run::Simulation& simulation, const Request& request, const Respond& respond) {
                         const auto snapshot = simulation.snapshot();
                         const std::string& name = request.params.at("name");
                         const auto service = snapshot->structure->service_index(name);
                         if (!service) return respond(not_found("service", name, service_names(*snapshot->structure)));
                         handler(simulation, *snapshot, *service, request, respond);
                       });
}

/// What the instances of one service add up to.
struct ServiceTally {
  run::StateCounts states;
  std::map<std::string, std::uint64_t> by_zone, by_version;
  std::map<std::string, std::uint64_t> staying;  ///< by zone: without those that drain
  std::uint64_t workers = 0;
  double busy = 0;  ///< workers, on average over the last second
};

ServiceTally service_tally(const run::Snapshot& snapshot, std::uint32_t service) {
  const run::Structure& structure = *snapshot.structure;
  const double seconds = rate_seconds(snapshot);
  ServiceTally all;
  for (std::size_t i = 0; i < structure.cells.size(); ++i) {
    const run::CellInfo& cell = structure.cells[i];
    const run::GroupInfo& group = structure.groups[cell.group];
    if (group.service != service) continue;
    all.states.add(cell.instances);
    const std::uint64_t alive = cell.instances.all() - cell.instances.dead;
    if (alive == 0) continue;
    const std::string& zone = structure.locations[group.location].id;
    all.by_zone[zone] += alive;
    all.staying[zone] += cell.instances.wanted();
    all.by_version[cell.version] += alive;
    all.workers += cell.workers;
    if (i < snapshot.base->cells.size()) {
      all.busy += per_second(snapshot.now->cells[i].busy_ns, snapshot.base->cells[i].busy_ns, seconds) / 1e9;
    }
  }
  return all;
}

/// As a document would say it.
void write_serving(JsonWriter& json, const run::ServiceInfo& service) {
  json.key("discipline").begin_object().member("kind", model::name_of(service.discipline));
  if (service.discipline == model::Discipline::last_come) json.member("above", service.last_come_above);
  json.end_object().member("workerHeld", service.worker_held);
  json.key("fanOut").begin_object().member("kind", model::name_of(service.fan_out));
  if (service.fan_out_first > 0) json.member("first", service.fan_out_first);
  json.end_object();
}

/// What a function did, all regions together, and what it costs.
void write_function(JsonWriter& json, const run::Snapshot& snapshot, const run::ServiceInfo& service) {
  const model::FunctionSpec& spec = *service.function;
  const auto count_in = [&](const run::Counters& counters) {
    return service.function_number < counters.functions.size() ? counters.functions[service.function_number] : model::FunctionCount{};
  };
  const model::FunctionCount now = count_in(*snapshot.now);
  const model::FunctionCount base = count_in(*snapshot.base);
  const double seconds = rate_seconds(snapshot);
  json.key("function").begin_object().member("memoryMb", spec.memory_mb).member("concurrency", spec.concurrency);
  json.member("keepAliveMs", sim_ms(spec.keep_alive)).member("billedByMs", sim_ms(spec.billed_by));
  json.member("busy", now.busy.present()).member("warm", now.environments.present() - now.busy.present());
  json.member("invocations", now.invocations).member("coldStarts", now.cold_starts);
  json.member("throttled", now.throttled).member("throttledByRegion", now.throttled_by_region);
  json.key("invocationsPerSecond").rounded(per_second(now.invocations, base.invocations, seconds));
  json.key("coldStartsPerSecond").rounded(per_second(now.cold_starts, base.cold_starts, seconds));
  json.key("throttledPerSecond")
      .rounded(per_second(now.throttled + now.throttled_by_region, base.throttled + base.throttled_by_region, seconds));
  json.member("durationMs", sim_ms(static_cast<sim::Time>(now.duration_ns)));
  json.member("billedMs", sim_ms(static_cast<sim::Time>(now.billed_ns)));
  json.key("gbSeconds").rounded(model::gb_seconds(spec, now), figures_of_cost);
  json.key("dollars").rounded(model::dollars(spec, now), figures_of_cost);
  json.end_object();
}

void write_service(JsonWriter& json, const run::Snapshot& snapshot, std::uint32_t index) {
  const run::ServiceInfo& service = snapshot.structure->services[index];
  const ServiceTally all = service_tally(snapshot, index);
  json.begin_object().member("name", service.name).member("package", service.package).strings("dependencies", service.dependencies);
  write_serving(json, service);
  json.member("desired", service.desired).member("version", service.version).key("instances");
  write_state_counts(json, all.states);
  json.key("byZone").begin_object();
  for (const auto& [zone, count] : all.by_zone) json.member(zone, count);
  json.end_object().key("byVersion").begin_object();
  for (const auto& [version, count] : all.by_version) json.member(version, count);
  json.end_object();
  const double seconds = rate_seconds(snapshot);
  const run::CellCount now = service_count(*snapshot.structure, *snapshot.now, index);
  const run::CellCount base = service_count(*snapshot.structure, *snapshot.base, index);
  if (service.function) write_function(json, snapshot, service);
  json.key("requestsPerSecond").rounded(per_second(now.requests, base.requests, seconds));
  json.key("errorsPerSecond").rounded(per_second(now.errors, base.errors, seconds));
  json.key("latency").begin_object();
  write_quantiles(json, merged_histogram(*snapshot.structure, snapshot.window.get(), index, "", HistogramKind::response));
  json.end_object().key("utilisation").rounded(all.workers == 0 ? 0.0 : std::min(1.0, all.busy / static_cast<double>(all.workers)));
  json.end_object();
}

Reply scale_reply(const run::Snapshot& snapshot, std::uint32_t index, std::vector<std::pair<std::string, std::string>> headers = {}) {
  const run::ServiceInfo& service = snapshot.structure->services[index];
  const ServiceTally all = service_tally(snapshot, index);
  JsonWriter json;
  json.begin_object().member("service", service.name).member("desired", service.desired);
  json.member("ready", all.states.up).key("byZone").begin_object();
  for (const auto& [zone, count] : all.staying) json.member(zone, count);
  json.end_object().end_object();
  Reply reply = ok(json.take());
  reply.headers = std::move(headers);
  return reply;
}

Made scale_command(const Request& request) {
  const Fields& fields = request.fields;
  if (fields.has("replicas") == fields.has("perZone")) {
    return problem(400, "Give either replicas or perZone.",
                   {{"", "missingField", "exactly one of 'replicas' and 'perZone' is required", {}}});
  }
  run::Scale command;
  command.service = request.params.at("name");
  if (fields.has("replicas")) command.replicas = static_cast<std::uint32_t>(fields.number("replicas", 0));
  if (const auto zones = fields.counts.find("perZone"); zones != fields.counts.end()) {
    for (const auto& [zone, count] : zones->second) command.per_zone[zone] = static_cast<std::uint32_t>(count);
  }
  return command;
}

void scale_service(Context& context, run::Simulation& simulation, const std::string& service, const Request& request,
                   const Respond& respond) {
  Made command = scale_command(request);
  if (auto* why = std::get_if<Reply>(&command)) return respond(std::move(*why));
  carry_out(context, simulation, std::get<run::Command>(std::move(command)), respond,
            [service](run::Simulation& present, const run::Applied&) {
              const auto snapshot = present.snapshot();
              const auto index = snapshot->structure->service_index(service);
              Reply reply = scale_reply(*snapshot, index.value_or(0), {{"Location", path_of(present, "/services/" + service + "/scale")}});
              reply.status = 202;
              return reply;
            });
}

void get_service_histogram(const run::Snapshot& snapshot, std::uint32_t service, const Request& request, const Respond& respond) {
  const std::string kind = request.query.text("kind", "response");
  const HistogramKind which = kind == "response"  ? HistogramKind::response
                              : kind == "service" ? HistogramKind::service
                                                  : HistogramKind::network;
  const run::Histograms* source = which == HistogramKind::response ? snapshot.window.get() : snapshot.total.get();
  JsonWriter json;
  write_histogram(json, kind.c_str(), merged_histogram(*snapshot.structure, source, service, request.query.text("zone"), which));
  respond(ok(json.take()));
}

void list_services(run::Simulation& simulation, const Request& request, const Respond& respond) {
  const auto snapshot = simulation.snapshot();
  std::vector<std::uint32_t> all(snapshot->structure->services.size());
  for (std::uint32_t i = 0; i < all.size(); ++i) all[i] = i;
  respond(list_reply(request, all, [&snapshot](JsonWriter& json, std::uint32_t service) { write_service(json, *snapshot, service); }));
}

void get_service(run::Simulation&, const run::Snapshot& snapshot, std::uint32_t service, const Request&, const Respond& respond) {
  JsonWriter json;
  write_service(json, snapshot, service);
  respond(ok(json.take()));
}

std::vector<Field> service_fields() {
  return {text("name", ""),
          text("package", ""),
          anything("dependencies", ""),
          anything("discipline", "Who is served next, as its document says it."),
          boolean("workerHeld", "A worker stays with its request until that is answered."),
          anything("fanOut", "How it calls its dependencies, as its document says it."),
          integer("desired", "", 0, instances_max),
          text("version", ""),
          anything("instances", ""),
          anything("byZone", ""),
          anything("byVersion", ""),
          anything("function", "Functions only: environments, limits, what was billed and what it costs, see docs/api.md."),
          number("requestsPerSecond", "", 0, 1e9),
          number("errorsPerSecond", "", 0, 1e9),
          anything("latency", "of the last 10 s"),
          number("utilisation", "", 0, 1)};
}

}  // namespace

std::vector<Route> services(Context& context) {
  const std::string collection = std::string(prefix) + "/services";
  const std::string one = collection + "/{name}";
  const std::vector<Field> scaled = {text("service", ""), integer("desired", "", 0, instances_max), integer("ready", "", 0, instances_max),
                                     anything("byZone", "")};
  const Field wanted = object("", "Exactly one of the two.",
                              {integer("replicas", "Instances in total, spread over the zones.", 0, instances_max),
                               counts("perZone", "Instances in each named zone, such as us-east-1.zoneA.", 0, instances_max)});
  const std::vector<Field> query = {identifier("zone", "Only this zone."),
                                    choice("kind", "Whose time.", {"response", "service", "network"}).otherwise("\"response\"")};
  return {
      {"GET",
       collection,
       "listServices",
       "The services.",
       page_fields(),
       {},
       {answered(200, "A page of them.", {array("items", "", service_fields())})},
       in_simulation(context, list_services)},
      {"GET",
       one,
       "getService",
       "One service.",
       {},
       {},
       {answered(200, "The service.", service_fields())},
       in_service(context, get_service)},
      {"GET",
       one + "/histogram",
       "getServiceHistogram",
       "How long its calls take.",
       query,
       {},
       {answered(200, "The histogram.",
                 {text("kind", ""), text("unit", "ms"), integer("count", "", 0, whole_number_max), anything("buckets", "")})},
       in_service(context, [](run::Simulation&, const run::Snapshot& snapshot, std::uint32_t service, const Request& request,
                              const Respond& respond) { get_service_histogram(snapshot, service, request, respond); })},
      {"GET",
       one + "/scale",
       "getScale",
       "How many instances it has and should have.",
       {},
       {},
       {answered(200, "The numbers.", scaled)},
       in_service(context, [](run::Simulation&, const run::Snapshot& snapshot, std::uint32_t service, const Request&,
                              const Respond& respond) { respond(scale_reply(snapshot, service)); })},
      {"PUT",
       one + "/scale",
       "putScale",
       "Adds or removes instances.",
       {},
       wanted,
       {answered(202, "Instances start or drain.", scaled)},
       in_service(
           context,
           [&context](run::Simulation& s, const run::Snapshot& snapshot, std::uint32_t service, const Request& request,
                      const Respond& respond) { scale_service(context, s, snapshot.structure->services[service].name, request, respond); }),
       scale_command},
  };
}

}  // namespace http::routes
