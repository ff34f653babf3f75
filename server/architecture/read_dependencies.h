#pragma once
// Whom a service calls, and how: the list "dependencies" of a service.

#include "architecture/read_fields.h"
#include "architecture/read_policy.h"
#include "architecture/read_protocol.h"

namespace architecture {

/// Fills in `dependencies` and `calls`, one entry for each of the list so that places in it stay what they are: "" for one that is wrong
/// or was named before. REQUIRES: the service's name has been read.
void read_dependencies(Fields& fields, const Protocols& protocols, const PolicyPresets& policies, Service& service);

}  // namespace architecture
