#include "run/catalogue.h"

#include "http/routes/common.h"

namespace http::routes {
namespace {

void write_number_or_text(JsonWriter& json, const model::ParameterValue& value) {
  std::visit([&json](const auto& v) { json.value(v); }, value);
}

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

void write_parameter(JsonWriter& json, const model::ParameterSpec& spec) {
  const bool is_number = spec.kind == model::ParameterSpec::Kind::number;
  json.begin_object().member("name", spec.name).member("kind", is_number ? "number" : "choice");
  json.member("description", spec.description).key("default");
  write_number_or_text(json, spec.default_value);
  if (is_number)
    json.member("min", spec.min).member("max", spec.max);
  else
    json.strings("choices", spec.choices);
  if (!spec.unit.empty()) json.member("unit", spec.unit);
  json.end_object();
}

void write_fault_type(JsonWriter& json, const run::FaultEntry& fault) {
  json.begin_object().member("type", fault.type).member("title", fault.title).member("description", fault.description);
  json.strings("selectors", fault.selectors).key("parameters").begin_array();
  for (const model::ParameterSpec& spec : fault.parameters) write_parameter(json, spec);
  json.end_array().end_object();
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
       {answered(
           200, "A page of fault types.",
           {array("items", "",
                  {text("type", ""), text("title", ""), text("description", ""), anything("selectors", ""), anything("parameters", "")})})},
       [](const Request& request, const Respond& respond) { respond(list_reply(request, run::faults(), write_fault_type)); }},
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
