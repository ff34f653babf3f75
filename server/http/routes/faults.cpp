#include "http/routes/common.h"
#include "http/routes/fault_body.h"

namespace http::routes {
namespace {

const model::FaultRecord* find_fault(const run::Structure& structure, const std::string& id) {
  for (const model::FaultRecord& fault : structure.faults) {
    if (fault.id == id) return &fault;
  }
  return nullptr;
}

Reply fault_reply(const run::Simulation& simulation, const std::string& id) {
  const auto snapshot = simulation.snapshot();
  const model::FaultRecord* fault = find_fault(*snapshot->structure, id);
  if (fault == nullptr) return problem(404, "There is no fault '" + id + "'.");
  JsonWriter json;
  write_fault(json, *fault);
  return ok(json.take());
}

/// What it would hit, and what that costs.
Reply fault_prediction(const run::StartFault& command, const run::Applied& applied) {
  JsonWriter json;
  json.begin_object().member("type", command.request.type).key("selector");
  write_selector(json, command.request.selector);
  json.key("parameters");
  write_parameters(json, command.request.parameters);
  json.member("targets", applied.target_count).strings("resolvedTargets", applied.targets);
  const run::Prediction& predicted = *applied.predicted;
  json.key("predicted").begin_object().member("capacityLostPercent", predicted.capacity_lost_percent);
  json.strings("zonesAffected", predicted.zones).key("services").begin_array();
  for (const run::Prediction::Loss& loss : predicted.services) {
    json.begin_object().member("service", loss.service).member("up", loss.up).member("hit", loss.hit);
    json.member("capacityLostPercent", loss.capacity_lost_percent).end_object();
  }
  json.end_array().end_object().end_object();
  return ok(json.take());
}

Made start_fault(const Request& request) {
  FaultBody read = fault_of(request.body);
  if (read.problems.empty()) return run::StartFault{std::move(*read.fault), request.query.flag("validateOnly", false)};
  Reply why = wrong_body("the fault", std::move(read.problems));
  if (!read.fault) return why;
  return Doubtful{std::move(why), run::StartFault{std::move(*read.fault), true}};
}

Reply fault_started(const run::Simulation& present, const Request& request, const run::Applied& applied) {
  if (applied.dry_run) return fault_prediction(std::get<run::StartFault>(std::get<run::Command>(start_fault(request))), applied);
  const Reply reply = fault_reply(present, applied.id);
  return created(reply.problem ? "{\"id\":\"" + applied.id + "\"}" : reply.body, path_of(present, "/faults/" + applied.id));
}

void list_faults(run::Simulation& simulation, const Request& request, const Respond& respond) {
  const auto snapshot = simulation.snapshot();
  respond(list_reply(request, snapshot->structure->faults, write_fault));
}

void get_fault(run::Simulation& simulation, const Request& request, const Respond& respond) {
  respond(fault_reply(simulation, request.params.at("fault")));
}

Made stop_fault(const Request& request) {
  return run::StopFault{request.params.at("fault")};
}

std::vector<Field> fault_fields() {
  return {text("id", ""),
          text("type", ""),
          anything("selector", ""),
          anything("target", "of faults between two groups of instances"),
          text("direction", "likewise: both, to, from"),
          anything("ramp", "shape, upMs, downMs"),
          number("jitter", "", 0, 1),
          anything("parameters", ""),
          text("state", "active or ended"),
          integer("targets", "instances hit", 0, 1e9),
          number("startedSimTimeMs", "", 0, 1e13),
          number("endsSimTimeMs", "", 0, 1e13),
          number("endedSimTimeMs", "", 0, 1e13)};
}

}  // namespace

std::vector<Route> faults(Context& context) {
  const std::string collection = std::string(prefix) + "/faults";
  const std::string one = collection + "/{fault}";
  return {
      commanding(context,
                 {"POST",
                  collection,
                  "startFault",
                  "Starts a fault.",
                  {boolean("validateOnly", "Only says what it would hit and cost.")},
                  fault_schema(""),
                  {answered(201, "It is active.", fault_fields()),
                   answered(200, "With validateOnly: what it would do.",
                            {text("type", ""), anything("selector", ""), anything("parameters", ""),
                             integer("targets", "instances hit", 0, 1e9), anything("resolvedTargets", "their names, at most 1000"),
                             anything("predicted", "capacityLostPercent, zonesAffected, services")})},
                  {}},
                 start_fault, fault_started),
      {"GET",
       collection,
       "listFaults",
       "The active faults and those that ended last.",
       page_fields(),
       {},
       {answered(200, "A page of them.", {array("items", "", fault_fields())})},
       in_simulation(context, list_faults)},
      {"GET", one, "getFault", "One fault.", {}, {}, {answered(200, "The fault.", fault_fields())}, in_simulation(context, get_fault)},
      commanding(context, {"DELETE", one, "stopFault", "Ends a fault.", {}, {}, {answered(204, "It has ended.")}, {}}, stop_fault,
                 [](run::Simulation&, const Request&, const run::Applied&) { return no_content(); }),
  };
}

}  // namespace http::routes
