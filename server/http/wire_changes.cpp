// Deployments, versions, routes, flags and autoscalers on the wire: what GET gives, PUT and POST take (docs/api.md).

#include "http/wire.h"

namespace http {
namespace {

using model::AnalysisSpec;
using model::CanaryStep;
using model::DeploymentSpec;
using model::Strategy;

void write_time(JsonWriter& json, const char* name, sim::Time time) {
  json.member(name, sim::to_ms(time));
}

void write_amount(JsonWriter& json, const std::string& name, const model::Amount& amount) {
  json.member(amount.percent ? name + "Percent" : name, amount.value);
}

void write_range(JsonWriter& json, const model::VersionRange& range) {
  json.begin_object().member("min", model::to_text(range.min)).member("max", model::to_text(range.max)).end_object();
}

void write_analysis(JsonWriter& json, const AnalysisSpec& spec) {
  if (spec.bounds.empty()) return;
  json.key("analysis").begin_object().key("metrics").begin_array();
  for (const AnalysisSpec::Bound& bound : spec.bounds) {
    json.begin_object().member("metric", model::analysis_metric_names()[static_cast<std::size_t>(bound.metric)]);
    if (bound.max) json.member("max", *bound.max);
    if (bound.max_ratio) json.member("maxRatio", *bound.max_ratio);
    if (bound.max_over) json.member("maxOver", *bound.max_over);
    json.end_object();
  }
  json.end_array();
  write_time(json, "intervalMs", spec.interval);
  json.member("count", spec.count).member("failureLimit", spec.failure_limit);
  json.member("consecutiveErrorLimit", spec.consecutive_error_limit).member("requestsMin", spec.requests_min).end_object();
}

void write_steps(JsonWriter& json, const std::vector<CanaryStep>& steps) {
  json.key("steps").begin_array();
  for (const CanaryStep& step : steps) {
    json.begin_object();
    if (step.kind == CanaryStep::Kind::weight) json.member("weight", step.weight);
    if (step.kind == CanaryStep::Kind::analysis) json.member("analysis", true);
    if (step.kind == CanaryStep::Kind::pause) {
      json.key("pauseMs");
      step.duration ? json.value(sim::to_ms(*step.duration)) : json.null();
    }
    json.end_object();
  }
  json.end_array();
}

void write_strategy(JsonWriter& json, const DeploymentSpec& spec) {
  json.begin_object().member("kind", model::strategy_names()[static_cast<std::size_t>(spec.strategy)]);
  write_time(json, "minReadyMs", spec.min_ready);
  write_time(json, "progressDeadlineMs", spec.progress_deadline);
  const bool red_black = spec.strategy == Strategy::red_black || spec.strategy == Strategy::rolling_red_black;
  if (spec.strategy == Strategy::rolling) {
    write_amount(json, "maxSurge", spec.max_surge);
    write_amount(json, "maxUnavailable", spec.max_unavailable);
  }
  if (spec.strategy == Strategy::canary) {
    write_steps(json, spec.steps);
    json.member("dynamicStableScale", spec.scales_stable);
  }
  if (spec.strategy == Strategy::blue_green) json.member("autoPromote", spec.auto_promote);
  if (spec.strategy == Strategy::canary || spec.strategy == Strategy::blue_green)
    write_time(json, "scaleDownDelayMs", spec.scale_down_delay);
  if (spec.strategy == Strategy::rolling_red_black) {
    json.key("targetPercentages").begin_array();
    for (const double percent : spec.target_percentages) json.value(percent);
    json.end_array();
  }
  if (red_black) {
    write_time(json, "delayBeforeDisableMs", spec.delay_before_disable);
    json.member("maxRemaining", spec.max_remaining);
  }
  if (spec.strategy == Strategy::asgard) {
    write_time(json, "judgmentMs", spec.judgment);
    write_time(json, "eurekaWaitMs", spec.eureka_wait);
  }
  if (spec.strategy != Strategy::rolling && spec.strategy != Strategy::recreate) write_analysis(json, spec.analysis);
  json.end_object();
}

void write_rules(JsonWriter& json, const policies::AutoscalerSpec::Behaviour& behaviour) {
  json.begin_object();
  write_time(json, "windowMs", behaviour.window);
  json.member("select", policies::autoscaler_select_names()[static_cast<std::size_t>(behaviour.select)]).key("rules").begin_array();
  for (const policies::AutoscalerSpec::Rule& rule : behaviour.rules) {
    json.begin_object().member("kind", policies::autoscaler_rule_names()[static_cast<std::size_t>(rule.kind)]).member("value", rule.value);
    write_time(json, "periodMs", rule.period);
    json.end_object();
  }
  json.end_array().end_object();
}

}  // namespace

void write_version_content(JsonWriter& json, const model::VersionSpec& version) {
  json.member("serviceTimeFactor", version.service_time_factor).member("errorRate", version.error_rate);
  if (version.start_up_ms) json.member("startUpMs", *version.start_up_ms);
  if (version.crash_after_ms) json.key("memoryLeak").begin_object().member("crashAfterMs", *version.crash_after_ms).end_object();
  if (version.contract) {
    json.key("contract");
    write_range(json, *version.contract);
  }
}

void write_deployment_spec(JsonWriter& json, const DeploymentSpec& spec) {
  json.member("version", spec.version.name);
  write_version_content(json, spec.version);
  json.key("strategy");
  write_strategy(json, spec);
  json.member("force", spec.force).member("keep", spec.keep).member("autoRollback", spec.auto_rollback);
  json.member("rollbackShape", spec.weighted_rollback ? "weighted" : "immediate");
}

void write_deployment(JsonWriter& json, const model::DeploymentRecord& deployment) {
  json.begin_object().member("id", deployment.id).member("service", deployment.service).member("version", deployment.version);
  json.member("previousVersion", deployment.previous_version).member("strategy", deployment.strategy).member("state", deployment.state);
  json.member("updated", deployment.updated).member("total", deployment.total).member("startedSimTimeMs", sim_ms(deployment.started));
  if (deployment.ended) json.member("endedSimTimeMs", sim_ms(*deployment.ended));
  if (!deployment.spec.preset.empty()) json.member("preset", deployment.spec.preset);
  json.member("step", deployment.step)
      .member("steps", deployment.steps)
      .member("doing", deployment.step_text)
      .member("reason", deployment.reason);
  json.key("weights").begin_object();
  for (const auto& [version, percent] : deployment.weights) json.member(version, percent);
  json.end_object().key("byVersion").begin_object();
  for (const auto& [version, count] : deployment.by_version) json.member(version, count);
  json.end_object().key("settings").begin_object();
  write_deployment_spec(json, deployment.spec);
  json.end_object().end_object();
}

void write_routing(JsonWriter& json, const model::RoutingSpec& routing) {
  json.begin_array();
  for (const model::RouteRule& rule : routing.rules) {
    json.begin_object().key("match").begin_object().member("percent", rule.percent);
    if (!rule.header.empty()) json.member("header", rule.header);
    if (!rule.client.empty()) json.member("client", rule.client);
    if (!rule.client_version.empty()) json.member("clientVersion", rule.client_version);
    json.end_object().member("toVersion", rule.to_version).member("weight", rule.weight);
    json.member("sticky", rule.sticky).member("mirror", rule.mirror).end_object();
  }
  json.end_array();
}

void write_flags(JsonWriter& json, const std::vector<model::FeatureFlag>& flags) {
  json.begin_array();
  for (const model::FeatureFlag& flag : flags) {
    json.begin_object().member("name", flag.name).member("version", flag.version).member("on", flag.on);
    json.member("serviceTimeFactor", flag.service_time_factor).member("errorRate", flag.error_rate).end_object();
  }
  json.end_array();
}

void write_autoscaler(JsonWriter& json, const policies::AutoscalerSpec& spec) {
  json.begin_object().member("enabled", spec.enabled).member("min", spec.min).member("max", spec.max).key("metrics").begin_array();
  for (const policies::AutoscalerSpec::Target& target : spec.metrics) {
    json.begin_object().member("name", policies::autoscaler_metric_names()[static_cast<std::size_t>(target.metric)]);
    json.member("target", target.target).end_object();
  }
  json.end_array().member("tolerance", spec.tolerance);
  write_time(json, "syncMs", spec.sync);
  write_time(json, "initialReadinessMs", spec.initial_readiness);
  write_time(json, "initialisationMs", spec.initialisation);
  json.key("behaviour").begin_object().key("up");
  write_rules(json, spec.up);
  json.key("down");
  write_rules(json, spec.down);
  json.end_object().end_object();
}

void write_decision(JsonWriter& json, const model::AutoscalerRecord::Entry& entry) {
  const policies::Autoscaler::Decision& decision = entry.decision;
  json.begin_object().member("simTimeMs", sim_ms(entry.at)).member("current", decision.current).member("raw", decision.raw);
  json.member("stabilised", decision.stabilised).member("applied", decision.applied).member("reason", decision.reason).end_object();
}

}  // namespace http
