// Places where nothing new can start.
#include "chaos/effect.h"

namespace chaos {
const FaultType capacity_denied = {
    .type = "capacity.denied",
    .scope = Scope::any,
    .title = "No capacity",
    .description =
        "Nothing can be started in the places: scaling goes to others, and where there are none instances are missing. Together with a "
        "zone outage it shows whether the rest is enough.",
    .stands_for =
        "Insufficient capacity of an instance type after a zone failed, a control plane that is out (a true zone failure includes it: AWS "
        "FIS workshop, issue 16).",
    .parameters = no_parameters,
    .make = make<Denying<&model::Denials::capacity, locations_of>>,
    .hits = Hits::places,
    .example = R"({"type":"capacity.denied","selector":{"zones":["us-east-1.zoneB"]},"durationMs":600000})",
};

}  // namespace chaos
