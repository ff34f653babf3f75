#include "run/statistics.h"

#include <algorithm>
#include <array>

#include "http/routes/common.h"

namespace http::routes {
namespace {

struct Quantile {
  const char* name;
  double share;
};
constexpr std::array quantiles = {Quantile{"p50Ms", 0.5}, Quantile{"p95Ms", 0.95}, Quantile{"p99Ms", 0.99}, Quantile{"p999Ms", 0.999}};

void write_interval(JsonWriter& json, const char* name, const model::Interval& interval) {
  json.key(name).begin_object().key("value");
  interval.has_value() ? json.rounded(interval.value, figure_digits) : json.null();
  json.key("low");
  interval.known() ? json.rounded(interval.low, figure_digits) : json.null();
  json.key("high");
  interval.known() ? json.rounded(interval.high, figure_digits) : json.null();
  json.member("batches", interval.batches);
  if (!interval.known()) json.member("reason", model::name_of(interval.doubt));
  json.end_object();
}

void write_groups(JsonWriter& json, const model::Period& period, const std::vector<std::uint32_t>& groups, double confidence) {
  const model::GroupFigures f = model::group_figures(period, groups, confidence);
  write_interval(json, "rate", f.rate);
  write_interval(json, "errorRate", f.error_rate);
  write_interval(json, "errorShare", f.error_share);
  write_interval(json, "utilisation", f.utilisation);
  write_interval(json, "inFlight", f.in_flight);
  write_interval(json, "queue", f.queued);
  write_interval(json, "meanMs", f.mean_ms);
  write_interval(json, "serviceMeanMs", f.service_mean_ms);
  write_interval(json, "networkMeanMs", f.network_mean_ms);
  std::array<double, quantiles.size()> shares;
  for (std::size_t i = 0; i < shares.size(); ++i) shares[i] = quantiles[i].share;
  const std::vector<model::Interval> found = model::response_quantiles_ms(period, groups, shares, confidence);
  for (std::size_t i = 0; i < shares.size(); ++i) write_interval(json, quantiles[i].name, found[i]);
}

void write_links(JsonWriter& json, const model::Period& period, const std::vector<std::uint32_t>& links, double confidence) {
  const model::LinkFigures f = model::link_figures(period, links, confidence);
  write_interval(json, "rate", f.rate);
  write_interval(json, "errorRate", f.error_rate);
  write_interval(json, "errorShare", f.error_share);
  write_interval(json, "latencyMs", f.mean_ms);
}

void write_item(JsonWriter& json, const run::Statistics& statistics, const run::Subject& subject, double confidence) {
  json.begin_object();
  if (subject.target.empty()) {
    json.member("id", subject.id);
    write_groups(json, statistics.period, subject.parts, confidence);
  } else {
    json.member("source", subject.id).member("target", subject.target);
    write_links(json, statistics.period, subject.parts, confidence);
  }
  json.end_object();
}

void write_period(JsonWriter& json, const run::Statistics& statistics) {
  const model::Period& period = statistics.period;
  json.member("fromMs", sim_ms(period.from())).member("toMs", sim_ms(period.to()));
  json.member("batches", period.batches()).member("batchMs", sim_ms(period.batch()));
  json.member("warmUpMs", sim_ms(period.warm_up)).member("warmUpOver", period.warm_up_over);
  json.member("changedMs", sim_ms(statistics.changed));
}

void list_statistics(run::Simulation& simulation, const Request& request, const Respond& respond) {
  run::StatisticsSpec spec;
  const std::string level = request.query.text("level", "service");
  spec.links = level == "link";
  if (!spec.links && request.query.has("between")) {
    return respond(problem(400, "between is for links only.", {{"?between", "notApplicable", "only with level=link", {}}}));
  }
  run::parse_level(spec.links ? request.query.text("between", "group") : level, spec.level);
  spec.path = request.query.text("path");
  spec.node = request.query.text("node");
  if (request.query.has("fromMs")) spec.from = sim::from_ms(request.query.number("fromMs", 0));
  const double confidence = request.query.number("confidence", 0.95);
  const auto snapshot = simulation.snapshot();
  const auto surveyed = run::survey(*snapshot, spec);
  if (const auto* found = std::get_if<model::Problem>(&surveyed)) return respond(problem(422, found->message, {*found}));
  const auto& statistics = std::get<run::Statistics>(surveyed);
  const Page page = page_of(request, statistics.subjects.size());
  if (page.problem) return respond(*page.problem);
  JsonWriter json;
  json.begin_object().member("simTimeMs", sim_ms(snapshot->sim_time)).member("level", level).member("confidence", confidence);
  write_period(json, statistics);
  json.key("users").begin_object();
  write_groups(json, statistics.period, statistics.users, confidence);
  json.end_object().key("items").begin_array();
  for (std::size_t i = page.from; i < page.to; ++i) write_item(json, statistics, statistics.subjects[i], confidence);
  json.end_array();
  if (!page.next.empty()) json.member("nextPageToken", page.next);
  json.end_object();
  respond(ok(json.take()));
}

Field interval_field(std::string name, std::string description) {
  return object(std::move(name), std::move(description),
                {number("value", "null when nothing was observed", -1e300, 1e300), number("low", "null without an interval", -1e300, 1e300),
                 number("high", "null without an interval", -1e300, 1e300), integer("batches", "that low and high rest on", 0, 40),
                 text("reason", "Without an interval: nothingSeen, tooFewBatches, tooFewValues or correlated")});
}

std::vector<Field> figure_fields() {
  return {interval_field("rate", "arrivals per second"),
          interval_field("errorRate", "failed calls per second, as callers saw them"),
          interval_field("errorShare", "of the calls that are over"),
          interval_field("utilisation", "of the workers"),
          interval_field("inFlight", "calls accepted and not answered, on average"),
          interval_field("queue", "of those, waiting for a worker"),
          interval_field("meanMs", "response"),
          interval_field("serviceMeanMs", "in the instance, with what it calls"),
          interval_field("networkMeanMs", "both ways"),
          interval_field("p50Ms", "response"),
          interval_field("p95Ms", "response"),
          interval_field("p99Ms", "response"),
          interval_field("p999Ms", "response")};
}

std::vector<Field> statistics_fields() {
  std::vector<Field> fields = {text("id", "nodes only"), text("source", "links only: id of a node"),
                               text("target", "links only: id of a node"), interval_field("latencyMs", "links only: mean response")};
  for (Field& field : figure_fields()) fields.push_back(std::move(field));
  return fields;
}

}  // namespace

std::vector<Route> statistics(Context& context) {
  std::vector<Field> query = page_fields();
  query.push_back(choice("level", "What the items are.", {"region", "zone", "service", "group", "link"}).otherwise("\"service\""));
  query.push_back(choice("between", "What links join.", {"region", "zone", "service", "group"}).otherwise("\"group\""));
  query.push_back(text("path", "A region or zone: only what is in it."));
  query.push_back(text("node", "Id of a node: only it, or its links."));
  query.push_back(number("confidence", "Chance that an interval holds the true figure.", 0.5, 0.9999).otherwise("0.95"));
  query.push_back(
      number("fromMs", "Simulated time from which to count; by default since the last change, without the warm-up.", 0, sim_ms_max));
  return {{"GET",
           std::string(prefix) + "/statistics",
           "getStatistics",
           "Figures over a period, each with the interval that it is in.",
           query,
           {},
           {answered(
               200, "A page of them.",
               {number("simTimeMs", "", 0, 1e13), text("level", ""), number("confidence", "", 0, 1),
                number("fromMs", "where the period begins", 0, 1e13), number("toMs", "where it ends", 0, 1e13),
                integer("batches", "that it is cut into", 0, 40), number("batchMs", "length of each", 0, 1e13),
                number("warmUpMs", "left out before fromMs", 0, 1e13), boolean("warmUpOver", "false: it may go on"),
                number("changedMs", "nothing changed since", 0, 1e13), object("users", "what users see: all load sources", figure_fields()),
                array("items", "", statistics_fields()), text("nextPageToken", "")})},
           in_simulation(context, list_statistics)}};
}

}  // namespace http::routes
