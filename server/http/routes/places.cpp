#include <algorithm>

#include "http/routes/common.h"
#include "model/evacuation.h"

namespace http::routes {
namespace {

/// Names of zones or regions that exist.
std::vector<std::string> places_of(const run::Structure& structure, bool region) {
  std::vector<std::string> names;
  for (const run::LocationInfo& location : structure.locations) {
    if (location.region == "*" || (!region && location.zone == "*")) continue;
    const std::string& name = region ? location.region : location.id;
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  return names;
}

Reply place_traffic_reply(const run::Snapshot& snapshot, const Request& request, bool region) {
  const run::Structure& structure = *snapshot.structure;
  const char* const kind = region ? "region" : "zone";
  const std::string& name = request.params.at(kind);
  const std::vector<std::string> known = places_of(structure, region);
  if (std::find(known.begin(), known.end(), name) == known.end()) return not_found(kind, name, known);
  const auto found = structure.place_traffic.find(name);
  const model::PlaceTraffic traffic = found == structure.place_traffic.end() ? model::PlaceTraffic{} : found->second;
  JsonWriter json;
  json.begin_object().member(kind, name).key("weight").rounded(traffic.weight);
  json.member("target", traffic.target).member("settledSimTimeMs", sim_ms(traffic.ends)).end_object();
  return ok(json.take());
}

Made put_place_traffic(const Request& request, bool region) {
  const Fields& fields = request.fields;
  run::ShiftTraffic command;
  command.place = request.params.at(region ? "region" : "zone");
  command.region = region;
  command.weight = fields.number("weight", 0);
  command.drain = sim::from_ms(fields.number("drainMs", 0));
  return command;
}

Reply traffic_shifted(const run::Simulation& present, const Request& request, bool region) {
  Reply reply = place_traffic_reply(*present.snapshot(), request, region);
  if (reply.status == 200) reply.status = 202;
  return reply;
}

void write_evacuation(JsonWriter& json, const model::EvacuationRecord& record) {
  json.begin_object().member("id", record.id).member("region", record.region).member("state", record.state).member("stage", record.stage);
  if (!record.preset.empty()) json.member("preset", record.preset);
  json.member("addsCapacity", record.adds_capacity).key("stagesMs").begin_object();
  for (std::size_t i = 0; i < record.stages.size(); ++i) json.member(model::evacuation_stage_names()[i], sim_ms(record.stages[i]));
  json.end_object().member("stageBeganSimTimeMs", sim_ms(record.stage_began)).member("startedSimTimeMs", sim_ms(record.started));
  if (record.ended) json.member("endedSimTimeMs", sim_ms(*record.ended));
  json.end_object();
}

Reply evacuation_reply(const run::Snapshot& snapshot, const std::string& id) {
  for (const model::EvacuationRecord& record : snapshot.structure->evacuations) {
    if (record.id != id) continue;
    JsonWriter json;
    write_evacuation(json, record);
    return ok(json.take());
  }
  return problem(404, "There is no evacuation '" + id + "'.");
}

Reply accepted_evacuation(const run::Simulation& simulation, const std::string& id) {
  const Reply reply = evacuation_reply(*simulation.snapshot(), id);
  return accepted(reply.problem ? "{\"id\":\"" + id + "\"}" : reply.body, path_of(simulation, "/evacuations/" + id));
}

Made evacuate_region(const Request& request) {
  const Fields& fields = request.fields;
  run::Evacuate command;
  command.region = fields.text("region");
  command.preset = fields.text("preset", "chaos-kong");
  for (const model::EvacuationPreset& preset : model::evacuation_presets()) {
    if (preset.name == command.preset) command.stages = preset.stages;
  }
  for (std::size_t i = 0; i < command.stages.size(); ++i) {
    const std::string name = model::evacuation_stage_names()[i] + "Ms";
    if (fields.has(name)) command.stages[i] = sim::from_ms(fields.number(name, 0));
  }
  command.adds_capacity = fields.flag("addsCapacity", true);
  return command;
}

void list_evacuations(run::Simulation& simulation, const Request& request, const Respond& respond) {
  const auto snapshot = simulation.snapshot();
  respond(list_reply(request, snapshot->structure->evacuations,
                     [](JsonWriter& json, const model::EvacuationRecord& record) { write_evacuation(json, record); }));
}

Made put_evacuation_state(const Request& request) {
  return run::FailBack{request.params.at("evacuation")};
}

std::vector<Route> traffic_of(Context& context, bool region) {
  const std::string kind = region ? "region" : "zone";
  const std::string path = std::string(prefix) + "/" + kind + "s/{" + kind + "}/traffic";
  const std::string title = region ? "Region" : "Zone";
  const std::vector<Field> shape = {text(kind, ""), number("weight", "Percent of its traffic that it gets now.", 0, 100),
                                    number("target", "And from settledSimTimeMs on.", 0, 100), number("settledSimTimeMs", "", 0, 1e13)};
  return {
      {"GET",
       path,
       "get" + title + "Traffic",
       "How much of its traffic a " + kind + " gets.",
       {},
       {},
       {answered(200, "Its weight.", shape)},
       in_simulation(context, [region](run::Simulation& s, const Request& request,
                                       const Respond& respond) { respond(place_traffic_reply(*s.snapshot(), request, region)); })},
      commanding(
          context,
          {"PUT",
           path,
           "put" + title + "Traffic",
           "Shifts traffic away from a " + kind + ", or back.",
           {},
           object("", "",
                  {number("weight", "Percent of what it would get.", 0, 100).need(),
                   number("drainMs", "From now until then, evenly.", 0, 86'400'000).otherwise("0")}),
           {answered(202, "It shifts.", shape)},
           {}},
          [region](const Request& request) { return put_place_traffic(request, region); },
          [region](run::Simulation& present, const Request& request, const run::Applied&) {
            return traffic_shifted(present, request, region);
          }),
  };
}

std::vector<Field> evacuation_fields() {
  return {text("id", ""),
          text("region", ""),
          text("state", "running, succeeded, failingBack or failedBack"),
          text("stage", "decide, provision, startUp or switch"),
          text("preset", ""),
          boolean("addsCapacity", ""),
          anything("stagesMs", "How long each stage takes."),
          number("stageBeganSimTimeMs", "", 0, 1e13),
          number("startedSimTimeMs", "", 0, 1e13),
          number("endedSimTimeMs", "", 0, 1e13)};
}

std::vector<Route> evacuations(Context& context) {
  const std::string collection = std::string(prefix) + "/evacuations";
  const std::string one = collection + "/{evacuation}";
  std::vector<std::string> presets;
  for (const model::EvacuationPreset& preset : model::evacuation_presets()) presets.push_back(preset.name);
  std::vector<Field> wanted = {text("region", "Which one.").need(),
                               choice("preset", "How long its stages take.", presets).otherwise("\"chaos-kong\""),
                               boolean("addsCapacity", "The other regions grow by as much; what keeps data does not.").otherwise("true")};
  for (const std::string& stage : model::evacuation_stage_names()) {
    wanted.push_back(number(stage + "Ms", "How long this stage takes, in place of the preset's.", 0, 86'400'000));
  }
  return {
      commanding(
          context,
          {"POST",
           collection,
           "evacuateRegion",
           "Evacuates a region, in stages.",
           {},
           object("", "", std::move(wanted)),
           {answered(202, "It has begun.", evacuation_fields())},
           {}},
          evacuate_region,
          [](run::Simulation& present, const Request&, const run::Applied& applied) { return accepted_evacuation(present, applied.id); }),
      {"GET",
       collection,
       "listEvacuations",
       "Evacuations, oldest first.",
       page_fields(),
       {},
       {answered(200, "A page of them.", {array("items", "", evacuation_fields())})},
       in_simulation(context, list_evacuations)},
      {"GET",
       one,
       "getEvacuation",
       "One evacuation.",
       {},
       {},
       {answered(200, "The evacuation.", evacuation_fields())},
       in_simulation(context, [](run::Simulation& s, const Request& request,
                                 const Respond& respond) { respond(evacuation_reply(*s.snapshot(), request.params.at("evacuation"))); })},
      commanding(context,
                 {"PUT",
                  one + "/state",
                  "putEvacuationState",
                  "Gives a region its traffic back.",
                  {},
                  object("", "", {choice("state", "What it should become.", {"failedBack"}).need()}),
                  {answered(202, "It has begun.", evacuation_fields())},
                  {}},
                 put_evacuation_state,
                 [](run::Simulation& present, const Request& request, const run::Applied&) {
                   return accepted_evacuation(present, request.params.at("evacuation"));
                 }),
  };
}

}  // namespace

std::vector<Route> places(Context& context) {
  std::vector<Route> all = traffic_of(context, false);
  for (const auto& more : {traffic_of(context, true), evacuations(context)}) all.insert(all.end(), more.begin(), more.end());
  return all;
}

}  // namespace http::routes
