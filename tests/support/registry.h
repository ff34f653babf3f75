#pragma once
// Worlds whose callers find out by a registry, and what those believe.

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "support/worlds.h"

namespace worlds {

/// A preset of config/packages.json.
inline model::DiscoverySpec registry(const std::string& name) {
  static const architecture::RegistryPresets presets = defaults().registries;
  const auto found = std::find_if(presets.begin(), presets.end(), [&](const auto& preset) { return preset.spec.name == name; });
  if (found == presets.end()) throw std::runtime_error("no registry " + name);
  return found->spec;
}

/// Callers ("web") that ask "data", both in three zones; users who ask them when `requests_per_second` is over 0.
inline model::WorldSpec registered(const model::DiscoverySpec& discovery, std::uint32_t data, std::uint32_t callers, std::uint64_t seed,
                                   double requests_per_second = 0) {
  std::vector<model::ServiceSpec> services{service("data", "store", data, {}), service("web", "monolith", callers, {0})};
  if (requests_per_second > 0) {
    services.push_back(service("users", "denominator", 0, {1}));
    services.back().requests_per_second = requests_per_second;
  }
  model::WorldSpec spec = small(std::move(services), seed);
  spec.discovery = discovery;
  return spec;
}

inline bool believes(const model::World& world, model::InstanceId caller, model::InstanceId id) {
  const auto list = world.believed_by(caller, world.shared().groups[world.instance(id).group].service, 0, ~std::uint64_t{0});
  return std::find(list.begin(), list.end(), id) != list.end();
}

/// How many callers believe in it.
inline std::size_t believers(const model::World& world, model::InstanceId id) {
  const auto callers = instances_of(world, "web");
  return static_cast<std::size_t>(std::count_if(callers.begin(), callers.end(), [&](auto caller) { return believes(world, caller, id); }));
}

/// The instances of a service in one zone.
inline std::vector<model::InstanceId> in_zone(const model::World& world, const std::string& service, std::uint32_t zone) {
  std::vector<model::InstanceId> found;
  for (const model::InstanceId id : instances_of(world, service)) {
    if (world.shared().locations[world.shared().groups[world.instance(id).group].location].zone == zone) found.push_back(id);
  }
  return found;
}

}  // namespace worlds
