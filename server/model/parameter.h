#pragma once
// Self-description of named parameters: named, defaulted and bounded once, by the fault or operation that reads them.
// The REST interface validates against this and shows it; the dashboard builds forms from it.

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "model/problem.h"

namespace model {

using ParameterValue = std::variant<double, std::string>;
using Parameters = std::map<std::string, ParameterValue>;

struct ParameterSpec {
  enum class Kind { number, choice };
  std::string name;  ///< lowerCamelCase, with its unit: "latencyMs"
  Kind kind = Kind::number;
  std::string description;
  ParameterValue default_value;
  double min = 0;                    ///< numbers only, inclusive
  double max = 0;                    ///< numbers only, inclusive
  std::string unit;                  ///< "ms", "percent", "" ...
  std::vector<std::string> choices;  ///< choices only
};

/// Defaults filled in; every problem with the given values is added to `problems` (pointer "/name").
Parameters complete(const std::vector<ParameterSpec>& specs, const Parameters& given, std::vector<Problem>& problems);

}  // namespace model
