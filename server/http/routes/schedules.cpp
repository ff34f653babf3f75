#include <algorithm>

#include "http/routes/common.h"
#include "http/routes/fault_body.h"
#include "model/problem_text.h"
#include "run/catalogue.h"

namespace http::routes {
namespace {

using model::EveryTimes;
using model::RandomTimes;
using model::ScheduleAction;
using model::ScheduleSpec;
using Problems = std::vector<model::Problem>;

constexpr double longest_ms = 366.0 * 86'400'000;

const std::vector<std::string> concurrency_names{"forbid", "allow"};

std::size_t name_index(const std::vector<std::string>& names, const std::string& name) {
  return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
}

void read_hours(const Fields& hours, RandomTimes& random, Problems& problems) {
  const auto read = [&](const char* name, std::uint32_t otherwise) {
    const auto minute = model::read_minute(hours.text(name, model::minute_text(otherwise)));
    if (!minute)
      problems.push_back({std::string("/random/activeHours/") + name, "badValue", "must be a time from 00:00 to 24:00, such as 09:30", {}});
    return minute.value_or(otherwise);
  };
  random.from = read("from", 0);
  random.to = read("to", 24 * 60);
  if (random.from >= random.to) problems.push_back({"/random/activeHours", "badOrder", "from must be before to", {}});
}

RandomTimes random_of(const Fields& fields, Problems& problems) {
  RandomTimes random;
  const bool hours = fields.objects.count("activeHours") > 0;
  const std::string usual = hours ? "daily" : "exponential";
  random.kind = static_cast<RandomTimes::Kind>(name_index(model::random_kind_names(), fields.text("distribution", usual)));
  random.mean = sim::from_ms(fields.number("meanTimeBetweenMs", 0));
  random.min_gap = sim::from_ms(fields.number("minGapMs", 0));
  random.weekdays_only = fields.flag("weekdaysOnly", false);
  random.probability = fields.number("probability", 1);
  if (hours) read_hours(fields.objects.at("activeHours"), random, problems);
  if (random.kind == RandomTimes::Kind::daily && random.mean < model::day_length) {
    problems.push_back({"/random/meanTimeBetweenMs",
                        "outOfRange",
                        "must be at least 86400000, a day: there is one coin a day; or say \"distribution\": \"exponential\"",
                        {}});
  }
  return random;
}

/// Nothing when the body has none, or none that can be.
std::optional<model::ScheduleTimes> times_of(const Fields& fields, Problems& problems) {
  const int given =
      static_cast<int>(fields.has("cron")) + static_cast<int>(fields.has("everyMs")) + static_cast<int>(fields.objects.count("random") > 0);
  if (given == 0) return std::nullopt;
  if (given > 1) {
    problems.push_back({"", "conflict", "give one of cron, everyMs and random", {}});
    return std::nullopt;
  }
  if (fields.has("everyMs")) return EveryTimes{sim::from_ms(fields.number("everyMs", 0))};
  if (fields.objects.count("random") > 0) return random_of(fields.objects.at("random"), problems);
  auto cron = model::read_cron(fields.text("cron"));
  if (auto* read = std::get_if<model::Cron>(&cron)) return std::move(*read);
  problems.push_back(std::get<model::Problem>(std::move(cron)));
  problems.back().pointer = "/cron";
  return std::nullopt;
}

/// As the preset has it, or nothing yet.
ScheduleSpec beginning_of(const Fields& fields) {
  for (const model::SchedulePreset& preset : run::schedule_presets()) {
    if (preset.name == fields.text("preset")) return preset.spec;
  }
  return {};
}

void read_fault(const Fields& fields, ScheduleSpec& spec, Problems& problems) {
  const auto place = static_cast<ScheduleAction::Place>(name_index(model::schedule_place_names(), fields.text("place", "said")));
  if (!fields.has("fault")) return;
  model::Selector usual;
  if (place == ScheduleAction::Place::said) usual.mode = model::Selector::Mode::one;
  FaultBody read = fault_of(fields.text("fault"), "/fault", usual);
  problems.insert(problems.end(), read.problems.begin(), read.problems.end());
  if (!read.fault) return;
  ScheduleAction action;
  action.place = place;
  action.what = std::move(*read.fault);
  spec.actions = {std::move(action)};
}

void read_experiment(const Context& context, const Fields& fields, ScheduleSpec& spec, Problems& problems) {
  if (!fields.has("experiment")) return;
  Templates::Read read = context.catalogue.templates().read(fields.text("experiment"));
  for (model::Problem& found : read.problems) {
    found.pointer.insert(0, "/experiment");
    problems.push_back(std::move(found));
  }
  if (!read.experiment) return;
  ScheduleAction action;
  action.what = std::move(read.experiment);
  spec.actions = {std::move(action)};
}

/// Whether a member is there, be it as it has to be or not.
bool is_given(const Request& request, const std::string& name) {
  return request.fields.has(name) || std::any_of(request.wrong.problems.begin(), request.wrong.problems.end(),
                                                 [&](const model::Problem& found) { return found.pointer.starts_with("/" + name); });
}

void check_given(const Request& request, const ScheduleSpec& spec, Problems& problems) {
  const auto one_of = [&](std::initializer_list<const char*> names) {
    return std::any_of(names.begin(), names.end(), [&](const char* name) { return is_given(request, name); });
  };
  if (request.fields.has("fault") && request.fields.has("experiment")) {
    problems.push_back({"/experiment", "conflict", "give either a fault or an experiment", {}});
  }
  if (spec.preset.empty() && !one_of({"preset", "cron", "everyMs", "random"})) {
    problems.push_back({"", "missingField", "when? one of cron, everyMs and random is required, or a preset", {}});
  }
  if (spec.actions.empty() && !one_of({"preset", "fault", "experiment"})) {
    problems.push_back({"/fault", "missingField", "what? a fault or an experiment is required, or a preset", {}});
  }
}

Made add_schedule(const Context& context, const Request& request) {
  const Fields& fields = request.fields;
  ScheduleSpec spec = beginning_of(fields);
  Problems problems;
  read_fault(fields, spec, problems);
  read_experiment(context, fields, spec, problems);
  if (auto times = times_of(fields, problems)) spec.times = std::move(*times);
  check_given(request, spec, problems);
  const bool doubtful = !problems.empty() || request.wrong.status != 0;
  if (doubtful) spec.times = EveryTimes{model::day_length};  // whatever they are to be, there are some
  spec.name = fields.text("name", spec.name);
  spec.overlaps = fields.text("concurrency", spec.overlaps ? "allow" : "forbid") == "allow";
  spec.history_limit = static_cast<std::uint32_t>(fields.number("historyLimit", spec.history_limit));
  run::AddSchedule command{std::make_shared<const ScheduleSpec>(std::move(spec)), doubtful || request.query.flag("validateOnly", false)};
  if (problems.empty()) return command;
  return Doubtful{wrong_body("the schedule", std::move(problems)), std::move(command)};
}

Made change_schedule(const Request& request) {
  const Fields& fields = request.fields;
  run::ChangeSchedule command{request.params.at("schedule"), {}};
  Problems problems;
  command.change.times = times_of(fields, problems);
  if (!problems.empty()) return wrong_body("the body", std::move(problems));
  if (fields.has("state")) command.change.paused = fields.text("state") == "paused";
  if (fields.has("concurrency")) command.change.overlaps = fields.text("concurrency") == "allow";
  return command;
}

Made remove_schedule(const Request& request) {
  return run::RemoveSchedule{request.params.at("schedule")};
}

Reply schedule_reply(const run::Simulation& simulation, const std::string& id) {
  const auto snapshot = simulation.snapshot();
  for (const model::ScheduleRecord& record : snapshot->structure->schedules) {
    if (record.id != id) continue;
    JsonWriter json;
    write_schedule(json, record, snapshot->structure->starts_at);
    return ok(json.take());
  }
  return problem(404, "There is no schedule '" + id + "'.");
}

Reply firings_reply(const run::Simulation& simulation, const run::Applied& applied) {
  const model::Epoch epoch = simulation.snapshot()->structure->starts_at;
  JsonWriter json;
  json.begin_object().key("firings").begin_array();
  for (const sim::Time time : applied.firings) {
    json.begin_object().member("simTimeMs", sim_ms(time)).member("moment", model::moment_text(epoch, time));
    json.member("weekday", model::weekday_text(epoch, time)).end_object();
  }
  json.end_array().end_object();
  return ok(json.take());
}

Reply schedule_added(const run::Simulation& present, const Request&, const run::Applied& applied) {
  if (applied.dry_run) return firings_reply(present, applied);
  const Reply reply = schedule_reply(present, applied.id);
  return created(reply.problem ? "{\"id\":\"" + applied.id + "\"}" : reply.body, path_of(present, "/schedules/" + applied.id));
}

void list_schedules(run::Simulation& simulation, const Request& request, const Respond& respond) {
  const auto snapshot = simulation.snapshot();
  respond(list_reply(request, snapshot->structure->schedules, [&](JsonWriter& json, const model::ScheduleRecord& record) {
    write_schedule(json, record, snapshot->structure->starts_at);
  }));
}

std::vector<Field> time_fields() {
  return {text("cron", "Five fields: minute, hour, day of month, month, day of week."),
          number("everyMs", "The first so long after now.", sim::to_ms(EveryTimes::least), longest_ms),
          object("random", "By chance.",
                 {number("meanTimeBetweenMs", "On average.", sim::to_ms(RandomTimes::mean_least), longest_ms).need(),
                  number("minGapMs", "At least; daily: in whole active days.", 0, longest_ms).otherwise("0"),
                  object("activeHours", "Of the day.", {text("from", "Such as 09:00."), text("to", "Such as 15:00.")}),
                  boolean("weekdaysOnly", "Monday to Friday.").otherwise("false"),
                  number("probability", "That one that is due happens.", 0.001, 1).otherwise("1"),
                  choice("distribution", "daily: a coin each active day (usual with activeHours); exponential: between two.",
                         model::random_kind_names())}),
          choice("concurrency", "Whether it fires while what it started before goes on.", concurrency_names).otherwise("\"forbid\"")};
}

std::vector<Field> schedule_fields() {
  return {text("id", ""),
          text("name", ""),
          text("preset", "what it began from"),
          text("state", "active, paused or over"),
          anything("actions", "what it does, one of them each time: fault and place, or experiment, and weight"),
          text("cron", ""),
          number("everyMs", "", 0, longest_ms),
          anything("random", ""),
          text("concurrency", "forbid or allow"),
          integer("historyLimit", "", 1, ScheduleSpec::history_max),
          number("sinceSimTimeMs", "", 0, 1e13),
          number("nextSimTimeMs", "when it fires next", 0, 1e13),
          text("nextMoment", "by the calendar of the simulation"),
          integer("fired", "also those that were refused or skipped", 0, whole_number_max),
          integer("refused", "", 0, whole_number_max),
          integer("skipped", "what it started before went on", 0, whole_number_max),
          anything("last", "the last outcome: simTimeMs, result, what, fault or experiment, reason"),
          anything("history", "the last outcomes, oldest first")};
}

Field added_schema() {
  std::vector<std::string> presets;
  for (const model::SchedulePreset& preset : run::schedule_presets()) presets.push_back(preset.name);
  std::vector<Field> fields = {
      choice("preset", "What it begins from: GET /api/v1/schedule-presets.", presets),
      text("name", "For people."),
      fault_schema("fault", false),
      document("experiment", "In place of a fault: as POST experiments takes it, also {template, variables}."),
      choice("place", "zone, region: of the fault, another one each time, by chance.", model::schedule_place_names()).otherwise("\"said\""),
      integer("historyLimit", "Outcomes that are remembered.", 1, ScheduleSpec::history_max).otherwise("20")};
  for (Field& field : time_fields()) fields.push_back(std::move(field));
  return object("",
                "What, and when: a preset, or a fault or an experiment and one of cron, everyMs and random. A fault without a selector is "
                "for one instance "
                "of the victim.",
                std::move(fields));
}

Field changed_schema() {
  std::vector<Field> fields = time_fields();
  fields.push_back(choice("state", "Whether it fires.", {"active", "paused"}));
  return object("", "What is to be different.", std::move(fields));
}

Route schedule_presets_route() {
  return {"GET",
          "/api/v1/schedule-presets",
          "listSchedulePresets",
          "Monkeys by name.",
          page_fields(),
          {},
          {answered(200, "A page of them.",
                    {array("items", "", {text("name", ""), text("why", ""), text("source", ""), anything("schedule", "")})})},
          [](const Request& request, const Respond& respond) {
            respond(list_reply(request, run::schedule_presets(), [](JsonWriter& json, const model::SchedulePreset& preset) {
              json.begin_object().member("name", preset.name).member("why", preset.why).member("source", preset.source);
              json.key("schedule").begin_object();
              write_schedule_spec(json, preset.spec);
              json.end_object().end_object();
            }));
          }};
}

}  // namespace

std::vector<Route> schedules(Context& context) {
  const std::string collection = std::string(prefix) + "/schedules";
  const std::string one = collection + "/{schedule}";
  const auto reply = [](const run::Simulation& present, const Request& request, const run::Applied&) {
    return schedule_reply(present, request.params.at("schedule"));
  };
  return {
      schedule_presets_route(),
      commanding(
          context,
          {"POST",
           collection,
           "addSchedule",
           "Faults again and again, in simulated time.",
           {boolean("validateOnly", "Only says when it would fire.")},
           added_schema(),
           {answered(201, "It is at work.", schedule_fields()),
            answered(200, "With validateOnly: the next ten times.",
                     {array("firings", "", {number("simTimeMs", "", 0, 1e13), text("moment", ""), text("weekday", "")})})},
           {},
           {},
           true},
          [&context](const Request& request) { return add_schedule(context, request); }, schedule_added),
      {"GET",
       collection,
       "listSchedules",
       "The schedules, oldest first.",
       page_fields(),
       {},
       {answered(200, "A page of them.", {array("items", "", schedule_fields())})},
       in_simulation(context, list_schedules)},
      {"GET",
       one,
       "getSchedule",
       "One schedule: when it fires next, and what came of it.",
       {},
       {},
       {answered(200, "The schedule.", schedule_fields())},
       in_simulation(context, [](run::Simulation& s, const Request& request,
                                 const Respond& respond) { respond(schedule_reply(s, request.params.at("schedule"))); })},
      commanding(context,
                 {"PATCH",
                  one,
                  "changeSchedule",
                  "Pauses a schedule, lets it go on, or gives it other times.",
                  {},
                  changed_schema(),
                  {answered(200, "The schedule.", schedule_fields())},
                  {},
                  {},
                  true},
                 change_schedule, reply),
      commanding(
          context,
          {"DELETE", one, "removeSchedule", "Ends a schedule; what it has started goes on.", {}, {}, {answered(204, "It is gone.")}, {}},
          remove_schedule, [](run::Simulation&, const Request&, const run::Applied&) { return no_content(); }),
  };
}

}  // namespace http::routes
