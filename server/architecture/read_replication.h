#pragma once
// How a cluster keeps copies: the member "replication" of a service, and levels of consistency wherever they are named.

#include <optional>

#include "architecture/read_fields.h"
#include "model/replication.h"
#include "model/status.h"

namespace architecture {

/// The level of requests with this verb; nothing when the member is not there or wrong.
std::optional<model::Consistency> read_consistency(Fields& fields, const char* name, model::Verb verb);

/// Nothing when the service has none.
std::optional<model::Replication> read_replication(Fields& fields);

/// Reports a replication where the package has no use for one, or the service is no cluster. REQUIRES: the service was read.
void check_replication(Fields& fields, const Service& service);

}  // namespace architecture
