// Load shedding on the wire: what GET gives, PUT and documents take (docs/api.md).

#include <string>

#include "http/wire.h"

namespace http {
namespace {

struct LimitWriter {
  JsonWriter& json;

  void operator()(const policies::FixedLimit& l) const { json.member("limit", l.limit); }
  void operator()(const policies::AimdSpec& l) const {
    json.member("initial", l.initial).member("min", l.min).member("max", l.max);
    json.member("backoff", l.backoff).member("timeoutMs", sim::to_ms(l.timeout));
  }
  void operator()(const policies::VegasSpec& l) const {
    json.member("initial", l.initial).member("max", l.max);
    json.member("smoothing", l.smoothing).member("probeMultiplier", l.probe_multiplier);
  }
  void operator()(const policies::Gradient2Spec& l) const {
    json.member("initial", l.initial).member("min", l.min).member("max", l.max).member("tolerance", l.tolerance);
    json.member("longWindow", l.long_window).member("smoothing", l.smoothing).member("queue", l.queue);
  }
  void operator()(const policies::EnvoyGradientSpec& l) const {
    json.member("updateIntervalMs", sim::to_ms(l.update_interval)).member("minRttIntervalMs", sim::to_ms(l.min_rtt_interval));
    json.member("requests", l.requests).member("jitter", l.jitter).member("buffer", l.buffer).member("quantile", l.quantile);
    json.member("max", l.max).member("minConcurrency", l.min_concurrency);
  }
};

const std::string& name_of(std::size_t importance) {
  return model::importance_names()[importance];
}

void write_limit(JsonWriter& json, const model::Shedding& shedding) {
  json.key("limit");
  if (!shedding.limit) {
    json.null();
  } else {
    json.begin_object().member("kind", model::limit_names()[shedding.limit->index()]);
    std::visit(LimitWriter{json}, *shedding.limit);
    json.end_object();
  }
  json.key("shares");
  if (!shedding.shares) {
    json.null();
    return;
  }
  json.begin_object();
  for (std::size_t i = 0; i < shedding.shares->size(); ++i) json.member(name_of(i), (*shedding.shares)[i]);
  json.end_object();
}

void write_utilisation(JsonWriter& json, const policies::UtilisationSpec& spec) {
  json.begin_object().member("windowMs", sim::to_ms(spec.window));
  for (std::size_t i = 0; i < spec.ranges.size(); ++i) {
    const policies::ShedRange& range = spec.ranges[i];
    json.key(name_of(i));
    if (range == policies::ShedRange{})
      json.null();
    else
      json.begin_object().member("from", range.from).member("to", range.to).end_object();
  }
  json.end_object();
}

}  // namespace

void write_shedding(JsonWriter& json, const model::Shedding* shedding) {
  if (shedding == nullptr) {
    json.null();
    return;
  }
  json.begin_object();
  write_limit(json, *shedding);
  json.key("utilisation");
  if (shedding->utilisation)
    write_utilisation(json, *shedding->utilisation);
  else
    json.null();
  json.end_object();
}

void write_shed_count(JsonWriter& json, const run::ShedCount& shed) {
  json.begin_object();
  for (std::size_t i = 0; i < shed.size(); ++i) json.member(name_of(i), shed[i]);
  json.end_object();
}

}  // namespace http
