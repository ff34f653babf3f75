#include "http/routes/common.h"

namespace http::routes {
namespace {

Reply clock_reply(const run::Simulation& simulation) {
  JsonWriter json;
  write_clock(json, *simulation.snapshot(), true);
  return ok(json.take());
}

void put_clock(Context& context, run::Simulation& simulation, const Request& request, const Respond& respond) {
  const Fields& fields = request.fields;
  run::ClockSetting setting;
  if (fields.has("state")) setting.running = fields.text("state") == "running";
  if (fields.has("speed")) setting.speed = fields.number("speed", 1);
  if (!setting.running && !setting.speed) {
    return respond(problem(400, "Give a state, a speed, or both.", {{"", "missingField", "'state' or 'speed' is required", {}}}));
  }
  if (setting.speed && *setting.speed != 0 && *setting.speed < run::speed_min) {
    return respond(problem(422, "The speed is out of range.", {{"/speed", "outOfRange", "must be 0.1 to 1000, or 0: flat out", {}}}));
  }
  simulation.set_clock(setting, [&context, id = simulation.id(), respond] {
    answer_later(context, id, respond, [](run::Simulation& present) { return clock_reply(present); });
  });
}

void step_clock(Context& context, run::Simulation& simulation, const Request& request, const Respond& respond) {
  const Fields& fields = request.fields;
  if (fields.has("untilSimTimeMs") == fields.has("stepMs")) {
    return respond(problem(400, "Give either untilSimTimeMs or stepMs.",
                           {{"", "missingField", "exactly one of 'untilSimTimeMs' and 'stepMs' is required", {}}}));
  }
  const sim::Time until = fields.has("stepMs") ? simulation.snapshot()->sim_time + sim::from_ms(fields.number("stepMs", 0))
                                               : sim::from_ms(fields.number("untilSimTimeMs", 0));
  simulation.step(until, [&context, id = simulation.id(), respond](std::variant<sim::Time, model::Refusal> outcome) {
    if (const auto* refusal = std::get_if<model::Refusal>(&outcome)) return respond(refused(*refusal));
    answer_later(context, id, respond, [](run::Simulation& present) { return clock_reply(present); });
  });
}

}  // namespace

std::vector<Route> clock(Context& context) {
  const std::string path = std::string(prefix) + "/clock";
  const std::vector<Field> shape = {choice("state", "", {"running", "paused", "failed"}), number("speed", "", 0, run::speed_max),
                                    number("achievedSpeed", "", 0, 1e9), number("simTimeMs", "", 0, 1e13)};
  const Field setting = object("", "",
                               {choice("state", "Whether time passes.", {"running", "paused"}),
                                number("speed", "Simulated seconds a second, 0.1 to 1000, or 0: flat out.", 0, run::speed_max)});
  const Field steps =
      object("", "Exactly one of the two.",
             {number("untilSimTimeMs", "Time to run to.", 0, sim_ms_max), number("stepMs", "Time to run for.", 0.001, sim_ms_max)});
  return {
      {"GET",
       path,
       "getClock",
       "How simulated time passes.",
       {},
       {},
       {answered(200, "The clock.", shape)},
       in_simulation(context, [](run::Simulation& s, const Request&, const Respond& respond) { respond(clock_reply(s)); })},
      {"PUT",
       path,
       "putClock",
       "Pauses, resumes or changes the speed.",
       {},
       setting,
       {answered(200, "The clock.", shape)},
       in_simulation(context, [&context](run::Simulation& s, const Request& request,
                                         const Respond& respond) { put_clock(context, s, request, respond); })},
      {"POST",
       path + "/steps",
       "stepClock",
       "Runs flat out to a time and pauses there; answers when it is there.",
       {},
       steps,
       {answered(200, "The clock.", shape)},
       in_simulation(context, [&context](run::Simulation& s, const Request& request,
                                         const Respond& respond) { step_clock(context, s, request, respond); })},
  };
}

}  // namespace http::routes
