#pragma once
// Which instances something applies to, and how much harm it may do. Plain data; World::select and World::choose say who that is.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace model {

/// The lists that are given all have to match; within a list one entry has to, and of the labels all.
struct SelectorParts {
  std::vector<std::string> instances;  ///< short names
  std::vector<std::string> services;
  std::vector<std::string> zones;       ///< "us-east-1.zoneB"
  std::vector<std::string> regions;     ///< "us-east-1"
  std::vector<std::string> versions;    ///< of the instances
  std::vector<std::string> continents;  ///< as the catalogue of regions names them
  std::vector<std::string> states;      ///< selectable_states(); none: all of them
  std::map<std::string, std::string> labels = {};

  bool empty() const {
    return instances.empty() && services.empty() && zones.empty() && regions.empty() && versions.empty() && continents.empty() &&
           states.empty() && labels.empty();
  }
  bool operator==(const SelectorParts&) const = default;
};

struct Selector : SelectorParts {
  enum class Mode : std::uint8_t {
    all,
    one,      ///< any
    count,    ///< `value` of them
    percent,  ///< `value` percent of them, rounded down, at least one
  };
  Mode mode = Mode::all;
  double value = 0;
  SelectorParts exclude;  ///< these are left out, unless it is empty
  /// Of each service at least so many instances that are up are left alone.
  std::uint32_t min_remaining = 0;

  bool empty() const { return SelectorParts::empty(); }
  bool operator==(const Selector&) const = default;
};

/// In the order of the values: "all", "one", "count", "percent".
const std::vector<std::string>& selector_mode_names();
/// starting, up, draining, down.
const std::vector<std::string>& selectable_states();

}  // namespace model
