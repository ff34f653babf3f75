#include "architecture/read.h"
#include "http/routes/common.h"

namespace http::routes {
namespace {

using WritePart = void (*)(JsonWriter&, const run::ServiceInfo&);

Reply part_reply(const run::Snapshot& snapshot, const Request& request, WritePart write) {
  const run::Structure& structure = *snapshot.structure;
  const std::string& name = request.params.at("service");
  const auto index = structure.service_index(name);
  if (!index) return not_found("service", name, service_names(structure));
  JsonWriter json;
  json.begin_object().member("service", name);
  write(json, structure.services[*index]);
  json.end_object();
  return ok(json.take());
}

void versions_part(JsonWriter& json, const run::ServiceInfo& service) {
  json.member("current", service.version).key("items").begin_array();
  for (const run::VersionInfo& version : service.versions) {
    json.begin_object().member("version", version.spec.name).member("wanted", version.wanted).member("disabled", version.spare);
    if (version.percent) json.member("weight", *version.percent);
    write_version_content(json, version.spec);
    json.end_object();
  }
  json.end_array();
}

void routes_part(JsonWriter& json, const run::ServiceInfo& service) {
  json.key("rules");
  write_routing(json, service.routing);
}

void flags_part(JsonWriter& json, const run::ServiceInfo& service) {
  json.key("flags");
  write_flags(json, service.flags);
}

Handler part_getter(Context& context, WritePart write) {
  return in_simulation(context, [write](run::Simulation& s, const Request& request, const Respond& respond) {
    respond(part_reply(*s.snapshot(), request, write));
  });
}

CommandReply part_applied(WritePart write) {
  return [write](run::Simulation& present, const Request& request, const run::Applied&) {
    return part_reply(*present.snapshot(), request, write);
  };
}

Made put_routes(const Request& request) {
  auto read = architecture::read_routing(request.body);
  if (auto* problems = std::get_if<architecture::Problems>(&read)) return wrong_body("the routes", std::move(*problems));
  auto routing = std::make_shared<const model::RoutingSpec>(std::get<model::RoutingSpec>(std::move(read)));
  return run::SetRouting{request.params.at("service"), std::move(routing)};
}

Made put_flags(const Request& request) {
  auto read = architecture::read_flags(request.body);
  if (auto* problems = std::get_if<architecture::Problems>(&read)) return wrong_body("the flags", std::move(*problems));
  return run::SetFlags{request.params.at("service"), std::get<std::vector<model::FeatureFlag>>(std::move(read))};
}

Made put_gates(const Request& request) {
  return run::SetGates{request.fields.flag("deploymentsWaitForZones", true)};
}

Made remove_version(const Request& request) {
  return run::RemoveVersion{request.params.at("service"), request.params.at("version")};
}

Reply gates_reply(const run::Simulation& simulation) {
  JsonWriter json;
  json.begin_object().member("deploymentsWaitForZones", simulation.snapshot()->structure->deployments_wait).end_object();
  return ok(json.take());
}

void get_gates(run::Simulation& simulation, const Request&, const Respond& respond) {
  respond(gates_reply(simulation));
}

std::vector<Route> gate_routes(Context& context) {
  const std::string gates = std::string(prefix) + "/gates";
  const Field wait = boolean("deploymentsWaitForZones", "While a zone or a region is down deployments pause, and none begins.");
  return {
      {"GET",
       gates,
       "getGates",
       "What holds changes up.",
       {},
       {},
       {answered(200, "The gates.", {wait})},
       in_simulation(context, get_gates)},
      commanding(context,
                 {"PUT",
                  gates,
                  "putGates",
                  "What holds changes up, from now on.",
                  {},
                  object("", "", {Field(wait).need()}),
                  {answered(200, "The gates.", {wait})},
                  {}},
                 put_gates, [](run::Simulation& present, const Request&, const run::Applied&) { return gates_reply(present); }),
  };
}

std::vector<Route> version_routes(Context& context) {
  const std::string versions = std::string(prefix) + "/services/{service}/versions";
  const std::vector<Field> shape = {
      text("service", ""), text("current", "The one that new instances get."),
      anything("items", "Each with what it is, how many instances there should be, and its part of the traffic.")};
  return {
      {"GET",
       versions,
       "listVersions",
       "The versions of a service.",
       {},
       {},
       {answered(200, "The versions.", shape)},
       part_getter(context, versions_part)},
      commanding(context,
                 {"DELETE",
                  versions + "/{version}",
                  "deleteVersion",
                  "Retires all instances of a version; 409 while a client needs it.",
                  {},
                  {},
                  {answered(200, "The versions that are left.", shape)},
                  {}},
                 remove_version, part_applied(versions_part)),
  };
}

}  // namespace

std::vector<Route> versions(Context& context) {
  const std::string one = std::string(prefix) + "/services/{service}";
  const std::vector<Field> routes = {text("service", ""),
                                     anything("rules", "In order; the first that is about a request says where it goes.")};
  const std::vector<Field> flags = {text("service", ""), anything("flags", "Each of one version, with what it does while it is on.")};
  std::vector<Route> all = {
      {"GET",
       one + "/routes",
       "getRoutes",
       "Which version gets which requests.",
       {},
       {},
       {answered(200, "The routes.", routes)},
       part_getter(context, routes_part)},
      commanding(
          context,
          {"PUT",
           one + "/routes",
           "putRoutes",
           "Other routes from now on.",
           {},
           document("routes",
                    "{rules: [{match: {header, percent, client, clientVersion}, toVersion, weight, sticky, mirror}]}, see docs/api.md."),
           {answered(200, "The routes.", routes)},
           {}},
          put_routes, part_applied(routes_part)),
      {"GET",
       one + "/flags",
       "getFlags",
       "Which features are on.",
       {},
       {},
       {answered(200, "The flags.", flags)},
       part_getter(context, flags_part)},
      commanding(context,
                 {"PUT",
                  one + "/flags",
                  "putFlags",
                  "Switches features on and off.",
                  {},
                  document("flags", "{flags: [{name, version, on, serviceTimeFactor, errorRate}]}, see docs/api.md."),
                  {answered(200, "The flags.", flags)},
                  {}},
                 put_flags, part_applied(flags_part)),
  };
  for (const auto& more : {version_routes(context), gate_routes(context)}) all.insert(all.end(), more.begin(), more.end());
  return all;
}

}  // namespace http::routes
