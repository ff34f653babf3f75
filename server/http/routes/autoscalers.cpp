#include "architecture/read.h"
#include "http/routes/common.h"

namespace http::routes {
namespace {

/// The service's place, or 404.
std::variant<std::uint32_t, Reply> service_of(const run::Structure& structure, const Request& request) {
  const std::string& name = request.params.at("service");
  const auto index = structure.service_index(name);
  if (!index) return not_found("service", name, service_names(structure));
  return *index;
}

Reply autoscaler_reply(const run::Snapshot& snapshot, const Request& request) {
  const auto found = service_of(*snapshot.structure, request);
  if (const auto* none = std::get_if<Reply>(&found)) return *none;
  const run::ServiceInfo& service = snapshot.structure->services[std::get<std::uint32_t>(found)];
  JsonWriter json;
  json.begin_object().member("service", service.name).member("desired", service.desired).key("autoscaler");
  if (service.autoscaler) {
    write_autoscaler(json, service.autoscaler->spec);
    json.member("sinceSimTimeMs", sim_ms(service.autoscaler->since));
    if (!service.autoscaler->decisions.empty()) {
      json.key("last");
      write_decision(json, service.autoscaler->decisions.back());
    }
  } else {
    json.null();
  }
  json.end_object();
  return ok(json.take());
}

void list_decisions(run::Simulation& simulation, const Request& request, const Respond& respond) {
  const auto snapshot = simulation.snapshot();
  const auto found = service_of(*snapshot->structure, request);
  if (const auto* none = std::get_if<Reply>(&found)) return respond(*none);
  const auto& autoscaler = snapshot->structure->services[std::get<std::uint32_t>(found)].autoscaler;
  static const std::vector<model::AutoscalerRecord::Entry> nothing;
  respond(list_reply(request, autoscaler ? autoscaler->decisions : nothing,
                     [](JsonWriter& json, const model::AutoscalerRecord::Entry& entry) { write_decision(json, entry); }));
}

Reply autoscaler_applied(run::Simulation& present, const Request& request, const run::Applied&) {
  return autoscaler_reply(*present.snapshot(), request);
}

Made put_autoscaler(const Request& request) {
  auto read = architecture::read_autoscaler(request.body);
  if (auto* problems = std::get_if<architecture::Problems>(&read)) return wrong_body("the autoscaler", std::move(*problems));
  return run::SetAutoscaler{request.params.at("service"),
                            std::make_shared<const policies::AutoscalerSpec>(std::get<policies::AutoscalerSpec>(std::move(read)))};
}

Made remove_autoscaler(const Request& request) {
  return run::SetAutoscaler{request.params.at("service"), nullptr};
}

}  // namespace

std::vector<Route> autoscalers(Context& context) {
  const std::string one = std::string(prefix) + "/services/{service}/autoscaler";
  const std::vector<Field> shape = {text("service", ""), integer("desired", "", 0, instances_max),
                                    anything("autoscaler", "As a document has it, every field; null: people say how many there are."),
                                    number("sinceSimTimeMs", "", 0, 1e13), anything("last", "What it decided last.")};
  const std::vector<Field> decision = {number("simTimeMs", "", 0, 1e13),
                                       integer("current", "", 0, instances_max),
                                       integer("raw", "What the metrics ask for.", 0, instances_max),
                                       integer("stabilised", "After the windows.", 0, instances_max),
                                       integer("applied", "After the rules and the bounds.", 0, instances_max),
                                       text("reason", "")};
  return {
      {"GET",
       one,
       "getAutoscaler",
       "Who scales a service.",
       {},
       {},
       {answered(200, "Its autoscaler.", shape)},
       in_simulation(context, [](run::Simulation& s, const Request& request,
                                 const Respond& respond) { respond(autoscaler_reply(*s.snapshot(), request)); })},
      commanding(context,
                 {"PUT",
                  one,
                  "putAutoscaler",
                  "Another autoscaler from now on: the horizontal pod autoscaler of Kubernetes.",
                  {},
                  document("autoscaler", "How it decides: autoscaler in json_arch/architecture.schema.json."),
                  {answered(200, "It is at work.", shape)},
                  {}},
                 put_autoscaler, autoscaler_applied),
      commanding(context,
                 {"DELETE",
                  one,
                  "deleteAutoscaler",
                  "People say how many there are, from now on.",
                  {},
                  {},
                  {answered(200, "There is none now.", shape)},
                  {}},
                 remove_autoscaler, autoscaler_applied),
      {"GET",
       one + "/decisions",
       "listAutoscalerDecisions",
       "What it decided and why, oldest first, the last 100.",
       page_fields(),
       {},
       {answered(200, "A page of them.", {array("items", "", decision)})},
       in_simulation(context, list_decisions)},
  };
}

}  // namespace http::routes
