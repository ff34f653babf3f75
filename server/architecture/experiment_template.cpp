#include "architecture/experiment_template.h"

#include <algorithm>
#include <map>

#include "model/problem_text.h"

namespace architecture {
namespace {

using Values = std::map<std::string, JsonValue>;
constexpr TextRule template_name_rule{50, true, true};

bool is_value(const JsonValue& value) {
  const auto simple = [](const JsonValue& v) { return v.kind == JsonValue::Kind::string || v.kind == JsonValue::Kind::number; };
  if (value.kind == JsonValue::Kind::array) return std::all_of(value.items.begin(), value.items.end(), simple);
  return simple(value);
}

ExperimentTemplate::Variable read_variable(const JsonValue& value, const std::string& pointer, Report& report) {
  ExperimentTemplate::Variable variable;
  Fields fields(value, pointer, report);
  if (!fields.is_object()) return variable;
  variable.name = fields.text("name", Need::required, template_name_rule);
  variable.description = fields.text("description", Need::optional, {text_length_max});
  if (const JsonValue* by_default = fields.find("default", Need::required)) {
    if (is_value(*by_default)) {
      variable.value = *by_default;
    } else {
      report.add(fields.pointer_to("default"), "wrongType", "This has to be a text, a number, or an array of them.");
    }
  }
  fields.finish();
  return variable;
}

/// Text of what stands in a longer one.
std::string text_of(const JsonValue& value) {
  if (value.kind == JsonValue::Kind::string) return value.text;
  if (value.kind == JsonValue::Kind::number) return model::number_text(value.number);
  std::string text;
  for (const JsonValue& item : value.items) text += (text.empty() ? "" : ", ") + text_of(item);
  return text;
}

/// `pointer`: of `value` in the experiment.
void substitute(JsonValue& value, const Values& values, const std::string& pointer, Report& report) {
  for (std::size_t i = 0; i < value.items.size(); ++i) {
    const std::string at = value.kind == JsonValue::Kind::object ? model::child_pointer(pointer, value.names[i]) : item_pointer(pointer, i);
    substitute(value.items[i], values, at, report);
  }
  if (value.kind != JsonValue::Kind::string) return;
  std::string filled;
  std::size_t from = 0;
  while (true) {
    const std::size_t begin = value.text.find("${", from);
    const std::size_t end = begin == std::string::npos ? begin : value.text.find('}', begin);
    if (end == std::string::npos) break;
    const std::string name = value.text.substr(begin + 2, end - begin - 2);
    const auto found = values.find(name);
    if (found == values.end()) {
      std::vector<std::string> known;
      for (const auto& entry : values) known.push_back(entry.first);
      report.add(pointer, "unknownVariable", "There is no variable " + model::quoted(name) + ".", model::nearest_first(name, known));
      return;
    }
    if (begin == 0 && end + 1 == value.text.size()) {
      value = JsonValue(found->second);
      return;
    }
    filled += value.text.substr(from, begin - from) + text_of(found->second);
    from = end + 1;
  }
  value.text = filled + value.text.substr(from);
}

}  // namespace

std::variant<ExperimentTemplate, Problems> read_experiment_template(std::string_view json) {
  auto parsed = parse_json(json);
  if (const auto* problem = std::get_if<model::Problem>(&parsed)) return Problems{*problem};
  Report report;
  ExperimentTemplate form;
  Fields fields(std::get<JsonValue>(parsed), "", report);
  if (fields.is_object()) {
    form.name = fields.text("name", Need::required, template_name_rule);
    form.title = fields.text("title", Need::required, {name_length_max, false, true});
    form.description = fields.text("description", Need::optional, {text_length_max});
    const JsonValue* list = fields.find("variables", Need::optional);
    if (list != nullptr && check_kind(*list, JsonValue::Kind::array, "/variables", report)) {
      if (list->items.size() > ExperimentTemplate::variables_max) {
        report.add("/variables", "tooMany", "There are more than " + std::to_string(ExperimentTemplate::variables_max) + " of these.");
        list = nullptr;
      }
      for (std::size_t i = 0; list != nullptr && i < list->items.size(); ++i) {
        form.variables.push_back(read_variable(list->items[i], item_pointer("/variables", i), report));
      }
    }
    if (const JsonValue* experiment = fields.find("experiment", Need::required)) form.experiment = *experiment;
    fields.finish();
  }
  if (!report.empty()) return report.take();
  auto filled = fill_in(form, nullptr, "");
  if (auto* problems = std::get_if<Problems>(&filled)) {
    for (model::Problem& problem : *problems) problem.pointer = "/experiment" + problem.pointer;
    return std::move(*problems);
  }
  return form;
}

std::variant<model::ExperimentSpec, Problems> fill_in(const ExperimentTemplate& form, const JsonValue* values, const std::string& pointer) {
  Report report;
  Values all;
  for (const ExperimentTemplate::Variable& variable : form.variables) all[variable.name] = variable.value;
  if (values != nullptr) {
    Fields fields(*values, pointer, report);
    for (const ExperimentTemplate::Variable& variable : form.variables) {
      const JsonValue* value = fields.is_object() ? fields.find(variable.name.c_str(), Need::optional) : nullptr;
      if (value == nullptr) continue;
      if (is_value(*value)) {
        all[variable.name] = *value;
      } else {
        report.add(fields.pointer_to(variable.name), "wrongType", "This has to be a text, a number, or an array of them.");
      }
    }
    if (fields.is_object()) fields.finish();
  }
  JsonValue experiment = form.experiment;
  substitute(experiment, all, "", report);
  if (!report.empty()) return report.take();
  model::ExperimentSpec spec = read_experiment(experiment, "", report);
  if (!report.empty()) return report.take();
  spec.from_template = form.name;
  return spec;
}

}  // namespace architecture
