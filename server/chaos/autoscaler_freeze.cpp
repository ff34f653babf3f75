// Autoscalers that do nothing.
#include "chaos/effect.h"

namespace chaos {
const FaultType autoscaler_freeze = {
    .type = "autoscaler.freeze",
    .scope = Scope::any,
    .title = "Autoscaler frozen",
    .description = "The autoscalers of the services leave the number of instances as it is, whatever the load.",
    .stands_for = "A metrics pipeline that is out, a controller that crashes, an API that throttles.",
    .parameters = no_parameters,
    .make = make<Denying<&model::Denials::autoscalers, services_of>>,
    .hits = Hits::places,
    .example = R"({"type":"autoscaler.freeze","selector":{"services":["homepage"]},"durationMs":600000})",
};

}  // namespace chaos
