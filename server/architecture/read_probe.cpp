#include "architecture/read_probe.h"

#include "architecture/read_changes.h"

namespace architecture {
namespace {

using model::ProbeSpec;
using Comparator = ProbeSpec::Comparator;

constexpr NumberRange value_range{-ProbeSpec::value_max, ProbeSpec::value_max};

/// A number, or two: the ends of a range.
void read_value(Fields& fields, ProbeSpec& spec, bool& range) {
  const JsonValue* value = fields.find("value", Need::required);
  if (value == nullptr) return;
  const std::string pointer = fields.pointer_to("value");
  Report& report = fields.report();
  range = value->kind == JsonValue::Kind::array;
  if (!range) {
    if (check_number(*value, value_range, pointer, report)) spec.value = value->number;
    return;
  }
  if (value->items.size() != 2) {
    report.add(pointer, "wrongCount", "This has to be a number, or two: [low, high].");
    return;
  }
  if (!check_number(value->items[0], value_range, item_pointer(pointer, 0), report)) return;
  if (!check_number(value->items[1], value_range, item_pointer(pointer, 1), report)) return;
  spec.value = value->items[0].number;
  spec.high = value->items[1].number;
  if (spec.value > spec.high) report.add(pointer, "outOfRange", "The first has to be the lower one: [low, high].");
}

}  // namespace

ProbeSpec read_probe(Fields& fields) {
  ProbeSpec spec;
  spec.name = fields.text("name", Need::optional, {name_length_max, false, true});
  const auto metric = fields.choice("metric", Need::required, model::probe_metric_names(), "a metric");
  if (metric) spec.metric = static_cast<ProbeSpec::Metric>(*metric);
  spec.service = fields.text("service", Need::optional, {name_length_max, false, true});
  spec.region = fields.text("region", Need::optional, {name_length_max, false, true});
  read_time(fields, "windowMs", {sim::to_ms(ProbeSpec::window_min), sim::to_ms(ProbeSpec::window_max)}, spec.window);
  const auto comparator = fields.choice("comparator", Need::optional, model::probe_comparator_names(), "a comparator");
  bool range = false;
  read_value(fields, spec, range);
  spec.comparator = range ? Comparator::within : Comparator::at_least;
  if (!comparator) return spec;
  spec.comparator = static_cast<Comparator>(*comparator);
  if (spec.takes_range() != range && fields.has("value")) {
    fields.report().add(
        fields.pointer_to("value"), "conflict",
        range ? "Two values go with within and outside; this comparator takes one." : "within and outside take two values: [low, high].");
  }
  return spec;
}

ProbeSpec read_probe(const JsonValue& value, const std::string& pointer, Report& report) {
  Fields fields(value, pointer, report);
  if (!fields.is_object()) return {};
  ProbeSpec spec = read_probe(fields);
  fields.finish();
  return spec;
}

}  // namespace architecture
