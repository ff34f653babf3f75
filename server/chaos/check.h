#pragma once
// What is wrong with a request for a fault, before anything is done.

#include <vector>

#include "chaos/experiment.h"
#include "chaos/fault.h"

namespace chaos {

/// Adds the names in it of which there are none in this World.
void check_names(const model::World& world, const FaultRequest& request, std::vector<model::Problem>& problems);

/// Adds everything that is wrong, names too; `complete`: the parameters with their defaults.
void check(const model::World& world, const FaultType& type, const FaultRequest& request, model::Parameters& complete,
           std::vector<model::Problem>& problems);

}  // namespace chaos
