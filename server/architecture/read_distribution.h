#pragma once
// A distribution of times or of sizes, wherever one may be given.

#include <cstddef>
#include <optional>

#include "architecture/read_fields.h"
#include "model/distribution_spec.h"

namespace architecture {

inline constexpr std::size_t distribution_values_max = 10'000;

/// What is distributed: how its figures are called and what they may be.
struct Quantity {
  const char* unit;    ///< "milliseconds"
  const char* suffix;  ///< of the fields: meanMs
  NumberRange range;
};
inline constexpr Quantity time_quantity{"milliseconds", "Ms", {0, 3'600'000}};
inline constexpr Quantity size_quantity{"bytes", "Bytes", {0, message_bytes_max}};

/// A number is a constant; an object says which distribution.
model::DistributionSpec read_distribution(const JsonValue& value, const std::string& pointer, Report& report,
                                          const Quantity& quantity = time_quantity);

/// Of times; nothing when the member is not there.
std::optional<model::DistributionSpec> read_time(Fields& fields, const char* name);

}  // namespace architecture
