#include <algorithm>

#include "http/routes/common.h"

namespace http::routes {
namespace {

bool type_listed(const std::string& types, const std::string& type) {
  if (types.empty()) return true;
  return ("," + types + ",").find("," + type + ",") != std::string::npos;
}

/// Pages by sequence number, so that nothing is missed or doubled while new ones arrive.
void list_events(run::Simulation& simulation, const Request& request, const Respond& respond) {
  const std::string token = request.query.text("pageToken");
  if (token.find_first_not_of("0123456789") != std::string::npos || token.size() > 18) {
    return respond(
        problem(400, "pageToken is not one that this server gave.", {{"?pageToken", "badValue", "must be a nextPageToken", {}}}));
  }
  const auto since = token.empty() ? static_cast<std::uint64_t>(request.query.number("sinceSeq", 0)) : std::stoull(token);
  const auto size = static_cast<std::size_t>(request.query.number("pageSize", 50));
  const std::string types = request.query.text("types");
  const auto snapshot = simulation.snapshot();
  const std::vector<run::Event> all = simulation.events_since(since, run::events_kept);
  JsonWriter json;
  json.begin_object().key("items").begin_array();
  std::size_t written = 0;
  std::uint64_t next = 0;
  std::uint64_t last = 0;
  for (const run::Event& event : all) {
    if (!type_listed(types, event.type)) continue;
    if (written == size) {
      next = last;
      break;
    }
    write_event(json, event);
    last = event.seq;
    ++written;
  }
  json.end_array().member("oldestSeq", simulation.oldest_event());
  json.member("lastSeq", std::max(snapshot->last_event_seq, all.empty() ? 0 : all.back().seq));
  if (next != 0) json.member("nextPageToken", std::to_string(next));
  json.end_object();
  respond(ok(json.take()));
}

}  // namespace

std::vector<Route> events(Context& context) {
  std::vector<Field> query = page_fields();
  query.push_back(integer("sinceSeq", "Only later ones.", 0, whole_number_max).otherwise("0"));
  query.push_back(text("types", "Only these, separated by commas.", 1'000));
  const std::vector<Field> event = {integer("seq", "", 0, whole_number_max),
                                    number("simTimeMs", "", 0, 1e13),
                                    text("wallTime", ""),
                                    text("type", ""),
                                    text("severity", "info, warning or error"),
                                    anything("subject", ""),
                                    integer("causeSeq", "", 0, whole_number_max),
                                    text("message", "", 10'000),
                                    anything("data", "")};
  return {{"GET",
           std::string(prefix) + "/events",
           "listEvents",
           "What happened, oldest first.",
           query,
           {},
           {answered(200, "A page of events.",
                     {array("items", "", event), integer("oldestSeq", "", 0, whole_number_max), integer("lastSeq", "", 0, whole_number_max),
                      text("nextPageToken", "")})},
           in_simulation(context, list_events)}};
}

}  // namespace http::routes
