// Canary, after Argo Rollouts and Flagger: steps that set a weight, pause, or look at the calls of the new version. What there is to do
// before them is counted as a part of the first, what there is to do afterwards as a part of the last.

#include <utility>

#include "model/problem_text.h"
#include "operations/rollout.h"

namespace operations {

Plan canary_plan(const model::DeploymentSpec& spec) {
  using Step = model::CanaryStep;
  using Kind = PlanStep::Kind;
  Plan plan;
  std::size_t number = 1;
  const auto add = [&](Kind kind, double value, std::optional<sim::Time> time, std::string text) {
    plan.push_back({kind, value, false, time, std::move(text), number});
  };
  add(Kind::shift, 0, {}, "gets no traffic yet");
  for (std::size_t i = 0; i < spec.steps.size(); ++i) {
    const Step& step = spec.steps[i];
    number = i + 1;
    if (step.kind == Step::Kind::weight) {
      const std::string percent = model::number_text(step.weight) + " %";
      add(Kind::size, step.weight, {}, "starts " + percent + " of the instances");
      add(Kind::shift, step.weight, {}, "gets " + percent + " of the traffic");
      if (spec.scales_stable) add(Kind::shrink, 100 - step.weight, {}, "takes the old version's place");
    } else if (step.kind == Step::Kind::pause) {
      add(Kind::wait, 0, step.duration, step.duration ? "pauses" : "waits until somebody promotes it");
    } else {
      add(Kind::analyse, 0, {}, "is analysed");
    }
  }
  add(Kind::size, 100, {}, "starts the rest of the instances");
  add(Kind::current, 0, {}, "is the version of new instances");
  add(Kind::shift, 100, {}, "gets all traffic");
  add(Kind::wait, 0, spec.scale_down_delay, "keeps the old version for a while");
  add(Kind::shrink, 0, {}, "replaces the old version");
  return plan;
}

}  // namespace operations
