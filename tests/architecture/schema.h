#pragma once
// The schema of documents, for tests that compare it with the reader.

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "reading.h"

namespace architecture_test {

inline nlohmann::json schema() {
  return nlohmann::json::parse(file("json_arch/architecture.schema.json"));
}

inline std::vector<std::string> names_of(const nlohmann::json& object) {
  std::vector<std::string> names;
  for (const auto& [name, value] : object.items()) names.push_back(name);
  return names;
}

}  // namespace architecture_test
