#include "http/routes/common.h"
#include "run/view.h"

namespace http::routes {
namespace {

void write_node(JsonWriter& json, const run::ViewNode& node, const run::ViewValues& values, std::size_t i) {
  json.begin_object().member("id", node.id).member("name", node.name).member("service", node.service).member("package", node.package);
  json.member("version", node.version).member("zone", node.zone).member("region", node.region).member("state", node.state);
  if (!node.role.empty()) json.member("role", node.role);
  json.member("tier", node.tier).member("lane", node.lane).member("band", node.band).member("slot", node.slot);
  const run::StateCounts& n = node.instances;
  json.key("instances");
  write_state_counts(json, {n.starting, n.up, n.draining, n.down, n.dead});
  json.key("rate").rounded(values.rate[i]).key("errorRate").rounded(values.error_rate[i]);
  json.member("inFlight", values.in_flight[i]).member("queue", values.queue[i]);
  json.key("utilisation").rounded(values.utilisation[i]).key("p50Ms").rounded(values.p50_ms[i]).key("p99Ms").rounded(values.p99_ms[i]);
  if (i < values.shed_rate.size()) json.key("shedRate").rounded(values.shed_rate[i]).key("uselessRate").rounded(values.useless_rate[i]);
  json.end_object();
}

void write_outline(JsonWriter& json, const run::ViewStructure& view) {
  json.key("tiers").begin_array();
  for (std::size_t i = 0; i < view.tiers.size(); ++i)
    json.begin_object().member("index", i).strings("services", view.tiers[i]).end_object();
  json.end_array().key("bands").begin_array();
  for (const run::ViewBand& band : view.bands) {
    json.begin_object().member("id", band.id).member("name", band.name).member("region", band.region).member("zone", band.zone);
    json.member("state", band.state).end_object();
  }
  json.end_array();
}

Reply graph_reply(const run::Snapshot& snapshot, const run::ViewSpec& spec) {
  const auto projected = run::project(*snapshot.structure, spec);
  if (const auto* found = std::get_if<model::Problem>(&projected)) return problem(422, found->message, {*found});
  const auto& view = std::get<run::ViewStructure>(projected);
  const run::ViewValues values = run::measure(snapshot, view);
  JsonWriter json;
  json.begin_object().member("simTimeMs", sim_ms(snapshot.sim_time)).member("level", run::level_name(spec.level));
  json.member("path", spec.path).member("focus", spec.focus).member("status", snapshot.status);
  json.member("statusDetail", snapshot.status_detail);
  write_outline(json, view);
  json.key("nodes").begin_array();
  for (std::size_t i = 0; i < view.nodes.size(); ++i) write_node(json, view.nodes[i], values, i);
  json.end_array().key("edges").begin_array();
  for (std::size_t i = 0; i < view.edges.size(); ++i) {
    json.begin_object().member("source", view.nodes[view.edges[i].source].id).member("target", view.nodes[view.edges[i].target].id);
    json.key("rate").rounded(values.edge_rate[i]).key("errorRate").rounded(values.edge_error_rate[i]);
    json.key("latencyMs").rounded(values.edge_latency_ms[i]);
    if (i < values.edge_retry_rate.size()) {
      json.key("retryRate").rounded(values.edge_retry_rate[i]).key("stoppedRate").rounded(values.edge_stopped_rate[i]);
    }
    json.end_object();
  }
  json.end_array().end_object();
  return ok(json.take());
}

void get_graph(Context& context, run::Simulation& simulation, const Request& request, const Respond& respond) {
  run::ViewSpec spec;
  run::parse_level(request.query.text("level", "group"), spec.level);
  spec.path = request.query.text("path");
  spec.focus = request.query.text("focus");
  const auto snapshot = simulation.snapshot();
  if (spec.level != run::Level::instance) return respond(graph_reply(*snapshot, spec));
  if (const auto found = run::unknown_path(*snapshot->structure, spec.path)) return respond(problem(422, found->message, {*found}));
  simulation.watch_wires();
  look_at(context, simulation, run::scope_of(spec), respond,
          [spec](const run::Looked& looked) { return graph_reply(*looked.snapshot, spec); });
}

}  // namespace

std::vector<Route> graph(Context& context) {
  const std::vector<Field> query = {
      choice("level", "Level of detail.", {"region", "zone", "service", "group", "instance"}).otherwise("\"group\""),
      text("path", "A region or zone: only what is in it."), text("focus", "Id of a node: only it and its neighbours.")};
  const std::vector<Field> node = {text("id", ""),
                                   text("name", ""),
                                   text("service", ""),
                                   text("package", ""),
                                   text("version", ""),
                                   text("zone", ""),
                                   text("region", ""),
                                   text("state", ""),
                                   text("role", "instances only: primary or secondary, of a service that has one primary"),
                                   anything("instances", ""),
                                   number("rate", "requests/s arriving", 0, 1e12),
                                   number("errorRate", "failures/s", 0, 1e12)};
  const std::vector<Field> edge = {text("source", "id of a node"),
                                   text("target", "id of a node"),
                                   number("rate", "requests/s", 0, 1e12),
                                   number("errorRate", "failures/s", 0, 1e12),
                                   number("latencyMs", "mean response", 0, 1e9),
                                   number("retryRate", "retries and hedges/s by policies; not at level instance", 0, 1e12),
                                   number("stoppedRate", "calls/s that policies did not send; not at level instance", 0, 1e12)};
  return {{"GET",
           std::string(prefix) + "/graph",
           "getGraph",
           "Who calls whom, how often and how well, at a level of detail.",
           query,
           {},
           {answered(200, "The graph.",
                     {number("simTimeMs", "", 0, 1e13), text("level", ""), text("path", ""), text("status", ""), anything("tiers", ""),
                      anything("bands", ""), array("nodes", "", node), array("edges", "", edge)})},
           in_simulation(context, [&context](run::Simulation& s, const Request& request, const Respond& respond) {
             get_graph(context, s, request, respond);
           })}};
}

}  // namespace http::routes
