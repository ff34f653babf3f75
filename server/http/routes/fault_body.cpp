#include "http/routes/fault_body.h"

#include <algorithm>

#include "http/routes/common.h"
#include "run/catalogue.h"

namespace http::routes {
namespace {

constexpr double duration_ms_max = 31'536'000'000.0;  ///< a year

/// The entry of the catalogue, or what is wrong with the name.
const run::FaultEntry* find_type(const std::string& type, std::vector<model::Problem>& problems) {
  std::vector<std::string> known;
  for (const run::FaultEntry& entry : run::faults()) {
    if (entry.type == type) return &entry;
    known.push_back(entry.type);
  }
  std::string message = "there is no fault type '" + type + "'";
  const std::string nearest = model::nearest_name(type, known);
  if (!nearest.empty()) message += "; did you mean '" + nearest + "'?";
  problems.push_back({"/type", "unknownFaultType", message, known});
  return nullptr;
}

model::Parameters parameters_of(const Fields& fields) {
  model::Parameters given;
  for (const auto& [name, value] : fields.numbers) {
    if (name != "durationMs" && name != "jitter") given[name] = value;
  }
  for (const auto& [name, value] : fields.texts) {
    if (name != "type" && name != "direction") given[name] = value;
  }
  return given;
}

std::size_t place_of(const std::vector<std::string>& names, const std::string& name) {
  return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
}

model::SelectorParts parts_of(const Fields& fields) {
  model::SelectorParts parts;
  parts.instances = fields.list("instances");
  parts.services = fields.list("services");
  parts.zones = fields.list("zones");
  parts.regions = fields.list("regions");
  parts.versions = fields.list("versions");
  parts.continents = fields.list("continents");
  parts.states = fields.list("states");
  if (const auto labels = fields.objects.find("labels"); labels != fields.objects.end()) parts.labels = labels->second.texts;
  return parts;
}

model::Selector selector_of(const Fields& fields) {
  model::Selector selector;
  static_cast<model::SelectorParts&>(selector) = parts_of(fields);
  selector.mode = static_cast<model::Selector::Mode>(place_of(model::selector_mode_names(), fields.text("mode", "all")));
  selector.value = fields.number("value", 0);
  if (const auto exclude = fields.objects.find("exclude"); exclude != fields.objects.end()) selector.exclude = parts_of(exclude->second);
  selector.min_remaining = static_cast<std::uint32_t>(fields.number("minRemaining", 0));
  return selector;
}

/// All but type and parameters.
void read_request(const Fields& fields, model::FaultRequest& command) {
  if (fields.has("durationMs")) command.duration = sim::from_ms(fields.number("durationMs", 0));
  if (const auto selector = fields.objects.find("selector"); selector != fields.objects.end()) {
    command.selector = selector_of(selector->second);
  }
  if (const auto target = fields.objects.find("target"); target != fields.objects.end()) command.target = parts_of(target->second);
  if (fields.has("direction")) {
    command.direction = static_cast<model::Direction>(place_of(model::direction_names(), fields.text("direction")));
  }
  if (const auto ramp = fields.objects.find("ramp"); ramp != fields.objects.end()) {
    const std::string shape = ramp->second.text("shape", "linear");
    command.ramp.shape = static_cast<model::Ramp::Shape>(place_of(model::ramp_shape_names(), shape));
    command.ramp.up = sim::from_ms(ramp->second.number("upMs", 0));
    command.ramp.down = sim::from_ms(ramp->second.number("downMs", 0));
  }
  command.jitter = fields.number("jitter", 0);
}

std::vector<Field> part_fields() {
  const auto list_of = [](const char* name, const char* what) { return texts(name, what, 1'000); };
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
  fields.push_back(number("value", "Of the modes count and percent.", 0, 1e7));
  fields.push_back(object("exclude", "Instances that are left alone.", part_fields()));
  fields.push_back(integer("minRemaining", "Instances of each service that are up and left alone, at least.", 0, instances_max));
  Field selector = object("selector", "What it hits: instances that are in every list that is given.", std::move(fields));
  Field ramp = object("ramp", "How it begins and ends.",
                      {choice("shape", "", model::ramp_shape_names()).otherwise("\"linear\""),
                       number("upMs", "Until it is there in full.", 0, duration_ms_max),
                       number("downMs", "Before its end, in which it gets less.", 0, duration_ms_max)});
  if (selects) selector.need();
  Field root = object(std::move(name), "A fault; the parameters of its type (GET /api/v1/fault-types) are members too.",
                      {text("type", "Such as zone.outage.").need(), selector,
                       number("durationMs", "Simulated time until it ends by itself.", 0.001, duration_ms_max),
                       object("target", "Of faults between two groups of instances: the other one; all others.", part_fields()),
                       choice("direction", "Of these: messages to the target, from it, or both.", model::direction_names()), ramp,
                       number("jitter", "Share by which its level varies, anew each second.", 0, 1)});
  root.open = true;
  return root;
}

std::variant<model::FaultRequest, Reply> fault_of(const Fields& fields, const std::string& pointer) {
  std::vector<model::Problem> problems;
  model::FaultRequest fault;
  fault.type = fields.text("type");
  const run::FaultEntry* entry = find_type(fault.type, problems);
  if (entry != nullptr) fault.parameters = model::complete(entry->parameters, parameters_of(fields), problems);
  if (!problems.empty()) {
    const bool malformed = std::any_of(problems.begin(), problems.end(),
                                       [](const model::Problem& p) { return p.code == "unknownField" || p.code == "wrongType"; });
    for (model::Problem& problem : problems) problem.pointer.insert(0, pointer);
    const std::string detail = problems.front().message;
    return problem(malformed ? 400 : 422, detail, std::move(problems));
  }
  read_request(fields, fault);
  return fault;
}

}  // namespace http::routes
