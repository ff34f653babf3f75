#include "architecture/read_objectives.h"

#include <set>

#include "model/problem_text.h"
#include "packages/list.h"

namespace architecture {
namespace {

using model::Objective;

Objective read_objective(const JsonValue& value, const std::string& pointer, Report& report) {
  Objective objective;
  Fields fields(value, pointer, report);
  if (!fields.is_object()) return objective;
  const NumberRange ratio{Objective::ratio_min, Objective::ratio_max};
  objective.success_ratio = fields.number("successRatio", Need::optional, ratio, objective.success_ratio);
  const NumberRange latency{Objective::latency_ms_min, Objective::latency_ms_max};
  if (fields.has("latencyMs") && !fields.is_null("latencyMs")) {
    objective.latency_ms = fields.number("latencyMs", Need::optional, latency, latency.max);
  } else {
    fields.find("latencyMs", Need::optional);
  }
  objective.latency_ratio = fields.number("latencyRatio", Need::optional, ratio, objective.latency_ratio);
  objective.window_ms =
      fields.number("windowMs", Need::optional, {Objective::window_ms_min, Objective::window_ms_max}, objective.window_ms);
  if (fields.has("latencyRatio") && !objective.latency_ms) {
    report.add(fields.pointer_to("latencyRatio"), "conflict", "Without \"latencyMs\" nothing is promised of latency.");
  }
  fields.finish();
  return objective;
}

}  // namespace

std::map<std::string, Objective> read_objectives(Fields& document) {
  std::map<std::string, Objective> objectives;
  const JsonValue* list = document.find("objectives", Need::optional);
  if (list == nullptr) return objectives;
  const Fields names(*list, document.pointer_to("objectives"), document.report());  // says what is given twice
  if (!names.is_object()) return objectives;
  for (std::size_t i = 0; i < list->names.size(); ++i) {
    objectives.emplace(list->names[i], read_objective(list->items[i], names.pointer_to(list->names[i]), document.report()));
  }
  return objectives;
}

void check_objectives(const Architecture& document, Report& report) {
  std::vector<std::string> known;
  for (const Service& service : document.services) {
    const model::PackageInfo* package = packages::find(service.package);
    if (package != nullptr && package->load_source) known.push_back(service.name);
  }
  const std::set<std::string> sources(known.begin(), known.end());
  constexpr std::size_t shown_max = 20;
  if (known.size() > shown_max) known.resize(shown_max);
  for (const auto& [name, objective] : document.objectives) {
    if (sources.count(name) != 0) continue;
    const std::string hint = known.empty() ? "there is none." : "these are " + model::joined(known) + ".";
    std::string place;
    for (const char c : name) place += c == '~' ? std::string("~0") : c == '/' ? std::string("~1") : std::string(1, c);
    report.add("/objectives/" + place, "unknownService",
               "Objectives are for what users see, so for load sources; " + model::quoted(name) + " is none, " + hint, known);
  }
}

}  // namespace architecture
