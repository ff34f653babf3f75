#include <algorithm>
#include <iterator>

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

using Problems = std::vector<model::Problem>;

Problems unknown_name(const char* what, const char* code, const std::string& name, const std::vector<std::string>& known) {
  return {{std::string("/").append(what), code, not_found(what, name, known).problem->detail, known}};
}

void add_problems(Problems found, Problems& problems) {
  problems.insert(problems.end(), std::make_move_iterator(found.begin()), std::make_move_iterator(found.end()));
}

/// The scenario to play, nullptr when none is asked for, or none that there is. What it says is in `settings`, then.
run::ScenarioPtr scenario_of(const Context& context, const Fields& fields, run::Settings& settings, Problems& problems) {
  if (!fields.has("scenario")) return nullptr;
  for (const char* other : {"architecture", "document", "regions", "scalePercent"}) {
    if (fields.has(other)) problems.push_back({std::string("/") + other, "conflict", "the scenario says that", {}});
  }
  const std::string name = fields.text("scenario");
  const auto entry = context.scenarios.find(name);
  if (!entry) {
    add_problems(unknown_name("scenario", "unknownScenario", name, context.scenarios.names()), problems);
    return nullptr;
  }
  const run::Scenario& scenario = *entry->scenario;
  if (!fields.has("seed")) settings.seed = scenario.seed;
  settings.regions = scenario.regions;
  settings.scale_percent = scenario.scale_percent;
  return entry->scenario;
}

using DocumentPtr = std::shared_ptr<const architecture::Architecture>;

/// The document to run; nullptr when there is none that can be run.
DocumentPtr document_of(const Context& context, const Request& request, Problems& problems) {
  const Fields& fields = request.fields;
  const bool named = fields.has("architecture");
  if (named == fields.has("document")) {
    const auto of_these = [](const model::Problem& found) {
      return found.pointer == "/architecture" || found.pointer == "/document" || found.pointer == "/scenario";
    };
    if (std::any_of(request.wrong.problems.begin(), request.wrong.problems.end(), of_these)) return nullptr;
    problems.push_back({"/architecture", "missingField", "exactly one of 'architecture', 'document' and 'scenario' is required", {}});
    return nullptr;
  }
  if (named) {
    const std::string name = fields.text("architecture");
    if (const auto entry = context.catalogue.find(name)) return entry->document;
    add_problems(unknown_name("architecture", "unknownArchitecture", name, context.catalogue.names()), problems);
    return nullptr;
  }
  auto read = architecture::read_architecture(fields.text("document"), run::package_names(), context.catalogue.defaults().protocols,
                                              context.catalogue.defaults().policies, context.catalogue.defaults().registries);
  if (auto* document = std::get_if<architecture::Architecture>(&read)) {
    return std::make_shared<const architecture::Architecture>(std::move(*document));
  }
  auto found = std::get<architecture::Problems>(std::move(read));
  for (model::Problem& one : found) one.pointer = "/document" + one.pointer;
  add_problems(std::move(found), problems);
  return nullptr;
}

run::Settings settings_of(const Fields& fields, Problems& problems) {
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
  if (auto problem = speed_problem(settings.speed)) problems.push_back(std::move(*problem));
  return settings;
}

/// Problems in a document are of its form, as of any other: what is said of the body as a whole is whether it could be read.
Reply wrong_creation(const Request& request, Problems problems) {
  if (problems.empty()) return all_wrong(request, std::nullopt);
  const auto of_document = [](const model::Problem& found) { return found.pointer.starts_with("/document"); };
  const bool bad_document = request.wrong.status == 0 && std::all_of(problems.begin(), problems.end(), of_document);
  if (bad_document) return problem(422, "The document has problems.", std::move(problems), "bad-document");
  return all_wrong(request, wrong_body("the body", std::move(problems)));
}

Reply create_simulation(const Context& context, const Request& request) {
  const Fields& fields = request.fields;
  Problems problems;
  run::Settings settings = settings_of(fields, problems);
  const std::string id = fields.text("id");
  if (auto problem = id_problem(id)) problems.push_back(std::move(*problem));
  const run::ScenarioPtr scenario = scenario_of(context, fields, settings, problems);
  const DocumentPtr document = scenario ? scenario->document : fields.has("scenario") ? nullptr : document_of(context, request, problems);
  if (!problems.empty() || request.wrong.status != 0) return wrong_creation(request, std::move(problems));
  auto made = context.simulations.create(id, *document, context.catalogue.regions(), context.catalogue.defaults(), settings, scenario);
  if (const auto* refusal = std::get_if<model::Refusal>(&made)) return refused(*refusal);
  run::Simulation& simulation = *std::get<std::shared_ptr<run::Simulation>>(made);
  if (context.made) context.made(simulation);
  return created(simulation_reply(simulation).body, path_of(simulation, ""));
}

Reply list_simulations(const Context& context, const Request& request) {
  return list_reply(request, context.simulations.list(),
                    [](JsonWriter& json, const auto& simulation) { write_simulation(json, *simulation); });
}

Reply remove_simulation(const Context& context, const Request& request) {
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
         context.take_time([&context, request, respond] { respond(create_simulation(context, request)); });
       },
       {},
       true},
      {"GET",
       collection,
       "listSimulations",
       "The simulations that there are.",
       page_fields(),
       {},
       {answered(200, "A page of them.", {array("items", "", simulation_fields())})},
       [&context](const Request& request, const Respond& respond) { respond(list_simulations(context, request)); }},
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
       [&context](const Request& request, const Respond& respond) { respond(remove_simulation(context, request)); }},
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
