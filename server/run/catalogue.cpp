#include "run/catalogue.h"

#include "chaos/fault.h"
#include "chaos/schedule.h"
#include "packages/list.h"

namespace run {

const std::vector<PackageEntry>& packages() {
  static const std::vector<PackageEntry> entries = [] {
    std::vector<PackageEntry> result;
    for (const model::PackageInfo* info : packages::all()) {
      result.push_back({std::string(info->name), std::string(info->title), std::string(info->description)});
    }
    return result;
  }();
  return entries;
}

std::vector<std::string> package_names() {
  return packages::names();
}

const std::vector<FaultEntry>& faults() {
  static const std::vector<FaultEntry> entries = [] {
    std::vector<FaultEntry> result;
    for (const chaos::FaultType& type : chaos::all()) {
      FaultEntry entry;
      entry.type = type.type;
      entry.title = type.title;
      entry.description = type.description;
      entry.stands_for = type.stands_for;
      entry.selectors = chaos::selectors_of(type.scope);
      if (type.suits != nullptr) entry.applies_to.emplace_back(type.suits_what);
      entry.takes_target = type.takes_target;
      if (type.takes_target) entry.direction = model::direction_names()[static_cast<std::size_t>(type.direction)];
      entry.hits_places = type.hits == chaos::Hits::places;
      entry.example = type.example;
      entry.example_architecture = type.example_architecture;
      entry.parameters = type.parameters();
      result.push_back(std::move(entry));
    }
    return result;
  }();
  return entries;
}

const std::vector<model::SchedulePreset>& schedule_presets() {
  return chaos::schedule_presets();
}

}  // namespace run
