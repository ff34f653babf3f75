#include <algorithm>

#include "http/routes/common.h"

namespace http::routes {
namespace {

using model::Objective;

Field ratio_field(const char* name, const char* text) {
  return number(name, text, Objective::ratio_min, Objective::ratio_max);
}

std::vector<Field> objective_fields() {
  return {ratio_field("successRatio", "Share of the requests that are answered without failure."),
          number("latencyMs", "Absent: nothing is promised of latency.", Objective::latency_ms_min, Objective::latency_ms_max),
          ratio_field("latencyRatio", "Share of the answers that take at most latencyMs."),
          number("windowMs", "Simulated time that the error budget is for.", Objective::window_ms_min, Objective::window_ms_max)};
}

std::vector<Field> objective_status_fields() {
  return {text("service", "a load source"), anything("objective", "as it was put"),
          anything("success", "requests and failed of the window, budgetRemaining, burnRates"),
          anything("latency", "likewise; absent without latencyMs")};
}

const run::judge::ObjectiveStatus* find_objective(const run::judge::Judgement& judgement, const std::string& service) {
  const auto place =
      std::find_if(judgement.objectives.begin(), judgement.objectives.end(), [&](const auto& o) { return o.service == service; });
  return place == judgement.objectives.end() ? nullptr : &*place;
}

Reply objective_reply(const run::Snapshot& snapshot, const std::string& service) {
  const run::judge::ObjectiveStatus* status = find_objective(*snapshot.judgement, service);
  if (status == nullptr) {
    std::vector<std::string> known;
    for (const auto& objective : snapshot.judgement->objectives) known.push_back(objective.service);
    return not_found("load source", service, known);
  }
  JsonWriter json;
  write_objective_status(json, *status);
  return ok(json.take());
}

Made objective_command(const Request& request) {
  const Fields& fields = request.fields;
  Objective objective;
  objective.success_ratio = fields.number("successRatio", objective.success_ratio);
  if (fields.has("latencyMs")) objective.latency_ms = fields.number("latencyMs", 0);
  objective.latency_ratio = fields.number("latencyRatio", objective.latency_ratio);
  objective.window_ms = fields.number("windowMs", objective.window_ms);
  if (fields.has("latencyRatio") && !objective.latency_ms) {
    return problem(422, "Without latencyMs nothing is promised of latency.", {{"/latencyRatio", "conflict", "needs latencyMs", {}}});
  }
  return run::SetObjective{request.params.at("service"), objective};
}

void put_objective(Context& context, run::Simulation& simulation, const Request& request, const Respond& respond) {
  const std::string& service = request.params.at("service");
  Made command = objective_command(request);
  if (auto* why = std::get_if<Reply>(&command)) return respond(std::move(*why));
  if (find_objective(*simulation.snapshot()->judgement, service) == nullptr)
    return respond(objective_reply(*simulation.snapshot(), service));
  carry_out(context, simulation, std::get<run::Command>(std::move(command)), respond,
            [service](run::Simulation& present, const run::Applied&) { return objective_reply(*present.snapshot(), service); });
}

}  // namespace

std::vector<Route> objectives(Context& context) {
  const std::string collection = std::string(prefix) + "/objectives";
  const std::string item = collection + "/{service}";
  return {
      {"GET",
       collection,
       "listObjectives",
       "What is promised to users, by load source, and what is left of each error budget.",
       page_fields(),
       {},
       {answered(200, "A page of load sources.", {array("items", "", objective_status_fields())})},
       in_simulation(context,
                     [](run::Simulation& s, const Request& request, const Respond& respond) {
                       const auto judgement = s.snapshot()->judgement;
                       respond(list_reply(request, judgement->objectives, write_objective_status));
                     })},
      {"GET",
       item,
       "getObjective",
       "What is promised to the users of a load source.",
       {},
       {},
       {answered(200, "The objective, its budgets and how fast they burn.", objective_status_fields())},
       in_simulation(context, [](run::Simulation& s, const Request& request,
                                 const Respond& respond) { respond(objective_reply(*s.snapshot(), request.params.at("service"))); })},
      {"PUT",
       item,
       "putObjective",
       "Another objective from now on; its budgets begin anew.",
       {},
       object("", "What is left out is as usual.", objective_fields()),
       {answered(200, "It is promised now.", objective_status_fields())},
       in_simulation(context, [&context](run::Simulation& s, const Request& request,
                                         const Respond& respond) { put_objective(context, s, request, respond); }),
       objective_command},
  };
}

}  // namespace http::routes
