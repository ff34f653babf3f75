#include "run/catalogue.h"

#include "chaos/fault.h"
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
      result.push_back({std::string(type.type),
                        std::string(type.title),
                        std::string(type.description),
                        {std::string(chaos::name_of(type.scope))},
                        type.parameters()});
    }
    return result;
  }();
  return entries;
}

}  // namespace run
