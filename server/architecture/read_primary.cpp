#include "architecture/read_primary.h"

#include <algorithm>

#include "architecture/architecture.h"
#include "architecture/read_distribution.h"
#include "model/problem_text.h"
#include "packages/list.h"

namespace architecture {
namespace {

constexpr const char* presets_are = "a preset";

/// A number, or "majority".
void read_acknowledgements(Fields& fields, model::PrimarySpec& primary) {
  const JsonValue* value = fields.find("acknowledgements", Need::optional);
  if (value == nullptr) return;
  const std::string pointer = fields.pointer_to("acknowledgements");
  if (value->kind == JsonValue::Kind::string) {
    if (check_choice(*value, {"majority"}, "a number of acknowledgements", pointer, fields.report()))
      primary.acknowledgements = model::PrimarySpec::majority_acknowledges;
    return;
  }
  primary.acknowledgements = fields.integer("acknowledgements", Need::optional, model::PrimarySpec::acknowledgements_max);
}

}  // namespace

std::optional<model::PrimarySpec> read_primary(Fields& outer) {
  const JsonValue* value = outer.find("primary", Need::optional);
  if (value == nullptr) return std::nullopt;
  const std::string pointer = outer.pointer_to("primary");
  if (value->kind == JsonValue::Kind::string) {
    const auto preset = check_choice(*value, model::primary_preset_names(), presets_are, pointer, outer.report());
    return model::primary_preset(preset.value_or(0));
  }
  if (value->kind != JsonValue::Kind::object) {
    outer.report().add(
        pointer, "wrongType",
        std::string("This has to be the name of a preset or an object that says what is different, not ") + kind_name(value->kind) + ".");
    return std::nullopt;
  }
  Fields fields(*value, pointer, outer.report());
  model::PrimarySpec primary =
      model::primary_preset(fields.choice("preset", Need::optional, model::primary_preset_names(), presets_are).value_or(0));
  if (const auto from = fields.choice("reads", Need::optional, model::read_from_names(), "whom reads go to"))
    primary.read_from = static_cast<model::ReadFrom>(*from);
  primary.lag = read_time(fields, "lag").value_or(primary.lag);
  primary.apply = sim::from_ms(fields.number("applyMs", Need::optional, {0, 3'600'000}, sim::to_ms(primary.apply)));
  read_acknowledgements(fields, primary);
  primary.goes_on = fields.flag("goesOnAlone", Need::optional, primary.goes_on);
  primary.shared_storage = fields.flag("sharedStorage", Need::optional, primary.shared_storage);
  primary.needs_majority = fields.flag("needsMajority", Need::optional, primary.needs_majority);
  primary.detection = read_time(fields, "detection").value_or(primary.detection);
  primary.failover = read_time(fields, "failover").value_or(primary.failover);
  fields.finish();
  return primary;
}

void check_primary(Fields& fields, const Service& service) {
  const model::PackageInfo* package = packages::find(service.package);
  if (package == nullptr) return;
  const bool cluster = std::find(service.dependencies.begin(), service.dependencies.end(), service.name) != service.dependencies.end();
  if (!package->elects) {
    if (service.serving.primary)
      fields.report().add(fields.pointer_to("primary"), "conflict",
                          "Services of package " + model::quoted(service.package) + " have no primary; a \"primary\" is for services of " +
                              "package \"primary\".");
  } else if (!cluster && service.serving.primary && service.serving.primary->acknowledgements > 0) {
    fields.report().add(fields.pointer_to("primary"), "conflict",
                        "Writes wait for secondaries, which are other instances: the service has to name itself among its "
                        "\"dependencies\", or have 0 \"acknowledgements\".");
  }
}

}  // namespace architecture
