#pragma once
// What this build can do, for people and forms: packages and faults from their explicit lists. Constant after start, any thread.

#include <string>
#include <vector>

#include "model/parameter.h"

namespace run {

struct PackageEntry {
  std::string name, title, description;
};

struct FaultEntry {
  std::string type, title, description;
  std::vector<std::string> selectors;  ///< which of "instances", "services", "zones", "regions" it takes
  std::vector<model::ParameterSpec> parameters;
};

const std::vector<PackageEntry>& packages();
std::vector<std::string> package_names();
const std::vector<FaultEntry>& faults();

}  // namespace run
