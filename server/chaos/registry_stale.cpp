// Stale registry: see model/registry_faults.cpp.
#include "chaos/effect.h"

namespace chaos {
const FaultType registry_stale = {
    .type = "registry.stale",
    .scope = Scope::any,
    .title = "Stale registry",
    .description =
        "The registries of the places answer with what they knew when it began: who has died is still asked, who has come is not.",
    .stands_for = "A cache that is not renewed, replication between servers that stands still.",
    .parameters = no_parameters,
    .make = make<OnRegistries<model::RegistryFault::Kind::stale>>,
    .hits = Hits::places,
    .example = R"({"type":"registry.stale","selector":{"regions":["us-east-1"]},"durationMs":120000})",
};

}  // namespace chaos
