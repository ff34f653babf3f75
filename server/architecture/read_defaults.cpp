#include "architecture/read_platform.h"
#include "architecture/read_protocol.h"
#include "architecture/read_registry.h"
#include "architecture/read_settings.h"
#include "model/problem_text.h"

namespace architecture {
namespace {

PackageDefaults read_package(const JsonValue& value, const std::string& pointer, Report& report) {
  Fields fields(value, pointer, report);
  PackageDefaults defaults;
  if (!fields.is_object()) return defaults;
  fields.text("why", Need::optional, text_rule);
  defaults.settings = read_settings(fields, Need::required);
  fields.finish();
  return defaults;
}

std::map<std::string, PackageDefaults> read_packages(Fields& fields, const std::vector<std::string>& packages) {
  std::map<std::string, PackageDefaults> result;
  const JsonValue* value = fields.find("packages", Need::required);
  if (value == nullptr) return result;
  Fields list(*value, fields.pointer_to("packages"), fields.report());
  if (!list.is_object()) return result;
  for (const std::string& package : packages) {
    if (const JsonValue* entry = list.find(package.c_str(), Need::required)) {
      result[package] = read_package(*entry, list.pointer_to(package), fields.report());
    }
  }
  list.finish();
  return result;
}

}  // namespace

std::variant<Defaults, Problems> read_defaults(std::string_view json, const std::vector<std::string>& packages) {
  auto parsed = parse_json(json);
  if (const auto* problem = std::get_if<model::Problem>(&parsed)) return Problems{*problem};
  Report report;
  Defaults defaults;
  Fields fields(std::get<JsonValue>(parsed), "", report);
  if (fields.is_object()) {
    fields.text("description", Need::optional, text_rule);
    fields.text("source", Need::optional, text_rule);
    defaults.registry_delay_ms = fields.number("registryDelayMs", Need::required, {0, 3'600'000});
    defaults.trace_sample_rate = fields.number("traceSampleRate", Need::required, {0, 1});
    defaults.packages = read_packages(fields, packages);
    defaults.protocols = read_protocols(fields);
    defaults.platforms = read_usual_platforms(fields);
    defaults.registries = read_registries(fields);
    fields.finish();
  }
  if (!report.empty()) return report.take();
  return defaults;
}

}  // namespace architecture
