#include "http/routes/common.h"
#include "run/catalogue.h"

namespace http::routes {
namespace {

Field creation_schema() {
  return object(
      "", "What to run: exactly one of architecture, document and scenario.",
      {identifier("architecture", "Name of an architecture."), document("document", "An architecture document."),
       identifier("scenario", "Name of a scenario, which says what to run, seed, regions and scale included."),
       identifier("id", "Made up when absent.", 63), integer("seed", "Same seed, same run.", 0, whole_number_max).otherwise("1"),
       number("speed", "Simulated seconds a second, 0.1 to 1000, or 0: flat out.", 0, run::speed_max).otherwise("1"),
       integer("scalePercent", "Instances, as a percentage of what the document says.", 1, run::scale_percent_max).otherwise("100"),
       integer("regions", "How many regions to run in.", 1, 6).otherwise("1"),
       integer("threads", "To run it on, at most one a region; the same run with any number.", 1, run::threads_max).otherwise("1"),
       text("startsAt", "What simulated time 0 is, such as 2024-01-01T09:00:00; absent: as the document says, else a Monday at midnight."),
       boolean("startPaused", "Whether to wait for the clock to be started.").otherwise("false")});
}

Reply simulation_reply(const run::Simulation& simulation) {
  JsonWriter json;
  write_simulation(json, simulation);
  return ok(json.take());
}

/// The scenario to play, nullptr when none is asked for; or the answer that says why there is none. What it says is in `settings`, then.
std::variant<run::ScenarioPtr, Reply> scenario_of(const Context& context, const Fields& fields, run::Settings& settings) {
  if (!fields.has("scenario")) return run::ScenarioPtr();
  const std::string name = fields.text("scenario");
  const auto entry = context.scenarios.find(name);
  if (!entry) {
    const auto known = context.scenarios.names();
    Reply unknown = not_found("scenario", name, known);
    return problem(422, unknown.problem->detail, {{"/scenario", "unknownScenario", unknown.problem->detail, known}});
  }
  std::vector<model::Problem> problems;
  for (const char* other : {"architecture", "document", "regions", "scalePercent"}) {
    if (fields.has(other)) problems.push_back({std::string("/") + other, "conflict", "the scenario says that", {}});
  }
  if (!problems.empty()) return problem(422, problems.front().pointer + " " + problems.front().message, problems);
  const run::Scenario& scenario = *entry->scenario;
  if (!fields.has("seed")) settings.seed = scenario.seed;
  settings.regions = scenario.regions;
  settings.scale_percent = scenario.scale_percent;
  return entry->scenario;
}

/// The document to run, or the answer that says why there is none.
std::variant<std::shared_ptr<const architecture::Architecture>, Reply> document_of(const Context& context, const Fields& fields) {
  const bool named = fields.has("architecture");
  if (named == fields.has("document")) {
    return problem(400, "Give the name of an architecture, a document, or the name of a scenario.",
                   {{"/architecture", "missingField", "exactly one of 'architecture', 'document' and 'scenario' is required", {}}});
  }
  if (named) {
    const std::string name = fields.text("architecture");
    if (const auto entry = context.catalogue.find(name)) return entry->document;
    const auto known = context.catalogue.names();
    Reply unknown = not_found("architecture", name, known);
    return problem(422, unknown.problem->detail, {{"/architecture", "unknownArchitecture", unknown.problem->detail, known}});
  }
  auto read = architecture::read_architecture(fields.text("document"), run::package_names(), context.catalogue.defaults().protocols,
                                              context.catalogue.defaults().policies, context.catalogue.defaults().registries);
  if (auto* document = std::get_if<architecture::Architecture>(&read)) {
    return std::make_shared<const architecture::Architecture>(std::move(*document));
  }
  auto problems = std::get<architecture::Problems>(std::move(read));
  for (model::Problem& found : problems) found.pointer = "/document" + found.pointer;
  return problem(422, "The document has problems.", std::move(problems), "bad-document");
}

Reply create(const Context& context, const Request& request) {
  const Fields& fields = request.fields;
  std::vector<model::Problem> problems;
  run::Settings settings;
  settings.seed = static_cast<std::uint64_t>(fields.number("seed", 1));
  settings.speed = fields.number("speed", 1);
  settings.scale_percent = static_cast<std::uint32_t>(fields.number("scalePercent", 100));
  settings.regions = static_cast<std::uint32_t>(fields.number("regions", 1));
  settings.threads = static_cast<unsigned>(fields.number("threads", 1));
  settings.start_paused = fields.flag("startPaused", false);
  if (fields.has("startsAt")) {
    settings.starts_at = model::read_epoch(fields.text("startsAt"));
    if (!settings.starts_at) {
      problems.push_back({"/startsAt", "badValue", "must be a moment from 1970 to 2200 such as 2024-01-01T00:00:00", {}});
    }
  }
  const std::string id = fields.text("id");
  if (auto problem = speed_problem(settings.speed)) problems.push_back(std::move(*problem));
  if (auto problem = id_problem(id)) problems.push_back(std::move(*problem));
  if (!problems.empty()) return problem(422, problems.front().pointer + " " + problems.front().message, problems);
  const auto played = scenario_of(context, fields, settings);
  if (const auto* why = std::get_if<Reply>(&played)) return *why;
  const run::ScenarioPtr& scenario = std::get<run::ScenarioPtr>(played);
  std::variant<std::shared_ptr<const architecture::Architecture>, Reply> document;
  if (scenario) {
    document = scenario->document;
  } else {
    document = document_of(context, fields);
  }
  if (const auto* why = std::get_if<Reply>(&document)) return *why;
  const auto& architecture = *std::get<std::shared_ptr<const architecture::Architecture>>(document);
  auto made = context.simulations.create(id, architecture, context.catalogue.regions(), context.catalogue.defaults(), settings, scenario);
  if (const auto* refusal = std::get_if<model::Refusal>(&made)) return refused(*refusal);
  run::Simulation& simulation = *std::get<std::shared_ptr<run::Simulation>>(made);
  if (context.made) context.made(simulation);
  return created(simulation_reply(simulation).body, path_of(simulation, ""));
}

Reply list(const Context& context, const Request& request) {
  return list_reply(request, context.simulations.list(),
                    [](JsonWriter& json, const auto& simulation) { write_simulation(json, *simulation); });
}

Reply remove(const Context& context, const Request& request) {
  const std::string& id = request.params.at("id");
  std::shared_ptr<run::Simulation> last = context.simulations.remove(id);
  if (!last) return not_found("simulation", id, {});
  if (context.removed) context.removed(id);
  context.take_time([last = std::move(last)]() mutable { last.reset(); });
  return no_content();
}

}  // namespace

std::vector<Field> simulation_fields() {
  return {text("id", ""),
          text("architecture", ""),
          text("scenario", "that it plays"),
          text("state", "running, paused or failed"),
          text("status", "healthy, \"degraded, redundant\", \"at risk\" or outage"),
          text("statusDetail", ""),
          number("simTimeMs", "", 0, 1e13),
          text("wallTime", ""),
          integer("seed", "", 0, whole_number_max),
          number("speed", "0 is flat out.", 0, run::speed_max),
          number("achievedSpeed", "", 0, 1e9),
          text("fingerprint", "16 hexadecimal digits"),
          integer("scalePercent", "", 0, run::scale_percent_max),
          integer("regions", "", 1, 6),
          integer("threads", "that may run it", 1, run::threads_max),
          anything("counts", ""),
          anything("origin", "of a fork: simulation, simTimeMs, and how many commands of its journal are the origin's"),
          text("startsAt", "what simulated time 0 is"),
          text("start", "warm: everything was up at the beginning; or cold"),
          number("allUpSimTimeMs", "when all that it began with was up; absent until then", 0, 1e13),
          integer("events", "", 0, whole_number_max),
          anything("requests", "")};
}

std::vector<Route> simulations(Context& context) {
  const std::string collection = "/api/v1/simulations";
  return {
      {"POST",
       collection,
       "createSimulation",
       "Starts a simulation.",
       {},
       creation_schema(),
       {answered(201, "It runs.", simulation_fields())},
       [&context](const Request& request, const Respond& respond) {
         context.take_time([&context, request, respond] { respond(create(context, request)); });
       }},
      {"GET",
       collection,
       "listSimulations",
       "The simulations that there are.",
       page_fields(),
       {},
       {answered(200, "A page of them.", {array("items", "", simulation_fields())})},
       [&context](const Request& request, const Respond& respond) { respond(list(context, request)); }},
      {"GET",
       prefix,
       "getSimulation",
       "One simulation.",
       {},
       {},
       {answered(200, "The simulation.", simulation_fields())},
       in_simulation(context, [](run::Simulation& s, const Request&, const Respond& respond) { respond(simulation_reply(s)); })},
      {"DELETE",
       prefix,
       "deleteSimulation",
       "Ends a simulation.",
       {},
       {},
       {answered(204, "It is gone.")},
       [&context](const Request& request, const Respond& respond) { respond(remove(context, request)); }},
      {"GET",
       std::string(prefix) + "/stream",
       "streamSimulation",
       "A WebSocket with frames of the simulation, see docs/api.md.",
       {},
       {},
       {answered(101, "The stream.")},
       {}},
  };
}

}  // namespace http::routes
