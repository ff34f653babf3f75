// Faults and their types as JSON.

#include "http/wire.h"

namespace http {
namespace {

void write_parts(JsonWriter& json, const model::SelectorParts& parts) {
  const auto list = [&json](const char* name, const std::vector<std::string>& names) {
    if (!names.empty()) json.strings(name, names);
  };
  list("instances", parts.instances);
  list("services", parts.services);
  list("zones", parts.zones);
  list("regions", parts.regions);
  list("versions", parts.versions);
  list("continents", parts.continents);
  list("states", parts.states);
  if (parts.labels.empty()) return;
  json.key("labels").begin_object();
  for (const auto& [name, value] : parts.labels) json.member(name, value);
  json.end_object();
}

void write_value(JsonWriter& json, const model::ParameterValue& value) {
  std::visit([&json](const auto& v) { json.value(v); }, value);
}

void write_parameter(JsonWriter& json, const model::ParameterSpec& spec) {
  const bool is_number = spec.kind == model::ParameterSpec::Kind::number;
  json.begin_object().member("name", spec.name).member("kind", is_number ? "number" : "choice");
  json.member("description", spec.description).key("default");
  write_value(json, spec.default_value);
  if (is_number) {
    json.member("min", spec.min).member("max", spec.max);
  } else {
    json.strings("choices", spec.choices);
  }
  if (!spec.unit.empty()) json.member("unit", spec.unit);
  json.end_object();
}

/// JSON Schema (draft 2020-12) of the parameters of a type.
void write_parameter_schema(JsonWriter& json, const std::vector<model::ParameterSpec>& specs) {
  json.begin_object().member("type", "object").member("additionalProperties", false).key("properties").begin_object();
  for (const model::ParameterSpec& spec : specs) {
    json.key(spec.name).begin_object();
    if (spec.kind == model::ParameterSpec::Kind::number) {
      json.member("type", "number").member("minimum", spec.min).member("maximum", spec.max);
    } else {
      json.member("type", "string").strings("enum", spec.choices);
    }
    json.member("description", spec.unit.empty() ? spec.description : spec.description + " (" + spec.unit + ")").key("default");
    write_value(json, spec.default_value);
    json.end_object();
  }
  json.end_object().end_object();
}

}  // namespace

void write_parameters(JsonWriter& json, const model::Parameters& parameters) {
  json.begin_object();
  for (const auto& [name, value] : parameters) {
    json.key(name);
    write_value(json, value);
  }
  json.end_object();
}

void write_selector(JsonWriter& json, const model::Selector& selector) {
  json.begin_object();
  write_parts(json, selector);
  if (selector.mode != model::Selector::Mode::all) {
    json.member("mode", model::selector_mode_names()[static_cast<std::size_t>(selector.mode)]);
    if (selector.mode != model::Selector::Mode::one) json.member("value", selector.value);
  }
  if (!selector.exclude.empty()) {
    json.key("exclude").begin_object();
    write_parts(json, selector.exclude);
    json.end_object();
  }
  if (selector.min_remaining > 0) json.member("minRemaining", selector.min_remaining);
  json.end_object();
}

void write_reach(JsonWriter& json, const std::optional<model::SelectorParts>& target, const std::optional<model::Direction>& direction,
                 const model::Ramp& ramp, double jitter) {
  if (target) {
    json.key("target").begin_object();
    write_parts(json, *target);
    json.end_object();
  }
  if (direction) json.member("direction", model::direction_names()[static_cast<std::size_t>(*direction)]);
  if (ramp != model::Ramp{}) {
    json.key("ramp").begin_object().member("shape", model::ramp_shape_names()[static_cast<std::size_t>(ramp.shape)]);
    json.member("upMs", sim_ms(ramp.up)).member("downMs", sim_ms(ramp.down)).end_object();
  }
  if (jitter > 0) json.member("jitter", jitter);
}

void write_fault(JsonWriter& json, const model::FaultRecord& fault) {
  json.begin_object().member("id", fault.id).member("type", fault.type).key("selector");
  write_selector(json, fault.selector);
  const bool directed = fault.target || fault.direction != model::Direction::both;
  write_reach(json, fault.target, directed ? std::optional(fault.direction) : std::nullopt, fault.ramp, fault.jitter);
  json.key("parameters");
  write_parameters(json, fault.parameters);
  json.member("state", fault.ended ? "ended" : "active").member("targets", fault.targets);
  json.member("startedSimTimeMs", sim_ms(fault.started));
  if (fault.ends) json.member("endsSimTimeMs", sim_ms(*fault.ends));
  if (fault.ended) json.member("endedSimTimeMs", sim_ms(*fault.ended));
  json.end_object();
}

void write_fault_type(JsonWriter& json, const run::FaultEntry& fault, bool whole) {
  json.begin_object().member("type", fault.type).member("title", fault.title).member("description", fault.description);
  json.member("standsFor", fault.stands_for).strings("selectors", fault.selectors).strings("appliesTo", fault.applies_to);
  json.member("choosesInstances", !fault.hits_places).member("takesTarget", fault.takes_target);
  if (fault.takes_target) json.member("direction", fault.direction);
  json.member("revertible", true).key("parameters").begin_array();
  for (const model::ParameterSpec& spec : fault.parameters) write_parameter(json, spec);
  json.end_array();
  if (whole) {
    json.key("schema");
    write_parameter_schema(json, fault.parameters);
    json.key("defaults").begin_object();
    for (const model::ParameterSpec& spec : fault.parameters) {
      json.key(spec.name);
      write_value(json, spec.default_value);
    }
    json.end_object().key("example").raw(fault.example).member("exampleArchitecture", fault.example_architecture);
  }
  json.end_object();
}

}  // namespace http
