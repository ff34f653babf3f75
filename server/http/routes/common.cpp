#include "http/routes/common.h"

#include <algorithm>
#include <charconv>

#include "http/body.h"

namespace http::routes {
namespace {

std::vector<std::string> simulation_ids(const Context& context) {
  std::vector<std::string> ids;
  for (const auto& simulation : context.simulations.list()) ids.push_back(simulation->id());
  return ids;
}

}  // namespace

Handler in_simulation(Context& context, SimulationHandler handler) {
  return [&context, handler = std::move(handler)](const Request& request, const Respond& respond) {
    const std::string& id = request.params.at("id");
    const auto simulation = context.simulations.find(id);
    if (!simulation) return respond(not_found("simulation", id, simulation_ids(context)));
    handler(*simulation, request, respond);
  };
}

void answer_later(Context& context, const std::string& simulation, const Respond& respond, std::function<Reply(run::Simulation&)> reply) {
  context.post([&context, simulation, respond, reply = std::move(reply)] {
    const auto present = context.simulations.find(simulation);
    respond(present ? reply(*present) : problem(410, "The simulation '" + simulation + "' was deleted meanwhile."));
  });
}

void ask_account(Context& context, run::Simulation& simulation, bool present, const Respond& respond, WithAccount then) {
  using Result = std::variant<run::Account, model::Refusal>;
  simulation.ask_account(present, [&context, id = simulation.id(), respond, then = std::move(then)](const Result& result) {
    if (const auto* refusal = std::get_if<model::Refusal>(&result)) return respond(refused(*refusal));
    context.take_time([&context, id, respond, then, account = std::get<run::Account>(result)] {
      const auto there = context.simulations.find(id);
      if (!there) return respond(problem(410, "The simulation '" + id + "' was deleted meanwhile."));
      then(*there, account);
    });
  });
}

void look_at(Context& context, run::Simulation& simulation, run::Scope scope, const Respond& respond, LookedReply reply) {
  simulation.look_at(std::move(scope), [&context, respond, reply = std::move(reply)](run::LookResult result) {
    context.post([respond, reply, result = std::move(result)] {
      const auto* refusal = std::get_if<model::Refusal>(&result);
      respond(refusal != nullptr ? refused(*refusal) : reply(std::get<run::Looked>(result)));
    });
  });
}

// What is handed to the simulation must not hold it: it would be destroyed on its own thread.
void carry_out(Context& context, run::Simulation& simulation, run::Command command, const Respond& respond, AppliedReply reply) {
  simulation.post(std::move(command), [&context, id = simulation.id(), respond, reply = std::move(reply)](run::Outcome outcome) {
    if (const auto* refusal = std::get_if<model::Refusal>(&outcome)) return respond(refused(*refusal));
    answer_later(context, id, respond, [reply, applied = std::get<run::Applied>(std::move(outcome))](run::Simulation& present) {
      return reply(present, applied);
    });
  });
}

Route commanding(Context& context, Route route, CommandOf command, CommandReply reply) {
  route.handler = in_simulation(
      context, [&context, command, reply = std::move(reply)](run::Simulation& simulation, const Request& request, const Respond& respond) {
        Made made = command(request);
        if (auto* why = std::get_if<Reply>(&made)) return respond(std::move(*why));
        carry_out(context, simulation, std::get<run::Command>(std::move(made)), respond,
                  [request, reply](run::Simulation& present, const run::Applied& applied) { return reply(present, request, applied); });
      });
  route.command = std::move(command);
  return route;
}

std::string path_of(const run::Simulation& simulation, const std::string& rest) {
  return "/api/v1/simulations/" + simulation.id() + rest;
}

Reply not_found(const std::string& what, const std::string& name, const std::vector<std::string>& known) {
  std::string detail = "There is no " + what + " '" + name + "'.";
  const std::string nearest = model::nearest_name(name, known);
  if (!nearest.empty()) detail += " Did you mean '" + nearest + "'?";
  return problem(404, std::move(detail));
}

std::optional<model::Problem> id_problem(const std::string& id) {
  if (id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos) return std::nullopt;
  return model::Problem{"/id", "badValue", "must consist of a-z, 0-9 and -", {}};
}

std::optional<model::Problem> speed_problem(double speed) {
  if (speed == 0 || speed >= run::speed_min) return std::nullopt;
  return model::Problem{"/speed", "outOfRange", "must be 0.1 to 1000, or 0: flat out", {}};
}

Reply bad_document(const std::string& what, std::vector<model::Problem> problems) {
  const std::string detail = summary_of(problems, what);
  return problem(422, detail, std::move(problems), "bad-document");
}

std::vector<Field> page_fields() {
  return {integer("pageSize", "Items on a page.", 1, 1'000).otherwise("50"), identifier("pageToken", "nextPageToken of the page before.")};
}

Page page_of(const Request& request, std::size_t size) {
  Page page;
  const std::string token = request.query.text("pageToken");
  const auto read = std::from_chars(token.data(), token.data() + token.size(), page.from);
  if (!token.empty() && (read.ec != std::errc() || read.ptr != token.data() + token.size())) {
    page.problem = problem(400, "pageToken is not one that this server gave.", {{"?pageToken", "badValue", "must be a nextPageToken", {}}});
    return page;
  }
  page.from = std::min(page.from, size);
  page.to = std::min(size, page.from + static_cast<std::size_t>(request.query.number("pageSize", 50)));
  if (page.to < size) page.next = std::to_string(page.to);
  return page;
}

std::vector<std::string> service_names(const run::Structure& structure) {
  std::vector<std::string> names;
  for (const run::ServiceInfo& service : structure.services) names.push_back(service.name);
  return names;
}

double rate_seconds(const run::Snapshot& snapshot) {
  return sim::to_seconds(snapshot.now->at - snapshot.base->at);
}

double per_second(std::uint64_t now, std::uint64_t before, double seconds) {
  return seconds > 0 && now > before ? static_cast<double>(now - before) / seconds : 0.0;
}

std::vector<Field> finding_fields() {
  return {text("rule", "one of lint-rules"),
          text("severity", "info, warning or error"),
          text("pointer", "a JSON pointer into the document"),
          anything("alsoAt", "more places of which the same is true"),
          text("why", "one sentence"),
          text("mend", "which field to give which value")};
}

Answer answered(unsigned status, std::string description, std::vector<Field> fields) {
  return {status, std::move(description), std::move(fields), "application/json"};
}

}  // namespace http::routes
