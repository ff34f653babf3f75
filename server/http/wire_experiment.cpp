// Experiments and their reports as JSON.

#include "http/wire.h"

namespace http {
namespace {

using model::ExperimentFault;
using model::ExperimentFaultRecord;
using model::ExperimentRecord;
using model::ExperimentSpec;
using model::PhaseRecord;
using model::Verdict;

template <class Value>
const std::string& name_of(const std::vector<std::string>& names, Value value) {
  return names[static_cast<std::size_t>(value)];
}

void write_time(JsonWriter& json, const char* name, const std::optional<sim::Time>& time) {
  if (time) json.member(name, sim_ms(*time));
}

void write_figure(JsonWriter& json, const char* name, const std::optional<double>& value) {
  if (value) json.key(name).rounded(*value, figure_digits);
}

void write_fault_spec(JsonWriter& json, const ExperimentFault& fault) {
  const model::FaultRequest& request = fault.request;
  json.begin_object().member("id", fault.id).member("type", request.type).key("selector");
  write_selector(json, request.selector);
  write_reach(json, request.target, request.direction, request.ramp, request.jitter);
  json.member("durationMs", sim_ms(*request.duration));
  for (const auto& [name, value] : request.parameters) {
    json.key(name);
    std::visit([&json](const auto& v) { json.value(v); }, value);
  }
  if (fault.offset > 0) json.member("startAfterMs", sim_ms(fault.offset));
  if (!fault.after.empty()) json.strings("startAfter", fault.after);
  if (!fault.with.empty()) json.member("startWith", fault.with);
  json.member("probability", fault.probability).member("weight", fault.weight).end_object();
}

void write_probes(JsonWriter& json, const ExperimentSpec& spec) {
  json.key("steadyState").begin_array();
  for (const model::SteadyState& state : spec.steady_state) {
    json.begin_object();
    write_probe(json, state.probe);
    json.key("phases").begin_array();
    const bool in[] = {state.before, state.during, state.after};
    for (std::size_t phase = 0; phase < model::phase_count; ++phase) {
      if (in[phase]) json.value(model::experiment_phase_names()[phase]);
    }
    json.end_array().member("failureThreshold", state.failure_threshold).member("onFailure", state.stops ? "stop" : "record").end_object();
  }
  json.end_array().key("stopConditions").begin_array();
  for (const model::StopCondition& condition : spec.stop_conditions) {
    json.begin_object();
    write_probe(json, condition.probe);
    json.member("forMs", sim_ms(condition.lasting)).end_object();
  }
  json.end_array();
}

void write_fault_record(JsonWriter& json, const ExperimentFault& spec, const ExperimentFaultRecord& fault) {
  json.begin_object().member("id", spec.id).member("type", spec.request.type);
  json.member("state", name_of(model::experiment_fault_state_names(), fault.state));
  if (!fault.fault.empty()) json.member("fault", fault.fault);
  json.member("targets", fault.targets).key("capacityLostPercent").rounded(fault.capacity_lost_percent, figure_digits);
  write_time(json, "startedSimTimeMs", fault.started);
  write_time(json, "endedSimTimeMs", fault.ended);
  if (!fault.reason.empty()) json.member("reason", fault.reason);
  json.member("checks", fault.checks).member("passed", fault.passed).end_object();
}

void write_probe_record(JsonWriter& json, const model::SteadyState& spec, const std::array<PhaseRecord, model::phase_count>& probe) {
  json.begin_object();
  write_probe(json, spec.probe);
  for (std::size_t phase = 0; phase < model::phase_count; ++phase) {
    const PhaseRecord& record = probe[phase];
    if (record.checks == 0 && record.verdict == Verdict::none) continue;
    json.key(model::experiment_phase_names()[phase]).begin_object();
    if (record.verdict != Verdict::none) json.member("passed", record.verdict == Verdict::passed);
    json.member("windows", record.checks).member("windowsPassed", record.passed);
    write_figure(json, "last", record.last);
    write_figure(json, "worst", record.worst);
    write_time(json, "failedSimTimeMs", record.failed_at);
    json.end_object();
  }
  json.end_object();
}

/// Members, without the brackets.
void write_record(JsonWriter& json, const ExperimentRecord& experiment) {
  const ExperimentSpec& spec = *experiment.spec;
  json.member("id", experiment.id).member("name", spec.name);
  if (!spec.from_template.empty()) json.member("template", spec.from_template);
  json.member("state", name_of(model::experiment_state_names(), experiment.state));
  if (experiment.verdict != Verdict::none) json.member("verdict", name_of(model::verdict_names(), experiment.verdict));
  if (!experiment.reason.empty()) json.member(is_over(experiment.state) ? "stopReason" : "reason", experiment.reason);
  write_figure(json, "resilienceScore", experiment.resilience_score);
  json.member("acceptedSimTimeMs", sim_ms(experiment.accepted));
  write_time(json, "checkingSimTimeMs", experiment.checking);
  write_time(json, "faultsBeganSimTimeMs", experiment.faults_began);
  write_time(json, "faultsEndedSimTimeMs", experiment.faults_ended);
  write_time(json, "endedSimTimeMs", experiment.ended);
  json.key("faults").begin_array();
  for (std::size_t i = 0; i < experiment.faults.size(); ++i) write_fault_record(json, spec.faults[i], experiment.faults[i]);
  json.end_array().key("probes").begin_array();
  for (std::size_t i = 0; i < experiment.probes.size(); ++i) write_probe_record(json, spec.steady_state[i], experiment.probes[i]);
  json.end_array();
}

void write_users(JsonWriter& json, const run::ExperimentReport& report) {
  json.key("users").begin_array();
  for (const run::ExperimentReport::Impact& impact : report.users) {
    json.begin_object().member("service", impact.service).member("requests", impact.requests).member("failed", impact.failed);
    if (impact.slow) json.member("slow", *impact.slow);
    json.key("budgetBurnt").rounded(impact.budget_burnt, figure_digits).end_object();
  }
  json.end_array().key("noticed").begin_array();
  for (const run::ExperimentReport::Noticed& noticed : report.noticed) {
    json.begin_object().member("simTimeMs", sim_ms(noticed.at)).member("afterMs", sim_ms(noticed.at - *report.first_fault));
    json.member("who", noticed.who).member("what", noticed.what).end_object();
  }
  json.end_array();
}

void write_path(JsonWriter& json, const run::ExperimentReport& report) {
  json.key("path").begin_array();
  for (const run::Bands::Departure& departure : report.path) {
    json.begin_object().member("service", departure.service).member("figure", departure.errors ? "errorRatio" : "meanMs");
    json.member("leftSimTimeMs", sim_ms(departure.at));
    write_time(json, "backSimTimeMs", departure.back);
    json.key("usual").rounded(departure.usual, figure_digits).key("limit").rounded(departure.limit, figure_digits);
    json.key("worst").rounded(departure.worst, figure_digits).end_object();
  }
  json.end_array();
}

/// Of the users: figures with it and without it.
void write_control(JsonWriter& json, const run::Comparison& comparison) {
  json.key("control").begin_object().member("fromSimTimeMs", sim_ms(comparison.from)).member("untilSimTimeMs", sim_ms(comparison.until));
  json.key("requests").begin_object();
  write_requests(json, "without", comparison.base);
  write_requests(json, "with", comparison.candidate);
  json.end_object();
  if (comparison.event) {
    json.key("firstDifference").begin_object().member("simTimeMs", sim_ms(comparison.event->at));
    json.member("without", comparison.event->base).member("with", comparison.event->candidate).end_object();
  }
  json.key("services").begin_array();
  constexpr const char* names[] = {"p50Ms", "p95Ms", "p99Ms", "p999Ms"};
  static_assert(std::size(names) == run::compared_quantiles.size());
  const auto figure = [&json](const char* name, const model::Interval& without, const model::Interval& with) {
    if (!without.has_value() || !with.has_value()) return;
    json.key(name).begin_object().key("without").rounded(without.value, figure_digits);
    json.key("with").rounded(with.value, figure_digits).end_object();
  };
  for (const run::Compared& one : comparison.compared) {
    json.begin_object().member("subject", one.subject);
    figure("rate", one.base.figures.rate, one.candidate.figures.rate);
    figure("errorShare", one.base.figures.error_share, one.candidate.figures.error_share);
    figure("meanMs", one.base.figures.mean_ms, one.candidate.figures.mean_ms);
    for (std::size_t i = 0; i < std::size(names); ++i) figure(names[i], one.base.quantiles_ms[i], one.candidate.quantiles_ms[i]);
    json.end_object();
  }
  json.end_array().end_object();
}

}  // namespace

void write_probe(JsonWriter& json, const model::ProbeSpec& probe) {
  if (!probe.name.empty()) json.member("name", probe.name);
  json.member("metric", name_of(model::probe_metric_names(), probe.metric));
  if (!probe.service.empty()) json.member("service", probe.service);
  if (!probe.region.empty()) json.member("region", probe.region);
  json.member("windowMs", sim_ms(probe.window)).member("comparator", name_of(model::probe_comparator_names(), probe.comparator));
  json.key("value");
  if (probe.takes_range()) {
    json.begin_array().value(probe.value).value(probe.high).end_array();
  } else {
    json.value(probe.value);
  }
}

void write_experiment_spec(JsonWriter& json, const ExperimentSpec& spec) {
  json.begin_object();
  if (!spec.name.empty()) json.member("name", spec.name);
  if (!spec.hypothesis.empty()) json.member("hypothesis", spec.hypothesis);
  if (!spec.labels.empty()) {
    json.key("labels").begin_object();
    for (const auto& [name, value] : spec.labels) json.member(name, value);
    json.end_object();
  }
  json.key("faults").begin_array();
  for (const ExperimentFault& fault : spec.faults) write_fault_spec(json, fault);
  json.end_array();
  if (!spec.correlated.empty()) {
    json.key("correlation").begin_object().strings("group", spec.correlated).member("rho", spec.rho).end_object();
  }
  write_probes(json, spec);
  json.key("limits").begin_object();
  if (spec.faults_at_a_time > 0) json.member("maxConcurrentFaults", spec.faults_at_a_time);
  json.member("maxCapacityLossPercent", spec.capacity_loss_max).member("waitForStableMs", sim_ms(spec.stable_wait)).end_object();
  if (spec.start_after > 0) json.member("startAfterMs", sim_ms(spec.start_after));
  json.member("control", spec.control).end_object();
}

void write_experiment(JsonWriter& json, const ExperimentRecord& experiment) {
  json.begin_object();
  write_record(json, experiment);
  json.key("settings");
  write_experiment_spec(json, *experiment.spec);
  json.end_object();
}

void write_experiment_report(JsonWriter& json, const run::ExperimentReport& report) {
  json.begin_object().key("experiment").begin_object();
  write_record(json, *report.record);
  json.end_object().member("architecture", report.architecture);
  json.member("fromSimTimeMs", sim_ms(report.from)).member("untilSimTimeMs", sim_ms(report.until));
  write_time(json, "firstFaultSimTimeMs", report.first_fault);
  write_time(json, "lastFaultEndedSimTimeMs", report.last_fault);
  write_users(json, report);
  json.strings("incidents", report.incidents);
  if (report.first_fault && report.detected) json.member("timeToDetectMs", sim_ms(*report.detected - *report.first_fault));
  if (report.first_fault && report.recovered) json.member("timeToRecoverMs", sim_ms(*report.recovered - *report.first_fault));
  write_path(json, report);
  if (report.control) write_control(json, *report.control);
  json.key("timeline").begin_array();
  for (const run::ExperimentReport::Line& line : report.timeline) {
    json.begin_object().member("simTimeMs", sim_ms(line.at)).member("type", line.type).member("severity", line.severity);
    json.key("subject").begin_object().member("kind", line.subject_kind).member("id", line.subject).end_object();
    json.member("message", line.message);
    if (line.number > 0) json.member("number", line.number);
    json.member("causedByExperiment", line.due_to_it);
    if (line.cause > 0) json.member("cause", line.cause);
    json.end_object();
  }
  json.end_array().member("linesLeftOut", report.lines_left_out).end_object();
}

}  // namespace http
