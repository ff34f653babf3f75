#include <algorithm>

#include "architecture/read_changes.h"
#include "model/problem_text.h"

namespace architecture {
namespace {

using model::AnalysisSpec;
using model::CanaryStep;
using model::DeploymentSpec;
using model::Strategy;

constexpr NumberRange version_factor_range{0.001, 1'000};
constexpr TextRule version_rule{50, true};

const JsonValue* list_of(Fields& fields, const char* name, std::size_t most) {
  const JsonValue* list = fields.find(name, Need::optional);
  const std::string pointer = fields.pointer_to(name);
  if (list == nullptr || !check_kind(*list, JsonValue::Kind::array, pointer, fields.report())) return nullptr;
  if (list->items.size() <= most) return list;
  fields.report().add(pointer, "tooMany", "There are more than " + std::to_string(most) + " of these.");
  return nullptr;
}

// --- versions

bool is_version_name(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return is_name_character(c) || c == '.'; });
}

void read_version_content(Fields& fields, model::VersionSpec& version) {
  version.service_time_factor = fields.number("serviceTimeFactor", Need::optional, version_factor_range, version.service_time_factor);
  version.error_rate = fields.number("errorRate", Need::optional, {0, 1}, version.error_rate);
  const double start_up = fields.number("startUpMs", Need::optional, {0, day_ms});
  if (fields.has("startUpMs")) version.start_up_ms = start_up;
  if (const JsonValue* leak = fields.find("memoryLeak", Need::optional)) {
    Fields inner(*leak, fields.pointer_to("memoryLeak"), fields.report());
    if (inner.is_object()) {
      version.crash_after_ms = inner.number("crashAfterMs", Need::required, {1, week_ms}, 1);
      inner.finish();
    }
  }
  if (const JsonValue* contract = fields.find("contract", Need::optional)) {
    version.contract = read_versions(*contract, fields.pointer_to("contract"), fields.report());
  }
}

/// A name, with its content beside it, or an object with both.
void read_version(Fields& fields, model::VersionSpec& version) {
  const JsonValue* value = fields.find("version", Need::required);
  if (value == nullptr) {
    read_version_content(fields, version);
    return;
  }
  if (value->kind == JsonValue::Kind::object) {
    Fields inner(*value, fields.pointer_to("version"), fields.report());
    version.name = read_version_name(inner, "id", Need::required);
    read_version_content(inner, version);
    inner.finish();
    return;
  }
  version.name = read_version_name(fields, "version", Need::required);
  read_version_content(fields, version);
}

// --- strategies

void read_amount(Fields& fields, const std::string& name, model::Amount& amount) {
  const std::string percent = name + "Percent";
  if (fields.has(name) && fields.has(percent)) {
    fields.report().add(fields.pointer_to(percent), "conflict", "Give one of " + name + ", instances, and " + percent + ".");
  }
  const std::uint32_t count = fields.integer(name.c_str(), Need::optional, many);
  const double part = fields.number(percent.c_str(), Need::optional, percent_range);
  if (fields.has(name)) amount = {static_cast<double>(count), false};
  if (fields.has(percent)) amount = {part, true};
}

AnalysisSpec::Bound read_bound(const JsonValue& value, const std::string& pointer, Report& report) {
  AnalysisSpec::Bound bound;
  Fields fields(value, pointer, report);
  if (!fields.is_object()) return bound;
  const auto metric = fields.choice("metric", Need::required, model::analysis_metric_names(), "a metric");
  if (metric) bound.metric = static_cast<AnalysisSpec::Metric>(*metric);
  const auto read = [&](const char* name, NumberRange range, std::optional<double>& into) {
    const double number = fields.number(name, Need::optional, range);
    if (fields.has(name)) into = number;
  };
  const NumberRange range = bound.metric == AnalysisSpec::Metric::error_rate ? NumberRange{0, 1} : NumberRange{0, day_ms};
  read("max", range, bound.max);
  read("maxRatio", {0, 1'000'000}, bound.max_ratio);
  read("maxOver", range, bound.max_over);
  fields.finish();
  if (!bound.max && !bound.max_ratio && !bound.max_over) {
    report.add(pointer, "missingField", "Say how much it may be: max, or against the old version maxRatio or maxOver.");
  }
  return bound;
}

void read_analysis(Fields& outer, AnalysisSpec& spec) {
  const JsonValue* value = outer.find("analysis", Need::optional);
  if (value == nullptr) return;
  Fields fields(*value, outer.pointer_to("analysis"), outer.report());
  if (!fields.is_object()) return;
  if (const JsonValue* list = list_of(fields, "metrics", AnalysisSpec::bounds_max)) {
    spec.bounds.clear();
    const std::string pointer = fields.pointer_to("metrics");
    for (std::size_t i = 0; i < list->items.size(); ++i) {
      spec.bounds.push_back(read_bound(list->items[i], item_pointer(pointer, i), fields.report()));
    }
  }
  read_time(fields, "intervalMs", {1'000, day_ms}, spec.interval);
  spec.count = fields.integer("count", Need::optional, 1'000, 1, spec.count);
  spec.failure_limit = fields.integer("failureLimit", Need::optional, 1'000, 0, spec.failure_limit);
  spec.consecutive_error_limit = fields.integer("consecutiveErrorLimit", Need::optional, 1'000, 0, spec.consecutive_error_limit);
  spec.requests_min = fields.integer("requestsMin", Need::optional, many, 1, spec.requests_min);
  fields.finish();
}

/// One of weight, pauseMs (null: until somebody promotes) and analysis.
CanaryStep read_step(const JsonValue& value, const std::string& pointer, Report& report) {
  CanaryStep step;
  Fields fields(value, pointer, report);
  if (!fields.is_object()) return step;
  const int given = (fields.has("weight") ? 1 : 0) + (fields.has("pauseMs") ? 1 : 0) + (fields.has("analysis") ? 1 : 0);
  if (given != 1) report.add(pointer, "conflict", "A step is one of weight, pauseMs and analysis.");
  step.weight = fields.number("weight", Need::optional, percent_range);
  if (fields.has("pauseMs")) {
    step.kind = CanaryStep::Kind::pause;
    if (fields.is_null("pauseMs")) {
      fields.find("pauseMs", Need::optional);
    } else {
      step.duration = sim::from_ms(fields.number("pauseMs", Need::optional, {0, week_ms}));
    }
  }
  if (fields.has("analysis")) {
    step.kind = CanaryStep::Kind::analysis;
    if (!fields.flag("analysis", Need::optional, true)) report.add(fields.pointer_to("analysis"), "badValue", "This has to be true.");
  }
  fields.finish();
  return step;
}

void read_canary(Fields& fields, DeploymentSpec& spec) {
  if (const JsonValue* list = list_of(fields, "steps", DeploymentSpec::steps_max)) {
    spec.steps.clear();
    const std::string pointer = fields.pointer_to("steps");
    for (std::size_t i = 0; i < list->items.size(); ++i) {
      spec.steps.push_back(read_step(list->items[i], item_pointer(pointer, i), fields.report()));
    }
  }
  spec.scales_stable = fields.flag("dynamicStableScale", Need::optional, spec.scales_stable);
  read_time(fields, "scaleDownDelayMs", {0, week_ms}, spec.scale_down_delay);
}

void read_percentages(Fields& fields, DeploymentSpec& spec) {
  const JsonValue* list = list_of(fields, "targetPercentages", DeploymentSpec::steps_max);
  if (list == nullptr) return;
  spec.target_percentages.clear();
  const std::string pointer = fields.pointer_to("targetPercentages");
  for (std::size_t i = 0; i < list->items.size(); ++i) {
    if (!check_number(list->items[i], {0.001, 100}, item_pointer(pointer, i), fields.report())) return;
    const double percent = list->items[i].number;
    if (!spec.target_percentages.empty() && percent <= spec.target_percentages.back()) {
      fields.report().add(item_pointer(pointer, i), "outOfRange", "Each has to be more than the one before.");
    }
    spec.target_percentages.push_back(percent);
  }
}

void read_strategy_fields(Fields& fields, DeploymentSpec& spec) {
  read_time(fields, "minReadyMs", {0, day_ms}, spec.min_ready);
  read_time(fields, "progressDeadlineMs", {1'000, week_ms}, spec.progress_deadline);
  switch (spec.strategy) {
    case Strategy::rolling:
      read_amount(fields, "maxSurge", spec.max_surge);
      read_amount(fields, "maxUnavailable", spec.max_unavailable);
      return;
    case Strategy::recreate:
      return;
    case Strategy::canary:
      read_canary(fields, spec);
      break;
    case Strategy::blue_green:
      spec.auto_promote = fields.flag("autoPromote", Need::optional, spec.auto_promote);
      read_time(fields, "scaleDownDelayMs", {0, week_ms}, spec.scale_down_delay);
      break;
    case Strategy::rolling_red_black:
      read_percentages(fields, spec);
      [[fallthrough]];
    case Strategy::red_black:
      read_time(fields, "delayBeforeDisableMs", {0, week_ms}, spec.delay_before_disable);
      spec.max_remaining = fields.integer("maxRemaining", Need::optional, 100, 1, spec.max_remaining);
      break;
    case Strategy::asgard:
      read_time(fields, "judgmentMs", {0, day_ms}, spec.judgment);
      read_time(fields, "eurekaWaitMs", {0, day_ms}, spec.eureka_wait);
      break;
  }
  read_analysis(fields, spec.analysis);
}

/// A name, or an object with its kind; over what a preset says.
void read_strategy(Fields& fields, DeploymentSpec& spec) {
  const JsonValue* value = fields.find("strategy", Need::optional);
  if (value == nullptr) return;
  const std::string pointer = fields.pointer_to("strategy");
  Report& report = fields.report();
  const auto set_kind = [&](std::optional<std::size_t> kind, const std::string& where) {
    if (!kind) return;
    const auto strategy = static_cast<Strategy>(*kind);
    if (!spec.preset.empty() && strategy != spec.strategy) {
      report.add(where, "conflict",
                 "The preset " + model::quoted(spec.preset) + " is of the strategy " +
                     model::quoted(model::strategy_names()[static_cast<std::size_t>(spec.strategy)]) + ".");
    }
    spec.strategy = strategy;
  };
  if (value->kind == JsonValue::Kind::string) {
    set_kind(check_choice(*value, model::strategy_names(), "a strategy", pointer, report), pointer);
    return;
  }
  Fields inner(*value, pointer, report);
  if (!inner.is_object()) return;
  set_kind(inner.choice("kind", spec.preset.empty() ? Need::required : Need::optional, model::strategy_names(), "a strategy"),
           inner.pointer_to("kind"));
  read_strategy_fields(inner, spec);
  inner.finish();
}

void check(const DeploymentSpec& spec, Report& report) {
  if (spec.strategy != Strategy::canary) return;
  if (spec.steps.empty())
    report.add("/strategy", "missingField",
               "A canary needs steps: {\"kind\": \"canary\", \"steps\": [{\"weight\": 10}, ...]}, or a preset.");
  const bool analysed =
      std::any_of(spec.steps.begin(), spec.steps.end(), [](const auto& s) { return s.kind == CanaryStep::Kind::analysis; });
  if (analysed && spec.analysis.bounds.empty()) {
    report.add("/strategy/analysis", "missingField", "A step is an analysis, and nothing says what is looked at: give analysis.metrics.");
  }
}

}  // namespace

std::string read_version_name(Fields& fields, const char* name, Need need) {
  std::string text = fields.text(name, need, {version_rule.length_max, false, need == Need::required});
  if (text.empty() || is_version_name(text)) return text;
  fields.report().add(fields.pointer_to(name), "badName", "A version is 1 to 50 letters, digits, dots, dashes and underscores.");
  return {};
}

std::optional<model::VersionRange> read_versions(const JsonValue& value, const std::string& pointer, Report& report) {
  constexpr const char* what = "one to three numbers with dots, such as \"1.3\"";
  if (value.kind == JsonValue::Kind::string) {
    auto range = model::range_of(value.text);
    if (!range) report.add(pointer, "badVersion", std::string("Versions are ") + what + ", or an object with min and max.");
    return range;
  }
  if (value.kind != JsonValue::Kind::object) {
    report.add(pointer, "wrongType",
               std::string("This has to be ") + what + ", or an object with min and max, not " + kind_name(value.kind) + ".");
    return std::nullopt;
  }
  Fields fields(value, pointer, report);
  const std::string min = fields.text("min", Need::required, {20});
  const std::string max = fields.text("max", Need::required, {20});
  fields.finish();
  auto range = model::range_between(min, max);
  if (!range) report.add(pointer, "badVersion", std::string("min and max are each ") + what + ", and min is not over max.");
  return range;
}

std::variant<DeploymentSpec, Problems> read_deployment(std::string_view json) {
  auto parsed = parse_json(json);
  if (const auto* problem = std::get_if<model::Problem>(&parsed)) return Problems{*problem};
  Report report;
  DeploymentSpec spec;
  Fields fields(std::get<JsonValue>(parsed), "", report);
  if (fields.is_object()) {
    if (const auto preset = fields.choice("preset", Need::optional, model::deployment_preset_names(), "a preset")) {
      spec = model::deployment_preset(model::deployment_preset_names()[*preset]);
    }
    read_version(fields, spec.version);
    read_strategy(fields, spec);
    if (fields.has("batchPercent")) {
      spec.max_surge = {fields.number("batchPercent", Need::optional, {0.001, 100}, 25), true};
      if (spec.strategy != Strategy::rolling) report.add("/batchPercent", "conflict", "Only a rolling deployment goes by batches.");
    }
    spec.force = fields.flag("force", Need::optional);
    spec.keep = fields.flag("keep", Need::optional);
    spec.auto_rollback = fields.flag("autoRollback", Need::optional, spec.auto_rollback);
    const auto shape = fields.choice("rollbackShape", Need::optional, {"immediate", "weighted"}, "a shape");
    if (shape) spec.weighted_rollback = *shape == 1;
    fields.finish();
    check(spec, report);
  }
  if (!report.empty()) return report.take();
  return spec;
}

std::variant<model::RoutingSpec, Problems> read_routing(std::string_view json) {
  auto parsed = parse_json(json);
  if (const auto* problem = std::get_if<model::Problem>(&parsed)) return Problems{*problem};
  Report report;
  model::RoutingSpec spec;
  Fields fields(std::get<JsonValue>(parsed), "", report);
  const JsonValue* list = fields.is_object() ? fields.find("rules", Need::required) : nullptr;
  if (list != nullptr && check_kind(*list, JsonValue::Kind::array, "/rules", report) &&
      list->items.size() > model::RoutingSpec::rules_max) {
    report.add("/rules", "tooMany", "There are more than " + std::to_string(model::RoutingSpec::rules_max) + " of these.");
    list = nullptr;
  }
  for (std::size_t i = 0; list != nullptr && i < list->items.size(); ++i) {
    model::RouteRule rule;
    Fields inner(list->items[i], item_pointer("/rules", i), report);
    if (!inner.is_object()) continue;
    if (const JsonValue* match = inner.find("match", Need::optional)) {
      Fields m(*match, inner.pointer_to("match"), report);
      if (m.is_object()) {
        rule.header = m.text("header", Need::optional, {50, false, true});
        rule.percent = m.number("percent", Need::optional, percent_range, 100);
        rule.client = m.text("client", Need::optional, {50, false, true});
        rule.client_version = read_version_name(m, "clientVersion", Need::optional);
        m.finish();
      }
    }
    rule.to_version = read_version_name(inner, "toVersion", Need::required);
    rule.weight = inner.number("weight", Need::optional, percent_range, 100);
    rule.sticky = inner.flag("sticky", Need::optional);
    rule.mirror = inner.flag("mirror", Need::optional);
    inner.finish();
    spec.rules.push_back(std::move(rule));
  }
  if (fields.is_object()) fields.finish();
  if (!report.empty()) return report.take();
  return spec;
}

std::variant<std::vector<model::FeatureFlag>, Problems> read_flags(std::string_view json) {
  auto parsed = parse_json(json);
  if (const auto* problem = std::get_if<model::Problem>(&parsed)) return Problems{*problem};
  Report report;
  std::vector<model::FeatureFlag> flags;
  Fields fields(std::get<JsonValue>(parsed), "", report);
  const JsonValue* list = fields.is_object() ? fields.find("flags", Need::required) : nullptr;
  if (list != nullptr && check_kind(*list, JsonValue::Kind::array, "/flags", report) &&
      list->items.size() > model::FeatureFlag::flags_max) {
    report.add("/flags", "tooMany", "There are more than " + std::to_string(model::FeatureFlag::flags_max) + " of these.");
    list = nullptr;
  }
  for (std::size_t i = 0; list != nullptr && i < list->items.size(); ++i) {
    model::FeatureFlag flag;
    Fields inner(list->items[i], item_pointer("/flags", i), report);
    if (!inner.is_object()) continue;
    flag.name = inner.text("name", Need::required, {50, true, true});
    flag.version = read_version_name(inner, "version", Need::required);
    flag.on = inner.flag("on", Need::required);
    flag.service_time_factor = inner.number("serviceTimeFactor", Need::optional, version_factor_range, 1);
    flag.error_rate = inner.number("errorRate", Need::optional, {0, 1});
    inner.finish();
    flags.push_back(std::move(flag));
  }
  if (fields.is_object()) fields.finish();
  if (!report.empty()) return report.take();
  return flags;
}

}  // namespace architecture
