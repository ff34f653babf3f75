#pragma once
// What the tests of the reader share.

#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

#include "architecture/read.h"
#include "architecture/read_protocol.h"
#include "packages/list.h"
#include "support/source.h"

namespace architecture_test {

/// Those of this build: the documents and config/packages.json have to suit them.
inline const std::vector<std::string>& packages() {
  static const std::vector<std::string> names = ::packages::names();
  return names;
}

/// A file of the repository.
inline std::string file(const std::string& path) {
  return source::text_of(path);
}

/// Those of config/packages.json.
inline const architecture::Protocols& protocols() {
  static const architecture::Protocols known =
      std::get<architecture::Defaults>(architecture::read_defaults(file("config/packages.json"), packages())).protocols;
  return known;
}

/// Those of config/packages.json.
inline const architecture::RegistryPresets& registries() {
  static const architecture::RegistryPresets known =
      std::get<architecture::Defaults>(architecture::read_defaults(file("config/packages.json"), packages())).registries;
  return known;
}

/// Those of config/policies.json.
inline const architecture::PolicyPresets& presets() {
  static const architecture::PolicyPresets known =
      std::get<architecture::PolicyPresets>(architecture::read_policies(file("config/policies.json")));
  return known;
}

/// "code pointer", for each problem.
inline std::vector<std::string> summary(const architecture::Problems& problems) {
  std::vector<std::string> lines;
  for (const model::Problem& problem : problems) lines.push_back(problem.code + " " + problem.pointer);
  return lines;
}

inline std::vector<std::string> problems_of(const std::string& json) {
  const auto result = architecture::read_architecture(json, packages(), protocols(), presets(), registries());
  const auto* problems = std::get_if<architecture::Problems>(&result);
  return problems == nullptr ? std::vector<std::string>() : summary(*problems);
}

/// The document, or an exception that names the first problem.
inline architecture::Architecture document_of(const std::string& json) {
  auto result = architecture::read_architecture(json, packages(), protocols(), presets(), registries());
  if (const auto* problems = std::get_if<architecture::Problems>(&result)) {
    throw std::runtime_error(problems->front().pointer + ": " + problems->front().message);
  }
  return std::get<architecture::Architecture>(std::move(result));
}

/// A document with one service that has these members as well.
inline std::string with_service(const std::string& members) {
  return R"({"arch": "a", "services": [{"name": "s", "package": "store")" + (members.empty() ? "" : ", " + members) + "}]}";
}

}  // namespace architecture_test
