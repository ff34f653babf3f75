// Recreate, as Kubernetes does it: all old instances go first. Nothing answers meanwhile.

#include "operations/rollout.h"

namespace operations {

Plan recreate_plan(const model::DeploymentSpec&) {
  return {{PlanStep::Kind::current, 0, false, {}, "is the version of new instances"},
          {PlanStep::Kind::empty, 0, false, {}, "waits until the old instances have stopped"},
          {PlanStep::Kind::size, 100, false, {}, "starts all instances"}};
}

}  // namespace operations
