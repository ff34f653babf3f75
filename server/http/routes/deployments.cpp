#include "architecture/read.h"
#include "http/routes/common.h"

namespace http::routes {
namespace {

const model::DeploymentRecord* find_deployment(const run::Structure& structure, const std::string& service, const std::string& id) {
  for (const model::DeploymentRecord& deployment : structure.deployments) {
    if (deployment.id == id && deployment.service == service) return &deployment;
  }
  return nullptr;
}

Reply deployment_reply(const run::Simulation& simulation, const std::string& service, const std::string& id) {
  const auto snapshot = simulation.snapshot();
  const model::DeploymentRecord* deployment = find_deployment(*snapshot->structure, service, id);
  if (deployment == nullptr) return problem(404, "There is no deployment '" + id + "' of '" + service + "'.");
  JsonWriter json;
  write_deployment(json, *deployment);
  return ok(json.take());
}

Reply accepted_deployment(const run::Simulation& simulation, const std::string& service, const std::string& id) {
  const Reply reply = deployment_reply(simulation, service, id);
  return accepted(reply.problem ? "{\"id\":\"" + id + "\"}" : reply.body,
                  path_of(simulation, "/services/" + service + "/deployments/" + id));
}

Made push_version(const Request& request) {
  auto read = architecture::read_deployment(request.body);
  if (auto* problems = std::get_if<architecture::Problems>(&read)) return wrong_body("the deployment", std::move(*problems));
  run::Push command;
  command.service = request.params.at("name");
  command.deployment = std::make_shared<const model::DeploymentSpec>(std::get<model::DeploymentSpec>(std::move(read)));
  return command;
}

void list_deployments(run::Simulation& simulation, const Request& request, const Respond& respond) {
  const auto snapshot = simulation.snapshot();
  const std::string& service = request.params.at("name");
  if (!snapshot->structure->service_index(service)) return respond(not_found("service", service, service_names(*snapshot->structure)));
  std::vector<const model::DeploymentRecord*> found;
  for (const model::DeploymentRecord& deployment : snapshot->structure->deployments) {
    if (deployment.service == service) found.push_back(&deployment);
  }
  respond(
      list_reply(request, found, [](JsonWriter& json, const model::DeploymentRecord* deployment) { write_deployment(json, *deployment); }));
}

void get_deployment(run::Simulation& simulation, const Request& request, const Respond& respond) {
  respond(deployment_reply(simulation, request.params.at("name"), request.params.at("deployment")));
}

void get_deployment_state(run::Simulation& simulation, const Request& request, const Respond& respond) {
  const auto snapshot = simulation.snapshot();
  const std::string& id = request.params.at("deployment");
  const model::DeploymentRecord* deployment = find_deployment(*snapshot->structure, request.params.at("name"), id);
  if (deployment == nullptr) return respond(problem(404, "There is no deployment '" + id + "' of '" + request.params.at("name") + "'."));
  JsonWriter json;
  json.begin_object().member("state", deployment->state).end_object();
  respond(ok(json.take()));
}

Made put_deployment_state(const Request& request) {
  return run::SetDeploymentState{request.params.at("name"), request.params.at("deployment"), request.fields.text("state")};
}

std::vector<Field> deployment_fields() {
  return {text("id", ""),
          text("service", ""),
          text("version", ""),
          text("previousVersion", ""),
          text("strategy", ""),
          text("state", "progressing, paused, promoting, succeeded, rollingBack, rolledBack, failed or superseded"),
          integer("updated", "", 0, 1e6),
          integer("total", "", 0, 1e6),
          number("startedSimTimeMs", "", 0, 1e13),
          number("endedSimTimeMs", "", 0, 1e13),
          text("preset", ""),
          integer("step", "Of its plan, from 1.", 0, 1'000),
          integer("steps", "", 0, 1'000),
          text("doing", "What the new version does in this step."),
          text("reason", "Why it is paused, went back or is late."),
          anything("weights", "Percent of the traffic by version; empty: as there are instances."),
          anything("byVersion", "Instances that there should be, by version."),
          anything("settings", "What was asked for, every field.")};
}

}  // namespace

std::vector<Route> deployments(Context& context) {
  const std::string collection = std::string(prefix) + "/services/{name}/deployments";
  const std::string one = collection + "/{deployment}";
  const Field pushed =
      document("deployment",
               "{version, strategy or preset, serviceTimeFactor, errorRate, startUpMs, memoryLeak, contract, force, keep, autoRollback, "
               "rollbackShape}, see docs/api.md.");
  const Field state =
      object("", "", {choice("state", "What it should become.", {"paused", "progressing", "promoted", "rolledBack"}).need()});
  return {
      commanding(context,
                 {"POST",
                  collection,
                  "pushVersion",
                  "Pushes a new version of the code.",
                  {},
                  pushed,
                  {answered(202, "It has begun.", deployment_fields())},
                  {}},
                 push_version,
                 [](run::Simulation& present, const Request& request, const run::Applied& applied) {
                   return accepted_deployment(present, request.params.at("name"), applied.id);
                 }),
      {"GET",
       collection,
       "listDeployments",
       "The deployments of a service, oldest first.",
       page_fields(),
       {},
       {answered(200, "A page of them.", {array("items", "", deployment_fields())})},
       in_simulation(context, list_deployments)},
      {"GET",
       one,
       "getDeployment",
       "One deployment.",
       {},
       {},
       {answered(200, "The deployment.", deployment_fields())},
       in_simulation(context, get_deployment)},
      {"GET",
       one + "/state",
       "getDeploymentState",
       "How far it is.",
       {},
       {},
       {answered(200, "Its state.", {text("state", "")})},
       in_simulation(context, get_deployment_state)},
      commanding(context,
                 {"PUT",
                  one + "/state",
                  "putDeploymentState",
                  "Pauses a deployment, lets it go on, promotes it or rolls it back.",
                  {},
                  state,
                  {answered(202, "It has begun.", deployment_fields())},
                  {}},
                 put_deployment_state,
                 [](run::Simulation& present, const Request& request, const run::Applied&) {
                   return accepted_deployment(present, request.params.at("name"), request.params.at("deployment"));
                 }),
  };
}

}  // namespace http::routes
