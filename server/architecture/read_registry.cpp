#include "architecture/read_registry.h"

#include <vector>

#include "model/problem_text.h"

namespace architecture {
namespace {

using model::DiscoveryKind;
using model::DiscoverySpec;

constexpr NumberRange period_range{0, hour_ms};      ///< of what is only computed
constexpr NumberRange interval_range{100, hour_ms};  ///< of what the run stops for
constexpr std::uint32_t in_a_row_max = 255;

void read_flag(Fields& fields, const char* name, bool& into) {
  into = fields.flag(name, Need::optional, into);
}

void read_leases(Fields& fields, policies::LeaseSpec& leases) {
  read_time(fields, "heartbeatMs", {100, 60'000}, leases.heartbeat);
  read_time(fields, "leaseMs", interval_range, leases.duration);
  read_time(fields, "evictionMs", interval_range, leases.pass);
  leases.renewal_percent = fields.integer("renewalPercent", Need::optional, 100, 0, leases.renewal_percent);
  read_flag(fields, "selfPreservation", leases.self_preservation);
  read_time(fields, "recountMs", {1'000, 24 * hour_ms}, leases.recount);
  read_time(fields, "registrationMs", period_range, leases.registration);
  read_flag(fields, "startsEmpty", leases.starts_empty);
  read_time(fields, "emptyWaitMs", period_range, leases.empty_wait);
  if (policies::LeaseSpec::minute % leases.heartbeat != 0) {
    fields.report().add(fields.pointer_to("heartbeatMs"), "outOfRange",
                        "A minute has to be a whole number of heartbeats: 30000, 20000, 15000, 10000, 5000, 3000 ...");
  }
}

void read_probes(Fields& fields, policies::ProbeSpec& probes) {
  policies::HealthSpec& health = probes.health;
  read_time(fields, "intervalMs", interval_range, health.interval);
  read_time(fields, "timeoutMs", {1, hour_ms}, health.timeout);
  health.healthy = static_cast<std::uint8_t>(fields.integer("healthy", Need::optional, in_a_row_max, 1, health.healthy));
  health.unhealthy = static_cast<std::uint8_t>(fields.integer("unhealthy", Need::optional, in_a_row_max, 1, health.unhealthy));
  read_flag(fields, "firstPassIsEnough", health.first_pass_is_enough);
  read_time(fields, "initialDelayMs", period_range, probes.initial_delay);
  read_flag(fields, "failOpen", probes.fails_open);
  if (health.timeout > health.interval) {
    fields.report().add(fields.pointer_to("timeoutMs"), "outOfRange", "A check may not take longer than intervalMs.");
  }
}

void read_figures(Fields& fields, DiscoverySpec& spec) {
  switch (spec.kind) {
    case DiscoveryKind::fixed: {
      sim::Time delay = 0;
      read_time(fields, "delayMs", period_range, delay);
      if (fields.has("delayMs")) spec.delay = delay;
      break;
    }
    case DiscoveryKind::leases:
      read_leases(fields, spec.leases);
      break;
    case DiscoveryKind::probes:
      read_probes(fields, spec.probes);
      break;
  }
  if (spec.kind != DiscoveryKind::fixed) {
    read_time(fields, "serverCacheMs", period_range, spec.caches.server);
    read_time(fields, "fetchMs", period_range, spec.caches.fetch);
    read_time(fields, "listMs", period_range, spec.caches.list);
  }
  read_time(fields, "drainLeastMs", period_range, spec.drain_least);
  read_time(fields, "drainLongestMs", period_range, spec.drain_longest);
  if (spec.drain_longest < spec.drain_least) {
    fields.report().add(fields.pointer_to("drainLongestMs"), "outOfRange", "This has to be at least drainLeastMs.");
  }
}

std::optional<DiscoveryKind> read_kind(Fields& fields, Need need) {
  const auto kind = fields.choice("kind", need, {"fixed", "leases", "probes"}, "a kind of registry");
  if (!kind) return std::nullopt;
  return static_cast<DiscoveryKind>(*kind);
}

std::optional<DiscoverySpec> find_preset(const JsonValue& value, const std::string& pointer, const RegistryPresets& presets,
                                         Report& report) {
  if (!check_text(value, name_rule, pointer, report)) return std::nullopt;
  std::vector<std::string> known;
  for (const RegistryPreset& preset : presets) {
    if (preset.spec.name == value.text) return preset.spec;
    known.push_back(preset.spec.name);
  }
  const std::string nearest = model::nearest_name(value.text, known);
  const std::string others = known.empty() ? "none has a name here" : "known are " + model::joined(known);
  const std::string hint = nearest.empty() ? others + "." : "did you mean \"" + nearest + "\"?";
  report.add(pointer, "unknownPreset", "There is no registry " + model::quoted(value.text) + "; " + hint,
             model::nearest_first(value.text, known));
  return std::nullopt;
}

/// Of an object without a preset, or over one.
std::optional<DiscoverySpec> read_object(Fields& fields, const RegistryPresets& presets) {
  DiscoverySpec spec;
  spec.name.clear();
  const JsonValue* name = fields.find("preset", Need::optional);
  if (name != nullptr) {
    auto preset = find_preset(*name, fields.pointer_to("preset"), presets, fields.report());
    if (!preset) return std::nullopt;  // what is wrong with changes to it nobody can say
    spec = *std::move(preset);
  }
  const auto kind = read_kind(fields, name != nullptr ? Need::optional : Need::required);
  if (name == nullptr && !kind) return std::nullopt;
  if (name != nullptr && kind && *kind != spec.kind) {
    fields.report().add(fields.pointer_to("kind"), "conflict", "The preset " + model::quoted(spec.name) + " is of another kind.");
    return std::nullopt;
  }
  if (kind) spec.kind = *kind;
  read_figures(fields, spec);
  fields.finish();
  return spec;
}

}  // namespace

std::optional<DiscoverySpec> read_registry(Fields& outer, const RegistryPresets& presets) {
  const JsonValue* value = outer.find("registry", Need::optional);
  if (value == nullptr) return std::nullopt;
  const std::string pointer = outer.pointer_to("registry");
  if (value->kind == JsonValue::Kind::string) return find_preset(*value, pointer, presets, outer.report());
  if (value->kind != JsonValue::Kind::object) {
    outer.report().add(
        pointer, "wrongType",
        std::string("This has to be the name of a registry or an object with what it does, not ") + kind_name(value->kind) + ".");
    return std::nullopt;
  }
  Fields fields(*value, pointer, outer.report());
  return read_object(fields, presets);
}

RegistryPresets read_registries(Fields& fields) {
  RegistryPresets presets;
  const JsonValue* list = fields.find("registries", Need::required);
  if (list == nullptr) return presets;
  const Fields names(*list, fields.pointer_to("registries"), fields.report());  // says what is given twice
  if (!names.is_object()) return presets;
  if (list->names.size() > registries_max) {
    fields.report().add(names.pointer(), "tooMany", "There are more than " + std::to_string(registries_max) + " registries.");
    return presets;
  }
  for (std::size_t i = 0; i < list->names.size(); ++i) {
    JsonValue name;
    name.kind = JsonValue::Kind::string;
    name.text = list->names[i];
    const std::string pointer = names.pointer_to(name.text);
    check_text(name, name_rule, pointer, fields.report());
    Fields figures(list->items[i], pointer, fields.report());
    if (!figures.is_object()) continue;
    RegistryPreset preset;
    preset.why = figures.text("why", Need::required, filled_text_rule);
    preset.source = figures.text("source", Need::required, filled_text_rule);
    if (const auto spec = read_object(figures, {})) preset.spec = *spec;
    preset.spec.name = name.text;
    presets.push_back(std::move(preset));
  }
  return presets;
}

}  // namespace architecture
