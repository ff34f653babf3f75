// Deployments that stand still.
#include "chaos/effect.h"

namespace chaos {
const FaultType deploy_freeze = {
    .type = "deploy.freeze",
    .scope = Scope::any,
    .title = "Deployments frozen",
    .description = "No deployment of the services begins, and those that run stand still, with old and new versions side by side.",
    .stands_for = "A change freeze, a pipeline that is out.",
    .parameters = no_parameters,
    .make = make<Denying<&model::Denials::deployments, services_of>>,
    .hits = Hits::places,
    .example = R"({"type":"deploy.freeze","selector":{"services":["homepage"]},"durationMs":600000})",
};

}  // namespace chaos
