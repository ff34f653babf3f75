#pragma once
// From a document to what a World is made of: regions multiplied and counts scaled, defaults filled in, names resolved, limits checked.

#include <cstdint>
#include <optional>
#include <variant>

#include "architecture/architecture.h"
#include "model/problem.h"
#include "model/world.h"

namespace architecture {

struct BuildSettings {
  std::uint64_t seed = 1;
  std::uint32_t scale_percent = 100;           ///< count * scale_percent / 100, at least 1
  std::uint32_t regions = 1;                   ///< multiplies the regions of every service
  std::optional<model::Epoch> starts_at = {};  ///< in place of the document's
};

/// Refused (invalid, with the place in the request): more regions than the catalogue has, more instances than World::instances_max.
/// REQUIRES: `document` came from read_architecture.
std::variant<model::WorldSpec, model::Refusal> build(const Architecture& document, const Regions& regions, const Defaults& defaults,
                                                     const BuildSettings& settings);

}  // namespace architecture
