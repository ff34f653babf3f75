#include "architecture/read_settings.h"

#include <algorithm>
#include <array>

#include "model/problem_text.h"

namespace architecture {
namespace {

using Kind = model::DistributionSpec::Kind;

constexpr NumberRange duration_ms{0, 3'600'000};
constexpr NumberRange cv_range{0, 100};
constexpr NumberRange alpha_range{1.01, 100};

struct KindName {
  const char* name;
  Kind kind;
};
constexpr std::array<KindName, 6> kind_names{{{"constant", Kind::constant},
                                              {"uniform", Kind::uniform},
                                              {"exponential", Kind::exponential},
                                              {"logNormal", Kind::log_normal},
                                              {"pareto", Kind::pareto},
                                              {"empirical", Kind::empirical}}};

/// Which distribution an object asks for; false when it is none.
bool read_kind(Fields& fields, Kind& kind) {
  const JsonValue* value = fields.find("distribution", Need::required);
  const std::string pointer = fields.pointer_to("distribution");
  if (value == nullptr || !check_kind(*value, JsonValue::Kind::string, pointer, fields.report())) return false;
  std::vector<std::string> names;
  for (const KindName& entry : kind_names) {
    names.emplace_back(entry.name);
    if (value->text != entry.name) continue;
    kind = entry.kind;
    return true;
  }
  fields.report().add(pointer, "unknownChoice",
                      model::quoted(value->text) + " is not a distribution; it is one of " + model::joined(names) + ".",
                      model::nearest_first(value->text, names));
  return false;
}

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
  }
}

/// A number is a constant; an object says which distribution.
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
  if (!read_kind(fields, spec.kind)) return spec;
  read_figures(fields, spec);
  fields.finish();
  return spec;
}

std::optional<double> read_number(Fields& fields, const char* name, Need need, NumberRange range) {
  if (!fields.has(name)) {
    fields.find(name, need);
    return std::nullopt;
  }
  return fields.number(name, need, range, range.min);
}

std::optional<std::uint32_t> read_integer(Fields& fields, const char* name, Need need, std::uint32_t min, std::uint32_t max) {
  if (!fields.has(name)) {
    fields.find(name, need);
    return std::nullopt;
  }
  return fields.integer(name, need, max, min, min);
}

}  // namespace

ServiceSettings read_settings(Fields& fields, Need need) {
  ServiceSettings settings;
  if (const JsonValue* value = fields.find("serviceTime", need)) {
    settings.service_time = read_distribution(*value, fields.pointer_to("serviceTime"), fields.report());
  }
  settings.concurrency = read_integer(fields, "concurrency", need, 1, 65'535);
  settings.queue_limit = read_integer(fields, "queueLimit", need, 0, 1'000'000);
  settings.hit_ratio = read_number(fields, "hitRatio", need, {0, 1});
  settings.error_rate = read_number(fields, "errorRate", need, {0, 1});
  settings.timeout_ms = read_number(fields, "timeoutMs", need, {0.001, 3'600'000});
  settings.start_up_ms = read_number(fields, "startUpMs", need, {0, 86'400'000});
  settings.requests_per_second = read_number(fields, "requestsPerSecond", need, {0, 1'000'000});
  return settings;
}

}  // namespace architecture
