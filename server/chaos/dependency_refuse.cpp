// Calls that are turned away at once.
#include "chaos/effect.h"

namespace chaos {
const FaultType dependency_refuse = {
    .type = "dependency.refuse",
    .scope = Scope::any,
    .title = "Dependency: refused",
    .description = "Calls of the selected instances to their target are refused at once: another instance is tried, then they fail fast.",
    .stands_for = "A process that is not running, a port that is closed (Toxiproxy down, iptables REJECT).",
    .parameters = no_parameters,
    .make = make<Cutting<model::PathHindrance::Cut::refuse>>,
    .takes_target = true,
    .direction = model::Direction::to,
    .example =
        R"({"type":"dependency.refuse","selector":{"services":["homepage"]},"target":{"services":["subscriber"]},"durationMs":60000})",
};

}  // namespace chaos
