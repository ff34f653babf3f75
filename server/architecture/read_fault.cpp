#include "architecture/read_fault.h"

#include "architecture/read_changes.h"
#include "chaos/fault.h"
#include "model/problem_text.h"
#include "model/world.h"

namespace architecture {
namespace {

static_assert(selector_remaining_max == model::World::instances_max);

/// Members of an open object; pointers are of the object.
void read_parts(Fields& fields, model::SelectorParts& parts) {
  const auto names = [&](const char* name) {
    return fields.texts(name, Need::optional, {text_length_max, false, true}, selector_names_max);
  };
  parts.instances = names("instances");
  parts.services = names("services");
  parts.zones = names("zones");
  parts.regions = names("regions");
  parts.versions = names("versions");
  parts.continents = names("continents");
  parts.states = names("states");
  const JsonValue* labels = fields.find("labels", Need::optional);
  if (labels == nullptr) return;
  Fields inner(*labels, fields.pointer_to("labels"), fields.report());
  if (!inner.is_object()) return;
  for (const std::string& name : labels->names) {
    parts.labels[name] = inner.text(name.c_str(), Need::required, {name_length_max});
  }
}

void read_ramp(const JsonValue& value, const std::string& pointer, Report& report, model::Ramp& ramp) {
  Fields fields(value, pointer, report);
  if (!fields.is_object()) return;
  const auto shape = fields.choice("shape", Need::optional, model::ramp_shape_names(), "a shape");
  ramp.shape = shape ? static_cast<model::Ramp::Shape>(*shape) : model::Ramp::Shape::linear;
  read_time(fields, "upMs", {0, fault_ms_max}, ramp.up);
  read_time(fields, "downMs", {0, fault_ms_max}, ramp.down);
  fields.finish();
}

/// As the type says; problems have pointers below the fault.
void read_parameters(Fields& fields, const chaos::FaultType& type, model::Parameters& parameters) {
  model::Parameters given;
  const std::vector<model::ParameterSpec> specs = type.parameters();
  for (const model::ParameterSpec& spec : specs) {
    const JsonValue* value = fields.find(spec.name.c_str(), Need::optional);
    if (value == nullptr) continue;
    const bool is_number = spec.kind == model::ParameterSpec::Kind::number;
    const auto kind = is_number ? JsonValue::Kind::number : JsonValue::Kind::string;
    if (!check_kind(*value, kind, fields.pointer_to(spec.name), fields.report())) continue;
    given[spec.name] = is_number ? model::ParameterValue(value->number) : model::ParameterValue(value->text);
  }
  Problems problems;
  parameters = model::complete(specs, given, problems);
  for (model::Problem& problem : problems) {
    fields.report().add(fields.pointer() + problem.pointer, problem.code, problem.message, problem.known);
  }
}

}  // namespace

model::SelectorParts read_selector_parts(const JsonValue& value, const std::string& pointer, Report& report) {
  model::SelectorParts parts;
  Fields fields(value, pointer, report);
  if (!fields.is_object()) return parts;
  read_parts(fields, parts);
  fields.finish();
  return parts;
}

model::Selector read_selector(const JsonValue& value, const std::string& pointer, Report& report) {
  model::Selector selector;
  Fields fields(value, pointer, report);
  if (!fields.is_object()) return selector;
  read_parts(fields, selector);
  const auto mode = fields.choice("mode", Need::optional, model::selector_mode_names(), "a mode");
  if (mode) selector.mode = static_cast<model::Selector::Mode>(*mode);
  selector.value = fields.number("value", Need::optional, {0, selector_value_max});
  if (fields.has("mode") && !mode) selector.value = 0;  // it may be right for the mode that was meant
  if (const JsonValue* exclude = fields.find("exclude", Need::optional)) {
    selector.exclude = read_selector_parts(*exclude, fields.pointer_to("exclude"), report);
  }
  selector.min_remaining = fields.integer("minRemaining", Need::optional, selector_remaining_max);
  fields.finish();
  return selector;
}

void read_fault(Fields& fields, model::FaultRequest& fault, FaultNeeds needs) {
  const std::string name = fields.text("type", Need::required, {name_length_max, false, true});
  const chaos::FaultType* type = chaos::find(name);
  if (type != nullptr) {
    fault.type = name;
    read_parameters(fields, *type, fault.parameters);
  } else if (!name.empty()) {
    std::vector<std::string> known;
    for (const chaos::FaultType& t : chaos::all()) known.emplace_back(t.type);
    const std::string near = model::nearest_name(name, known);
    fields.report().add(
        fields.pointer_to("type"), "unknownFaultType",
        "There is no fault type " + model::quoted(name) + (near.empty() ? "." : "; did you mean " + model::quoted(near) + "?"),
        model::nearest_first(name, known));
  }
  if (type == nullptr) fields.leave_rest();
  if (const JsonValue* selector = fields.find("selector", needs.selector)) {
    fault.selector = read_selector(*selector, fields.pointer_to("selector"), fields.report());
  }
  if (const JsonValue* target = fields.find("target", Need::optional)) {
    fault.target = read_selector_parts(*target, fields.pointer_to("target"), fields.report());
  }
  const auto direction = fields.choice("direction", Need::optional, model::direction_names(), "a direction");
  if (direction) fault.direction = static_cast<model::Direction>(*direction);
  if (const JsonValue* ramp = fields.find("ramp", Need::optional)) {
    read_ramp(*ramp, fields.pointer_to("ramp"), fields.report(), fault.ramp);
  }
  fault.jitter = fields.number("jitter", Need::optional, {0, 1});
  const double ms = fields.number("durationMs", needs.duration, {fault_ms_least, fault_ms_max}, fault_ms_max);
  if (needs.duration == Need::required || fields.has("durationMs")) fault.duration = sim::from_ms(ms);
}

}  // namespace architecture
