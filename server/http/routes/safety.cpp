#include "http/routes/common.h"
#include "model/experiment.h"

namespace http::routes {
namespace {

void write_lever(JsonWriter& json, const model::SafetyLever& lever) {
  json.member("engaged", lever.engaged).member("reason", lever.reason).member("sinceSimTimeMs", sim_ms(lever.since));
}

Reply lever_reply(const run::Simulation& simulation, const run::Applied* applied) {
  JsonWriter json;
  json.begin_object();
  write_lever(json, simulation.snapshot()->experiments->lever);
  if (applied != nullptr) json.strings("stopped", applied->targets);
  json.end_object();
  return ok(json.take());
}

Made put_lever(const Request& request) {
  return run::SetSafetyLever{request.fields.flag("engaged", false), request.fields.text("reason")};
}

Made halt_everything(const Request& request) {
  return run::Halt{request.fields.text("reason")};
}

Reply everything_halted(const run::Applied& applied) {
  JsonWriter json;
  json.begin_object().strings("stopped", applied.targets).end_object();
  return ok(json.take());
}

std::vector<Field> lever_fields() {
  return {boolean("engaged", "Everything was reverted, and no fault and no experiment may begin: 423."), text("reason", ""),
          number("sinceSimTimeMs", "when it was last moved", 0, sim_ms_max),
          anything("stopped", "ids of the experiments and faults that were stopped")};
}

}  // namespace

std::vector<Route> safety(Context& context) {
  const std::string path = std::string(prefix) + "/safety-lever";
  return {
      {"GET",
       path,
       "getSafetyLever",
       "Whether anything may break.",
       {},
       {},
       {answered(200, "The lever.", lever_fields())},
       in_simulation(context, [](run::Simulation& s, const Request&, const Respond& respond) { respond(lever_reply(s, nullptr)); })},
      commanding(context,
                 {"PUT",
                  path,
                  "putSafetyLever",
                  "Engaged: reverts all experiments and faults now, and refuses new ones until it is released.",
                  {},
                  object("", "", {boolean("engaged", "").need(), text("reason", "For those who are refused.")}),
                  {answered(200, "The lever.", lever_fields())},
                  {}},
                 put_lever,
                 [](run::Simulation& present, const Request&, const run::Applied& applied) { return lever_reply(present, &applied); }),
      commanding(context,
                 {"POST",
                  std::string(prefix) + "/halts",
                  "haltEverything",
                  "Stops all experiments and faults now. When nothing is on, nothing happens.",
                  {},
                  object("", "", {text("reason", "For the log.")}),
                  {answered(200, "What was stopped.", {anything("stopped", "ids of experiments and faults")})},
                  {}},
                 halt_everything, [](run::Simulation&, const Request&, const run::Applied& applied) { return everything_halted(applied); }),
  };
}

}  // namespace http::routes
