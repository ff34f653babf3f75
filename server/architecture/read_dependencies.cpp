#include "architecture/read_dependencies.h"

#include <map>

#include "architecture/read_changes.h"
#include "architecture/read_distribution.h"
#include "model/problem_text.h"

namespace architecture {
namespace {

constexpr NumberRange calls_range{0, model::calls_at_once_max};

std::optional<model::DistributionSpec> read_bytes(Fields& fields, const char* name) {
  const JsonValue* value = fields.find(name, Need::optional);
  if (value == nullptr) return std::nullopt;
  return read_distribution(*value, fields.pointer_to(name), fields.report(), size_quantity);
}

void read_messages(Fields& fields, const Protocols& protocols, model::DependencySpec& dependency) {
  const JsonValue* protocol = fields.find("protocol", Need::optional);
  if (protocol != nullptr) dependency.protocol = read_protocol(*protocol, fields.pointer_to("protocol"), protocols, fields.report());
  dependency.request_bytes = read_bytes(fields, "requestBytes");
  dependency.reply_bytes = read_bytes(fields, "replyBytes");
  if (protocol != nullptr && !dependency.request_bytes && !dependency.reply_bytes) {
    fields.report().add(fields.pointer_to("protocol"), "conflict",
                        "A protocol costs by the byte; give \"requestBytes\", \"replyBytes\" or both.");
  }
}

void read_connections(Fields& fields, model::DependencySpec& dependency) {
  dependency.connections = fields.integer("connections", Need::optional, connections_max, 1);
  dependency.connection_queue = fields.integer("connectionQueue", Need::optional, queue_limit_max);
  if (fields.has("connectionQueue") && !fields.has("connections")) {
    fields.report().add(fields.pointer_to("connectionQueue"), "conflict",
                        "Without \"connections\" there are as many as there are calls, and nobody waits for one.");
  }
}

/// Settings that have no effect on whom the dependency is.
void check_target(Fields& fields, const std::string& name, const std::string& own) {
  const auto refuse = [&fields](std::initializer_list<const char*> settings, const std::string& why) {
    for (const char* setting : settings) {
      if (fields.has(setting)) fields.report().add(fields.pointer_to(setting), "conflict", why);
    }
  };
  if (name == "eureka") {
    refuse({"calls", "topic", "protocol", "requestBytes", "replyBytes", "connections", "connectionQueue", "policy", "versions"},
           "The registry is not called for requests; \"eureka\" takes no settings.");
  } else if (name == own && !own.empty()) {
    refuse({"calls"}, "This is the service itself: its instances are a cluster and call each other as their package says.");
    refuse({"connections", "connectionQueue"}, "This is the service itself: the instances of a cluster have no pools of connections.");
    refuse({"versions"}, "This is the service itself: the instances of a cluster call each other whatever their version.");
    refuse({"policy"}, "This is the service itself: how the instances of a cluster call each other is their package's business.");
  }
}

/// What a dependency may name.
struct Named {
  const Protocols& protocols;
  const PolicyPresets& policies;
};

/// The name of the service, or an object with it and how it is called.
std::string read_dependency(const JsonValue& value, const std::string& pointer, const Named& named, const std::string& own,
                            model::DependencySpec& dependency, Report& report) {
  if (value.kind == JsonValue::Kind::string) return check_text(value, filled_rule, pointer, report) ? value.text : std::string();
  if (value.kind != JsonValue::Kind::object) {
    report.add(pointer, "wrongType",
               std::string("This has to be the name of a service or an object with how it is called, not ") + kind_name(value.kind) + ".");
    return {};
  }
  Fields fields(value, pointer, report);
  std::string name = fields.text("service", Need::required, filled_rule);
  dependency.calls = fields.number("calls", Need::optional, calls_range, 1);
  read_messages(fields, named.protocols, dependency);
  read_connections(fields, dependency);
  dependency.topic = fields.text("topic", Need::optional, {name_length_max, true});
  if (const JsonValue* versions = fields.find("versions", Need::optional)) {
    dependency.versions = read_versions(*versions, fields.pointer_to("versions"), report);
  }
  if (const JsonValue* policy = fields.find("policy", Need::optional)) {
    dependency.policy = read_policy(*policy, fields.pointer_to("policy"), named.policies, report);
  }
  check_target(fields, name, own);
  fields.finish();
  return name;
}

}  // namespace

void read_dependencies(Fields& fields, const Protocols& protocols, const PolicyPresets& policies, Service& service) {
  const JsonValue* list = fields.find("dependencies", Need::optional);
  if (list == nullptr || list->kind == JsonValue::Kind::null) return;  // null is what spigo writes for none
  const std::string pointer = fields.pointer_to("dependencies");
  Report& report = fields.report();
  if (!check_kind(*list, JsonValue::Kind::array, pointer, report)) return;
  if (list->items.size() > services_max + 1) {
    report.add(pointer, "tooMany", "There are more than " + std::to_string(services_max + 1) + " of these.");
    return;
  }
  std::map<std::string, std::size_t> first;
  for (std::size_t i = 0; i < list->items.size(); ++i) {
    model::DependencySpec dependency;
    std::string name = read_dependency(list->items[i], item_pointer(pointer, i), {protocols, policies}, service.name, dependency, report);
    const auto [before, fresh] = first.emplace(name, i);
    if (!fresh && !name.empty()) {
      if (!(dependency == service.calls[before->second])) {
        report.add(item_pointer(pointer, i), "duplicateName",
                   "The dependency " + model::quoted(name) + " is already at " + item_pointer(pointer, before->second) +
                       ", called in another way; say it once.");
      }
      name.clear();  // the same twice counts once
    }
    service.dependencies.push_back(std::move(name));
    service.items.push_back(static_cast<std::uint32_t>(i));
    service.calls.push_back(std::move(dependency));
  }
}

}  // namespace architecture
