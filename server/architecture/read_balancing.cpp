// The parts of a policy that say which instances are asked, and which are left alone.

#include <string>

#include "architecture/policy_parts.h"

namespace architecture {
namespace {

bool read_outliers(Fields& fields, model::Policy& policy) {
  constexpr std::uint32_t row_max = 65'535;
  Over over(fields);
  policies::OutlierSpec& o = policy.outliers;
  over.integer("consecutive5xx", 1, row_max, o.consecutive_5xx);
  over.integer("consecutiveGatewayFailure", 1, row_max, o.consecutive_gateway_failure);
  over.integer("enforcingConsecutive5xx", 0, 100, o.enforcing_consecutive_5xx);
  over.integer("enforcingConsecutiveGatewayFailure", 0, 100, o.enforcing_consecutive_gateway_failure);
  over.time("intervalMs", {100, hour_ms}, o.interval);
  over.time("baseEjectionMs", {1, hour_ms}, o.base_ejection);
  over.time("maxEjectionMs", {1, 24 * hour_ms}, o.max_ejection);
  over.time("maxJitterMs", delay_range, o.max_jitter);
  over.integer("maxEjectionPercent", 0, 100, o.max_ejection_percent);
  over.integer("successRateMinimumHosts", 0, many, o.success_rate_minimum_hosts);
  over.integer("successRateRequestVolume", 0, many, o.success_rate_request_volume);
  over.number("successRateStdevFactor", {0, 100}, o.success_rate_stdev_factor);
  over.integer("enforcingSuccessRate", 0, 100, o.enforcing_success_rate);
  over.number("failurePercentageThreshold", percent_range, o.failure_percentage_threshold);
  over.integer("failurePercentageMinimumHosts", 0, many, o.failure_percentage_minimum_hosts);
  over.integer("failurePercentageRequestVolume", 0, many, o.failure_percentage_request_volume);
  over.integer("enforcingFailurePercentage", 0, 100, o.enforcing_failure_percentage);
  if (o.max_ejection < o.base_ejection || o.max_ejection > 1'000 * o.base_ejection) {
    conflict(fields, "maxEjectionMs", "baseEjectionMs", "outOfRange",
             "maxEjectionMs has to be between baseEjectionMs and 1000 times that.");
  }
  policy.ejects = true;
  return true;
}

// --- balancers

void read_slow_start(Fields& outer, model::Balancing& balancing) {
  model::Balancing without = balancing;
  const model::Balancing plain;
  without.slow_start = 0;
  without.aggression = plain.aggression;
  without.least_share = plain.least_share;
  section(outer, "slowStart", balancing, without, [](Fields& fields, model::Balancing& b) {
    Over over(fields);
    over.time("windowMs", patience_range, b.slow_start, b.slow_start > 0 ? Need::optional : Need::required);
    over.number("aggression", {0.1, 10}, b.aggression);
    double percent = 100 * b.least_share;
    over.number("leastPercent", percent_range, percent);
    b.least_share = percent / 100;
    return true;
  });
}

/// A member that only makes sense with another.
void only_with(Fields& fields, const char* name, bool sense, const char* what) {
  if (!sense && fields.has(name)) fields.report().add(fields.pointer_to(name), "conflict", std::string("This is for ") + what + " only.");
}

void read_balancer(Fields& fields, model::Balancing& balancing) {
  using model::Zones;
  Over over(fields);
  over.integer("choices", 1, model::Balancing::choices_max, balancing.choices);
  only_with(fields, "choices", balancing.kind == model::Balancer::least_request, "\"kind\": \"leastRequest\"");
  if (const auto zones = fields.choice("zones", Need::optional, model::zones_names(), "a treatment of zones")) {
    balancing.zones = static_cast<Zones>(*zones);
  }
  const bool priorities = balancing.zones == Zones::any || balancing.zones == Zones::aware;
  over.integer("panicPercent", 0, 100, balancing.panic_percent);
  over.integer("overprovisioningPercent", 100, 1'000, balancing.overprovisioning_percent);
  for (const char* name : {"panicPercent", "overprovisioningPercent"}) {
    only_with(fields, name, priorities, "\"zones\": \"any\" and \"aware\"");
  }
  over.integer("minimumHosts", 1, many, balancing.zone_hosts_min);
  only_with(fields, "minimumHosts", balancing.zones == Zones::aware, "\"zones\": \"aware\"");
  read_slow_start(fields, balancing);
}

/// The name of one, or an object with it.
void balancer_section(Fields& outer, model::Policy& policy) {
  constexpr const char* what = "a balancer";
  const JsonValue* value = outer.find("balancer", Need::optional);
  if (value == nullptr) return;
  const model::Balancing plain;
  model::Balancing& balancing = policy.balancing;
  const auto choose = [&](std::size_t index) {
    const auto wanted = static_cast<model::Balancer>(index);
    if (wanted != model::Balancer::least_request) balancing.choices = plain.choices;
    balancing.kind = wanted;
  };
  if (value->kind == JsonValue::Kind::null) {
    const model::Balancing before = balancing;
    balancing = plain;
    balancing.checks = before.checks;
    balancing.health = before.health;
    balancing.trips = before.trips;
    balancing.server_breaker = before.server_breaker;
    return;
  }
  const std::string pointer = outer.pointer_to("balancer");
  if (value->kind == JsonValue::Kind::string) {
    if (const auto index = check_choice(*value, model::balancer_names(), what, pointer, outer.report())) choose(*index);
    return;
  }
  if (value->kind != JsonValue::Kind::object) {
    outer.report().add(
        pointer, "wrongType",
        std::string("This has to be the name of a balancer, an object with its \"kind\" or null, not ") + kind_name(value->kind) + ".");
    return;
  }
  Fields fields(*value, pointer, outer.report());
  const auto kind = fields.choice("kind", Need::required, model::balancer_names(), what);
  if (!kind) return;
  choose(*kind);
  read_balancer(fields, balancing);
  fields.finish();
}

// --- health

bool read_health_check(Fields& fields, model::Policy& policy) {
  policies::HealthSpec& health = policy.balancing.health;
  const Need need = policy.balancing.checks ? Need::optional : Need::required;
  const std::size_t problems_before = fields.report().size();
  Over over(fields);
  std::uint32_t healthy = health.healthy, unhealthy = health.unhealthy;
  over.time("intervalMs", {1, hour_ms}, health.interval, need);
  over.time("timeoutMs", {1, hour_ms}, health.timeout, need);
  over.integer("healthy", 1, 255, healthy, need);
  over.integer("unhealthy", 1, 255, unhealthy, need);
  health = policies::HealthSpec::envoy(health.interval, health.timeout, static_cast<std::uint8_t>(healthy),
                                       static_cast<std::uint8_t>(unhealthy));
  if (health.timeout > health.interval && fields.report().size() == problems_before) {
    conflict(fields, "timeoutMs", "intervalMs", "outOfRange", "timeoutMs has to be at most intervalMs.");
  }
  policy.balancing.checks = true;
  return true;
}

bool read_server_breaker(Fields& fields, model::Policy& policy) {
  policies::RibbonSpec& spec = policy.balancing.server_breaker;
  Over over(fields);
  over.integer("failures", 1, 1'000, spec.failures);
  over.time("baseMs", delay_range, spec.factor);
  over.time("maxMs", delay_range, spec.max);
  policy.balancing.trips = true;
  return true;
}

void health_sections(Fields& fields, model::Policy& policy) {
  model::Policy without = policy;
  without.balancing.checks = false;
  without.balancing.health = {};
  section(fields, "healthCheck", policy, without, read_health_check);
  without = policy;
  without.balancing.trips = false;
  without.balancing.server_breaker = {};
  section(fields, "serverBreaker", policy, without, read_server_breaker);
}

}  // namespace

void read_balancing_sections(Fields& fields, model::Policy& policy) {
  model::Policy without = policy;
  without.ejects = false;
  without.outliers = {};
  section(fields, "outliers", policy, without, read_outliers);
  balancer_section(fields, policy);
  health_sections(fields, policy);
}

}  // namespace architecture
