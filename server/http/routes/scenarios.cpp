#include <sstream>

#include "http/routes/common.h"
#include "run/scenario/report.h"

namespace http::routes {
namespace {

constexpr const char* scenarios_path = "/api/v1/scenarios";

std::vector<Field> scenario_fields() {
  return {text("name", ""),
          text("title", ""),
          text("summary", ""),
          text("architecture", "the name of its document"),
          integer("regions", "", 1, 6),
          integer("scalePercent", "", 1, run::scale_percent_max),
          integer("seed", "unless the simulation is given another one", 0, whole_number_max),
          number("durationMs", "by then all is done and decided", 0, 1e13),
          text("next", "the scenario that goes on from here")};
}

Reply scenario_reply(const Context& context, const std::string& name) {
  const auto entry = context.scenarios.find(name);
  if (!entry) return not_found("scenario", name, context.scenarios.names());
  JsonWriter json;
  write_scenario(json, *entry->scenario, true);
  return ok(json.take());
}

void get_outcome(run::Simulation& simulation, const Request& request, const Respond& respond) {
  const auto snapshot = simulation.snapshot();
  if (!snapshot->scenario) return respond(problem(404, "This simulation plays no scenario; make one with {\"scenario\": NAME}."));
  if (request.query.text("format", "json") == "md") {
    std::ostringstream out;
    run::print_report(*snapshot->scenario, out);
    Reply reply = ok(out.str());
    reply.content_type = "text/markdown; charset=utf-8";
    return respond(reply);
  }
  JsonWriter json;
  write_outcome(json, *snapshot->scenario);
  respond(ok(json.take()));
}

std::vector<Field> outcome_fields() {
  return {text("scenario", ""),
          text("title", ""),
          number("simTimeMs", "", 0, 1e13),
          number("durationMs", "", 0, 1e13),
          text("verdict", "pending, met or notMet"),
          text("next", ""),
          anything("story", "what to look at from when on: atMs, text"),
          anything("actions", "atMs, text, request, body, state (pending, done, refused), id, reason"),
          anything("expectations", "text, kind, wanted, state (pending, met, notMet), found, value, decidedSimTimeMs")};
}

}  // namespace

std::vector<Route> scenarios(Context& context) {
  std::vector<Field> whole = scenario_fields();
  whole.push_back(anything("story", "what to look at from when on: atMs, text"));
  whole.push_back(anything("actions", "what is done: atMs, text, request (below the simulation), body"));
  whole.push_back(anything("expected", "what should come of it: text, kind, wanted"));
  return {
      {"GET",
       scenarios_path,
       "listScenarios",
       "Packaged stories, by name.",
       page_fields(),
       {},
       {answered(200, "A page of them.", {array("items", "", scenario_fields())})},
       [&context](const Request& request, const Respond& respond) {
         respond(list_reply(request, context.scenarios.list(),
                            [](JsonWriter& json, const auto& entry) { write_scenario(json, *entry->scenario, false); }));
       }},
      {"GET",
       std::string(scenarios_path) + "/{name}",
       "getScenario",
       "One scenario.",
       {},
       {},
       {answered(200, "The scenario.", whole)},
       [&context](const Request& request, const Respond& respond) { respond(scenario_reply(context, request.params.at("name"))); }},
      {"GET",
       std::string(prefix) + "/outcome",
       "getOutcome",
       "How the scenario of a simulation goes: what was done, and what has come of it.",
       {choice("format", "md: to be read.", {"json", "md"}).otherwise("\"json\"")},
       {},
       {answered(200, "The outcome so far.", outcome_fields())},
       in_simulation(context, get_outcome)},
  };
}

}  // namespace http::routes
