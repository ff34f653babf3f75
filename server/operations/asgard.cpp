// Asgard's push (Netflix): a group of none, one instance, a judgment, all of them, a judgment, the old group disabled, a wait until Eureka
// has told everybody, a judgment, the old group deleted. What goes wrong goes back.

#include "operations/rollout.h"

namespace operations {

Plan asgard_plan(const model::DeploymentSpec& spec) {
  Plan plan;
  const auto judge = [&] {
    plan.push_back({PlanStep::Kind::wait, 0, false, spec.judgment, "is judged"});
    if (!spec.analysis.bounds.empty()) plan.push_back({PlanStep::Kind::analyse, 0, false, {}, "is analysed"});
  };
  plan.push_back({PlanStep::Kind::size, 0, true, {}, "is a group of none"});
  plan.push_back({PlanStep::Kind::size, 1, true, {}, "starts one instance"});
  judge();
  plan.push_back({PlanStep::Kind::size, 100, false, {}, "starts all instances"});
  judge();
  plan.push_back({PlanStep::Kind::current, 0, false, {}, "is the version of new instances"});
  plan.push_back({PlanStep::Kind::shift, 100, false, {}, "gets all traffic; the old version is disabled"});
  plan.push_back({PlanStep::Kind::wait, 0, false, spec.eureka_wait, "waits until all have heard of that"});
  judge();
  plan.push_back({PlanStep::Kind::shrink, 0, false, {}, "replaces the old version"});
  return plan;
}

}  // namespace operations
