// Blue/green, after Argo Rollouts: all of the new version beside the old one, without traffic; then all traffic at once; the old version
// goes a while later.

#include "operations/rollout.h"

namespace operations {

Plan blue_green_plan(const model::DeploymentSpec& spec) {
  Plan plan{{PlanStep::Kind::shift, 0, false, {}, "gets no traffic yet"}, {PlanStep::Kind::size, 100, false, {}, "starts all instances"}};
  if (!spec.auto_promote) plan.push_back({PlanStep::Kind::wait, 0, false, {}, "waits until somebody promotes it"});
  plan.push_back({PlanStep::Kind::current, 0, false, {}, "is the version of new instances"});
  plan.push_back({PlanStep::Kind::shift, 100, false, {}, "gets all traffic"});
  if (!spec.analysis.bounds.empty()) plan.push_back({PlanStep::Kind::analyse, 0, false, {}, "is analysed"});
  plan.push_back({PlanStep::Kind::wait, 0, false, spec.scale_down_delay, "keeps the old version for a while"});
  plan.push_back({PlanStep::Kind::shrink, 0, false, {}, "replaces the old version"});
  return plan;
}

}  // namespace operations
