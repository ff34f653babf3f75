// The report for programs: the figures of the text with their units in their names, in a fixed order.

#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <ostream>

#include "tool/report.h"

namespace tool {
namespace {

using Json = nlohmann::ordered_json;

/// To six significant digits; more say nothing.
double rounded(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", value);
  return std::strtod(text, nullptr);
}

/// As GET .../statistics gives it.
Json interval(const model::Interval& interval) {
  Json json = {{"value", interval.has_value() ? Json(rounded(interval.value)) : Json()},
               {"low", interval.known() ? Json(rounded(interval.low)) : Json()},
               {"high", interval.known() ? Json(rounded(interval.high)) : Json()},
               {"batches", interval.batches}};
  if (!interval.known()) json["reason"] = model::name_of(interval.doubt);
  return json;
}

void add_figures(Json& json, const ServiceFigures& s) {
  constexpr std::array names = {"p50Ms", "p95Ms", "p99Ms", "p999Ms"};
  static_assert(names.size() == quantile_shares.size());
  const model::GroupFigures& f = s.figures;
  json["rate"] = interval(f.rate);
  json["errorRate"] = interval(f.error_rate);
  json["errorShare"] = interval(f.error_share);
  if (!s.load_source) json["utilisation"] = interval(f.utilisation);
  json["inFlight"] = interval(f.in_flight);
  if (!s.load_source) json["queue"] = interval(f.queued);
  json["meanMs"] = interval(f.mean_ms);
  if (!s.load_source) {
    json["serviceMeanMs"] = interval(f.service_mean_ms);
    json["networkMeanMs"] = interval(f.network_mean_ms);
  }
  for (std::size_t i = 0; i < names.size(); ++i) json[names[i]] = interval(s.quantiles_ms[i]);
}

Json buckets(const std::string& service, const char* kind, const model::Histogram& histogram) {
  Json list = Json::array();
  for (const model::Histogram::Bucket& bucket : histogram.buckets()) {
    list.push_back({{"fromMs", sim::to_ms(bucket.from)}, {"toMs", sim::to_ms(bucket.to)}, {"count", bucket.count}});
  }
  return {{"service", service}, {"kind", kind}, {"count", histogram.count()}, {"buckets", std::move(list)}};
}

Json users_of(const ServiceFigures& s) {
  Json json = {{"service", s.name},
               {"sent", s.requests},
               {"succeeded", s.replies - s.errors},
               {"failed", s.errors},
               {"underWay", s.requests - s.replies}};
  add_figures(json, s);
  return json;
}

Json users(const Report& report) {
  Json whole = users_of(report.users);
  whole.erase("service");
  Json& sources = whole["sources"] = Json::array();
  for (const ServiceFigures& s : report.services) {
    if (s.load_source) sources.push_back(users_of(s));
  }
  return whole;
}

Json services(const Report& report) {
  Json list = Json::array();
  for (const ServiceFigures& s : report.services) {
    Json entry = {{"service", s.name},      {"package", s.package}, {"instances", s.instances},
                  {"requests", s.requests}, {"replies", s.replies}, {"errors", s.errors}};
    add_figures(entry, s);
    list.push_back(std::move(entry));
  }
  return list;
}

Json links(const Report& report) {
  Json list = Json::array();
  for (const LinkFigures& l : report.links) {
    list.push_back({{"source", l.source},
                    {"target", l.target},
                    {"requests", l.requests},
                    {"replies", l.replies},
                    {"errors", l.errors},
                    {"rate", interval(l.figures.rate)},
                    {"errorRate", interval(l.figures.error_rate)},
                    {"errorShare", interval(l.figures.error_share)},
                    {"latencyMs", interval(l.figures.mean_ms)}});
  }
  return list;
}

Json functions(const Report& report) {
  Json list = Json::array();
  for (const FunctionFigures& f : report.functions) {
    list.push_back({{"service", f.service},
                    {"invocations", f.count.invocations},
                    {"coldStarts", f.count.cold_starts},
                    {"throttled", f.count.throttled},
                    {"throttledByRegion", f.count.throttled_by_region},
                    {"busy", f.count.busy.present()},
                    {"warm", f.count.environments.present() - f.count.busy.present()},
                    {"durationMs", static_cast<double>(f.count.duration_ns) / 1e6},
                    {"billedMs", static_cast<double>(f.count.billed_ns) / 1e6},
                    {"gbSeconds", f.gb_seconds},
                    {"dollars", f.dollars}});
  }
  return list;
}

Json period(const model::Period& period) {
  return {{"fromMs", sim::to_ms(period.from())},
          {"toMs", sim::to_ms(period.to())},
          {"batches", period.batches()},
          {"batchMs", sim::to_ms(period.batch())},
          {"warmUpMs", sim::to_ms(period.warm_up)},
          {"warmUpOver", period.warm_up_over},
          {"confidence", confidence}};
}

Json histograms_of(const Report& report) {
  Json list = Json::array();
  for (const ServiceFigures& s : report.services) {
    list.push_back(buckets(s.name, "response", s.response));
    if (s.load_source) continue;
    list.push_back(buckets(s.name, "service", s.service));
    list.push_back(buckets(s.name, "network", s.network));
  }
  return list;
}

Json identity(const Report& report) {
  return {{"architecture", report.architecture},
          {"seed", report.seed},
          {"regions", report.regions},
          {"scalePercent", report.scale_percent},
          {"simulatedMs", sim::to_ms(report.simulated)},
          {"fingerprint", fingerprint_text(report.fingerprint)}};
}

}  // namespace

void print_json(const Report& report, bool histograms, std::ostream& out) {
  Json whole = identity(report);
  whole["instances"] = report.instances;
  whole["events"] = report.events;
  whole["messages"] = report.messages;
  whole["wallMs"] = rounded(report.wall_seconds * 1e3);
  whole["eventsPerSecond"] = rounded(per(static_cast<double>(report.events), report.wall_seconds));
  whole["messagesPerSecond"] = rounded(per(static_cast<double>(report.messages), report.wall_seconds));
  whole["period"] = period(report.period);
  whole["users"] = users(report);
  whole["services"] = services(report);
  whole["links"] = links(report);
  if (!report.functions.empty()) whole["functions"] = functions(report);
  if (report.cold_start) whole["allUpMs"] = report.all_up ? Json(sim::to_ms(*report.all_up)) : Json();
  if (histograms) whole["histograms"] = histograms_of(report);
  out << whole.dump(2) << '\n';
}

void print_json_fingerprint(const Report& report, std::ostream& out) {
  out << identity(report).dump() << '\n';
}

}  // namespace tool
