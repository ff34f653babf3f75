#pragma once
// How a service has one primary and secondaries: the member "primary" of a service.

#include <optional>

#include "architecture/read_fields.h"
#include "model/primary.h"

namespace architecture {

struct Service;

/// The name of a preset, or an object that may begin with one and says what is different. Nothing when the service has none.
std::optional<model::PrimarySpec> read_primary(Fields& fields);

/// Reports one where the package has no use for it, or the secondaries are not known to the primary. REQUIRES: the service was read.
void check_primary(Fields& fields, const Service& service);

}  // namespace architecture
