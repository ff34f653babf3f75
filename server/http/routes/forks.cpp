#include "http/routes/common.h"
#include "run/fork.h"

namespace http::routes {
namespace {

run::ForkSpec fork_spec_of(const Fields& fields) {
  run::ForkSpec spec;
  spec.id = fields.text("id");
  if (fields.has("atSimTimeMs")) spec.at = sim::from_ms(fields.number("atSimTimeMs", 0));
  if (fields.has("beforeCommand")) spec.before_command = static_cast<std::uint64_t>(fields.number("beforeCommand", 0));
  if (fields.has("seed")) spec.seed = static_cast<std::uint64_t>(fields.number("seed", 1));
  if (fields.has("speed")) spec.speed = fields.number("speed", 1);
  if (fields.has("threads")) spec.threads = static_cast<unsigned>(fields.number("threads", 1));
  spec.start_paused = fields.flag("startPaused", false);
  return spec;
}

std::vector<model::Problem> problems_of(const run::ForkSpec& spec) {
  std::vector<model::Problem> problems;
  if (spec.at && spec.before_command) problems.push_back({"/beforeCommand", "conflict", "give either atSimTimeMs or beforeCommand", {}});
  if (auto problem = id_problem(spec.id)) problems.push_back(std::move(*problem));
  if (spec.speed) {
    if (auto problem = speed_problem(*spec.speed)) problems.push_back(std::move(*problem));
  }
  return problems;
}

Reply simulation_forked(Context& context, const run::Simulation& origin, const run::Account& account, const run::ForkSpec& spec) {
  auto made = run::fork(context.simulations, origin, account, spec);
  if (const auto* refusal = std::get_if<model::Refusal>(&made)) return refused(*refusal);
  run::Simulation& simulation = *std::get<std::shared_ptr<run::Simulation>>(made);
  if (context.made) context.made(simulation);
  JsonWriter json;
  write_simulation(json, simulation);
  return created(json.take(), path_of(simulation, ""));
}

void fork_simulation(Context& context, run::Simulation& simulation, const Request& request, const Respond& respond) {
  const run::ForkSpec spec = fork_spec_of(request.fields);
  if (auto problems = problems_of(spec); !problems.empty()) {
    return respond(problem(422, problems.front().pointer + " " + problems.front().message, problems));
  }
  ask_account(context, simulation, spec.of_the_present(), respond,
              [&context, spec, respond](const run::Simulation& origin, const run::Account& account) {
                respond(simulation_forked(context, origin, account, spec));
              });
}

}  // namespace

std::vector<Route> forks(Context& context) {
  const Field body = object("", "From when on, and what is otherwise.",
                            {identifier("id", "Made up when absent.", 63),
                             number("atSimTimeMs", "A moment that has been, with all commands of that time; absent: now.", 0, sim_ms_max),
                             integer("beforeCommand", "Or just before this command of the journal.", 1, run::journal_max),
                             integer("seed", "Other random numbers from there on; absent: the same.", 0, whole_number_max),
                             number("speed", "As of a simulation; absent: as the origin.", 0, run::speed_max),
                             integer("threads", "As of a simulation; absent: as the origin.", 1, run::threads_max),
                             boolean("startPaused", "Whether to wait for the clock to be started.").otherwise("false")});
  return {{"POST",
           std::string(prefix) + "/forks",
           "forkSimulation",
           "A copy of the simulation, now or at a moment before, that goes on by itself.",
           {},
           body,
           {answered(201, "It runs.", simulation_fields())},
           in_simulation(context, [&context](run::Simulation& s, const Request& request, const Respond& respond) {
             fork_simulation(context, s, request, respond);
           })}};
}

}  // namespace http::routes
