// Schedules as JSON: what GET gives, and what the journal has of them.

#include "http/wire.h"

namespace http {
namespace {

struct TimesWriter {
  JsonWriter& json;
  void operator()(const model::Cron& cron) const { json.member("cron", cron.text); }
  void operator()(const model::EveryTimes& every) const { json.member("everyMs", sim_ms(every.period)); }
  void operator()(const model::RandomTimes& random) const {
    json.key("random").begin_object().member("distribution", model::random_kind_names()[static_cast<std::size_t>(random.kind)]);
    json.member("meanTimeBetweenMs", sim_ms(random.mean)).member("minGapMs", sim_ms(random.min_gap)).key("activeHours").begin_object();
    json.member("from", model::minute_text(random.from)).member("to", model::minute_text(random.to)).end_object();
    json.member("weekdaysOnly", random.weekdays_only).member("probability", random.probability).end_object();
  }
};

void write_outcome(JsonWriter& json, const model::ScheduleRecord::Outcome& outcome) {
  json.begin_object().member("simTimeMs", sim_ms(outcome.at)).member("result", outcome.result).member("what", outcome.what);
  if (!outcome.id.empty()) json.member(outcome.kind, outcome.id);
  if (!outcome.reason.empty()) json.member("reason", outcome.reason);
  json.end_object();
}

}  // namespace

void write_fault_request(JsonWriter& json, const model::FaultRequest& request) {
  json.begin_object().member("type", request.type).key("selector");
  write_selector(json, request.selector);
  if (request.duration) json.member("durationMs", sim_ms(*request.duration));
  write_reach(json, request.target, request.direction, request.ramp, request.jitter);
  for (const auto& [name, value] : request.parameters) {
    std::visit([&json, &name = name](const auto& v) { json.member(name, v); }, value);
  }
  json.end_object();
}

void write_schedule_times(JsonWriter& json, const model::ScheduleTimes& times) {
  std::visit(TimesWriter{json}, times);
}

void write_schedule_spec(JsonWriter& json, const model::ScheduleSpec& spec) {
  json.member("name", spec.name);
  if (!spec.preset.empty()) json.member("preset", spec.preset);
  json.key("actions").begin_array();
  for (const model::ScheduleAction& action : spec.actions) {
    json.begin_object().member("weight", action.weight);
    if (const auto* experiment = std::get_if<model::ExperimentPtr>(&action.what)) {
      json.key("experiment");
      write_experiment_spec(json, **experiment);
    } else {
      json.member("place", model::schedule_place_names()[static_cast<std::size_t>(action.place)]).key("fault");
      write_fault_request(json, std::get<model::FaultRequest>(action.what));
    }
    json.end_object();
  }
  json.end_array();
  write_schedule_times(json, spec.times);
  json.member("concurrency", spec.overlaps ? "allow" : "forbid").member("historyLimit", spec.history_limit);
}

void write_schedule(JsonWriter& json, const model::ScheduleRecord& record, model::Epoch epoch) {
  json.begin_object().member("id", record.id).member("state", record.state);
  write_schedule_spec(json, *record.spec);
  json.member("sinceSimTimeMs", sim_ms(record.since));
  if (record.next) json.member("nextSimTimeMs", sim_ms(*record.next)).member("nextMoment", model::moment_text(epoch, *record.next));
  json.member("fired", record.fired).member("refused", record.refused).member("skipped", record.skipped);
  if (!record.history.empty()) {
    json.key("last");
    write_outcome(json, record.history.back());
  }
  json.key("history").begin_array();
  for (const model::ScheduleRecord::Outcome& outcome : record.history) write_outcome(json, outcome);
  json.end_array().end_object();
}

}  // namespace http
