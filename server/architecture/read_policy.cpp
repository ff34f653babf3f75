#include "architecture/read_policy.h"

#include <algorithm>

#include "model/problem_text.h"

namespace architecture {
namespace {

constexpr TextRule preset_rule{name_length_max, false, true};

/// Nothing when it is none of them.
std::optional<model::Policy> find_preset(const JsonValue& value, const std::string& pointer, const PolicyPresets& presets, Report& report) {
  if (!check_text(value, preset_rule, pointer, report)) return std::nullopt;
  std::vector<std::string> known;
  for (const PolicyPreset& preset : presets) {
    if (preset.name == value.text) return preset.policy;
    known.push_back(preset.name);
  }
  const std::string nearest = model::nearest_name(value.text, known);
  const std::string others = known.empty() ? "none has a name here" : "known are " + model::joined(known);
  const std::string hint = nearest.empty() ? others + "." : "did you mean \"" + nearest + "\"?";
  report.add(pointer, "unknownPreset", "There is no policy " + model::quoted(value.text) + "; " + hint,
             model::nearest_first(value.text, known));
  return std::nullopt;
}

/// Letters, digits, "-", "_" and "." for versions.
bool is_preset_name(const std::string& name) {
  return !name.empty() && name.size() <= name_length_max &&
         std::all_of(name.begin(), name.end(), [](char c) { return is_name_character(c) || c == '.'; });
}

PolicyPreset read_preset(const std::string& name, const JsonValue& value, const std::string& pointer, Report& report) {
  PolicyPreset preset;
  preset.name = preset.policy.preset = name;
  if (!is_preset_name(name)) {
    report.add(pointer, "badName", model::quoted(name) + " is not a name: letters, digits, \"-\", \"_\" and \".\", at least one.");
  }
  Fields fields(value, pointer, report);
  if (!fields.is_object()) return preset;
  preset.why = fields.text("why", Need::required, filled_text_rule);
  preset.source = fields.text("source", Need::required, filled_text_rule);
  read_policy_sections(fields, preset.policy);
  fields.finish();
  return preset;
}

PolicyPresets read_presets(Fields& fields) {
  PolicyPresets presets;
  const JsonValue* list = fields.find("policies", Need::required);
  if (list == nullptr) return presets;
  const Fields names(*list, fields.pointer_to("policies"), fields.report());  // says what is given twice
  if (!names.is_object()) return presets;
  if (list->names.size() > policies_max) {
    fields.report().add(names.pointer(), "tooMany", "There are more than " + std::to_string(policies_max) + " policies.");
    return presets;
  }
  for (std::size_t i = 0; i < list->names.size(); ++i) {
    presets.push_back(read_preset(list->names[i], list->items[i], names.pointer_to(list->names[i]), fields.report()));
  }
  return presets;
}

}  // namespace

std::optional<model::Policy> read_policy(const JsonValue& value, const std::string& pointer, const PolicyPresets& presets, Report& report) {
  if (value.kind == JsonValue::Kind::null) return std::nullopt;
  if (value.kind == JsonValue::Kind::string) return find_preset(value, pointer, presets, report);
  if (value.kind != JsonValue::Kind::object) {
    report.add(pointer, "wrongType",
               std::string("This has to be the name of a policy, an object with what it does or null, not ") + kind_name(value.kind) + ".");
    return std::nullopt;
  }
  Fields fields(value, pointer, report);
  model::Policy policy;
  if (const JsonValue* name = fields.find("preset", Need::optional)) {
    const auto preset = find_preset(*name, fields.pointer_to("preset"), presets, report);
    if (!preset) return policy;  // what is wrong with changes to it nobody can say
    policy = *preset;
  }
  read_policy_sections(fields, policy);
  fields.finish();
  return policy;
}

std::variant<model::Policy, Problems> read_policy(std::string_view json, const PolicyPresets& policies) {
  auto parsed = parse_json(json);
  if (const auto* problem = std::get_if<model::Problem>(&parsed)) return Problems{*problem};
  Report report;
  const auto policy = read_policy(std::get<JsonValue>(parsed), "", policies, report);
  if (report.empty() && !policy) report.add("", "wrongType", "This has to be the name of a policy or an object with what it does.");
  if (!report.empty()) return report.take();
  return *policy;
}

std::variant<PolicyPresets, Problems> read_policies(std::string_view json) {
  auto parsed = parse_json(json);
  if (const auto* problem = std::get_if<model::Problem>(&parsed)) return Problems{*problem};
  Report report;
  PolicyPresets presets;
  Fields fields(std::get<JsonValue>(parsed), "", report);
  if (fields.is_object()) {
    fields.text("description", Need::optional, {text_length_max});
    presets = read_presets(fields);
    fields.finish();
  }
  if (!report.empty()) return report.take();
  return presets;
}

}  // namespace architecture
