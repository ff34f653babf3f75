// Rolling update, as Kubernetes' Deployment does it: at no moment more instances than maxSurge over those that there should be, nor fewer
// that are available than maxUnavailable under. How it goes on is Deployment::roll().

#include "operations/rollout.h"

namespace operations {

Plan rolling_plan(const model::DeploymentSpec&) {
  return {{PlanStep::Kind::current, 0, false, {}, "is the version of new instances"},
          {PlanStep::Kind::roll, 0, false, {}, "replaces instances, some at a time"}};
}

}  // namespace operations
