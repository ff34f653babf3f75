#pragma once
// Why an objective burns, as far as can be seen: followed from the users along the calls that fail, or that take the time, to the last
// services that nobody below explains. Pure functions.

#include <string>
#include <vector>

#include "run/judge/observation.h"

namespace run::judge {

struct Cause {
  enum class Kind : std::uint8_t { errors, slow, traffic, unknown };
  Kind kind = Kind::unknown;
  static constexpr std::size_t services_max = 3;
  std::vector<std::uint32_t> services;  ///< where it is, the worst first; none: that cannot be seen
  std::string text;
};

/// What failed between two looks. `before` and `now`: of the same Observer. `absent`: by service, whether there was nobody of it at some
/// time.
Cause cause_of_errors(const model::World& world, const Observer& observer, const std::vector<bool>& absent, const Observation& before,
                      const Observation& now, std::uint32_t entry);
/// What took the time.
Cause cause_of_slowness(const model::World& world, const Observer& observer, const Observation& before, const Observation& now,
                        std::uint32_t entry);

}  // namespace run::judge
