#include "http/routes/common.h"

namespace http::routes {
namespace {

void list_commands(run::Simulation& simulation, const Request& request, const Respond& respond) {
  respond(list_reply(request, simulation.journal(0, run::journal_max), write_command));
}

}  // namespace

std::vector<Route> commands(Context& context) {
  return {{"GET",
           std::string(prefix) + "/commands",
           "listCommands",
           "What people asked for and when it took effect, oldest first.",
           page_fields(),
           {},
           {answered(200, "A page of the journal.",
                     {array("items", "",
                            {integer("seq", "", 0, whole_number_max), number("simTimeMs", "", 0, 1e13),
                             integer("scenarioAction", "of the scenario, its number from 1; absent: people asked for it", 1, 1'000),
                             text("wallTime", ""), anything("command", "")})})},
           in_simulation(context, list_commands)}};
}

}  // namespace http::routes
