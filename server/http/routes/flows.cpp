#include <charconv>

#include "http/routes/common.h"

namespace http::routes {
namespace {

bool flow_wanted(const Fields& query, const run::Flow& flow) {
  if (query.has("service") && flow.root_service != query.text("service")) {
    const std::string service = query.text("service");
    bool passed = false;
    for (const run::SpanRecord& span : flow.spans) passed |= span.service == service;
    if (!passed) return false;
  }
  if (query.has("status") && flow.status != query.text("status")) return false;
  return sim::to_ms(flow.end - flow.start) >= query.number("minDurationMs", 0);
}

void list_flows(run::Simulation& simulation, const Request& request, const Respond& respond) {
  std::vector<std::shared_ptr<const run::Flow>> found;
  for (auto& flow : simulation.flows(run::flows_kept)) {
    if (flow_wanted(request.query, *flow)) found.push_back(std::move(flow));
  }
  respond(list_reply(request, found, [](JsonWriter& json, const auto& flow) { write_flow(json, *flow, false); }));
}

void get_flow(run::Simulation& simulation, const Request& request, const Respond& respond) {
  const std::string& id = request.params.at("traceId");
  std::uint64_t trace = 0;
  const auto read = std::from_chars(id.data(), id.data() + id.size(), trace, 16);
  const bool whole = read.ec == std::errc() && read.ptr == id.data() + id.size();
  const auto flow = whole ? simulation.flow(trace) : nullptr;
  if (!flow)
    return respond(
        problem(404, "There is no trace '" + id + "' (any more); GET .../flows lists the last " + std::to_string(run::flows_kept) + "."));
  JsonWriter json;
  write_flow(json, *flow, true);
  respond(ok(json.take()));
}

}  // namespace

std::vector<Route> flows(Context& context) {
  const std::string collection = std::string(prefix) + "/flows";
  std::vector<Field> query = page_fields();
  query.push_back(identifier("service", "Only those that passed through it."));
  query.push_back(text("status", "Only those that ended so."));
  query.push_back(number("minDurationMs", "Only those that took as long.", 0, 1e12));
  const std::vector<Field> flow = {text("traceId", "16 hexadecimal digits"), text("rootService", ""), number("startSimTimeMs", "", 0, 1e13),
                                   number("durationMs", "", 0, 1e13),        text("status", ""),      integer("hops", "", 0, 1e6)};
  std::vector<Field> single = flow;
  single.push_back(anything("spans", ""));
  return {
      {"GET",
       collection,
       "listFlows",
       "Traced requests, newest first.",
       query,
       {},
       {answered(200, "A page of them.", {array("items", "", flow)})},
       in_simulation(context, list_flows)},
      {"GET",
       collection + "/{traceId}",
       "getFlow",
       "One traced request with its spans.",
       {},
       {},
       {answered(200, "The trace.", single)},
       in_simulation(context, get_flow)},
  };
}

}  // namespace http::routes
