#pragma once
// Which instances something applies to. The lists that are given all have to match; within a list one entry has to.

#include <string>
#include <vector>

namespace model {

struct Selector {
  std::vector<std::string> instances;  ///< short names
  std::vector<std::string> services;
  std::vector<std::string> zones;    ///< "us-east-1.zoneB"
  std::vector<std::string> regions;  ///< "us-east-1"

  bool empty() const { return instances.empty() && services.empty() && zones.empty() && regions.empty(); }
  bool operator==(const Selector&) const = default;
};

}  // namespace model
