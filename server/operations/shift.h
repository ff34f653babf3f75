#pragma once
// What shifts and evacuations agree on. On the simulation's thread.

#include <string>

#include "model/world.h"

namespace operations {

/// Whether the zone or region gets traffic when all that goes on now is over: it is not drained, and no evacuation leaves it.
bool keeps_traffic(const model::World& world, const std::string& place);

}  // namespace operations
