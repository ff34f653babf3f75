#include "policies/autoscaler.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace policies {
namespace {

using Metric = AutoscalerSpec::Metric;
using Rule = AutoscalerSpec::Rule;
using Select = AutoscalerSpec::Select;

constexpr double thousandths = 1'000;

/// What is asked of one of those that are counted.
struct Counted {
  std::int64_t value = 0;
  std::int64_t capacity = 0;
};

/// How far the average is from the target: 1 is on it.
double ratio_of(const AutoscalerSpec::Target& target, const std::vector<Counted>& counted, double* average) {
  std::int64_t value = 0, capacity = 0;
  for (const Counted& c : counted) {
    value += c.value;
    capacity += c.capacity;
  }
  if (target.metric == Metric::utilisation) {
    const std::int64_t percent = capacity == 0 ? 0 : value * 100 / capacity;
    *average = static_cast<double>(percent);
    return *average / target.target;
  }
  const std::int64_t mean = value / static_cast<std::int64_t>(counted.size());
  *average = static_cast<double>(mean) / thousandths;
  return static_cast<double>(mean) / (target.target * thousandths);
}

/// Not counted as long as it may still be starting. Only utilisation minds: what an instance does before it serves is not what it does
/// then.
bool is_unready(const AutoscalerSpec& spec, Metric metric, const InstanceSample& s, sim::Time now, sim::Time window) {
  if (metric != Metric::utilisation) return false;
  if (s.started + spec.initialisation > now) return !s.ready || now < s.changed + window;
  return !s.ready && s.started + spec.initial_readiness > s.changed;
}

bool within(const AutoscalerSpec& spec, double ratio) {
  return 1 - spec.tolerance <= ratio && ratio <= 1 + spec.tolerance;  // so that 1.1 is within a tenth
}

std::uint32_t rounded_up(double number) {
  return static_cast<std::uint32_t>(std::min(std::ceil(number), static_cast<double>(AutoscalerSpec::instances_max)));
}

std::string short_text(double number) {
  const auto tenths = std::llround(number * 10);
  return std::to_string(tenths / 10) + (tenths % 10 == 0 ? "" : "." + std::to_string(tenths % 10));
}

std::string describe(const AutoscalerSpec::Target& target, double average) {
  const std::string goal = short_text(target.target);
  switch (target.metric) {
    case Metric::utilisation:
      return "utilisation " + short_text(average) + " % of " + goal + " %";
    case Metric::requests:
      return short_text(average) + " of " + goal + " requests/s an instance";
    case Metric::queue:
      return short_text(average) + " of " + goal + " calls that wait at an instance";
  }
  return {};
}

bool valid(const AutoscalerSpec::Behaviour& behaviour) {
  const auto fits = [](const Rule& r) {
    return r.value >= 1 && r.value <= AutoscalerSpec::instances_max && r.period >= sim::second && r.period <= 1'800 * sim::second;
  };
  return behaviour.window >= 0 && behaviour.window <= sim::hour && !behaviour.rules.empty() &&
         behaviour.rules.size() <= AutoscalerSpec::rules_max && std::all_of(behaviour.rules.begin(), behaviour.rules.end(), fits);
}

}  // namespace

bool valid(const AutoscalerSpec& spec) {
  constexpr sim::Time hour = sim::hour;
  const auto fits = [](const AutoscalerSpec::Target& t) { return t.target > 0 && t.target <= AutoscalerSpec::target_max; };
  return spec.min >= 1 && spec.max >= spec.min && spec.max <= AutoscalerSpec::instances_max && !spec.metrics.empty() &&
         spec.metrics.size() <= AutoscalerSpec::metrics_max && std::all_of(spec.metrics.begin(), spec.metrics.end(), fits) &&
         spec.tolerance >= 0 && spec.tolerance <= 1 && spec.sync >= sim::second && spec.sync <= hour && spec.initial_readiness >= 0 &&
         spec.initial_readiness <= hour && spec.initialisation >= 0 && spec.initialisation <= hour && valid(spec.up) && valid(spec.down);
}

const std::vector<std::string>& autoscaler_metric_names() {
  static const std::vector<std::string> names{"utilisation", "requests", "queue"};
  return names;
}

