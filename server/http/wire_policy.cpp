// A policy on the wire: what GET gives, PUT and documents take (docs/api.md).

#include <array>
#include <utility>

#include "http/wire.h"

namespace http {
namespace {

/// 0 stands for none.
void write_patience(JsonWriter& json, const char* name, sim::Time time) {
  json.key(name);
  if (time > 0)
    json.value(sim::to_ms(time));
  else
    json.null();
}

void write_backoff(JsonWriter& json, const policies::BackoffSpec& spec) {
  using Kind = policies::BackoffSpec::Kind;
  static const std::array<const char*, 8> names{"", "fixed", "exponential", "envoy", "grpc", "fullJitter", "equalJitter", "decorrelated"};
  json.key("backoff");
  if (spec.kind == Kind::none) {
    json.null();
    return;
  }
  json.begin_object().member("kind", names[static_cast<std::size_t>(spec.kind)]).member("baseMs", sim::to_ms(spec.base));
  if (spec.kind != Kind::fixed) json.member("maxMs", sim::to_ms(spec.max));
  if (spec.kind == Kind::exponential || spec.kind == Kind::grpc) json.member("multiplier", spec.multiplier);
  if (spec.kind == Kind::exponential) json.member("randomisation", spec.randomisation);
  if (spec.kind == Kind::grpc) json.member("jitterLow", spec.jitter_low).member("jitterHigh", spec.jitter_high);
  json.end_object();
}

struct BudgetWriter {
  JsonWriter& json;

  void operator()(std::monostate) const { json.null(); }
  void operator()(const policies::ConcurrentRetries& b) const { start("concurrent").member("max", b.max).end_object(); }
  void operator()(const policies::RatioOfActive& b) const {
    start("ratioOfActive").member("percent", b.percent).member("minimum", b.minimum).end_object();
  }
  void operator()(const policies::GrpcTokens& b) const { start("grpc").member("max", b.max).member("ratio", b.ratio).end_object(); }
  void operator()(const policies::FinagleCredits& b) const {
    start("finagle").member("percent", b.percent).member("perSecond", b.per_second).member("expiryMs", sim::to_ms(b.expiry)).end_object();
  }
  void operator()(const policies::AwsTokens& b) const {
    start("aws").member("capacity", b.capacity).member("cost", b.cost).member("timeoutCost", b.timeout_cost);
    json.member("increment", b.increment).end_object();
  }
  void operator()(const policies::SreRatio& b) const {
    start("sre").member("percent", b.percent).member("windowMs", sim::to_ms(b.window)).end_object();
  }
  JsonWriter& start(const char* kind) const { return json.begin_object().member("kind", kind); }
};

void write_retry(JsonWriter& json, const model::Policy& policy) {
  const model::Policy plain;
  json.key("retry");
  if (policy.attempts == plain.attempts && policy.retry_on == plain.retry_on && policy.elsewhere == plain.elsewhere &&
      policy.backoff == plain.backoff && policy.budget == plain.budget) {
    json.null();
    return;
  }
  json.begin_object().member("attempts", policy.attempts).key("on").begin_array();
  using enum model::Status;
  for (const model::Status status : {error, rejected, refused, timeout, unavailable, short_circuited}) {
    if (policy.retry_on.contains(status)) json.value(model::name_of(status));
  }
  json.end_array().member("elsewhere", policy.elsewhere);
  write_backoff(json, policy.backoff);
  json.key("budget");
  std::visit(BudgetWriter{json}, policy.budget);
  json.end_object();
}

struct BreakerWriter {
  JsonWriter& json;
  bool each_try;

