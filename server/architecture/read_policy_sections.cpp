// The sections of a policy: what each may say, and what goes together.

#include <algorithm>
#include <array>

#include "architecture/policy_parts.h"
#include "architecture/read_policy.h"

namespace architecture {
namespace {

using policies::BackoffSpec;
using Force = policies::BreakerForce;

/// The member "kind", which has to be there when nothing was of any kind before.
std::optional<std::size_t> read_kind(Fields& fields, const std::vector<std::string>& names, const char* what, bool had_one) {
  return fields.choice("kind", had_one ? Need::optional : Need::required, names, what);
}

// --- retry

void read_backoff_figures(Fields& fields, BackoffSpec& spec, bool usual) {
  using Kind = BackoffSpec::Kind;
  Over over(fields);
  const Need need = usual ? Need::optional : Need::required;
  over.time("baseMs", delay_range, spec.base, need);
  if (spec.kind == Kind::fixed) return;
  if (spec.kind == Kind::envoy && fields.has("baseMs")) spec.max = std::min(10 * spec.base, policies::backoff_max);
  over.time("maxMs", delay_range, spec.max, need);
  if (spec.max < spec.base && (usual || (fields.has("baseMs") && fields.has("maxMs")))) {
    conflict(fields, "maxMs", "baseMs", "outOfRange", "maxMs has to be at least baseMs.");
  }
  if (spec.kind == Kind::exponential || spec.kind == Kind::grpc) over.number("multiplier", {1, 100}, spec.multiplier);
  if (spec.kind == Kind::exponential) over.number("randomisation", chance_range, spec.randomisation);
  if (spec.kind != Kind::grpc) return;
  over.number("jitterLow", {0, 2}, spec.jitter_low);
  over.number("jitterHigh", {0, 2}, spec.jitter_high);
  if (spec.jitter_low > spec.jitter_high) {
    conflict(fields, "jitterHigh", "jitterLow", "outOfRange", "jitterHigh has to be at least jitterLow.");
  }
}

/// What a kind of back-off begins with; those that nobody has defaults for want to be told.
BackoffSpec usual_backoff(BackoffSpec::Kind kind) {
  using Kind = BackoffSpec::Kind;
  if (kind == Kind::fixed) return BackoffSpec::resilience4j();
  if (kind == Kind::exponential) return BackoffSpec::exponential_of_resilience4j();
  if (kind == Kind::envoy) return BackoffSpec::envoy();
  return {.kind = kind};
}

bool read_backoff(Fields& fields, BackoffSpec& spec) {
  using Kind = BackoffSpec::Kind;
  static const std::vector<std::string> names{"fixed", "exponential", "envoy", "grpc", "fullJitter", "equalJitter", "decorrelated"};
  const bool had_one = spec.kind != Kind::none;
  const auto kind = read_kind(fields, names, "a back-off", had_one);
  if (!kind && (!had_one || fields.has("kind"))) return false;
  const Kind wanted = kind ? static_cast<Kind>(*kind + 1) : spec.kind;
  bool usual = true;
  if (wanted != spec.kind) {
    spec = usual_backoff(wanted);
    usual = spec.base > 0;
  }
  read_backoff_figures(fields, spec, usual);
  return true;
}

struct ReadBudget {
  Fields& fields;
  Over over{fields};

