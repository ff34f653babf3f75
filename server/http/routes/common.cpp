#include "http/routes/common.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "http/body.h"

namespace http::routes {
namespace {

std::vector<std::string> simulation_ids(const Context& context) {
  std::vector<std::string> ids;
  for (const auto& simulation : context.simulations.list()) ids.push_back(simulation->id());
  return ids;
}

/// Whether it is the form that is wrong, not a value.
bool is_malformed(const model::Problem& problem) {
  static constexpr std::array<std::string_view, 7> codes = {"malformedJson", "missingBody",  "tooDeep",       "wrongType",
                                                            "unknownField",  "missingField", "duplicateField"};
  return problem.pointer.starts_with('?') || std::find(codes.begin(), codes.end(), problem.code) != codes.end();
}

unsigned status_of(const std::vector<model::Problem>& problems) {
  return std::any_of(problems.begin(), problems.end(), is_malformed) ? 400 : 422;
}

/// One is the place of the other, or a part of it.
bool is_beside(const std::string& one, const std::string& other) {
  const std::string& longer = one.size() < other.size() ? other : one;
  const std::string& shorter = one.size() < other.size() ? one : other;
  if (shorter.empty()) return longer.empty();
  return longer.starts_with(shorter) && (longer.size() == shorter.size() || longer[shorter.size()] == '/');
}

/// With nothing done.
std::optional<run::Command> trial_of(run::Command command) {
  return std::visit(
      [](auto& one) -> std::optional<run::Command> {
        if constexpr (requires { one.dry_run; }) {
          one.dry_run = true;
          return std::move(one);
        } else {
          return std::nullopt;
        }
      },
      command);
}

/// What a request comes to whose fields are not all as they have to be.
Made doubted(const Request& request, Made made) {
  if (auto* why = std::get_if<Reply>(&made)) return all_wrong(request, std::move(*why));
  if (auto* doubtful = std::get_if<Doubtful>(&made)) {
    return Doubtful{all_wrong(request, std::move(doubtful->why)), std::move(doubtful->trial)};
  }
  Reply why = all_wrong(request, std::nullopt);
  auto trial = trial_of(std::get<run::Command>(std::move(made)));
  if (!trial) return why;
  return Doubtful{std::move(why), std::move(*trial)};
}

/// Answers why not, with what the simulation has against the rest.
void try_out(run::Simulation& simulation, Doubtful doubtful, const Respond& respond) {
  simulation.post(std::move(doubtful.trial), [respond, why = std::move(doubtful.why)](const run::Outcome& outcome) {
    const auto* refusal = std::get_if<model::Refusal>(&outcome);
    respond(refusal != nullptr && refusal->kind == model::Refusal::Kind::invalid ? with_more(why, refusal->problems) : why);
  });
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
        if (request.wrong.status != 0) made = doubted(request, std::move(made));
        if (auto* why = std::get_if<Reply>(&made)) return respond(std::move(*why));
        if (auto* doubtful = std::get_if<Doubtful>(&made)) return try_out(simulation, std::move(*doubtful), respond);
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

Reply wrong_body(const std::string& what, std::vector<model::Problem> problems) {
  const unsigned status = status_of(problems);
  const std::string detail = summary_of(problems, what);
  return problem(status, detail, std::move(problems));
}

Reply with_more(Reply why, const std::vector<model::Problem>& problems) {
  if (!why.problem) return why;
  std::vector<model::Problem> all = why.problem->errors;
  const std::size_t before = all.size();
  for (const model::Problem& found : problems) {
    const auto told = all.begin() + static_cast<std::ptrdiff_t>(before);
    if (std::none_of(all.begin(), told, [&](const model::Problem& one) { return is_beside(one.pointer, found.pointer); }))
      all.push_back(found);
  }
  return all.size() == before ? why : wrong_body("the body", std::move(all));
}

Reply all_wrong(const Request& request, std::optional<Reply> why) {
  Reply wrong = problem(request.wrong.status, request.wrong.detail, request.wrong.problems);
  if (!why || !why->problem) return wrong;
  return request.wrong.status == 0 ? std::move(*why) : with_more(std::move(wrong), why->problem->errors);
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
