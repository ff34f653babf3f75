// Red/black, after Spinnaker (orca, RedBlackStrategy): the new group beside the old ones, which are disabled then: they get no traffic and
// stay warm, so that going back takes no start-up. Of older groups maxRemaining stay, the new one counted.

#include "operations/rollout.h"

namespace operations {

Plan red_black_plan(const model::DeploymentSpec& spec) {
  return {{PlanStep::Kind::size, 100, false, {}, "starts all instances"},
          {PlanStep::Kind::current, 0, false, {}, "is the version of new instances"},
          {PlanStep::Kind::thin_out, spec.max_remaining - 1.0, false, {}, "takes the place of the oldest version"},
          {PlanStep::Kind::wait, 0, false, spec.delay_before_disable, "gets traffic beside the old version"},
          {PlanStep::Kind::shift, 100, false, {}, "gets all traffic; the old version stays, disabled"}};
}

}  // namespace operations
