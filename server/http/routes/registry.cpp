// The registry as it is, and what an instance makes of it.

#include "http/routes/common.h"

namespace http::routes {
namespace {

void write_registry_status(JsonWriter& json, model::DiscoveryKind kind, const model::RegistryStatus& status) {
  json.begin_object().member("region", status.region.empty() ? std::string("*") : status.region);
  json.member("registered", status.registered).member("listed", status.listed);
  if (kind == model::DiscoveryKind::leases) {
    json.member("silent", status.silent).member("leasesOut", status.leases_out).member("expected", status.expected);
    json.member("renewalsLastMinute", status.renewals).member("threshold", status.threshold);
    json.member("selfPreservation", status.preserves).member("answers", status.answers).member("evicted", status.evicted);
  }
  if (kind == model::DiscoveryKind::probes) json.member("openGroups", status.open_groups);
  json.end_object();
}

Reply registry_status_reply(const run::Snapshot& snapshot, const Request& request) {
  const Page page = page_of(request, snapshot.registries.size());
  if (page.problem) return *page.problem;
  const model::DiscoverySpec& spec = snapshot.structure->discovery;
  JsonWriter json;
  json.begin_object().member("simTimeMs", sim_ms(snapshot.sim_time)).member("name", spec.name).key("registry");
  write_registry(json, spec);
  json.key("items").begin_array();
  for (std::size_t i = page.from; i < page.to; ++i) write_registry_status(json, spec.kind, snapshot.registries[i]);
  json.end_array();
  if (!page.next.empty()) json.member("nextPageToken", page.next);
  json.end_object();
  return ok(json.take());
}

void write_belief(JsonWriter& json, const run::ServiceBelief& service) {
  json.begin_object().member("service", service.service).member("believed", service.belief.believed);
  for (const auto& [name, count] : {std::pair("gone", service.belief.gone), std::pair("missing", service.belief.missing)}) {
    json.key(name);
    service.belief.counted ? json.value(count) : json.null();
  }
  json.end_object();
}

JsonWriter& begin_view(JsonWriter& json, const std::string& instance, const run::Beliefs& beliefs) {
  json.begin_object().member("id", instance).member("simTimeMs", sim_ms(beliefs.at));
  return json.member("asOfSimTimeMs", sim_ms(beliefs.as_of));
}

Reply end_view(JsonWriter& json, const Page& page) {
  json.end_array();
  if (!page.next.empty()) json.member("nextPageToken", page.next);
  json.end_object();
  return ok(json.take());
}

Reply believed_services_reply(const Request& request, const run::Beliefs& beliefs) {
  const Page page = page_of(request, beliefs.services.size());
  JsonWriter json;
  begin_view(json, request.params.at("name"), beliefs).key("items").begin_array();
  for (std::size_t i = page.from; i < page.to; ++i) write_belief(json, beliefs.services[i]);
  return end_view(json, page);
}

Reply believed_instances_reply(const Request& request, const run::Beliefs& beliefs) {
  const Page page = page_of(request, beliefs.services.at(0).belief.believed);
  JsonWriter json;
  begin_view(json, request.params.at("name"), beliefs).member("service", beliefs.services[0].service).key("items").begin_array();
  for (const run::BelievedInstance& instance : beliefs.instances) {
    json.begin_object().member("id", instance.id).member("state", instance.state).end_object();
  }
  return end_view(json, page);
}

using BeliefReply = Reply (*)(const Request&, const run::Beliefs&);

void ask_beliefs(Context& context, run::Simulation& simulation, const Request& request, const Respond& respond, BeliefReply reply) {
  const Page page = page_of(request, run::instances_max);
  if (page.problem) return respond(*page.problem);
  run::BeliefScope scope;
  scope.instance = request.params.at("name");
  if (const auto service = request.params.find("service"); service != request.params.end()) scope.service = service->second;
  scope.from = page.from;
  scope.count = page.to - page.from;
  simulation.ask_beliefs(std::move(scope), [&context, request, respond, reply](run::BeliefResult result) {
    context.post([request, respond, reply, result = std::move(result)] {
      const auto* refusal = std::get_if<model::Refusal>(&result);
      respond(refusal != nullptr ? refused(*refusal) : reply(request, std::get<run::Beliefs>(result)));
    });
  });
}

Reply list_registry_presets(const Context& context, const Request& request) {
  return list_reply(request, context.catalogue.defaults().registries, [](JsonWriter& json, const architecture::RegistryPreset& preset) {
    json.begin_object().member("name", preset.spec.name).member("why", preset.why).member("source", preset.source).key("registry");
    write_registry(json, preset.spec);
    json.end_object();
  });
}

Route registry_presets_route(Context& context) {
  return {"GET",
          "/api/v1/registries",
          "listRegistries",
          "Registries by the names that documents may give.",
          page_fields(),
          {},
          {answered(200, "A page of registries.",
                    {array("items", "", {text("name", ""), text("why", ""), text("source", ""), anything("registry", "Every field.")})})},
          [&context](const Request& request, const Respond& respond) { respond(list_registry_presets(context, request)); }};
}

std::vector<Field> registry_status_fields() {
  const double most = 2 * instances_max;
  return {text("region", "* for what is outside of all regions"),
          number("registered", "who has a lease, or is checked", 0, most),
          number("listed", "who is in its answers", 0, most),
          number("silent", "leases: registered, and no longer heard", 0, most),
          number("leasesOut", "leases: of those, whose lease was out at the last pass", 0, most),
          number("expected", "leases: who should send heartbeats", 0, most),
          number("renewalsLastMinute", "leases: in the last whole minute", 0, 1e12),
          number("threshold", "leases: as many or fewer, and nobody is taken off", 0, 1e12),
          boolean("selfPreservation", "leases: it is so now"),
          boolean("answers", "leases: false while a registry that started empty waits"),
          number("evicted", "leases: since the start", 0, 1e15),
          number("openGroups", "checks: services of which all instances are used because none is healthy", 0, most)};
}

}  // namespace

std::vector<Route> registry(Context& context) {
  const std::string view = std::string(prefix) + "/instances/{name}/view";
  const std::vector<Field> times = {text("id", "the caller"), number("simTimeMs", "", 0, 1e13),
                                    number("asOfSimTimeMs", "it sees what was listed then", -1e13, 1e13), text("nextPageToken", "")};
  std::vector<Field> services = times, instances = times;
  services.push_back(array("items", "",
                           {text("service", ""), number("believed", "instances", 0, instances_max),
                            anything("gone", "of those, that are not up in truth; null when there are too many to look at each"),
                            anything("missing", "up in truth and not believed in; null likewise")}));
  instances.push_back(text("service", ""));
  instances.push_back(array("items", "", {text("id", ""), text("state", "in truth: of an instance, or removed")}));
  return {
      registry_presets_route(context),
      {"GET",
       std::string(prefix) + "/registry",
       "getRegistry",
       "Who is registered, by region, and what the registry makes of it.",
       page_fields(),
       {},
       {answered(200, "A page of regions.",
                 {number("simTimeMs", "", 0, 1e13), text("name", "of the preset, or empty"), anything("registry", "Every field."),
                  array("items", "", registry_status_fields()), text("nextPageToken", "")})},
       in_simulation(context, [](run::Simulation& s, const Request& request,
                                 const Respond& respond) { respond(registry_status_reply(*s.snapshot(), request)); })},
      {"GET",
       view,
       "getView",
       "What an instance believes of the services that it calls.",
       page_fields(),
       {},
       {answered(200, "A page of services.", services)},
       in_simulation(context, [&context](run::Simulation& s, const Request& request,
                                         const Respond& respond) { ask_beliefs(context, s, request, respond, believed_services_reply); })},
      {"GET",
       view + "/{service}",
       "getViewOfService",
       "Which instances of a service an instance believes in.",
       page_fields(),
       {},
       {answered(200, "A page of instances.", instances)},
       in_simulation(context, [&context](run::Simulation& s, const Request& request,
                                         const Respond& respond) { ask_beliefs(context, s, request, respond, believed_instances_reply); })},
  };
}

}  // namespace http::routes
