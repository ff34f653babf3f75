#include "http/routes/common.h"
#include "http/routes/histograms.h"

namespace http::routes {
namespace {

void write_entry(JsonWriter& json, const run::Snapshot& snapshot, std::uint32_t service) {
  const run::Structure& structure = *snapshot.structure;
  const run::CellCount now = service_count(structure, *snapshot.now, service);
  const run::CellCount base = service_count(structure, *snapshot.base, service);
  const auto response = [&](const run::Histograms* source) {
    return merged_histogram(structure, source, service, "", HistogramKind::response);
  };
  json.begin_object().member("service", structure.services[service].name).key("run").begin_object();
  json.member("requests", now.requests).member("errors", now.errors);
  write_quantiles(json, response(snapshot.total.get()));
  const model::Histogram last = response(snapshot.window.get());
  const double seconds = rate_seconds(snapshot);
  json.end_object().key("last10s").begin_object().member("requests", last.count());
  json.member("errors", error_count(structure, snapshot.window.get(), service));
  write_quantiles(json, last);
  json.key("requestsPerSecond").rounded(per_second(now.requests, base.requests, seconds));
  json.key("errorsPerSecond").rounded(per_second(now.errors, base.errors, seconds));
  json.end_object().end_object();
}

void get_metrics_summary(run::Simulation& simulation, const Request&, const Respond& respond) {
  const auto snapshot = simulation.snapshot();
  JsonWriter json;
  json.begin_object().member("simTimeMs", sim_ms(snapshot->sim_time)).member("status", snapshot->status).key("entries").begin_array();
  for (std::uint32_t i = 0; i < snapshot->structure->services.size(); ++i) {
    if (snapshot->structure->services[i].entry) write_entry(json, *snapshot, i);
  }
  json.end_array().end_object();
  respond(ok(json.take()));
}

}  // namespace

std::vector<Route> metrics(Context& context) {
  const std::vector<Field> entry = {text("service", ""), anything("run", "requests, errors, p50Ms, p95Ms, p99Ms, meanMs since the start"),
                                    anything("last10s", "the same of the last 10 s of simulated time")};
  return {{"GET",
           std::string(prefix) + "/metrics/summary",
           "getMetricsSummary",
           "What users see, for each load source.",
           {},
           {},
           {answered(200, "The figures.", {number("simTimeMs", "", 0, 1e13), text("status", ""), array("entries", "", entry)})},
           in_simulation(context, get_metrics_summary)}};
}

}  // namespace http::routes
