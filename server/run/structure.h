#pragma once
// The structure of a World as the outside sees it. Simulation thread only, between events.

#include <memory>

#include "model/world.h"
#include "run/snapshot.h"

namespace run {

std::shared_ptr<const Structure> describe(const model::World& world);

}  // namespace run
