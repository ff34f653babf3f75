#include "architecture/read_shedding.h"

#include <array>
#include <numeric>

namespace architecture {
namespace {

using policies::ShedRange;

// --- limits

struct ReadLimit {
  Fields& fields;

  void integer(const char* name, std::uint32_t min, std::uint32_t max, std::uint32_t& value) {
    value = fields.integer(name, Need::optional, max, min, value);
  }
  void number(const char* name, NumberRange range, double& value) { value = fields.number(name, Need::optional, range, value); }

  void operator()(policies::FixedLimit& limit) { limit.limit = fields.integer("limit", Need::required, many, 1, 1); }
  void operator()(policies::AimdSpec& spec) {
    integer("initial", 1, many, spec.initial);
    integer("min", 1, many, spec.min);
    integer("max", 1, many, spec.max);
    number("backoff", {0.5, 0.999}, spec.backoff);
    read_time(fields, "timeoutMs", {0.001, hour_ms}, spec.timeout);
  }
  void operator()(policies::VegasSpec& spec) {
    integer("initial", 1, many, spec.initial);
    integer("max", 1, many, spec.max);
    number("smoothing", {0.001, 1}, spec.smoothing);
    integer("probeMultiplier", 1, 1'000, spec.probe_multiplier);
  }
  void operator()(policies::Gradient2Spec& spec) {
    integer("initial", 1, many, spec.initial);
    integer("min", 1, many, spec.min);
    integer("max", 1, many, spec.max);
    number("tolerance", {1, 10}, spec.tolerance);
    integer("longWindow", 1, many, spec.long_window);
    number("smoothing", {0.001, 1}, spec.smoothing);
    integer("queue", 0, many, spec.queue);
  }
  void operator()(policies::EnvoyGradientSpec& spec) {
    read_time(fields, "updateIntervalMs", {1, hour_ms}, spec.update_interval);
    read_time(fields, "minRttIntervalMs", {1, 24 * hour_ms}, spec.min_rtt_interval);
    integer("requests", 1, many, spec.requests);
    number("jitter", chance_range, spec.jitter);
    number("buffer", {0, 10}, spec.buffer);
    number("quantile", {0.001, 0.999}, spec.quantile);
    integer("max", 1, many, spec.max);
    integer("minConcurrency", 1, many, spec.min_concurrency);
  }
};

const char* order_of(const policies::ConcurrencySpec& spec) {
  if (std::holds_alternative<policies::VegasSpec>(spec)) return "initial has to be at most max (20 and 1000 when left out).";
  if (std::holds_alternative<policies::EnvoyGradientSpec>(spec)) return "minConcurrency has to be at most max (3 and 1000 when left out).";
  return "min, initial and max have to be in this order (20, 20 and 200 when left out).";
}

policies::ConcurrencySpec usual_limit(std::size_t kind) {
  static const std::array<policies::ConcurrencySpec, 5> usual{policies::FixedLimit{}, policies::AimdSpec{}, policies::VegasSpec{},
                                                              policies::Gradient2Spec{}, policies::EnvoyGradientSpec{}};
  return usual[kind];
}

/// The name of a kind, or an object with it.
std::optional<policies::ConcurrencySpec> read_limit(const JsonValue& value, const std::string& pointer, Report& report) {
  constexpr const char* what = "a limit";
  if (value.kind == JsonValue::Kind::string) {
    const auto kind = check_choice(value, model::limit_names(), what, pointer, report);
    if (kind && *kind == 0) report.add(pointer, "missingField", R"(A fixed limit has to say how many: {"kind": "fixed", "limit": 100}.)");
    return kind ? std::optional(usual_limit(*kind)) : std::nullopt;
  }
  if (value.kind != JsonValue::Kind::object) {
    report.add(pointer, "wrongType",
               std::string("This has to be the name of a limit, an object with its kind or null, not ") + kind_name(value.kind) + ".");
    return std::nullopt;
  }
  const std::size_t problems_before = report.size();
  Fields fields(value, pointer, report);
  const auto kind = fields.choice("kind", Need::required, model::limit_names(), what);
  if (!kind) return std::nullopt;
  policies::ConcurrencySpec spec = usual_limit(*kind);
  std::visit(ReadLimit{fields}, spec);
  fields.finish();
  if (report.size() == problems_before && !policies::valid(spec)) report.add(pointer, "outOfRange", order_of(spec));
  return spec;
}

// --- classes

model::Shedding::Shares read_shares(const JsonValue& value, const std::string& pointer, Report& report) {
  constexpr double rounding = 1e-9;
  Fields fields(value, pointer, report);
  model::Shedding::Shares shares{};
  if (!fields.is_object()) return shares;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    shares[i] = fields.number(model::importance_names()[i].c_str(), Need::optional, chance_range);
  }
  fields.finish();
  if (std::accumulate(shares.begin(), shares.end(), 0.0) > 1 + rounding) {
    report.add(pointer, "outOfRange", "All shares together have to be at most 1: there is no more than all of the limit.");
  }
  return shares;
}

ShedRange read_range(const JsonValue& value, const std::string& pointer, Report& report) {
  const std::size_t problems_before = report.size();
  Fields fields(value, pointer, report);
  if (!fields.is_object()) return {};
  ShedRange range;
  range.from = fields.number("from", Need::required, chance_range);
  range.to = fields.number("to", Need::required, chance_range, 1);
  fields.finish();
  if (report.size() == problems_before && range.from > range.to) {
    report.add(fields.pointer_to("to"), "outOfRange", "\"to\" has to be at least \"from\".");
  }
  return range;
}

policies::UtilisationSpec read_utilisation(const JsonValue& value, const std::string& pointer, Report& report) {
  Fields fields(value, pointer, report);
  policies::UtilisationSpec spec;
  if (!fields.is_object()) return spec;
  read_time(fields, "windowMs", {1, hour_ms}, spec.window);
  for (std::size_t i = 0; i < spec.ranges.size(); ++i) {
    const char* name = model::importance_names()[i].c_str();
    const JsonValue* range = fields.find(name, Need::optional);
    if (range == nullptr) continue;
    spec.ranges[i] = fields.is_null(name) ? ShedRange{} : read_range(*range, fields.pointer_to(name), report);
  }
  fields.finish();
  return spec;
}

/// The member, unless it is missing or null.
const JsonValue* given(Fields& fields, const char* name) {
  const JsonValue* value = fields.find(name, Need::optional);
  return value == nullptr || value->kind == JsonValue::Kind::null ? nullptr : value;
}

}  // namespace

model::Shedding read_shedding(const JsonValue& value, const std::string& pointer, Report& report) {
  const std::size_t problems_before = report.size();
  Fields fields(value, pointer, report);
  model::Shedding shedding;
  if (!fields.is_object()) return shedding;
  if (const JsonValue* limit = given(fields, "limit")) shedding.limit = read_limit(*limit, fields.pointer_to("limit"), report);
  if (const JsonValue* shares = given(fields, "shares")) shedding.shares = read_shares(*shares, fields.pointer_to("shares"), report);
  if (const JsonValue* use = given(fields, "utilisation")) {
    shedding.utilisation = read_utilisation(*use, fields.pointer_to("utilisation"), report);
  }
  fields.finish();
  if (report.size() > problems_before) return shedding;
  if (shedding.shares && !shedding.limit) {
    report.add(fields.pointer_to("shares"), "conflict", "Shares are of a limit; give a \"limit\" as well.");
  } else if (!shedding.limit && !shedding.utilisation) {
    report.add(pointer, "empty", "This turns nothing down; give a \"limit\" or a \"utilisation\".");
  }
  return shedding;
}

std::variant<model::Shedding, Problems> read_shedding(std::string_view json) {
  auto parsed = parse_json(json);
  if (const auto* problem = std::get_if<model::Problem>(&parsed)) return Problems{*problem};
  Report report;
  model::Shedding shedding = read_shedding(std::get<JsonValue>(parsed), "", report);
  if (!report.empty()) return report.take();
  return shedding;
}

}  // namespace architecture
