#pragma once
// What the handlers of several resources share.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "http/json_writer.h"
#include "http/routes/routes.h"
#include "http/wire.h"

namespace http::routes {

inline constexpr const char* prefix = "/api/v1/simulations/{id}";
inline constexpr double instances_max = run::instances_max;
inline constexpr double sim_ms_max = 31'536'000'000.0;  ///< of simulated times that are asked for: a year

/// A handler of something in the simulation that the path names; 404 when there is no such simulation.
using SimulationHandler = std::function<void(run::Simulation&, const Request&, const Respond&)>;
Handler in_simulation(Context& context, SimulationHandler handler);

/// Carries `command` out and answers with what `reply` makes of it, or why it was refused.
using AppliedReply = std::function<Reply(run::Simulation&, const run::Applied&)>;
void carry_out(Context& context, run::Simulation& simulation, run::Command command, const Respond& respond, AppliedReply reply);

/// Answers with what `reply` makes of the instances of `scope`, once a snapshot shows them; or why it was refused. Which snapshot is in
/// `looked`, not in the simulation.
using LookedReply = std::function<Reply(const run::Looked& looked)>;
void look_at(Context& context, run::Simulation& simulation, run::Scope scope, const Respond& respond, LookedReply reply);

/// A route whose requests are a command each: `route` without a handler, what its command is, and what is answered when it was carried out.
using CommandReply = std::function<Reply(run::Simulation&, const Request&, const run::Applied&)>;
Route commanding(Context& context, Route route, CommandOf command, CommandReply reply);

/// Has `then` run on the thread for what takes long, with the simulation and what it was up to now; or answers why not.
using WithAccount = std::function<void(run::Simulation&, const run::Account&)>;
void ask_account(Context& context, run::Simulation& simulation, bool present, const Respond& respond, WithAccount then);

/// Runs `reply` on a thread of the server, with the simulation if it is still there, else answers 410.
void answer_later(Context& context, const std::string& simulation, const Respond& respond, std::function<Reply(run::Simulation&)> reply);

/// What is wrong with a new simulation's id or speed.
std::optional<model::Problem> id_problem(const std::string& id);
std::optional<model::Problem> speed_problem(double speed);

/// What a simulation is answered as.
std::vector<Field> simulation_fields();

/// "/api/v1/simulations/s1" and `rest`.
std::string path_of(const run::Simulation& simulation, const std::string& rest);

/// 404 that names what is near.
Reply not_found(const std::string& what, const std::string& name, const std::vector<std::string>& known);

/// What is wrong with `what`, which a body says: 400 when one of the problems is of its form (docs/api.md), else 422.
Reply wrong_body(const std::string& what, std::vector<model::Problem> problems);

/// `why` with more problems; left out are those of places, or of parts of them, that have one already.
Reply with_more(Reply why, const std::vector<model::Problem>& problems);

/// What is wrong with a request, those of its fields' form before those that `why` has, if there is one. REQUIRES: there is some.
Reply all_wrong(const Request& request, std::optional<Reply> why);

/// The query parameters of every collection.
std::vector<Field> page_fields();

/// Which items of a collection of `size` a request wants; `problem` is set when its pageToken is none of ours.
struct Page {
  std::size_t from = 0;
  std::size_t to = 0;
  std::string next;  ///< pageToken of the page after, "" for none
  std::optional<Reply> problem;
};
Page page_of(const Request& request, std::size_t size);

/// `{items: [...], nextPageToken?}`; `write` writes one of `items`.
template <class Items, class Write>
Reply list_reply(const Request& request, const Items& items, Write write) {
  const Page page = page_of(request, items.size());
  if (page.problem) return *page.problem;
  JsonWriter json;
  json.begin_object().key("items").begin_array();
  for (std::size_t i = page.from; i < page.to; ++i) write(json, items[i]);
  json.end_array();
  if (!page.next.empty()) json.member("nextPageToken", page.next);
  json.end_object();
  return ok(json.take());
}

std::vector<std::string> service_names(const run::Structure& structure);

/// Seconds of simulated time between the two counts that rates are made from; 0 when nothing has run yet.
double rate_seconds(const run::Snapshot& snapshot);
double per_second(std::uint64_t now, std::uint64_t before, double seconds);

/// What write_finding() writes.
std::vector<Field> finding_fields();

Answer answered(unsigned status, std::string description, std::vector<Field> fields = {});

}  // namespace http::routes
