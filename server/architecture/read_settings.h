#pragma once
// The members of an object that are ServiceSettings: the same in a service of a document and in config/packages.json.

#include <cstddef>

#include "architecture/read_fields.h"

namespace architecture {

inline constexpr std::size_t distribution_values_max = 10'000;

/// Reads every setting from `fields`; with Need::required each has to be there.
ServiceSettings read_settings(Fields& fields, Need need);

}  // namespace architecture
