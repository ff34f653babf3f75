#include "model/parameter.h"

#include <algorithm>

#include "model/problem_text.h"

namespace model {
namespace {

Problem unknown_name(const std::string& name, const std::vector<ParameterSpec>& specs) {
  std::vector<std::string> names;
  names.reserve(specs.size());
  for (const ParameterSpec& spec : specs) names.push_back(spec.name);
  const std::string nearest = nearest_name(name, names);
  std::string message = quoted(name) + " is not a parameter here";
  if (!nearest.empty()) {
    message += "; did you mean \"" + nearest + "\"?";
  } else {
    message += names.empty() ? "; there are none." : "; known are " + joined(names) + ".";
  }
  return {child_pointer("", name), "unknownField", message, nearest_first(name, names)};
}

/// The problem with `value`, or an empty code.
Problem check(const ParameterSpec& spec, const ParameterValue& value) {
  const std::string pointer = child_pointer("", spec.name);
  if (spec.kind == ParameterSpec::Kind::number) {
    const double* number = std::get_if<double>(&value);
    if (number == nullptr) return {pointer, "wrongType", "This has to be a number.", {}};
    if (*number >= spec.min && *number <= spec.max) return {};  // false for NaN as well
    return {pointer, "outOfRange", "This has to be between " + number_text(spec.min) + " and " + number_text(spec.max) + ".", {}};
  }
  const std::string* word = std::get_if<std::string>(&value);
  if (word == nullptr) return {pointer, "wrongType", "This has to be a string.", spec.choices};
  if (std::find(spec.choices.begin(), spec.choices.end(), *word) != spec.choices.end()) return {};
  return {pointer, "unknownChoice", "This cannot be " + quoted(*word) + "; it is one of " + joined(spec.choices) + ".",
          nearest_first(*word, spec.choices)};
}

}  // namespace

Parameters complete(const std::vector<ParameterSpec>& specs, const Parameters& given, std::vector<Problem>& problems) {
  Parameters result;
  for (const ParameterSpec& spec : specs) {
    const auto value = given.find(spec.name);
    result[spec.name] = value == given.end() ? spec.default_value : value->second;
    if (value == given.end()) continue;
    Problem problem = check(spec, value->second);
    if (problem.code.empty()) continue;
    problems.push_back(std::move(problem));
    result[spec.name] = spec.default_value;
  }
  for (const auto& [name, value] : given) {
    const bool known = std::any_of(specs.begin(), specs.end(), [&name = name](const ParameterSpec& spec) { return spec.name == name; });
    if (!known) problems.push_back(unknown_name(name, specs));
  }
  return result;
}

}  // namespace model
