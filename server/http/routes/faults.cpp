#include <algorithm>

#include "http/routes/common.h"
#include "run/catalogue.h"

namespace http::routes {
namespace {

constexpr double duration_ms_max = 31'536'000'000.0;  ///< a year

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

/// The entry of the catalogue, or what is wrong with the name.
const run::FaultEntry* find_type(const std::string& type, std::vector<model::Problem>& problems) {
  std::vector<std::string> known;
  for (const run::FaultEntry& entry : run::faults()) {
    if (entry.type == type) return &entry;
    known.push_back(entry.type);
  }
  std::string message = "there is no fault type '" + type + "'";
  const std::string nearest = model::nearest_name(type, known);
  if (!nearest.empty()) message += "; did you mean '" + nearest + "'?";
  problems.push_back({"/type", "unknownFaultType", message, known});
  return nullptr;
}

model::Parameters parameters_of(const Fields& fields) {
  model::Parameters given;
  for (const auto& [name, value] : fields.numbers) {
    if (name != "durationMs") given[name] = value;
  }
  for (const auto& [name, value] : fields.texts) {
    if (name != "type") given[name] = value;
  }
  return given;
}

void start(Context& context, run::Simulation& simulation, const Request& request, const Respond& respond) {
  const Fields& fields = request.fields;
  std::vector<model::Problem> problems;
  run::StartFault command;
  command.type = fields.text("type");
  const run::FaultEntry* entry = find_type(command.type, problems);
  if (entry != nullptr) command.parameters = model::complete(entry->parameters, parameters_of(fields), problems);
  if (!problems.empty()) {
    const bool malformed = std::any_of(problems.begin(), problems.end(),
                                       [](const model::Problem& p) { return p.code == "unknownField" || p.code == "wrongType"; });
    const std::string detail = problems.front().message;
    return respond(problem(malformed ? 400 : 422, detail, std::move(problems)));
  }
  if (fields.has("durationMs")) command.duration = sim::from_ms(fields.number("durationMs", 0));
  const Fields& selector = fields.objects.at("selector");
  command.selector = {selector.list("instances"), selector.list("services"), selector.list("zones"), selector.list("regions")};
  carry_out(context, simulation, std::move(command), respond, [](run::Simulation& present, const run::Applied& applied) {
    const Reply reply = fault_reply(present, applied.id);
    return created(reply.problem ? "{\"id\":\"" + applied.id + "\"}" : reply.body, path_of(present, "/faults/" + applied.id));
  });
}

void list(run::Simulation& simulation, const Request& request, const Respond& respond) {
  const auto snapshot = simulation.snapshot();
  respond(list_reply(request, snapshot->structure->faults, write_fault));
}

void get(run::Simulation& simulation, const Request& request, const Respond& respond) {
  respond(fault_reply(simulation, request.params.at("fault")));
}

void stop(Context& context, run::Simulation& simulation, const Request& request, const Respond& respond) {
  carry_out(context, simulation, run::StopFault{request.params.at("fault")}, respond,
            [](run::Simulation&, const run::Applied&) { return no_content(); });
}

std::vector<Field> fault_fields() {
  return {text("id", ""),
          text("type", ""),
          anything("selector", ""),
          anything("parameters", ""),
          text("state", "active or ended"),
          integer("targets", "instances hit", 0, 1e9),
          number("startedSimTimeMs", "", 0, 1e13),
          number("endsSimTimeMs", "", 0, 1e13),
          number("endedSimTimeMs", "", 0, 1e13)};
}

Field fault_schema() {
  const auto list_of = [](const char* name, const char* what) { return texts(name, what, 1'000); };
  Field selector = object("selector", "What it hits: instances that are in every list that is given.",
                          {list_of("instances", "Short names."), list_of("services", "Names."),
                           list_of("zones", "Such as us-east-1.zoneB."), list_of("regions", "Such as us-east-1.")});
  Field root = object("", "A fault; the parameters of its type (GET /api/v1/fault-types) are members too.",
                      {text("type", "Such as zone.outage.").need(), selector.need(),
                       number("durationMs", "Simulated time until it ends by itself.", 0.001, duration_ms_max)});
  root.open = true;
  return root;
}

}  // namespace

std::vector<Route> faults(Context& context) {
  const std::string collection = std::string(prefix) + "/faults";
  const std::string one = collection + "/{fault}";
  return {
      {"POST",
       collection,
       "startFault",
       "Starts a fault.",
       {},
       fault_schema(),
       {answered(201, "It is active.", fault_fields())},
       in_simulation(context, [&context](run::Simulation& s, const Request& request,
                                         const Respond& respond) { start(context, s, request, respond); })},
      {"GET",
       collection,
       "listFaults",
       "The active faults and those that ended last.",
       page_fields(),
       {},
       {answered(200, "A page of them.", {array("items", "", fault_fields())})},
       in_simulation(context, list)},
      {"GET", one, "getFault", "One fault.", {}, {}, {answered(200, "The fault.", fault_fields())}, in_simulation(context, get)},
      {"DELETE",
       one,
       "stopFault",
       "Ends a fault.",
       {},
       {},
       {answered(204, "It has ended.")},
       in_simulation(context, [&context](run::Simulation& s, const Request& request,
                                         const Respond& respond) { stop(context, s, request, respond); })},
  };
}

}  // namespace http::routes
