#pragma once
// Who knows whom, as the service registry decides it. There is a registry in every zone; the registries of a region replicate to each
// other. An instance in a zone registers with and asks its zone's; a regional one all of its region; a global one, or one that depends on
// eureka, all registries everywhere. An answer holds every instance registered there; some packages keep only those of their own zone.
// Nobody keeps itself.

#include "model/shard.h"

namespace model {

/// Fills in the routes, clusters and links of all groups.
void wire(Shared& shared);
/// Links from brokers to those who take their messages: from every group of the broker that they know.
void wire_subscriptions(Shared& shared);

/// Columns for pictures: a service's tier is its longest way from a load source (or from a service that nobody calls); lanes in document
/// order.
void arrange(Shared& shared);

}  // namespace model
