#include "architecture/read.h"
#include "http/routes/common.h"

namespace http::routes {
namespace {

/// Place of a dependency in ServiceInfo::dependencies.
struct PolicyPlace {
  std::uint32_t service = 0;
  std::size_t dependency = 0;
};

std::variant<PolicyPlace, Reply> policy_place(const run::Structure& structure, const Request& request) {
  const std::string& service = request.params.at("service");
  const std::string& name = request.params.at("dependency");
  const auto index = structure.service_index(service);
  if (!index) return not_found("service", service, service_names(structure));
  const std::vector<std::string>& known = structure.services[*index].dependencies;
  for (std::size_t d = 0; d < known.size(); ++d) {
    if (known[d] == name) return PolicyPlace{*index, d};
  }
  return not_found("dependency of " + service, name, known);
}

void write_dependency(JsonWriter& json, const run::Snapshot& snapshot, PolicyPlace place) {
  const run::Structure& structure = *snapshot.structure;
  const run::ServiceInfo& service = structure.services[place.service];
  const std::string& name = service.dependencies[place.dependency];
  const model::PolicyCount count = policy_count(structure, *snapshot.now, place.service, structure.service_index(name));
  json.begin_object().member("service", service.name).member("dependency", name).key("policy");
  if (const run::PolicyPtr& policy = service.policies[place.dependency])
    write_policy(json, *policy);
  else
    json.null();
  json.key("counts");
  write_policy_count(json, count);
  json.end_object();
}

Reply dependency_reply(const run::Snapshot& snapshot, const Request& request) {
  const auto found = policy_place(*snapshot.structure, request);
  if (const auto* none = std::get_if<Reply>(&found)) return *none;
  JsonWriter json;
  write_dependency(json, snapshot, std::get<PolicyPlace>(found));
  return ok(json.take());
}

void list_dependencies(run::Simulation& simulation, const Request& request, const Respond& respond) {
  const auto snapshot = simulation.snapshot();
  const std::string& service = request.params.at("service");
  const auto index = snapshot->structure->service_index(service);
  if (!index) return respond(not_found("service", service, service_names(*snapshot->structure)));
  std::vector<PolicyPlace> places;
  for (std::size_t d = 0; d < snapshot->structure->services[*index].dependencies.size(); ++d) places.push_back({*index, d});
  respond(list_reply(request, places, [&snapshot](JsonWriter& json, PolicyPlace place) { write_dependency(json, *snapshot, place); }));
}

Reply policy_applied(run::Simulation& present, const Request& request, const run::Applied&) {
  return dependency_reply(*present.snapshot(), request);
}

Made put_policy(const Context& context, const Request& request) {
  auto read = architecture::read_policy(request.body, context.catalogue.defaults().policies);
  if (auto* problems = std::get_if<architecture::Problems>(&read)) return wrong_body("the policy", std::move(*problems));
  return run::SetPolicy{request.params.at("service"), request.params.at("dependency"),
                        std::make_shared<const model::Policy>(std::get<model::Policy>(std::move(read)))};
}

Made remove_policy(const Request& request) {
  return run::SetPolicy{request.params.at("service"), request.params.at("dependency"), nullptr};
}

Reply list_policy_presets(const Context& context, const Request& request) {
  return list_reply(request, context.catalogue.defaults().policies, [](JsonWriter& json, const architecture::PolicyPreset& preset) {
    json.begin_object().member("name", preset.name).member("why", preset.why).member("source", preset.source).key("policy");
    write_policy(json, preset.policy);
    json.end_object();
  });
}

}  // namespace

std::vector<Route> policies(Context& context) {
  const std::string dependencies = std::string(prefix) + "/services/{service}/dependencies";
  const std::string one = dependencies + "/{dependency}/policy";
  const std::vector<Field> shape = {text("service", ""), text("dependency", ""),
                                    anything("policy", "As a document has it, every field; null: none."),
                                    anything("counts", "What policies have done on the way to it since the start.")};
  return {
      {"GET",
       "/api/v1/policies",
       "listPolicies",
       "Policies by the names that documents may give.",
       page_fields(),
       {},
       {answered(200, "A page of policies.",
                 {array("items", "", {text("name", ""), text("why", ""), text("source", ""), anything("policy", "Every field.")})})},
       [&context](const Request& request, const Respond& respond) { respond(list_policy_presets(context, request)); }},
      {"GET",
       dependencies,
       "listDependencies",
       "Whom a service calls, under which policy, and what that did.",
       page_fields(),
       {},
       {answered(200, "A page of them.", {array("items", "", shape)})},
       in_simulation(context, list_dependencies)},
      {"GET",
       one,
       "getPolicy",
       "How a service calls a dependency.",
       {},
       {},
       {answered(200, "The policy and its counts.", shape)},
       in_simulation(context, [](run::Simulation& s, const Request& request,
                                 const Respond& respond) { respond(dependency_reply(*s.snapshot(), request)); })},
      commanding(
          context,
          {"PUT",
           one,
           "putPolicy",
           "Another policy from now on; calls under way go on as they began.",
           {},
           document("policy", "A policy: policy in json_arch/architecture.schema.json."),
           {answered(200, "It is called like that now.", shape)},
           {}},
          [&context](const Request& request) { return put_policy(context, request); }, policy_applied),
      commanding(
          context,
          {"DELETE", one, "deletePolicy", "No policy from now on.", {}, {}, {answered(200, "It is called without one now.", shape)}, {}},
          remove_policy, policy_applied),
  };
}

}  // namespace http::routes
