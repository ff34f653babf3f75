// A load on the wire: what GET S/traffic/{service} gives, PUT takes (docs/api.md).

#include <array>
#include <cstdio>

#include "http/wire.h"

namespace http {
namespace {

using Arrivals = model::LoadSpec::Arrivals;

void write_distribution(JsonWriter& json, const model::DistributionSpec& spec) {
  using Kind = model::DistributionSpec::Kind;
  json.begin_object();
  switch (spec.kind) {
    case Kind::constant:
      json.member("distribution", "constant").member("meanMs", spec.mean_ms);
      break;
    case Kind::uniform:
      json.member("distribution", "uniform").member("minMs", spec.min_ms).member("maxMs", spec.max_ms);
      break;
    case Kind::exponential:
      json.member("distribution", "exponential").member("meanMs", spec.mean_ms);
      break;
    case Kind::log_normal:
      json.member("distribution", "logNormal").member("meanMs", spec.mean_ms).member("cv", spec.cv);
      break;
    case Kind::pareto:
      json.member("distribution", "pareto").member("meanMs", spec.mean_ms).member("alpha", spec.alpha);
      break;
    case Kind::erlang:
      json.member("distribution", "erlang").member("meanMs", spec.mean_ms).member("shape", spec.shape);
      break;
    case Kind::hyperexponential:
      json.member("distribution", "hyperexponential").member("meanMs", spec.mean_ms).member("cv", spec.cv);
      break;
    case Kind::empirical:
      json.member("distribution", "empirical").strings("valuesMs", spec.values_ms);
      break;
  }
  json.end_object();
}

void write_shape(JsonWriter& json, const model::ShapeSpec& spec) {
  using Kind = model::ShapeSpec::Kind;
  static const std::array<const char*, 6> kinds{"constant", "ramp", "step", "spike", "diurnal", "piecewise"};
  json.begin_object().member("kind", kinds[static_cast<std::size_t>(spec.kind)]);
  switch (spec.kind) {
    case Kind::constant:
      break;
    case Kind::ramp:
      json.member("atMs", spec.at_ms).member("overMs", spec.over_ms);
      json.member("fromFactor", spec.from_factor).member("toFactor", spec.to_factor);
      break;
    case Kind::step:
      json.member("atMs", spec.at_ms).member("fromFactor", spec.from_factor).member("toFactor", spec.to_factor);
      break;
    case Kind::spike:
      json.member("atMs", spec.at_ms).member("riseMs", spec.rise_ms).member("holdMs", spec.hold_ms).member("fallMs", spec.fall_ms);
      json.member("fromFactor", spec.from_factor).member("toFactor", spec.to_factor);
      if (spec.period_ms > 0) json.member("periodMs", spec.period_ms);
      break;
    case Kind::diurnal:
      json.member("periodMs", spec.period_ms).member("peakAtMs", spec.at_ms);
      json.member("lowFactor", spec.from_factor).member("highFactor", spec.to_factor);
      break;
    case Kind::piecewise:
      json.key("points").begin_array();
      for (const auto& point : spec.points) json.begin_object().member("atMs", point.at_ms).member("factor", point.factor).end_object();
      json.end_array();
      if (spec.period_ms > 0) json.member("periodMs", spec.period_ms);
      break;
  }
  json.end_object();
}

/// Seconds with as many decimals as they need.
void add_seconds(std::string& out, sim::Time time) {
  std::array<char, 32> text{};
  const int length = std::snprintf(text.data(), text.size(), "%lld.%09lld", static_cast<long long>(time / sim::second),
                                   static_cast<long long>(time % sim::second));
  std::string_view seconds(text.data(), static_cast<std::size_t>(length));
  while (seconds.back() == '0') seconds.remove_suffix(1);
  if (seconds.back() == '.') seconds.remove_suffix(1);
  out += seconds;
}

std::string csv_of(const model::LoadSpec& load) {
  std::string csv;
  for (const model::TraceRow& row : load.trace) {
    add_seconds(csv, row.at);
    if (row.request != model::TraceRow::any) csv.append(",").append(load.mix[row.request].name);
    csv += '\n';
  }
  return csv;
}

void write_arrivals(JsonWriter& json, const model::LoadSpec& load, bool whole) {
  static const std::array<const char*, 4> kinds{"poisson", "deterministic", "pareto", "trace"};
  json.begin_object().member("kind", kinds[static_cast<std::size_t>(load.arrivals)]);
  if (load.arrivals == Arrivals::pareto) json.member("alpha", load.alpha);
  if (load.arrivals == Arrivals::trace) {
    if (whole)
      json.member("csv", csv_of(load));
    else
      json.member("rows", load.trace.size()).member("lastMs", sim_ms(load.trace.back().at));
    if (load.loop_ms > 0) json.member("loopMs", load.loop_ms);
  }
  json.end_object();
}

void write_mix(JsonWriter& json, const std::vector<model::RequestSpec>& mix) {
  static const std::array<const char*, 4> keys{"fixed", "known", "new", "popular"};
  json.begin_array();
  for (const model::RequestSpec& request : mix) {
    json.begin_object().member("name", request.name).member("verb", request.verb == model::Verb::put ? "put" : "get");
    json.member("key", keys[static_cast<std::size_t>(request.key)]).member("weight", request.weight);
    if (request.key == model::RequestSpec::Key::popular) json.member("keys", request.keys).member("zipf", request.zipf);
    json.member("priority", request.priority);
    if (request.consistency) json.member("consistency", model::consistency_names()[static_cast<std::size_t>(*request.consistency)]);
    json.end_object();
  }
  json.end_array();
}

}  // namespace

void write_load(JsonWriter& json, const model::LoadSpec& load, bool whole) {
  json.begin_object();
  if (load.arrivals == Arrivals::users) {
    json.member("users", load.users).key("thinkTime");
    write_distribution(json, load.think_time);
  } else {
    json.key("arrivals");
    write_arrivals(json, load, whole);
  }
  if (load.requests_per_second) json.member("requestsPerSecond", *load.requests_per_second);
  if (load.arrivals != Arrivals::trace) {
    json.key("shape");
    write_shape(json, load.shape);
    json.key("regions").begin_object();
    for (const auto& [region, multiplier] : load.regions) json.member(region, multiplier);
    json.end_object();
  }
  json.key("mix");
  write_mix(json, load.mix);
  json.end_object();
}

}  // namespace http
