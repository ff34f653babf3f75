#include "run/catalogue.h"

#include "http/routes/common.h"

namespace http::routes {
namespace {

void write_service_settings(JsonWriter& json, const architecture::ServiceSettings& s) {
  const auto member = [&json](const char* name, const auto& value) {
    if (value) json.member(name, *value);
  };
  json.begin_object();
  member("concurrency", s.concurrency);
  member("queueLimit", s.queue_limit);
  member("hitRatio", s.hit_ratio);
  member("errorRate", s.error_rate);
  member("timeoutMs", s.timeout_ms);
  member("startUpMs", s.start_up_ms);
  if (s.replace_after_ms) {
    json.key("replaceAfterMs");
    *s.replace_after_ms ? json.value(**s.replace_after_ms) : json.null();
  }
  member("requestsPerSecond", s.requests_per_second);
  json.end_object();
}

std::vector<Field> fault_type_fields() {
  return {text("type", ""),
          text("title", ""),
          text("description", "What users will see."),
          text("standsFor", "What it is in the real world, and whose tools have it."),
          anything("selectors", "Parts of a selector; one of them has to be given."),
          anything("appliesTo", "Kinds of instances; none: all."),
          boolean("choosesInstances", "mode, value and minRemaining choose among them; else services or places are hit whole."),
          boolean("takesTarget", "It is between two groups of instances."),
          text("direction", "Of these, when none is given."),
          boolean("revertible", "Nothing is left of it when it has ended."),
          anything("parameters", "Name, kind, description, default, min, max, choices, unit.")};
}

Reply fault_type(const Request& request) {
  const std::string& type = request.params.at("type");
  std::vector<std::string> known;
  for (const run::FaultEntry& entry : run::faults()) {
    known.push_back(entry.type);
    if (entry.type != type) continue;
    JsonWriter json;
    write_fault_type(json, entry, true);
    return ok(json.take());
  }
  return not_found("type of fault", type, known);
}

std::vector<Field> whole_fault_type_fields() {
  std::vector<Field> fields = fault_type_fields();
  fields.push_back(anything("schema", "JSON Schema of the parameters."));
  fields.push_back(anything("defaults", ""));
  fields.push_back(anything("example", "A body for POST .../faults."));
  fields.push_back(text("exampleArchitecture", "For which it is."));
  return fields;
}

Reply list_packages(const Context& context, const Request& request) {
  const auto& defaults = context.catalogue.defaults().packages;
  return list_reply(request, run::packages(), [&defaults](JsonWriter& json, const run::PackageEntry& package) {
    json.begin_object().member("name", package.name).member("title", package.title).member("description", package.description);
    json.key("defaults");
    const auto found = defaults.find(package.name);
    write_service_settings(json, found == defaults.end() ? architecture::ServiceSettings{} : found->second.settings);
    json.end_object();
  });
}

Reply list_protocols(const Context& context, const Request& request) {
  return list_reply(request, context.catalogue.defaults().protocols, [](JsonWriter& json, const model::Protocol& protocol) {
    json.begin_object().member("name", protocol.name).member("serializeNsPerByte", protocol.serialize_ns_per_byte);
    json.member("deserializeNsPerByte", protocol.deserialize_ns_per_byte).member("sizeFactor", protocol.size_factor).end_object();
  });
}

Reply list_regions(const Context& context, const Request& request) {
  return list_reply(request, context.catalogue.regions().regions, [](JsonWriter& json, const architecture::Region& region) {
    json.begin_object().member("name", region.name).member("continent", region.continent).strings("zones", region.zones).end_object();
  });
}

}  // namespace

std::vector<Route> catalogue(Context& context) {
  return {
      {"GET",
       "/api/v1/packages",
       "listPackages",
       "How services can behave.",
       page_fields(),
       {},
       {answered(200, "A page of packages.",
                 {array("items", "", {text("name", ""), text("title", ""), text("description", ""), anything("defaults", "")})})},
       [&context](const Request& request, const Respond& respond) { respond(list_packages(context, request)); }},
      {"GET",
       "/api/v1/fault-types",
       "listFaultTypes",
       "What can be done to a simulation.",
       page_fields(),
       {},
       {answered(200, "A page of fault types.", {array("items", "", fault_type_fields())})},
       [](const Request& request, const Respond& respond) {
         respond(list_reply(request, run::faults(),
                            [](JsonWriter& json, const run::FaultEntry& entry) { write_fault_type(json, entry, false); }));
       }},
      {"GET",
       "/api/v1/fault-types/{type}",
       "getFaultType",
       "One type of fault: its parameters as JSON Schema, their defaults, an example.",
       {},
       {},
       {answered(200, "The type.", whole_fault_type_fields())},
       [](const Request& request, const Respond& respond) { respond(fault_type(request)); }},
      {"GET",
       "/api/v1/protocols",
       "listProtocols",
       "What messages can cost, by the names that documents may give.",
       page_fields(),
       {},
       {answered(200, "A page of protocols.",
                 {array("items", "",
                        {text("name", ""), number("serializeNsPerByte", "", 0, 10'000), number("deserializeNsPerByte", "", 0, 10'000),
                         number("sizeFactor", "Bytes on the wire; JSON has 1.", 0.01, 100)})})},
       [&context](const Request& request, const Respond& respond) { respond(list_protocols(context, request)); }},
      {"GET",
       "/api/v1/regions",
       "listRegions",
       "Where instances can be.",
       page_fields(),
       {},
       {answered(200, "A page of regions.", {array("items", "", {text("name", ""), text("continent", ""), anything("zones", "")})})},
       [&context](const Request& request, const Respond& respond) { respond(list_regions(context, request)); }},
  };
}

}  // namespace http::routes
