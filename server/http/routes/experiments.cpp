#include <algorithm>

#include "http/routes/common.h"

namespace http::routes {
namespace {

using model::ExperimentRecord;

std::shared_ptr<const ExperimentRecord> find_experiment(const run::Simulation& simulation, const std::string& id) {
  return simulation.snapshot()->experiments->find(id);
}

Reply unknown_experiment(const run::Simulation& simulation, const std::string& id) {
  std::vector<std::string> known;
  for (const auto& record : simulation.snapshot()->experiments->list) known.push_back(record->id);
  return not_found("experiment", id, known);
}

void write_prediction(JsonWriter& json, const run::Applied& applied) {
  const run::Prediction& predicted = *applied.predicted;
  json.member("targets", applied.target_count).strings("resolvedTargets", applied.targets);
  json.key("predicted").begin_object().key("capacityLostPercent").rounded(predicted.capacity_lost_percent, figure_digits);
  json.strings("zonesAffected", predicted.zones).key("faults").begin_array();
  for (const run::Prediction::Fault& fault : predicted.faults) {
    json.begin_object().member("id", fault.id).member("beginsAfterMs", sim_ms(fault.begins)).member("endsAfterMs", sim_ms(fault.ends));
    json.member("targets", fault.targets).key("capacityLostPercent").rounded(fault.capacity_lost_percent, figure_digits).end_object();
  }
  json.end_array().end_object();
}

Reply experiment_prediction(const model::ExperimentSpec& spec, const run::Applied& applied) {
  JsonWriter json;
  json.begin_object().key("settings");
  write_experiment_spec(json, spec);
  write_prediction(json, applied);
  json.end_object();
  return ok(json.take());
}

Reply created_experiment(const run::Simulation& simulation, const run::Applied& applied) {
  JsonWriter json;
  json.begin_object().member("id", applied.id);
  if (const auto record = find_experiment(simulation, applied.id)) {
    json.member("state", model::experiment_state_names()[static_cast<std::size_t>(record->state)]).key("settings");
    write_experiment_spec(json, *record->spec);
  }
  write_prediction(json, applied);
  json.end_object();
  return created(json.take(), path_of(simulation, "/experiments/" + applied.id));
}

Made start_experiment(const Context& context, const Request& request) {
  Templates::Read read = context.catalogue.templates().read(request.body);
  if (read.problems.empty()) return run::StartExperiment{std::move(read.experiment), request.query.flag("validateOnly", false)};
  Reply why = wrong_body("the experiment", std::move(read.problems));
  if (!read.experiment) return why;
  return Doubtful{std::move(why), run::StartExperiment{std::move(read.experiment), true}};
}

/// What a command that was carried out has begun, or would.
Reply experiment_started(const Context& context, const run::Simulation& present, const Request& request, const run::Applied& applied) {
  if (!applied.dry_run) return created_experiment(present, applied);
  const Made made = start_experiment(context, request);
  return experiment_prediction(*std::get<run::StartExperiment>(std::get<run::Command>(made)).experiment, applied);
}

Reply list_experiments(const run::Simulation& simulation, const Request& request) {
  const std::string state = request.query.text("state");
  const std::string from = request.query.text("template");
  const auto& names = model::experiment_state_names();
  if (!state.empty() && std::find(names.begin(), names.end(), state) == names.end()) {
    return problem(400, "There is no state '" + state + "'.", {{"?state", "badValue", "must be a state of experiments", names}});
  }
  std::vector<std::shared_ptr<const ExperimentRecord>> wanted;
  for (const auto& record : simulation.snapshot()->experiments->list) {
    const bool has_state = state.empty() || names[static_cast<std::size_t>(record->state)] == state;
    if (has_state && (from.empty() || record->spec->from_template == from)) wanted.push_back(record);
  }
  std::reverse(wanted.begin(), wanted.end());
  return list_reply(request, wanted, [](JsonWriter& json, const auto& record) { write_experiment(json, *record); });
}

Reply get_experiment(const run::Simulation& simulation, const std::string& id) {
  const auto record = find_experiment(simulation, id);
  if (!record) return unknown_experiment(simulation, id);
  JsonWriter json;
  write_experiment(json, *record);
  return ok(json.take());
}

Reply get_experiment_state(const run::Simulation& simulation, const std::string& id) {
  const auto record = find_experiment(simulation, id);
  if (!record) return unknown_experiment(simulation, id);
  JsonWriter json;
  json.begin_object().member("state", model::experiment_state_names()[static_cast<std::size_t>(record->state)]).end_object();
  return ok(json.take());
}

Made put_experiment_state(const Request& request) {
  return run::SetExperimentState{request.params.at("experiment"), request.fields.text("state")};
}

Reply experiment_targets(const run::Simulation& simulation, const std::string& id) {
  const auto record = find_experiment(simulation, id);
  if (!record) return unknown_experiment(simulation, id);
  JsonWriter json;
  json.begin_object().key("faults").begin_array();
  for (std::size_t i = 0; i < record->faults.size(); ++i) {
    const model::ExperimentFaultRecord& fault = record->faults[i];
    json.begin_object().member("id", record->spec->faults[i].id).member("targets", fault.targets);
    json.strings("resolvedTargets", fault.names ? *fault.names : std::vector<std::string>{}).end_object();
  }
  json.end_array().end_object();
  return ok(json.take());
}

void get_experiment_report(Context& context, run::Simulation& simulation, const Request& request, const Respond& respond) {
  const std::string id = request.params.at("experiment");
  const std::string format = request.query.text("format", "json");
  if (!find_experiment(simulation, id)) return respond(unknown_experiment(simulation, id));
  ask_account(context, simulation, false, respond, [&context, id, format, respond](run::Simulation& present, const run::Account& account) {
    const auto record = find_experiment(present, id);
    if (!record) return respond(unknown_experiment(present, id));
    const auto made = run::report_experiment(account, record, [&context] { return context.ready(); });
    if (const auto* refusal = std::get_if<model::Refusal>(&made)) return respond(refused(*refusal));
    const auto& report = std::get<run::ExperimentReport>(made);
    if (format == "md") {
      Reply reply = ok(run::report_text(report));
      reply.content_type = "text/markdown; charset=utf-8";
      return respond(std::move(reply));
    }
    JsonWriter json;
    write_experiment_report(json, report);
    respond(ok(json.take()));
  });
}

std::vector<Field> experiment_fields() {
  return {text("id", ""),
          text("name", ""),
          text("template", "of which it was made"),
          text("state", "pending, checking, running, paused, reverting, completed, stopped, aborted or failed"),
          text("verdict", "passed, failed or inconclusive; absent until it is over"),
          text("stopReason", "why it ended as it did"),
          number("resilienceScore", "share of the windows that passed, by fault", 0, 100),
          number("acceptedSimTimeMs", "", 0, sim_ms_max),
          number("checkingSimTimeMs", "", 0, sim_ms_max),
          number("faultsBeganSimTimeMs", "", 0, sim_ms_max),
          number("faultsEndedSimTimeMs", "", 0, sim_ms_max),
          number("endedSimTimeMs", "", 0, sim_ms_max),
          anything("faults", "id, type, state, fault, targets, capacityLostPercent, startedSimTimeMs, endedSimTimeMs, reason"),
          anything("probes", "as in settings, with before, during and after: passed, windows, windowsPassed, last, worst"),
          anything("settings", "what was asked for, every field")};
}

std::vector<Field> prediction_fields() {
  return {text("id", ""),
          text("state", ""),
          anything("settings", "what was asked for, every field"),
          integer("targets", "instances that would be hit if all came now", 0, 1e9),
          anything("resolvedTargets", "their names, at most 1000"),
          anything("predicted", "capacityLostPercent when most is lost, zonesAffected, faults")};
}

std::vector<Field> report_fields() {
  return {anything("experiment", "as GET .../experiments/{experiment} without settings"),
          text("architecture", ""),
          number("fromSimTimeMs", "", 0, sim_ms_max),
          number("untilSimTimeMs", "", 0, sim_ms_max),
          number("firstFaultSimTimeMs", "", 0, sim_ms_max),
          number("lastFaultEndedSimTimeMs", "", 0, sim_ms_max),
          anything("users", "service, requests, failed, slow, budgetBurnt; from the first fault"),
          anything("noticed", "simTimeMs, afterMs, who, what"),
          anything("incidents", "ids"),
          number("timeToDetectMs", "from the first fault to the first incident", 0, sim_ms_max),
          number("timeToRecoverMs", "from the first fault until all services are back in their bands", 0, sim_ms_max),
          anything("path", "services, as callers, in the order in which they left their bands"),
          anything("control", "the same run without it: requests, firstDifference, services"),
          anything("timeline", "simTimeMs, type, severity, subject, message, number, cause, causedByExperiment"),
          integer("linesLeftOut", "of the timeline", 0, 1e9)};
}

SimulationHandler at_once(Reply (*handler)(const run::Simulation&, const std::string&)) {
  return [handler](run::Simulation& s, const Request& request, const Respond& respond) {
    respond(handler(s, request.params.at("experiment")));
  };
}

Route of_targets(Context& context, const std::string& one) {
  return {"GET",
          one + "/targets",
          "listExperimentTargets",
          "The instances that its faults hit, as they began.",
          {},
          {},
          {answered(200, "By fault.", {anything("faults", "id, targets, resolvedTargets: their names, at most 1000")})},
          in_simulation(context, at_once(experiment_targets))};
}

Route of_report(Context& context, const std::string& one) {
  return {"GET",
          one + "/report",
          "getExperimentReport",
          "What it did: to users, to services and in which order, who noticed when. Its part of the run is run once more for it.",
          {choice("format", "json, or md: Markdown for people.", {"json", "md"}).otherwise("\"json\"")},
          {},
          {answered(200, "The report.", report_fields())},
          in_simulation(context, [&context](run::Simulation& s, const Request& request, const Respond& respond) {
            get_experiment_report(context, s, request, respond);
          })};
}

}  // namespace

std::vector<Route> experiments(Context& context) {
  const std::string collection = std::string(prefix) + "/experiments";
  const std::string one = collection + "/{experiment}";
  std::vector<Field> query = page_fields();
  query.push_back(identifier("state", "One of them; absent: all."));
  query.push_back(identifier("template", "Made of this one; absent: all."));
  return {
      commanding(
          context,
          {"POST",
           collection,
           "startExperiment",
           "Starts an experiment: several faults, and a steady state that has to hold.",
           {boolean("validateOnly", "Only says what it would hit and cost.")},
           document("experiment",
                    "{name, hypothesis, faults, correlation, steadyState, stopConditions, limits, control, labels} or {template, "
                    "variables}, see docs/api.md."),
           {answered(201, "It has begun.", prediction_fields()),
            answered(200, "With validateOnly: what it would do.", prediction_fields())},
           {}},
          [&context](const Request& request) { return start_experiment(context, request); },
          [&context](run::Simulation& present, const Request& request, const run::Applied& applied) {
            return experiment_started(context, present, request, applied);
          }),
      {"GET",
       collection,
       "listExperiments",
       "Experiments, the newest first: those that are not over, and the last 100.",
       query,
       {},
       {answered(200, "A page of them.", {array("items", "", experiment_fields())})},
       in_simulation(context,
                     [](run::Simulation& s, const Request& request, const Respond& respond) { respond(list_experiments(s, request)); })},
      {"GET",
       one,
       "getExperiment",
       "One experiment.",
       {},
       {},
       {answered(200, "The experiment.", experiment_fields())},
       in_simulation(context, at_once(get_experiment))},
      {"GET",
       one + "/state",
       "getExperimentState",
       "How far it is.",
       {},
       {},
       {answered(200, "Its state.", {text("state", "")})},
       in_simulation(context, at_once(get_experiment_state))},
      commanding(context,
                 {"PUT",
                  one + "/state",
                  "putExperimentState",
                  "Stops an experiment and reverts all that it did, pauses it, or lets it go on.",
                  {},
                  object("", "", {choice("state", "What it should become.", {"stopped", "paused", "running"}).need()}),
                  {answered(200, "The experiment.", experiment_fields())},
                  {}},
                 put_experiment_state,
                 [](run::Simulation& present, const Request& request, const run::Applied&) {
                   return get_experiment(present, request.params.at("experiment"));
                 }),
      of_targets(context, one),
      of_report(context, one),
  };
}

}  // namespace http::routes
