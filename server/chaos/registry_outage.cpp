// Registry outage: see model/registry_faults.cpp.
#include "chaos/effect.h"

namespace chaos {
const FaultType registry_outage = {
    .type = "registry.outage",
    .scope = Scope::any,
    .title = "Registry outage",
    .description =
        "The registries of the places cannot be asked: callers go on with what they knew, instances that start are not registered and know "
        "nobody. Users notice when instances have come or gone meanwhile.",
    .stands_for =
        "All servers of a registry gone, or unreachable (Netflix runs on through losses of Eureka for that reason; Simian Army has no "
        "monkey for it).",
    .parameters = no_parameters,
    .make = make<OnRegistries<model::RegistryFault::Kind::outage>>,
    .hits = Hits::places,
    .example = R"({"type":"registry.outage","selector":{"regions":["us-east-1"]},"durationMs":120000})",
};

}  // namespace chaos
