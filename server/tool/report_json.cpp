// The report for programs: the figures of the text with their units in their names, in a fixed order.

#include <nlohmann/json.hpp>
#include <ostream>

#include "tool/report.h"

namespace tool {
namespace {

using Json = nlohmann::ordered_json;

double per(double whole, double parts) {
  return parts > 0 ? whole / parts : 0;
}

double share(std::uint64_t part, std::uint64_t whole) {
  return per(static_cast<double>(part), static_cast<double>(whole));
}

Json times(const model::Histogram& histogram) {
  return {{"count", histogram.count()},
          {"meanMs", histogram.mean_ns() / 1e6},
          {"p50Ms", sim::to_ms(histogram.quantile(0.5))},
          {"p95Ms", sim::to_ms(histogram.quantile(0.95))},
          {"p99Ms", sim::to_ms(histogram.quantile(0.99))},
          {"p999Ms", sim::to_ms(histogram.quantile(0.999))}};
}

Json buckets(const std::string& service, const char* kind, const model::Histogram& histogram) {
  Json list = Json::array();
  for (const model::Histogram::Bucket& bucket : histogram.buckets()) {
    list.push_back({{"fromMs", sim::to_ms(bucket.from)}, {"toMs", sim::to_ms(bucket.to)}, {"count", bucket.count}});
  }
  return {{"service", service}, {"kind", kind}, {"count", histogram.count()}, {"buckets", std::move(list)}};
}

Json users(const Report& report, double seconds) {
  Json list = Json::array();
  for (const ServiceFigures& s : report.services) {
    if (!s.load_source) continue;
    list.push_back({{"service", s.name},
                    {"sent", s.requests},
                    {"sentPerSecond", per(static_cast<double>(s.requests), seconds)},
                    {"succeeded", s.replies - s.errors},
                    {"failed", s.errors},
                    {"failedShare", share(s.errors, s.replies)},
                    {"inFlight", s.requests - s.replies},
                    {"response", times(s.response)}});
  }
  return list;
}

Json services(const Report& report, double seconds) {
  Json list = Json::array();
  for (const ServiceFigures& s : report.services) {
    Json entry = {{"service", s.name},
                  {"package", s.package},
                  {"instances", s.instances},
                  {"requests", s.requests},
                  {"requestsPerSecond", per(static_cast<double>(s.requests), seconds)},
                  {"replies", s.replies},
                  {"errors", s.errors},
                  {"errorShare", share(s.errors, s.replies)},
                  {"utilisation", s.utilisation()},
                  {"response", times(s.response)}};
    if (!s.load_source) {
      entry["serviceTime"] = times(s.service);
      entry["network"] = times(s.network);
    }
    list.push_back(std::move(entry));
  }
  return list;
}

Json links(const Report& report, double seconds) {
  Json list = Json::array();
  for (const LinkFigures& l : report.links) {
    list.push_back({{"source", l.source},
                    {"target", l.target},
                    {"requests", l.requests},
                    {"requestsPerSecond", per(static_cast<double>(l.requests), seconds)},
                    {"replies", l.replies},
                    {"errors", l.errors},
                    {"errorShare", share(l.errors, l.replies)},
                    {"responseMeanMs", share(l.response_ns, l.replies) / 1e6}});
  }
  return list;
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
  const double seconds = sim::to_seconds(report.simulated);
  Json whole = identity(report);
  whole["instances"] = report.instances;
  whole["events"] = report.events;
  whole["messages"] = report.messages;
  whole["wallMs"] = report.wall_seconds * 1e3;
  whole["eventsPerSecond"] = per(static_cast<double>(report.events), report.wall_seconds);
  whole["messagesPerSecond"] = per(static_cast<double>(report.messages), report.wall_seconds);
  whole["users"] = users(report, seconds);
  whole["services"] = services(report, seconds);
  whole["links"] = links(report, seconds);
  if (histograms) whole["histograms"] = histograms_of(report);
  out << whole.dump(2) << '\n';
}

void print_json_fingerprint(const Report& report, std::ostream& out) {
  out << identity(report).dump() << '\n';
}

}  // namespace tool
