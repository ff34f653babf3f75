#pragma once
// What is wrong with a request for a fault, before anything is done.

#include <vector>

#include "chaos/experiment.h"
#include "chaos/fault.h"

namespace chaos {

/// Adds everything that is wrong; `complete`: the parameters with their defaults.
void check(const model::World& world, const FaultType& type, const FaultRequest& request, model::Parameters& complete,
           std::vector<model::Problem>& problems);

}  // namespace chaos
