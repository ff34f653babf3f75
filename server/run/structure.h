#pragma once
// The structure of a World as the outside sees it. Simulation thread only, between events.

#include <memory>

#include "model/world.h"
#include "run/looks.h"
#include "run/snapshot.h"

namespace run {

/// Costs what there is in groups, cells and links, and what is listed; not what there is in instances.
std::shared_ptr<const Structure> describe(const model::World& world, const Listing& listing = {});

}  // namespace run
