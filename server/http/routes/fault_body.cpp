#include "http/routes/fault_body.h"

#include "architecture/read_fault.h"
#include "http/routes/common.h"

namespace http::routes {
namespace {

std::vector<Field> part_fields() {
  const auto list_of = [](const char* name, const char* what) { return texts(name, what, architecture::selector_names_max); };
  Field labels = object("labels", "Of services, by name; all of them.", {});
  labels.open = true;
  return {list_of("instances", "Short names."),
          list_of("services", "Names."),
          list_of("zones", "Such as us-east-1.zoneB."),
          list_of("regions", "Such as us-east-1."),
          list_of("versions", "Of the instances."),
          list_of("continents", "As the catalogue of regions has them."),
          list_of("states", "starting, up, draining, down."),
          labels};
}

}  // namespace

Field fault_schema(std::string name, bool selects) {
  std::vector<Field> fields = part_fields();
  fields.push_back(choice("mode", "How many of those that match.", model::selector_mode_names()).otherwise("\"all\""));
  fields.push_back(number("value", "Of the modes count and percent.", 0, architecture::selector_value_max));
  fields.push_back(object("exclude", "Instances that are left alone.", part_fields()));
  fields.push_back(
      integer("minRemaining", "Instances of each service that are up and left alone, at least.", 0, architecture::selector_remaining_max));
  Field selector = object("selector", "What it hits: instances that are in every list that is given.", std::move(fields));
  Field ramp = object("ramp", "How it begins and ends.",
                      {choice("shape", "", model::ramp_shape_names()).otherwise("\"linear\""),
                       number("upMs", "Until it is there in full.", 0, architecture::fault_ms_max),
                       number("downMs", "Before its end, in which it gets less.", 0, architecture::fault_ms_max)});
  if (selects) selector.need();
  Field root = document(std::move(name), "A fault; the parameters of its type (GET /api/v1/fault-types) are members too.");
  root.fields = {text("type", "Such as zone.outage.", architecture::name_length_max).need(),
                 selector,
                 number("durationMs", "Simulated time until it ends by itself.", architecture::fault_ms_least, architecture::fault_ms_max),
                 object("target", "Of faults between two groups of instances: the other one; all others.", part_fields()),
                 choice("direction", "Of these: messages to the target, from it, or both.", model::direction_names()),
                 ramp,
                 number("jitter", "Share by which its level varies, anew each second.", 0, 1)};
  root.open = true;
  return root;
}

FaultBody fault_of(const std::string& json, const std::string& pointer, const std::optional<model::Selector>& usual) {
  using architecture::Need;
  auto parsed = architecture::parse_json(json);
  if (auto* problem = std::get_if<model::Problem>(&parsed)) {
    problem->pointer.insert(0, pointer);
    return {std::nullopt, {std::move(*problem)}};
  }
  architecture::Report report(architecture::Report::Null::absent);
  architecture::Fields fields(std::get<architecture::JsonValue>(parsed), pointer, report);
  model::FaultRequest fault;
  if (usual) fault.selector = *usual;
  architecture::read_fault(fields, fault, {usual ? Need::optional : Need::required, Need::optional});
  fields.finish();
  return {std::move(fault), report.take()};
}

}  // namespace http::routes
