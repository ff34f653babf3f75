#include <algorithm>
#include <map>

#include "architecture/read_dependencies.h"
#include "architecture/read_objectives.h"
#include "architecture/read_platform.h"
#include "architecture/read_queue.h"
#include "architecture/read_registry.h"
#include "architecture/read_serving.h"
#include "architecture/read_settings.h"
#include "model/problem_text.h"
#include "packages/list.h"

namespace architecture {
namespace {

constexpr TextRule level_rule{name_length_max};  // levels of the hierarchical name come from other tools: "postgres:9.4", "./app"

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

/// What a document may name that is not in it.
struct Known {
  const std::vector<std::string>& packages;
  const Protocols& protocols;
  const PolicyPresets& policies;
};

constexpr std::size_t labels_max = 32;

/// Names and values by which selectors find services.
std::map<std::string, std::string> read_labels(Fields& fields) {
  std::map<std::string, std::string> labels;
  const JsonValue* value = fields.find("labels", Need::optional);
  const std::string pointer = fields.pointer_to("labels");
  if (value == nullptr || !check_kind(*value, JsonValue::Kind::object, pointer, fields.report())) return labels;
  if (value->items.size() > labels_max) {
    fields.report().add(pointer, "tooMany", "A service has at most " + std::to_string(labels_max) + " labels.");
    return labels;
  }
  for (std::size_t i = 0; i < value->items.size(); ++i) {
    const std::string at = model::child_pointer(pointer, value->names[i]);
    JsonValue name;
    name.kind = JsonValue::Kind::string;
    name.text = value->names[i];
    const bool good = check_text(name, name_rule, at, fields.report()) && check_text(value->items[i], filled_rule, at, fields.report());
    if (good) labels[value->names[i]] = value->items[i].text;
  }
  return labels;
}

Service read_service(const JsonValue& value, const std::string& pointer, const Known& known, Report& report) {
  const std::size_t problems_before = report.size();
  Fields fields(value, pointer, report);
  Service service;
  if (!fields.is_object()) return service;
  service.name = fields.text("name", Need::required, name_rule);
  service.package = read_package(fields, known.packages);
  service.regions = fields.integer("regions", Need::optional, regions_max);
  service.count = fields.integer("count", Need::optional, count_max);
  read_dependencies(fields, known.protocols, known.policies, service);
  service.consumes = read_consumes(fields);
  service.machine = fields.text("machine", Need::optional, level_rule);
  service.instance = fields.text("instance", Need::optional, level_rule);
  service.container = fields.text("container", Need::optional, level_rule);
  service.process = fields.text("process", Need::optional, level_rule);
  service.labels = read_labels(fields);
  service.settings = read_settings(fields, Need::optional);
  service.serving = read_serving(fields);
  service.platform = read_platform(fields);
  check_load(fields, service);
  fields.finish();
  if (report.size() == problems_before) {
    check_serving(fields, service);
    check_platform(fields, service);
  }
  return service;
}

std::vector<Service> read_services(Fields& fields, const Known& known) {
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
    services.push_back(read_service(list->items[i], item_pointer(pointer, i), known, fields.report()));
  }
  return services;
}

std::optional<model::Epoch> read_starts_at(Fields& outer) {
  constexpr const char* name = "startsAt";
  const JsonValue* value = outer.find(name, Need::optional);
  const std::string pointer = outer.pointer_to(name);
  if (value == nullptr || !check_text(*value, level_rule, pointer, outer.report())) return std::nullopt;
  const auto moment = model::read_epoch(value->text);
  if (!moment) outer.report().add(pointer, "badValue", "This is no moment from 1970 to 2200 such as 2024-01-01T00:00:00.");
  return moment;
}

Distances read_distances(Fields& outer) {
  Distances distances;
  const JsonValue* value = outer.find("network", Need::optional);
  if (value == nullptr) return distances;
  Fields fields(*value, outer.pointer_to("network"), outer.report());
  if (!fields.is_object()) return distances;
  const auto read = [&fields](const char* name, NumberRange range, std::optional<double>& into) {
    const double number = fields.number(name, Need::optional, range, range.min);
    if (fields.has(name)) into = number;
  };
  // Not nothing, and never all of it random: regions that run side by side wait for the least delay between them.
  read("sameZoneMs", {0.001, 10'000}, distances.same_zone_ms);
  read("otherZoneMs", {0.001, 10'000}, distances.other_zone_ms);
  read("globalMs", {0.001, 10'000}, distances.global_ms);
  read("jitter", {0, 0.9}, distances.jitter);
  fields.finish();
  return distances;
}

/// What can only be said of a document as a whole: names are unique, and what is named exists.
class References {
 public:
  References(Architecture& document, Report& report) : document_(document), report_(report) {}

  void check() {
    collect_names();
    for (std::size_t i = 0; i < document_.services.size(); ++i) check_dependencies(i);
    for (Service& service : document_.services) drop_nameless(service);
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
    const Service& service = document_.services[index];
    const std::string pointer = service_pointer(index) + "/dependencies";
    for (std::size_t i = 0; i < service.dependencies.size(); ++i) {
      const std::string& name = service.dependencies[i];
      if (name.empty()) continue;  // reported where it was read, or named again
      if (name != eureka && first_.count(name) == 0) unknown_service(item_pointer(pointer, i), name, dependables_);
      count_tables(service.calls[i], item_pointer(pointer, i));
    }
  }

  /// Of the many messages that a document may describe, those whose sizes take a table.
  void count_tables(const model::DependencySpec& dependency, const std::string& pointer) {
    using Kind = model::DistributionSpec::Kind;
    for (const auto* bytes : {&dependency.request_bytes, &dependency.reply_bytes}) {
      if (!*bytes || (*bytes)->kind == Kind::constant || (*bytes)->kind == Kind::uniform || (*bytes)->kind == Kind::empirical) continue;
      if (++tables_ != message_tables_max + 1) continue;
      report_.add(pointer, "tooMany",
                  "There are more than " + std::to_string(message_tables_max) +
                      " distributions of bytes in this document; constant, uniform and empirical ones are not counted.");
    }
  }

  static void drop_nameless(Service& service) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < service.dependencies.size(); ++i) {
      if (service.dependencies[i].empty()) continue;
      if (kept != i) {
        service.dependencies[kept] = std::move(service.dependencies[i]);
        service.calls[kept] = std::move(service.calls[i]);
        service.items[kept] = service.items[i];
      }
      ++kept;
    }
    service.dependencies.resize(kept);
    service.calls.resize(kept);
    service.items.resize(kept);
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
  std::size_t tables_ = 0;
};

}  // namespace

std::variant<Architecture, Problems> read_architecture(std::string_view json, const std::vector<std::string>& packages,
                                                       const std::vector<model::Protocol>& protocols, const PolicyPresets& policies,
                                                       const RegistryPresets& registries) {
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
    document.starts_at = read_starts_at(fields);
    document.network = read_distances(fields);
    document.platforms = read_platforms(fields);
    document.registry = read_registry(fields, registries);
    document.objectives = read_objectives(fields);
    document.services = read_services(fields, {packages, protocols, policies});
    References(document, report).check();
    check_topics(document, report);
    check_cold_start(document, report);
    check_objectives(document, report);
    fields.finish();
  }
  if (!report.empty()) return report.take();
  return document;
}

}  // namespace architecture