  void operator()(std::monostate) const { json.null(); }
  void operator()(const policies::RibbonSpec&) const { json.null(); }
  void operator()(const policies::HystrixSpec& b) const {
    json.begin_object().member("kind", "hystrix").member("windowMs", sim::to_ms(b.window)).member("snapshotMs", sim::to_ms(b.snapshot));
    json.member("requestVolume", b.request_volume).member("errorPercent", b.error_percent);
    json.member("sleepWindowMs", sim::to_ms(b.sleep_window));
    end(b.force);
  }
  void operator()(const policies::Resilience4jSpec& b) const {
    const bool calls = b.window == policies::Resilience4jSpec::Window::calls;
    json.begin_object().member("kind", "resilience4j").member("window", calls ? "calls" : "time");
    if (calls)
      json.member("windowCalls", b.window_calls);
    else
      json.member("windowMs", sim::to_ms(b.window_time));
    json.member("minimumCalls", b.minimum_calls).member("failurePercent", b.failure_percent).member("slowPercent", b.slow_percent);
    json.member("slowCallMs", sim::to_ms(b.slow_call)).member("openMs", sim::to_ms(b.open_for)).member("probes", b.probes);
    write_patience(json, "halfOpenMaxMs", b.half_open_max);
    end(b.force);
  }
  void end(const policies::BreakerForce& force) const {
    json.member("each", each_try ? "try" : "call").key("force");
    if (force.open)
      json.value("open");
    else if (force.closed)
      json.value("closed");
    else
      json.null();
    json.end_object();
  }
};

void write_limits(JsonWriter& json, const model::Policy& policy) {
  const policies::BulkheadSpec& b = policy.bulkhead;
  json.key("bulkhead");
  if (policy.bulkhead_limits) {
    json.begin_object().member("concurrent", b.concurrent).key("queue");
    if (b.queue == policies::BulkheadSpec::unlimited)
      json.null();
    else
      json.value(b.queue);
    if (b.queue > 0) json.key("maxWaitMs");
    if (b.queue > 0 && b.max_wait == sim::never) json.null();
    if (b.queue > 0 && b.max_wait != sim::never) json.value(sim::to_ms(b.max_wait));
    json.end_object();
  } else {
    json.null();
  }
  json.key("throttle");
  if (policy.throttles)
    json.begin_object().member("k", policy.throttle.k).member("windowMs", sim::to_ms(policy.throttle.window)).end_object();
  else
    json.null();
}

void write_outliers(JsonWriter& json, const model::Policy& policy) {
  const policies::OutlierSpec& o = policy.outliers;
  json.key("outliers");
  if (!policy.ejects) {
    json.null();
    return;
  }
  json.begin_object().member("consecutive5xx", o.consecutive_5xx).member("consecutiveGatewayFailure", o.consecutive_gateway_failure);
  json.member("enforcingConsecutive5xx", o.enforcing_consecutive_5xx);
  json.member("enforcingConsecutiveGatewayFailure", o.enforcing_consecutive_gateway_failure);
  json.member("intervalMs", sim::to_ms(o.interval)).member("baseEjectionMs", sim::to_ms(o.base_ejection));
  json.member("maxEjectionMs", sim::to_ms(o.max_ejection)).member("maxJitterMs", sim::to_ms(o.max_jitter));
  json.member("maxEjectionPercent", o.max_ejection_percent).member("successRateMinimumHosts", o.success_rate_minimum_hosts);
  json.member("successRateRequestVolume", o.success_rate_request_volume).member("successRateStdevFactor", o.success_rate_stdev_factor);
  json.member("enforcingSuccessRate", o.enforcing_success_rate).member("failurePercentageThreshold", o.failure_percentage_threshold);
  json.member("failurePercentageMinimumHosts", o.failure_percentage_minimum_hosts);
  json.member("failurePercentageRequestVolume", o.failure_percentage_request_volume);
  json.member("enforcingFailurePercentage", o.enforcing_failure_percentage).end_object();
}

void write_balancing(JsonWriter& json, const model::Balancing& b) {
  using model::Zones;
  json.key("balancer").begin_object().member("kind", model::balancer_names()[static_cast<std::size_t>(b.kind)]);
  if (b.kind == model::Balancer::least_request) json.member("choices", b.choices);
  json.member("zones", model::zones_names()[static_cast<std::size_t>(b.zones)]);
  if (b.zones == Zones::any || b.zones == Zones::aware) {
    json.member("panicPercent", b.panic_percent).member("overprovisioningPercent", b.overprovisioning_percent);
  }
  if (b.zones == Zones::aware) json.member("minimumHosts", b.zone_hosts_min);
  json.key("slowStart");
  if (b.slow_start > 0) {
    json.begin_object().member("windowMs", sim::to_ms(b.slow_start)).member("aggression", b.aggression);
    json.member("leastPercent", 100 * b.least_share).end_object();
  } else {
    json.null();
  }
  json.end_object().key("healthCheck");
  if (b.checks) {
    json.begin_object().member("intervalMs", sim::to_ms(b.health.interval)).member("timeoutMs", sim::to_ms(b.health.timeout));
    json.member("healthy", unsigned{b.health.healthy}).member("unhealthy", unsigned{b.health.unhealthy}).end_object();
  } else {
    json.null();
  }
  json.key("serverBreaker");
  if (b.trips) {
    json.begin_object().member("failures", b.server_breaker.failures).member("baseMs", sim::to_ms(b.server_breaker.factor));
    json.member("maxMs", sim::to_ms(b.server_breaker.max)).end_object();
  } else {
    json.null();
  }
}

}  // namespace

void write_policy(JsonWriter& json, const model::Policy& policy) {
  json.begin_object();
  if (!policy.preset.empty()) json.member("preset", policy.preset);
  write_patience(json, "timeoutMs", policy.timeout);
  write_patience(json, "tryTimeoutMs", policy.try_timeout);
  write_patience(json, "connectTimeoutMs", policy.connect_timeout);
  write_retry(json, policy);
  json.key("hedge");
  if (policy.hedges > 0)
    json.begin_object().member("copies", policy.hedges).member("delayMs", sim::to_ms(policy.hedge_delay)).end_object();
  else
    json.null();
  json.key("deadline").begin_object().member("pass", policy.pass_deadline).member("cancel", policy.cancel);
  json.member("checkAtDequeue", policy.check_at_dequeue).end_object().key("breaker");
  std::visit(BreakerWriter{json, policy.breaker_each_try}, policy.breaker);
  write_limits(json, policy);
  write_outliers(json, policy);
  write_balancing(json, policy.balancing);
  json.member("fallback", policy.fallback).end_object();
}

void write_policy_count(JsonWriter& json, const model::PolicyCount& count) {
  json.begin_object().member("retries", count.retries).member("hedges", count.hedges).member("cancelled", count.cancelled);
  json.member("fallbacks", count.fallbacks).member("shortCircuited", count.short_circuited).member("throttled", count.throttled);
  json.member("noRoom", count.no_room).member("overBudget", count.over_budget).member("ejected", count.ejected);
  json.member("panicked", count.panicked).end_object();
}

}  // namespace http