const std::vector<std::string>& autoscaler_rule_names() {
  static const std::vector<std::string> names{"instances", "percent"};
  return names;
}

const std::vector<std::string>& autoscaler_select_names() {
  static const std::vector<std::string> names{"max", "min", "disabled"};
  return names;
}

MetricAdvice advise(const AutoscalerSpec& spec, const AutoscalerSpec::Target& target, const std::vector<InstanceSample>& samples,
                    std::uint32_t current, sim::Time now, sim::Time window) {
  std::vector<Counted> counted;
  std::vector<std::int64_t> unready, missing;  // their capacities
  for (const InstanceSample& s : samples) {
    if (s.pending || (s.value && is_unready(spec, target.metric, s, now, window))) {
      unready.push_back(s.capacity);
    } else if (!s.value) {
      missing.push_back(s.capacity);
    } else {
      counted.push_back({*s.value, s.capacity});
    }
  }
  MetricAdvice advice;
  const std::string name = autoscaler_metric_names()[static_cast<std::size_t>(target.metric)];
  if (counted.empty()) {
    advice.reason = name + " is not measured at any instance";
    return advice;
  }
  const double ratio = ratio_of(target, counted, &advice.value);
  advice.reason = describe(target, advice.value);
  const bool adds_unready = !unready.empty() && ratio > 1;
  if (!adds_unready && missing.empty()) {
    if (within(spec, ratio)) {
      advice.wanted = current;
      advice.reason += ", within the tolerance";
    } else {
      advice.wanted = rounded_up(ratio * static_cast<double>(counted.size()));
    }
    return advice;
  }
  if (ratio < 1) {
    // They may have all the load there is: nobody is taken away for their sake.
    for (const std::int64_t capacity : missing) {
      const double full = target.metric == Metric::utilisation ? static_cast<double>(capacity) * std::max(100.0, target.target) / 100
                                                               : target.target * thousandths;
      counted.push_back({static_cast<std::int64_t>(full), capacity});
    }
  } else if (ratio > 1) {
    for (const std::int64_t capacity : missing) counted.push_back({0, capacity});
  }
  if (adds_unready) {
    for (const std::int64_t capacity : unready) counted.push_back({0, capacity});
  }
  double average = 0;
  const double careful = ratio_of(target, counted, &average);
  const std::string why =
      " (" + std::to_string(missing.size()) + " not measured, " + std::to_string(adds_unready ? unready.size() : 0) + " not ready)";
  advice.wanted = current;
  if (within(spec, careful) || (ratio < 1 && careful > 1) || (ratio > 1 && careful < 1)) {
    advice.reason += ", as it is with those that do not count yet" + why;
    return advice;
  }
  const std::uint32_t wanted = rounded_up(careful * static_cast<double>(counted.size()));
  advice.reason += why;
  if (!(careful < 1 && wanted > current) && !(careful > 1 && wanted < current)) advice.wanted = wanted;
  return advice;
}

Autoscaler::Decision Autoscaler::decide(const AutoscalerSpec& spec, const std::vector<std::vector<InstanceSample>>& samples,
                                        std::uint32_t current, sim::Time now, sim::Time window) {
  std::optional<std::uint32_t> wanted;
  std::string reason, unknown;
  for (std::size_t i = 0; i < spec.metrics.size(); ++i) {
    const MetricAdvice advice = advise(spec, spec.metrics[i], samples[i], current, now, window);
    if (!advice.wanted) {
      unknown = advice.reason;
    } else if (!wanted || *advice.wanted > *wanted) {
      wanted = advice.wanted;
      reason = advice.reason;
    }
  }
  if (wanted && (unknown.empty() || *wanted >= current)) return decide(spec, *wanted, current, now, std::move(reason));
  Decision decision{current, wanted.value_or(current), current, current, unknown};
  if (wanted) decision.reason += ": nothing is taken away while that is so";
  return decision;
}

