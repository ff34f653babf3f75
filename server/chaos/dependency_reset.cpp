// Calls that are done, and whose answers are lost.
#include "chaos/effect.h"

namespace chaos {
const FaultType dependency_reset = {
    .type = "dependency.reset",
    .scope = Scope::any,
    .title = "Dependency: reset",
    .description = "The target does what it is asked for, but the callers get an error: what they try again is done twice.",
    .stands_for = "A connection that breaks before the answer (Toxiproxy reset_peer, Pumba, Litmus reset-peer).",
    .parameters = no_parameters,
    .make = make<Cutting<model::PathHindrance::Cut::reset>>,
    .takes_target = true,
    .direction = model::Direction::to,
    .example =
        R"({"type":"dependency.reset","selector":{"services":["homepage"]},"target":{"services":["subscriber"]},"durationMs":60000})",
};

}  // namespace chaos
