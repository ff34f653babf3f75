#pragma once
// Whether users could be served, by the wiring alone: where instances are, who calls whom, and what each service needs to work. Pure
// functions, between events.

#include <cstdint>
#include <vector>

#include "model/world.h"

namespace model {

/// By group: whether it has an instance that is up.
std::vector<bool> groups_up(const World& world);

/// Load sources (services) none of whose groups has a working path, if just these groups had instances. Takes time in proportion to groups
/// and their routes.
std::vector<std::uint32_t> unserved(const Shared& shared, const std::vector<bool>& there);

}  // namespace model