Autoscaler::Decision Autoscaler::decide(const AutoscalerSpec& spec, std::uint32_t raw, std::uint32_t current, sim::Time now,
                                        std::string reason) {
  Decision decision{current, raw, current, current, std::move(reason)};
  if (current == 0) {
    decision.reason = "scaled to 0 by hand: it stays so until it is scaled by hand";
    return decision;
  }
  decision.stabilised = stabilise(spec, raw, current, now);
  decision.applied = decision.stabilised;
  if (decision.stabilised != raw) decision.reason += "; " + std::to_string(raw) + " held back by the window";
  if (decision.stabilised > current) {
    const std::uint32_t most = std::max(current, std::min(limit_up(spec, current, now), spec.max));
    decision.applied = std::min(decision.stabilised, most);
  } else if (decision.stabilised < current) {
    const std::uint32_t least = std::min(current, std::max(limit_down(spec, current, now), spec.min));
    decision.applied = std::max(decision.stabilised, least);
  }
  if (decision.applied != decision.stabilised) {
    const bool bound = decision.applied == spec.max || decision.applied == spec.min;
    decision.reason +=
        "; " + std::to_string(decision.stabilised) + (bound ? " is out of bounds" : " is more than the rules allow at a time");
  }
  // Whoever is out of bounds is brought back whatever the rules say.
  if (current > spec.max) decision.applied = spec.max;
  if (current < spec.min) decision.applied = spec.min;
  return decision;
}

std::uint32_t Autoscaler::stabilise(const AutoscalerSpec& spec, std::uint32_t raw, std::uint32_t current, sim::Time now) {
  if (recommendations_.empty()) recommendations_.push_back({now, current});
  std::uint32_t up = raw, down = raw;
  for (const Past& past : recommendations_) {
    if (past.at > now - spec.up.window) up = std::min(up, past.number);
    if (past.at > now - spec.down.window) down = std::max(down, past.number);
  }
  const sim::Time kept = std::max(spec.up.window, spec.down.window);
  std::erase_if(recommendations_, [&](const Past& past) { return past.at <= now - kept; });
  recommendations_.push_back({now, raw});
  std::uint32_t wanted = current;
  wanted = std::max(wanted, up);
  return std::min(wanted, down);
}

std::int64_t Autoscaler::sum_since(const std::vector<Past>& changes, sim::Time from) {
  std::int64_t sum = 0;
  for (const Past& change : changes) sum += change.at > from ? change.number : 0;
  return sum;
}

std::uint32_t Autoscaler::limit_up(const AutoscalerSpec& spec, std::uint32_t current, sim::Time now) const {
  if (spec.up.select == Select::disabled) return current;
  const bool most = spec.up.select == Select::max;
  double limit = most ? 0 : std::numeric_limits<double>::max();
  for (const Rule& rule : spec.up.rules) {
    const sim::Time from = now - rule.period;
    const auto start = static_cast<double>(std::int64_t{current} - sum_since(ups_, from) + sum_since(downs_, from));
    const double proposed = rule.kind == Rule::Kind::instances ? start + rule.value : std::ceil(start * (1 + rule.value / 100.0));
    limit = most ? std::max(limit, proposed) : std::min(limit, proposed);
  }
  return rounded_up(std::max(0.0, limit));
}

std::uint32_t Autoscaler::limit_down(const AutoscalerSpec& spec, std::uint32_t current, sim::Time now) const {
  if (spec.down.select == Select::disabled) return current;
  const bool most = spec.down.select == Select::max;
  double limit = most ? std::numeric_limits<double>::max() : 0;
  for (const Rule& rule : spec.down.rules) {
    const sim::Time from = now - rule.period;
    const auto start = static_cast<double>(std::int64_t{current} - sum_since(ups_, from) + sum_since(downs_, from));
    const double proposed = rule.kind == Rule::Kind::instances ? start - rule.value : std::floor(start * (1 - rule.value / 100.0));
    limit = most ? std::min(limit, proposed) : std::max(limit, proposed);
  }
  return rounded_up(std::max(0.0, limit));
}

void Autoscaler::changed(const AutoscalerSpec& spec, std::uint32_t from, std::uint32_t to, sim::Time now) {
  sim::Time longest = 0;
  for (const AutoscalerSpec::Behaviour* behaviour : {&spec.up, &spec.down}) {
    for (const Rule& rule : behaviour->rules) longest = std::max(longest, rule.period);
  }
  for (std::vector<Past>* changes : {&ups_, &downs_}) std::erase_if(*changes, [&](const Past& past) { return past.at <= now - longest; });
  if (to > from) ups_.push_back({now, to - from});
  if (to < from) downs_.push_back({now, from - to});
}

}  // namespace policies
