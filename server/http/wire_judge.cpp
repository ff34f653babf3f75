// Incidents and objectives.

#include "http/wire.h"

namespace http {
namespace {

using run::judge::BurnRate;
using run::judge::Incident;

void write_share(JsonWriter& json, const char* name, const run::judge::ShareStatus& share) {
  json.key(name).begin_object().member("target", share.target).member("requests", share.outcomes.all).member("bad", share.outcomes.bad);
  json.member("budgetRemaining", share.left).key("burnRates").begin_array();
  for (std::size_t a = 0; a < share.rates.size(); ++a) {
    const BurnRate& rate = share.rates[a];
    json.begin_object().member("longWindowMs", sim_ms(rate.long_window)).member("shortWindowMs", sim_ms(rate.short_window));
    json.key("long").rounded(rate.over_long).key("short").rounded(rate.over_short).member("factor", run::judge::alerts[a].factor);
    json.member("fires", rate.fires).end_object();
  }
  json.end_array().end_object();
}

}  // namespace

void write_objective(JsonWriter& json, const model::Objective& objective) {
  json.begin_object().member("successRatio", objective.success_ratio);
  if (objective.latency_ms) json.member("latencyMs", *objective.latency_ms).member("latencyRatio", objective.latency_ratio);
  json.member("windowMs", objective.window_ms).end_object();
}

void write_objective_status(JsonWriter& json, const run::judge::ObjectiveStatus& status) {
  json.begin_object().member("service", status.service).key("objective");
  write_objective(json, status.objective);
  write_share(json, "success", status.success);
  if (status.latency) write_share(json, "latency", *status.latency);
  json.end_object();
}

void write_incident(JsonWriter& json, const Incident& incident) {
  json.begin_object().member("id", incident.id()).member("state", incident.closed ? "closed" : "open");
  json.member("severity", name_of(incident.severity)).member("worstSeverity", name_of(incident.worst));
  json.member("openedSimTimeMs", sim_ms(incident.opened)).member("detectedAfterMs", sim_ms(incident.opened - incident.began));
  if (incident.closed) json.member("closedSimTimeMs", sim_ms(*incident.closed));
  json.member("title", incident.title).member("cause", incident.cause).key("affected").begin_array();
  for (const run::judge::Affected& affected : incident.affected) {
    json.begin_object().member("service", affected.service).member("requests", affected.requests).member("failed", affected.failed);
    json.member("slow", affected.slow).strings("regions", affected.regions).end_object();
  }
  json.end_array().strings("actions", incident.actions).member("advice", incident.advice).key("timeline").begin_array();
  for (const run::judge::Moment& moment : incident.timeline) {
    json.begin_object()
        .member("simTimeMs", sim_ms(moment.at))
        .member("severity", name_of(moment.severity))
        .member("text", moment.text)
        .end_object();
  }
  json.end_array().end_object();
}

}  // namespace http
