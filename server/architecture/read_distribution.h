#pragma once
// A distribution of times, wherever one may be given.

#include <cstddef>

#include "architecture/read_fields.h"
#include "model/distribution_spec.h"

namespace architecture {

inline constexpr std::size_t distribution_values_max = 10'000;

/// A number is a constant, in ms; an object says which distribution.
model::DistributionSpec read_distribution(const JsonValue& value, const std::string& pointer, Report& report);

}  // namespace architecture
