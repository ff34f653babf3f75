#include "architecture/read_distribution.h"

#include <algorithm>

namespace architecture {
namespace {

using model::DistributionSpec;

constexpr NumberRange cv_range{0, 100};
constexpr NumberRange wide_cv_range{1.01, 100};  // two phases are never narrower than one
constexpr NumberRange alpha_range{1.01, 100};
constexpr std::uint32_t shape_max = 100;

/// In the order of DistributionSpec::Kind.
const std::vector<std::string> distribution_names{"constant", "uniform", "exponential",      "logNormal",
                                                  "pareto",   "erlang",  "hyperexponential", "empirical"};

/// The figures of one kind and no others: one that would not be read is reported by finish().
class Figures {
 public:
  Figures(Fields& fields, const Quantity& quantity) : fields_(fields), quantity_(quantity) {}

  void read(model::DistributionSpec& spec) {
    switch (spec.kind) {
      case DistributionSpec::Kind::uniform:
        spec.min_ms = number("min");
        spec.max_ms = number("max");
        if (spec.min_ms > spec.max_ms && fields_.has(field("max"))) {
          report().add(fields_.pointer_to(field("max")), "outOfRange", field("max") + " has to be at least " + field("min") + ".");
        }
        return;
      case DistributionSpec::Kind::empirical:
        spec.values_ms = values();
        return;
      case DistributionSpec::Kind::constant:
      case DistributionSpec::Kind::exponential:
        spec.mean_ms = number("mean");
        return;
      case DistributionSpec::Kind::log_normal:
        spec.mean_ms = number("mean");
        spec.cv = fields_.number("cv", Need::optional, cv_range, spec.cv);
        return;
      case DistributionSpec::Kind::pareto:
        spec.mean_ms = number("mean");
        spec.alpha = fields_.number("alpha", Need::optional, alpha_range, spec.alpha);
        return;
      case DistributionSpec::Kind::erlang:
        spec.mean_ms = number("mean");
        spec.shape = fields_.integer("shape", Need::optional, shape_max, 1, spec.shape);
        return;
      case DistributionSpec::Kind::hyperexponential:
        spec.mean_ms = number("mean");
        spec.cv = fields_.number("cv", Need::optional, wide_cv_range, 2);
        return;
    }
  }

 private:
  std::string field(const char* name) const { return std::string(name) + quantity_.suffix; }
  double number(const char* name) { return fields_.number(field(name).c_str(), Need::required, quantity_.range); }
  Report& report() { return fields_.report(); }

  std::vector<double> values() {
    const std::string name = field("values");
    const JsonValue* list = fields_.find(name.c_str(), Need::required);
    const std::string pointer = fields_.pointer_to(name);
    std::vector<double> values;
    if (list == nullptr || !check_kind(*list, JsonValue::Kind::array, pointer, report())) return values;
    if (list->items.empty()) report().add(pointer, "empty", "At least one value is needed.");
    if (list->items.size() > distribution_values_max) {
      report().add(pointer, "tooMany", "There are more than " + std::to_string(distribution_values_max) + " values.");
      return values;
    }
    for (std::size_t i = 0; i < list->items.size(); ++i) {
      if (check_number(list->items[i], quantity_.range, item_pointer(pointer, i), report())) values.push_back(list->items[i].number);
    }
    std::sort(values.begin(), values.end());
    return values;
  }

  Fields& fields_;
  const Quantity& quantity_;
};

}  // namespace

model::DistributionSpec read_distribution(const JsonValue& value, const std::string& pointer, Report& report, const Quantity& quantity) {
  model::DistributionSpec spec;
  if (value.kind == JsonValue::Kind::number) {
    if (check_number(value, quantity.range, pointer, report)) spec.mean_ms = value.number;
    return spec;
  }
  if (value.kind != JsonValue::Kind::object) {
    report.add(pointer, "wrongType",
               std::string("This has to be a number of ") + quantity.unit + " or an object with a distribution, not " +
                   kind_name(value.kind) + ".");
    return spec;
  }
  Fields fields(value, pointer, report);
  const auto kind = fields.choice("distribution", Need::required, distribution_names, "a distribution");
  if (!kind) return spec;
  spec.kind = static_cast<DistributionSpec::Kind>(*kind);
  Figures(fields, quantity).read(spec);
  fields.finish();
  return spec;
}

std::optional<model::DistributionSpec> read_time(Fields& fields, const char* name) {
  const JsonValue* value = fields.find(name, Need::optional);
  if (value == nullptr) return std::nullopt;
  return read_distribution(*value, fields.pointer_to(name), fields.report());
}

}  // namespace architecture
