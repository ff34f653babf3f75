#include "architecture/read_changes.h"

namespace architecture {
namespace {

using policies::AutoscalerSpec;

constexpr double second_ms = 1'000;

AutoscalerSpec::Target read_target(const JsonValue& value, const std::string& pointer, Report& report) {
  AutoscalerSpec::Target target;
  Fields fields(value, pointer, report);
  if (!fields.is_object()) return target;
  const auto metric = fields.choice("name", Need::required, policies::autoscaler_metric_names(), "a metric");
  if (metric) target.metric = static_cast<AutoscalerSpec::Metric>(*metric);
  target.target = fields.number("target", Need::required, {0.001, AutoscalerSpec::target_max}, target.target);
  fields.finish();
  return target;
}

AutoscalerSpec::Rule read_rule(const JsonValue& value, const std::string& pointer, Report& report) {
  AutoscalerSpec::Rule rule;
  Fields fields(value, pointer, report);
  if (!fields.is_object()) return rule;
  const auto kind = fields.choice("kind", Need::required, policies::autoscaler_rule_names(), "a rule");
  if (kind) rule.kind = static_cast<AutoscalerSpec::Rule::Kind>(*kind);
  rule.value = fields.integer("value", Need::required, AutoscalerSpec::instances_max, 1, 1);
  read_time(fields, "periodMs", {second_ms, hour_ms / 2}, rule.period);
  fields.finish();
  return rule;
}

/// The members of an array of so many; nothing when it is missing or wrong.
template <class Item, class Read>
void read_list(Fields& fields, const char* name, std::size_t most, std::vector<Item>& items, Read read) {
  const JsonValue* list = fields.find(name, Need::optional);
  const std::string pointer = fields.pointer_to(name);
  if (list == nullptr || !check_kind(*list, JsonValue::Kind::array, pointer, fields.report())) return;
  if (list->items.empty() || list->items.size() > most) {
    fields.report().add(pointer, "wrongCount", "There have to be 1 to " + std::to_string(most) + " of these.");
    return;
  }
  items.clear();
  for (std::size_t i = 0; i < list->items.size(); ++i) items.push_back(read(list->items[i], item_pointer(pointer, i), fields.report()));
}

void read_behaviour(Fields& outer, const char* name, AutoscalerSpec::Behaviour& behaviour) {
  const JsonValue* value = outer.find(name, Need::optional);
  if (value == nullptr) return;
  Fields fields(*value, outer.pointer_to(name), outer.report());
  if (!fields.is_object()) return;
  read_time(fields, "windowMs", {0, hour_ms}, behaviour.window);
  const auto select = fields.choice("select", Need::optional, policies::autoscaler_select_names(), "a selection of rules");
  if (select) behaviour.select = static_cast<AutoscalerSpec::Select>(*select);
  read_list(fields, "rules", AutoscalerSpec::rules_max, behaviour.rules, read_rule);
  fields.finish();
}

}  // namespace

AutoscalerSpec read_autoscaler(const JsonValue& value, const std::string& pointer, Report& report) {
  AutoscalerSpec spec;
  Fields fields(value, pointer, report);
  if (!fields.is_object()) return spec;
  spec.enabled = fields.flag("enabled", Need::optional, spec.enabled);
  const std::size_t problems_before = report.size();
  spec.min = fields.integer("min", Need::optional, AutoscalerSpec::instances_max, 1, spec.min);
  spec.max = fields.integer("max", Need::required, AutoscalerSpec::instances_max, 1, spec.max);
  const bool has_bounds = report.size() == problems_before;
  read_list(fields, "metrics", AutoscalerSpec::metrics_max, spec.metrics, read_target);
  spec.tolerance = fields.number("tolerance", Need::optional, {0, 1}, spec.tolerance);
  read_time(fields, "syncMs", {second_ms, hour_ms}, spec.sync);
  read_time(fields, "initialReadinessMs", {0, hour_ms}, spec.initial_readiness);
  read_time(fields, "initialisationMs", {0, hour_ms}, spec.initialisation);
  if (const JsonValue* behaviour = fields.find("behaviour", Need::optional)) {
    Fields both(*behaviour, fields.pointer_to("behaviour"), report);
    if (both.is_object()) {
      read_behaviour(both, "up", spec.up);
      read_behaviour(both, "down", spec.down);
      both.finish();
    }
  }
  fields.finish();
  if (has_bounds && spec.max < spec.min) {
    report.add(fields.pointer_to("max"), "outOfRange", "This has to be at least min, which is " + std::to_string(spec.min) + ".");
  }
  return spec;
}

std::variant<AutoscalerSpec, Problems> read_autoscaler(std::string_view json) {
  auto parsed = parse_json(json);
  if (const auto* problem = std::get_if<model::Problem>(&parsed)) return Problems{*problem};
  Report report;
  AutoscalerSpec spec = read_autoscaler(std::get<JsonValue>(parsed), "", report);
  if (!report.empty()) return report.take();
  return spec;
}

}  // namespace architecture
