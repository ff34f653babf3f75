#include "architecture/read_load.h"

namespace architecture {
namespace {

using model::ShapeSpec;

constexpr NumberRange time_ms{0, model::LoadSpec::longest_ms};
constexpr NumberRange length_ms{0.001, model::LoadSpec::longest_ms};

/// In the order of ShapeSpec::Kind.
const std::vector<std::string> shape_names{"constant", "ramp", "step", "spike", "diurnal", "piecewise"};

void read_points(Fields& fields, model::ShapeSpec& shape) {
  const JsonValue* list = fields.find("points", Need::required);
  const std::string pointer = fields.pointer_to("points");
  Report& report = fields.report();
  if (list == nullptr || !check_kind(*list, JsonValue::Kind::array, pointer, report)) return;
  if (list->items.empty()) report.add(pointer, "empty", "At least one point is needed.");
  if (list->items.size() > shape_points_max) {
    report.add(pointer, "tooMany", "There are more than " + std::to_string(shape_points_max) + " points.");
    return;
  }
  for (std::size_t i = 0; i < list->items.size(); ++i) {
    Fields point(list->items[i], item_pointer(pointer, i), report);
    if (!point.is_object()) continue;
    const double at_ms = point.number("atMs", Need::required, time_ms);
    const double factor = point.number("factor", Need::required, load_factor_range);
    if (!shape.points.empty() && at_ms < shape.points.back().at_ms) {
      report.add(point.pointer_to("atMs"), "badOrder", "This is before the point above; times have to ascend.");
    }
    shape.points.push_back({at_ms, factor});
    point.finish();
  }
}

/// The period, which is not shorter than what is repeated.
void read_period(Fields& fields, model::ShapeSpec& shape, double least_ms) {
  shape.period_ms = fields.number("periodMs", Need::optional, length_ms);
  if (!fields.has("periodMs") || shape.period_ms >= least_ms) return;
  fields.report().add(fields.pointer_to("periodMs"), "outOfRange", "What is repeated takes longer than the period.");
}

void read_figures(Fields& fields, model::ShapeSpec& shape) {
  switch (shape.kind) {
    case ShapeSpec::Kind::constant:
      return;
    case ShapeSpec::Kind::ramp:
      shape.at_ms = fields.number("atMs", Need::optional, time_ms);
      shape.over_ms = fields.number("overMs", Need::required, time_ms);
      shape.from_factor = fields.number("fromFactor", Need::optional, load_factor_range, 1);
      shape.to_factor = fields.number("toFactor", Need::required, load_factor_range, 1);
      return;
    case ShapeSpec::Kind::step:
      shape.at_ms = fields.number("atMs", Need::required, time_ms);
      shape.from_factor = fields.number("fromFactor", Need::optional, load_factor_range, 1);
      shape.to_factor = fields.number("toFactor", Need::required, load_factor_range, 1);
      return;
    case ShapeSpec::Kind::spike:
      shape.at_ms = fields.number("atMs", Need::required, time_ms);
      shape.rise_ms = fields.number("riseMs", Need::optional, time_ms);
      shape.hold_ms = fields.number("holdMs", Need::required, time_ms);
      shape.fall_ms = fields.number("fallMs", Need::optional, time_ms);
      shape.from_factor = fields.number("fromFactor", Need::optional, load_factor_range, 1);
      shape.to_factor = fields.number("toFactor", Need::required, load_factor_range, 1);
      read_period(fields, shape, shape.at_ms + shape.rise_ms + shape.hold_ms + shape.fall_ms);
      return;
    case ShapeSpec::Kind::diurnal:
      shape.from_factor = fields.number("lowFactor", Need::required, load_factor_range, 1);
      shape.to_factor = fields.number("highFactor", Need::required, load_factor_range, 1);
      shape.at_ms = fields.number("peakAtMs", Need::optional, time_ms);
      shape.period_ms = fields.number("periodMs", Need::optional, {1, model::LoadSpec::longest_ms}, day_ms);
      return;
    case ShapeSpec::Kind::piecewise:
      read_points(fields, shape);
      read_period(fields, shape, shape.points.empty() ? 0 : shape.points.back().at_ms);
      return;
  }
}

}  // namespace

model::ShapeSpec read_shape(const JsonValue& value, const std::string& pointer, Report& report) {
  Fields fields(value, pointer, report);
  model::ShapeSpec shape;
  const auto kind = fields.choice("kind", Need::required, shape_names, "a shape");
  if (!kind) return shape;
  shape.kind = static_cast<ShapeSpec::Kind>(*kind);
  read_figures(fields, shape);
  fields.finish();
  return shape;
}

}  // namespace architecture
