#include <algorithm>
#include <map>
#include <set>

#include "architecture/read_settings.h"
#include "model/problem_text.h"
#include "packages/list.h"

namespace architecture {
namespace {

constexpr TextRule name_rule{name_length_max, true};
constexpr TextRule level_rule{name_length_max};  // levels of the hierarchical name come from other tools: "postgres:9.4", "./app"
constexpr TextRule filled_rule{name_length_max, false, true};
constexpr TextRule text_rule{text_length_max};

const char* const eureka = "eureka";

/// Spigo takes any text for the name of an architecture, even a path. Ours is the first level of every instance's name, so each run of
/// other characters becomes one "-".
std::string read_architecture_name(Fields& fields) {
  const JsonValue* value = fields.find("arch", Need::required);
  if (value == nullptr || !check_text(*value, filled_rule, fields.pointer_to("arch"), fields.report())) return {};
  std::string name;
  bool gap = false;
  for (const char c : value->text) {
    if (is_name_character(c)) {
      if (gap && !name.empty() && name.back() != '-' && c != '-') name += '-';
      name += c;
    }
    gap = !is_name_character(c);
  }
  if (name.empty()) {
    fields.report().add(fields.pointer_to("arch"), "badName", model::quoted(value->text) + " is not a name: it has no letter or digit.");
  }
  return name;
}

/// Null is what spigo writes for none. One that is named twice counts once.
std::vector<std::string> read_dependencies(Fields& fields) {
  const JsonValue* value = fields.find("dependencies", Need::optional);
  if (value == nullptr || value->kind == JsonValue::Kind::null) return {};
  return fields.texts("dependencies", Need::optional, filled_rule, services_max + 1);
}

std::string read_package(Fields& fields, const std::vector<std::string>& packages) {
  const JsonValue* value = fields.find("package", Need::required);
  const std::string pointer = fields.pointer_to("package");
  if (value == nullptr || !check_kind(*value, JsonValue::Kind::string, pointer, fields.report())) return {};
  if (std::find(packages.begin(), packages.end(), value->text) != packages.end()) return value->text;
  const std::string nearest = model::nearest_name(value->text, packages);
  const std::string hint = nearest.empty() ? "known are " + model::joined(packages) + "." : "did you mean \"" + nearest + "\"?";
  fields.report().add(pointer, "unknownPackage", "There is no package " + model::quoted(value->text) + "; " + hint,
                      model::nearest_first(value->text, packages));
  return {};
}

void check_load(Fields& fields, const Service& service) {
  const model::PackageInfo* package = packages::find(service.package);
  if (!service.settings.load || package == nullptr || package->load_source) return;
  fields.report().add(fields.pointer_to("load"), "conflict",
                      "Services of package " + model::quoted(service.package) + " are no load sources: they send what they are asked to.");
}

Service read_service(const JsonValue& value, const std::string& pointer, const std::vector<std::string>& packages, Report& report) {
  Fields fields(value, pointer, report);
  Service service;
  if (!fields.is_object()) return service;
  service.name = fields.text("name", Need::required, name_rule);
  service.package = read_package(fields, packages);
  service.regions = fields.integer("regions", Need::optional, regions_max);
  service.count = fields.integer("count", Need::optional, count_max);
  service.dependencies = read_dependencies(fields);
  service.machine = fields.text("machine", Need::optional, level_rule);
  service.instance = fields.text("instance", Need::optional, level_rule);
  service.container = fields.text("container", Need::optional, level_rule);
  service.process = fields.text("process", Need::optional, level_rule);
  service.settings = read_settings(fields, Need::optional);
  check_load(fields, service);
  fields.finish();
  return service;
}

std::vector<Service> read_services(Fields& fields, const std::vector<std::string>& packages) {
  const JsonValue* list = fields.find("services", Need::required);
  const std::string pointer = fields.pointer_to("services");
  std::vector<Service> services;
  if (list == nullptr || !check_kind(*list, JsonValue::Kind::array, pointer, fields.report())) return services;
  if (list->items.empty()) fields.report().add(pointer, "empty", "An architecture needs at least one service.");
  if (list->items.size() > services_max) {
    fields.report().add(pointer, "tooMany", "There are more than " + std::to_string(services_max) + " services.");
    return services;
  }
  for (std::size_t i = 0; i < list->items.size(); ++i) {
    services.push_back(read_service(list->items[i], item_pointer(pointer, i), packages, fields.report()));
  }
  return services;
}

/// What can only be said of a document as a whole: names are unique, and what is named exists.
class References {
 public:
  References(Architecture& document, Report& report) : document_(document), report_(report) {}

