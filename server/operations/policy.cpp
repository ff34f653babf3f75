#include "model/problem_text.h"
#include "operations/operations.h"

namespace operations {
namespace {

/// Place among those that the service calls.
std::variant<std::uint32_t, model::Refusal> dependency_named(const model::World& world, std::uint32_t service, const std::string& name) {
  const model::Service& caller = world.shared().services[service];
  const bool registry = name == "eureka" && caller.everywhere;
  if (registry || name == caller.name) {
    const char* why =
        registry ? "the registry is not called for requests" : "the instances of a cluster call each other as their package says";
    return model::Refusal{model::Refusal::Kind::invalid, model::quoted(name) + " takes no policy: " + why, {}};
  }
  std::vector<std::string> known;
  for (std::uint32_t d = 0; d < caller.dependencies.size(); ++d) {
    known.push_back(world.shared().services[caller.dependencies[d]].name);
    if (known.back() == name) return d;
  }
  const std::string near = model::nearest_name(name, known);
  const std::string hint = known.empty()  ? "it has none"
                           : near.empty() ? "it has " + model::joined(known)
                                          : "did you mean \"" + near + "\"?";
  return model::Refusal{
      model::Refusal::Kind::not_found, "service \"" + caller.name + "\" has no dependency " + model::quoted(name) + "; " + hint, {}};
}

void tell(model::World& world, const std::string& service, const std::string& dependency, const model::Policy* policy) {
  model::Occurrence o;
  o.type = "policy.changed";
  o.severity = "info";
  o.subject_kind = "service";
  o.subject_id = service;
  const std::string name = policy == nullptr ? "" : policy->preset;
  const std::string how = policy == nullptr ? "without a policy" : name.empty() ? "under a policy of its own" : "under " + name;
  o.message = service + " now calls " + dependency + " " + how;
  o.data = {{"dependency", dependency}};
  if (!name.empty()) o.data.emplace_back("preset", name);
  world.report(std::move(o));
}

}  // namespace

std::optional<model::Refusal> set_policy(model::World& world, const std::string& service, const std::string& dependency,
                                         const model::Policy* policy) {
  const auto found = service_named(world, service);
  if (const auto* refusal = std::get_if<model::Refusal>(&found)) return *refusal;
  const std::uint32_t index = std::get<std::uint32_t>(found);
  const auto place = dependency_named(world, index, dependency);
  if (const auto* refusal = std::get_if<model::Refusal>(&place)) return *refusal;
  world.set_policy(index, std::get<std::uint32_t>(place), policy == nullptr ? std::nullopt : std::optional<model::Policy>(*policy));
  tell(world, service, dependency, policy);
  return std::nullopt;
}

}  // namespace operations
