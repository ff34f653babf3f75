// Policies at random: every kind of each section, small numbers so that they bite.

#include "model/swarm/scenario.h"

namespace swarm {
namespace {

sim::Time some_ms(Dice& dice, std::uint64_t low, std::uint64_t high) {
  return static_cast<sim::Time>(low + dice.below(high - low + 1)) * sim::millisecond;
}

policies::BackoffSpec some_backoff(Dice& dice) {
  policies::BackoffSpec backoff;
  backoff.kind = static_cast<policies::BackoffSpec::Kind>(dice.below(8));
  backoff.base = some_ms(dice, 1, 20);
  backoff.max = backoff.base * 5;
  backoff.randomisation = 0.5;
  return backoff;
}

policies::RetryBudgetSpec some_budget(Dice& dice) {
  switch (dice.below(7)) {
    case 0:
      return policies::ConcurrentRetries{.max = 2};
    case 1:
      return policies::RatioOfActive{.percent = 20, .minimum = 1};
    case 2:
      return policies::GrpcTokens{.max = 5, .ratio = 0.1};
    case 3:
      return policies::FinagleCredits{.percent = 20, .per_second = 2};
    case 4:
      return policies::AwsTokens{.capacity = 30};
    case 5:
      return policies::SreRatio{};
    default:
      return std::monostate{};
  }
}

policies::BreakerSpec some_breaker(Dice& dice) {
  if (dice.one_in(3)) return std::monostate{};
  if (dice.one_in(2)) {
    policies::HystrixSpec hystrix;
    hystrix.window = sim::second;
    hystrix.snapshot = 100 * sim::millisecond;
    hystrix.request_volume = 5;
    hystrix.sleep_window = some_ms(dice, 0, 500);
    return hystrix;
  }
  policies::Resilience4jSpec resilience4j;
  resilience4j.window = dice.one_in(2) ? policies::Resilience4jSpec::Window::calls : policies::Resilience4jSpec::Window::time;
  resilience4j.window_calls = resilience4j.minimum_calls = 10;
  resilience4j.slow_call = some_ms(dice, 5, 50);
  resilience4j.open_for = some_ms(dice, 1, 500);
  resilience4j.probes = static_cast<std::uint32_t>(1 + dice.below(4));
  return resilience4j;
}

void add_limits(model::Policy& policy, Dice& dice) {
  policy.bulkhead_limits = dice.one_in(3);
  policy.bulkhead.concurrent = static_cast<std::uint32_t>(1 + dice.below(5));
  policy.bulkhead.queue = static_cast<std::uint32_t>(dice.below(5));
  if (dice.one_in(2)) policy.bulkhead.max_wait = some_ms(dice, 0, 30);
  policy.throttles = dice.one_in(4);
  policy.ejects = dice.one_in(3);
  policy.outliers.consecutive_5xx = 3;
  policy.outliers.interval = policy.outliers.base_ejection = policy.outliers.max_ejection = 500 * sim::millisecond;
  policy.outliers.max_ejection_percent = 50;
}

}  // namespace

model::Balancing some_balancing(Dice& dice) {
  model::Balancing balancing;
  balancing.kind = static_cast<model::Balancer>(dice.below(4));
  balancing.choices = static_cast<std::uint32_t>(1 + dice.below(3));
  balancing.zones = static_cast<model::Zones>(dice.below(4));
  balancing.panic_percent = dice.one_in(2) ? 50 : 0;
  balancing.zone_hosts_min = static_cast<std::uint32_t>(1 + dice.below(6));
  if (dice.one_in(3)) balancing.slow_start = some_ms(dice, 100, 2'000);
  balancing.checks = dice.one_in(3);
  balancing.health = policies::HealthSpec::envoy(100 * sim::millisecond, 50 * sim::millisecond, 2, 2);
  balancing.trips = dice.one_in(3);
  balancing.server_breaker.factor = some_ms(dice, 10, 1'000);
  return balancing;
}

model::Policy some_policy(Dice& dice) {
  model::Policy policy;
  if (dice.one_in(2)) policy.timeout = some_ms(dice, 5, 300);
  if (policy.timeout == 0 || dice.one_in(2)) policy.try_timeout = some_ms(dice, 2, 200);  // without both some would wait for ever
  if (dice.one_in(3)) policy.connect_timeout = some_ms(dice, 1, 20);
  policy.attempts = static_cast<std::uint32_t>(1 + dice.below(4));
  policy.elsewhere = dice.one_in(2);
  policy.backoff = some_backoff(dice);
  policy.budget = some_budget(dice);
  if (dice.one_in(3)) {
    policy.hedges = static_cast<std::uint32_t>(1 + dice.below(model::Policy::hedges_max));
    policy.hedge_delay = some_ms(dice, 0, 20);
  }
  policy.pass_deadline = dice.one_in(2);
  policy.cancel = dice.one_in(2);
  policy.check_at_dequeue = dice.one_in(2);
  policy.breaker = some_breaker(dice);
  policy.breaker_each_try = dice.one_in(2);
  add_limits(policy, dice);
  policy.balancing = some_balancing(dice);
  policy.fallback = dice.one_in(5);
  return policy;
}

void add_policies(model::WorldSpec& spec, Dice& dice) {
  for (model::ServiceSpec& service : spec.services) {
    const auto self = static_cast<std::uint32_t>(&service - spec.services.data());
    service.calls.resize(service.dependencies.size());
    for (std::size_t d = 0; d < service.calls.size(); ++d) {
      if (service.dependencies[d] != self && dice.one_in(2)) service.calls[d].policy = some_policy(dice);
    }
  }
}

void change_some_policy(model::World& world, Dice& dice) {
  const auto service = static_cast<std::uint32_t>(dice.below(world.shared().services.size()));
  const std::vector<std::uint32_t>& dependencies = world.shared().services[service].dependencies;
  if (dependencies.empty()) return;
  const auto dependency = static_cast<std::uint32_t>(dice.below(dependencies.size()));
  if (dependencies[dependency] == service) return;
  world.set_policy(service, dependency, dice.one_in(4) ? std::nullopt : std::optional(some_policy(dice)));
}

}  // namespace swarm
