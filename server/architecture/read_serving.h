#pragma once
// The members of a service that say how it serves and calls (Serving): who is served next, what a worker does meanwhile, how workers hinder
// each other, how dependencies are called.

#include "architecture/read_fields.h"

namespace architecture {

Serving read_serving(Fields& fields);

/// Reports what makes no sense together, of the service alone: its discipline with what it waits for, its fan-out with its package and its
/// calls. REQUIRES: the service was read without a problem; a dependency that is named again is "" there.
void check_serving(Fields& fields, const Service& service);

}  // namespace architecture