  void check() {
    collect_names();
    for (std::size_t i = 0; i < document_.services.size(); ++i) check_dependencies(i);
    if (!document_.victim.empty() && first_.count(document_.victim) == 0) unknown_service("/victim", document_.victim, names_);
  }

 private:
  static std::string service_pointer(std::size_t index) { return item_pointer("/services", index); }

  void collect_names() {
    for (std::size_t i = 0; i < document_.services.size(); ++i) {
      const std::string& name = document_.services[i].name;
      if (name.empty()) continue;  // reported where it was read
      const std::string pointer = service_pointer(i) + "/name";
      if (name == eureka) {
        report_.add(pointer, "reservedName", "\"eureka\" is the registry of every architecture; a service needs another name.");
      } else if (const auto [place, fresh] = first_.emplace(name, i); fresh) {
        names_.push_back(name);
      } else {
        report_.add(pointer, "duplicateName",
                    "The service " + model::quoted(name) + " is already at " + service_pointer(place->second) + ".");
      }
    }
    dependables_ = names_;
    dependables_.emplace_back(eureka);
  }

  void check_dependencies(std::size_t index) {
    std::vector<std::string>& dependencies = document_.services[index].dependencies;
    const std::string pointer = service_pointer(index) + "/dependencies";
    std::vector<std::string> kept;
    std::set<std::string> seen;
    for (std::size_t i = 0; i < dependencies.size(); ++i) {
      const std::string& name = dependencies[i];
      if (name.empty() || !seen.insert(name).second) continue;  // "": reported where it was read
      kept.push_back(name);
      if (name != eureka && first_.count(name) == 0) unknown_service(item_pointer(pointer, i), name, dependables_);
    }
    dependencies = std::move(kept);
  }

  void unknown_service(const std::string& pointer, const std::string& name, const std::vector<std::string>& known) {
    constexpr std::size_t shown_max = 20;
    // Comparing names costs time by their length and number; a document that is wrong throughout gets no more hints.
    const std::string nearest = hints_left_ > 0 ? model::nearest_name(name, known) : std::string();
    if (hints_left_ > 0) --hints_left_;
    std::vector<std::string> shown;
    if (!nearest.empty()) shown.push_back(nearest);
    for (std::size_t i = 0; i < known.size() && shown.size() < shown_max && hints_left_ > 0; ++i) {
      if (known[i] != nearest) shown.push_back(known[i]);
    }
    const std::string hint = nearest.empty() ? "." : "; did you mean \"" + nearest + "\"?";
    report_.add(pointer, "unknownService", "There is no service " + model::quoted(name) + hint, std::move(shown));
  }

  Architecture& document_;
  Report& report_;
  std::map<std::string, std::size_t> first_;  // where each name is first
  std::vector<std::string> names_;
  std::vector<std::string> dependables_;
  std::size_t hints_left_ = 50;
};

}  // namespace

std::variant<Architecture, Problems> read_architecture(std::string_view json, const std::vector<std::string>& packages) {
  auto parsed = parse_json(json);
  if (const auto* problem = std::get_if<model::Problem>(&parsed)) return Problems{*problem};
  Report report;
  Architecture document;
  Fields fields(std::get<JsonValue>(parsed), "", report);
  if (fields.is_object()) {
    document.name = read_architecture_name(fields);
    document.version = fields.text("version", Need::optional, text_rule);
    document.description = fields.text("description", Need::optional, text_rule);
    document.args = fields.text("args", Need::optional, text_rule);
    document.date = fields.text("date", Need::optional, text_rule);
    document.victim = fields.text("victim", Need::optional, level_rule);
    document.services = read_services(fields, packages);
    References(document, report).check();
    fields.finish();
  }
  if (!report.empty()) return report.take();
  return document;
}

}  // namespace architecture