  void operator()(std::monostate) {}
  void operator()(policies::ConcurrentRetries& b) { over.integer("max", 0, many, b.max); }
  void operator()(policies::RatioOfActive& b) {
    over.number("percent", percent_range, b.percent);
    over.integer("minimum", 0, many, b.minimum);
  }
  void operator()(policies::GrpcTokens& b) {
    over.integer("max", 1, 1'000, b.max);
    over.number("ratio", {0.001, 1'000}, b.ratio);
  }
  void operator()(policies::FinagleCredits& b) {
    over.integer("percent", 0, 1'000, b.percent);
    over.integer("perSecond", 0, 10'000, b.per_second);
    over.time("expiryMs", {1'000, 60'000}, b.expiry);
    if (b.expiry % sim::second != 0) fields.report().add(fields.pointer_to("expiryMs"), "outOfRange", "This has to be whole seconds.");
  }
  void operator()(policies::AwsTokens& b) {
    over.integer("capacity", 1, many, b.capacity);
    over.integer("cost", 0, many, b.cost);
    over.integer("timeoutCost", 0, many, b.timeout_cost);
    over.integer("increment", 0, many, b.increment);
    const std::array<std::pair<const char*, std::uint32_t>, 3> parts{
        {{"cost", b.cost}, {"timeoutCost", b.timeout_cost}, {"increment", b.increment}}};
    for (const auto& [name, value] : parts) {
      if (value <= b.capacity) continue;
      conflict(fields, name, "capacity", "outOfRange", std::string(name) + " has to be at most capacity.");
      return;
    }
  }
  void operator()(policies::SreRatio& b) {
    over.number("percent", percent_range, b.percent);
    over.time("windowMs", {1'000, hour_ms}, b.window);
  }
};

bool read_budget(Fields& fields, policies::RetryBudgetSpec& spec) {
  static const std::vector<std::string> names{"concurrent", "ratioOfActive", "grpc", "finagle", "aws", "sre"};
  static const std::array<policies::RetryBudgetSpec, 6> usual{policies::ConcurrentRetries{}, policies::RatioOfActive{},
                                                              policies::GrpcTokens{},        policies::FinagleCredits{},
                                                              policies::AwsTokens{},         policies::SreRatio{}};
  const auto kind = read_kind(fields, names, "a retry budget", spec.index() != 0);
  if (!kind && (spec.index() == 0 || fields.has("kind"))) return false;
  if (kind && spec.index() != usual[*kind].index()) spec = usual[*kind];
  std::visit(ReadBudget{fields}, spec);
  return true;
}

void read_statuses(Fields& fields, model::StatusSet& set) {
  static const std::vector<std::string> names{"error", "rejected", "refused", "timeout", "unavailable", "shortCircuited"};
  static_assert(static_cast<int>(model::Status::short_circuited) - static_cast<int>(model::Status::error) == 5);
  const JsonValue* list = fields.find("on", Need::optional);
  const std::string pointer = fields.pointer_to("on");
  if (list == nullptr || !check_kind(*list, JsonValue::Kind::array, pointer, fields.report())) return;
  set = {};
  for (std::size_t i = 0; i < list->items.size() && i <= names.size(); ++i) {
    const auto name = check_choice(list->items[i], names, "a status of calls that fail", item_pointer(pointer, i), fields.report());
    if (!name) continue;
    const auto status = static_cast<model::Status>(*name + static_cast<std::size_t>(model::Status::error));
    if (set.contains(status)) fields.report().add(item_pointer(pointer, i), "duplicateName", "This is there already.");
    set.add(status);
  }
  if (list->items.empty()) fields.report().add(pointer, "empty", "At least one status is needed; for no retries give \"attempts\": 1.");
}

bool read_retry(Fields& fields, model::Policy& policy) {
  Over over(fields);
  over.integer("attempts", 1, model::Policy::attempts_max, policy.attempts);
  read_statuses(fields, policy.retry_on);
  over.flag("elsewhere", policy.elsewhere);
  section(fields, "backoff", policy.backoff, {}, read_backoff);
  section(fields, "budget", policy.budget, {}, read_budget);
  return true;
}

void retry_section(Fields& fields, model::Policy& policy) {
  model::Policy without = policy;
  const model::Policy plain;
  without.attempts = plain.attempts;
  without.retry_on = plain.retry_on;
  without.elsewhere = plain.elsewhere;
  without.backoff = plain.backoff;
  without.budget = plain.budget;
  section(fields, "retry", policy, without, read_retry);
}

// --- hedges, deadlines

void hedge_section(Fields& fields, model::Policy& policy) {
  model::Policy without = policy;
  without.hedges = 0;
  without.hedge_delay = 0;
  section(fields, "hedge", policy, without, [](Fields& inner, model::Policy& p) {
    const Need need = p.hedges > 0 ? Need::optional : Need::required;
    Over over(inner);
    over.integer("copies", 1, model::Policy::hedges_max, p.hedges, need);
    over.time("delayMs", delay_range, p.hedge_delay, need);
    return true;
  });
}

void deadline_section(Fields& fields, model::Policy& policy) {
  model::Policy without = policy;
  without.pass_deadline = without.cancel = without.check_at_dequeue = false;
  section(fields, "deadline", policy, without, [](Fields& inner, model::Policy& p) {
    Over over(inner);
    over.flag("pass", p.pass_deadline);
    over.flag("cancel", p.cancel);
    over.flag("checkAtDequeue", p.check_at_dequeue);
    if (p.check_at_dequeue && !p.pass_deadline) {
      conflict(inner, "checkAtDequeue", "pass", "conflict",
               "A server can check only deadlines that are passed to it; give \"pass\": true.");
    }
    return true;
  });
}

// --- breakers

struct ReadBreaker {
  Fields& fields;
  Over over{fields};

  void operator()(std::monostate) {}
  void operator()(policies::RibbonSpec&) {}
  void operator()(policies::HystrixSpec& b) {
    over.time("windowMs", {100, hour_ms}, b.window);
    over.time("snapshotMs", {1, hour_ms}, b.snapshot);
    over.integer("requestVolume", 1, many, b.request_volume);
    over.integer("errorPercent", 1, 100, b.error_percent);
    over.time("sleepWindowMs", delay_range, b.sleep_window);
    if (b.snapshot < b.window / 100 || b.snapshot > b.window) {
      conflict(fields, "snapshotMs", "windowMs", "outOfRange", "snapshotMs has to be between a hundredth of windowMs and all of it.");
    }
    force(b.force);
  }
  void operator()(policies::Resilience4jSpec& b) {
    using Window = policies::Resilience4jSpec::Window;
    static const std::vector<std::string> windows{"calls", "time"};
    if (const auto window = fields.choice("window", Need::optional, windows, "a window")) b.window = static_cast<Window>(*window);
    if (b.window == Window::calls) over.integer("windowCalls", 1, policies::Resilience4jSpec::calls_max, b.window_calls);
    if (b.window == Window::time) over.time("windowMs", {1'000, hour_ms}, b.window_time);
    over.integer("minimumCalls", 1, many, b.minimum_calls);
    over.number("failurePercent", some_percent_range, b.failure_percent);
    over.number("slowPercent", some_percent_range, b.slow_percent);
    over.time("slowCallMs", patience_range, b.slow_call);
    over.time("openMs", patience_range, b.open_for);
    over.integer("probes", 1, policies::Resilience4jSpec::calls_max, b.probes);
    over.time_or("halfOpenMaxMs", patience_range, 0, b.half_open_max);
    force(b.force);
  }
  void force(Force& force) {
    static const std::vector<std::string> names{"open", "closed"};
    if (over.is_null("force")) {
      fields.find("force", Need::optional);
      force = {};
    } else if (const auto name = fields.choice("force", Need::optional, names, "a state to force")) {
      force = {.open = *name == 0, .closed = *name == 1};
    }
  }
};

bool read_breaker(Fields& fields, model::Policy& policy) {
  static const std::vector<std::string> names{"hystrix", "resilience4j"};
  static const std::vector<std::string> units{"call", "try"};
  const auto kind = read_kind(fields, names, "a breaker", policy.breaker.index() != 0);
  if (!kind && (policy.breaker.index() == 0 || fields.has("kind"))) return false;
  if (kind && policy.breaker.index() != *kind + 1) {
    policy.breaker = *kind == 0 ? policies::BreakerSpec(policies::HystrixSpec{}) : policies::BreakerSpec(policies::Resilience4jSpec{});
    policy.breaker_each_try = *kind == 1;
  }
  if (const auto unit = fields.choice("each", Need::optional, units, "what a breaker counts")) policy.breaker_each_try = *unit == 1;
  std::visit(ReadBreaker{fields}, policy.breaker);
  return true;
}

void breaker_section(Fields& fields, model::Policy& policy) {
  model::Policy without = policy;
  without.breaker = {};
  without.breaker_each_try = false;
  section(fields, "breaker", policy, without, read_breaker);
}

// --- limits

bool read_bulkhead(Fields& fields, model::Policy& policy) {
  using policies::BulkheadSpec;
  const std::size_t problems_before = fields.report().size();
  Over over(fields);
  BulkheadSpec& spec = policy.bulkhead;
  over.integer("concurrent", 1, many, spec.concurrent, policy.bulkhead_limits ? Need::optional : Need::required);
  over.integer_or("queue", 0, many, BulkheadSpec::unlimited, spec.queue);
  over.time_or("maxWaitMs", delay_range, sim::never, spec.max_wait);
  if (spec.queue == 0) {
    if (fields.has("maxWaitMs") && fields.report().size() == problems_before) {
      fields.report().add(fields.pointer_to("maxWaitMs"), "conflict", "Without a queue nobody waits; give \"queue\" as well.");
    }
    spec.max_wait = sim::never;
  }
  policy.bulkhead_limits = true;
  return true;
}

bool read_throttle(Fields& fields, model::Policy& policy) {
  Over over(fields);
  over.number("k", {1, 100}, policy.throttle.k);
  over.time("windowMs", {1'000, hour_ms}, policy.throttle.window);
  policy.throttles = true;
  return true;
}

void limit_sections(Fields& fields, model::Policy& policy) {
  model::Policy without = policy;
  without.bulkhead_limits = false;
  without.bulkhead = {};
  section(fields, "bulkhead", policy, without, read_bulkhead);
  without = policy;
  without.throttles = false;
  without.throttle = {};
  section(fields, "throttle", policy, without, read_throttle);
}

}  // namespace

void read_policy_sections(Fields& fields, model::Policy& policy) {
  Over over(fields);
  over.time_or("timeoutMs", patience_range, 0, policy.timeout);
  over.time_or("tryTimeoutMs", patience_range, 0, policy.try_timeout);
  over.time_or("connectTimeoutMs", patience_range, 0, policy.connect_timeout);
  retry_section(fields, policy);
  hedge_section(fields, policy);
  deadline_section(fields, policy);
  breaker_section(fields, policy);
  limit_sections(fields, policy);
  read_balancing_sections(fields, policy);
  over.flag("fallback", policy.fallback);
}

}  // namespace architecture
