// Canary, after Argo Rollouts and Flagger: steps that set a weight, pause, or look at the calls of the new version.

#include "model/problem_text.h"
#include "operations/rollout.h"

namespace operations {

Plan canary_plan(const model::DeploymentSpec& spec) {
  using Step = model::CanaryStep;
  Plan plan{{PlanStep::Kind::shift, 0, false, {}, "gets no traffic yet"}};
  for (const Step& step : spec.steps) {
    if (step.kind == Step::Kind::weight) {
      const std::string percent = model::number_text(step.weight) + " %";
      plan.push_back({PlanStep::Kind::size, step.weight, false, {}, "starts " + percent + " of the instances"});
      plan.push_back({PlanStep::Kind::shift, step.weight, false, {}, "gets " + percent + " of the traffic"});
      if (spec.scales_stable) plan.push_back({PlanStep::Kind::shrink, 100 - step.weight, false, {}, "takes the old version's place"});
    } else if (step.kind == Step::Kind::pause) {
      plan.push_back({PlanStep::Kind::wait, 0, false, step.duration, step.duration ? "pauses" : "waits until somebody promotes it"});
    } else {
      plan.push_back({PlanStep::Kind::analyse, 0, false, {}, "is analysed"});
    }
  }
  plan.push_back({PlanStep::Kind::size, 100, false, {}, "starts the rest of the instances"});
  plan.push_back({PlanStep::Kind::current, 0, false, {}, "is the version of new instances"});
  plan.push_back({PlanStep::Kind::shift, 100, false, {}, "gets all traffic"});
  plan.push_back({PlanStep::Kind::wait, 0, false, spec.scale_down_delay, "keeps the old version for a while"});
  plan.push_back({PlanStep::Kind::shrink, 0, false, {}, "replaces the old version"});
  return plan;
}

}  // namespace operations
