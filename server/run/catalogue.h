#pragma once
// What this build can do, for people and forms: packages and faults from their explicit lists. Constant after start, any thread.

#include <string>
#include <vector>

#include "model/parameter.h"
#include "model/schedule.h"

namespace run {

struct PackageEntry {
  std::string name, title, description;
};

struct FaultEntry {
  std::string type, title, description, stands_for;
  std::vector<std::string> selectors;   ///< which of "instances", "services", "zones", "regions" it takes
  std::vector<std::string> applies_to;  ///< kinds of instances; none: all
  bool takes_target = false;            ///< between two groups of instances
  std::string direction;                ///< of these, when none is given
  bool hits_places = false;             ///< no instances: services and places as such
  std::string example;                  ///< a body, for the architecture that is named
  std::string example_architecture;
  std::vector<model::ParameterSpec> parameters;
};

const std::vector<PackageEntry>& packages();
std::vector<std::string> package_names();
const std::vector<FaultEntry>& faults();
const std::vector<model::SchedulePreset>& schedule_presets();

}  // namespace run
