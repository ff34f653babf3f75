#include "run/beliefs.h"

#include "model/problem_text.h"
#include "model/world.h"
#include "run/snapshot.h"

namespace run {

BeliefResult beliefs_of(const model::World& world, const BeliefScope& scope) {
  using model::Refusal;
  const model::InstanceId caller = world.find_instance(scope.instance);
  if (caller == model::no_instance) return Refusal{Refusal::Kind::not_found, "there is no instance \"" + scope.instance + "\"", {}};
  Beliefs beliefs;
  beliefs.at = world.now();
  beliefs.as_of = world.view_of(caller);
  std::vector<std::string> names;
  for (const model::Belief& belief : world.beliefs_of(caller)) {
    names.push_back(world.shared().services[belief.service].name);
    if (scope.service.empty() || scope.service == names.back()) beliefs.services.push_back({names.back(), belief});
  }
  if (scope.service.empty()) return beliefs;
  if (beliefs.services.empty()) {
    const std::string nearest = model::nearest_name(scope.service, names);
    const std::string hint = nearest.empty() ? "" : "; did you mean \"" + nearest + "\"?";
    return Refusal{Refusal::Kind::not_found, "\"" + scope.instance + "\" does not call \"" + scope.service + "\"" + hint, {}};
  }
  for (const model::InstanceId id : world.believed_by(caller, beliefs.services[0].belief.service, scope.from, scope.count)) {
    beliefs.instances.push_back({world.name_of(id), world.detail(id).in_use ? name_of(world.instance(id).state) : "removed"});
  }
  return beliefs;
}

}  // namespace run
