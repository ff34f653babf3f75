// Calls that vanish.
#include "chaos/effect.h"

namespace chaos {
const FaultType dependency_blackhole = {
    .type = "dependency.blackhole",
    .scope = Scope::any,
    .title = "Dependency: black hole",
    .description =
        "Calls of the selected instances to their target vanish: they hear nothing until their time-outs. Threads wait, and with them "
        "everything behind.",
    .stands_for =
        "A firewall that drops, a host that is gone (Toxiproxy timeout, Gremlin blackhole, Chaos Mesh and Litmus network partition).",
    .parameters = no_parameters,
    .make = make<Cutting<model::PathHindrance::Cut::drop>>,
    .takes_target = true,
    .direction = model::Direction::to,
    .example =
        R"({"type":"dependency.blackhole","selector":{"services":["homepage"]},"target":{"services":["subscriber"]},"durationMs":60000})",
};

}  // namespace chaos
