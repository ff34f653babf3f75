#include "architecture/read_distribution.h"

#include <algorithm>

namespace architecture {
namespace {

using Kind = model::DistributionSpec::Kind;

constexpr NumberRange duration_ms{0, 3'600'000};
constexpr NumberRange cv_range{0, 100};
constexpr NumberRange alpha_range{1.01, 100};

/// In the order of DistributionSpec::Kind.
const std::vector<std::string> kind_names{"constant", "uniform", "exponential",      "logNormal",
                                          "pareto",   "erlang",  "hyperexponential", "empirical"};

std::vector<double> read_values(Fields& fields) {
  const JsonValue* list = fields.find("valuesMs", Need::required);
  const std::string pointer = fields.pointer_to("valuesMs");
  std::vector<double> values;
  if (list == nullptr || !check_kind(*list, JsonValue::Kind::array, pointer, fields.report())) return values;
  if (list->items.empty()) fields.report().add(pointer, "empty", "At least one value is needed.");
  if (list->items.size() > distribution_values_max) {
    fields.report().add(pointer, "tooMany", "There are more than " + std::to_string(distribution_values_max) + " values.");
    return values;
  }
  for (std::size_t i = 0; i < list->items.size(); ++i) {
    if (check_number(list->items[i], duration_ms, item_pointer(pointer, i), fields.report())) values.push_back(list->items[i].number);
  }
  std::sort(values.begin(), values.end());
  return values;
}

/// The figures of one kind and no others: one that would not be read is reported by finish().
void read_figures(Fields& fields, model::DistributionSpec& spec) {
  switch (spec.kind) {
    case Kind::uniform:
      spec.min_ms = fields.number("minMs", Need::required, duration_ms);
      spec.max_ms = fields.number("maxMs", Need::required, duration_ms);
      if (spec.min_ms > spec.max_ms && fields.has("maxMs")) {
        fields.report().add(fields.pointer_to("maxMs"), "outOfRange", "maxMs has to be at least minMs.");
      }
      return;
    case Kind::empirical:
      spec.values_ms = read_values(fields);
      return;
    case Kind::constant:
    case Kind::exponential:
      spec.mean_ms = fields.number("meanMs", Need::required, duration_ms);
      return;
    case Kind::log_normal:
      spec.mean_ms = fields.number("meanMs", Need::required, duration_ms);
      spec.cv = fields.number("cv", Need::optional, cv_range, spec.cv);
      return;
    case Kind::pareto:
      spec.mean_ms = fields.number("meanMs", Need::required, duration_ms);
      spec.alpha = fields.number("alpha", Need::optional, alpha_range, spec.alpha);
      return;
    case Kind::erlang:
      spec.mean_ms = fields.number("meanMs", Need::required, duration_ms);
      spec.shape = fields.integer("shape", Need::optional, 100, 1, spec.shape);
      return;
    case Kind::hyperexponential:
      spec.mean_ms = fields.number("meanMs", Need::required, duration_ms);
      spec.cv = fields.number("cv", Need::required, {1.01, 100}, 2);
      return;
  }
}

}  // namespace

model::DistributionSpec read_distribution(const JsonValue& value, const std::string& pointer, Report& report) {
  model::DistributionSpec spec;
  if (value.kind == JsonValue::Kind::number) {
    if (check_number(value, duration_ms, pointer, report)) spec.mean_ms = value.number;
    return spec;
  }
  if (value.kind != JsonValue::Kind::object) {
    report.add(pointer, "wrongType",
               std::string("This has to be a number of milliseconds or an object with a distribution, not ") + kind_name(value.kind) + ".");
    return spec;
  }
  Fields fields(value, pointer, report);
  const auto kind = fields.choice("distribution", Need::required, kind_names, "a distribution");
  if (!kind) return spec;
  spec.kind = static_cast<Kind>(*kind);
  read_figures(fields, spec);
  fields.finish();
  return spec;
}

}  // namespace architecture
