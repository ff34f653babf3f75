// Rolling red/black, after Spinnaker (orca, RollingRedBlackStrategy): by parts, the new group grows and as much of the old one, whose size
// is pinned, is disabled.

#include "model/problem_text.h"
#include "operations/rollout.h"

namespace operations {

Plan rolling_red_black_plan(const model::DeploymentSpec& spec) {
  Plan plan{{PlanStep::Kind::shift, 0, false, {}, "gets no traffic yet"}};
  std::vector<double> parts = spec.target_percentages;
  if (parts.empty() || parts.back() < 100) parts.push_back(100);
  for (const double percent : parts) {
    const std::string text = model::number_text(percent) + " %";
    plan.push_back({PlanStep::Kind::size, percent, false, {}, "starts " + text + " of the instances"});
    if (spec.delay_before_disable > 0)
      plan.push_back({PlanStep::Kind::wait, 0, false, spec.delay_before_disable, "waits before disabling"});
    plan.push_back({PlanStep::Kind::shift, percent, false, {}, "gets " + text + " of the traffic; as much of the old version is disabled"});
    if (!spec.analysis.bounds.empty()) plan.push_back({PlanStep::Kind::analyse, 0, false, {}, "is analysed"});
  }
  plan.push_back({PlanStep::Kind::current, 0, false, {}, "is the version of new instances"});
  plan.push_back({PlanStep::Kind::thin_out, spec.max_remaining - 1.0, false, {}, "takes the place of the oldest version"});
  return plan;
}

}  // namespace operations
