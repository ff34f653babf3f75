#include "architecture/read_platform.h"

#include <algorithm>
#include <map>

#include "architecture/read_distribution.h"
#include "model/problem_text.h"
#include "packages/list.h"

namespace architecture {
namespace {

using model::MachineTypeSpec;
using model::WhenMissing;

constexpr TextRule type_rule{name_length_max, false, true};  // names of machines come from other tools: "m3.xlarge"
constexpr NumberRange back_off_range{1, 86'400'000};
constexpr NumberRange machine_start_range{0, 86'400'000.0 * 1'000};

template <class T, class Read>
std::optional<T> given(Fields& fields, const char* name, Need need, Read read) {
  if (!fields.has(name)) {
    fields.find(name, need);
    return std::nullopt;
  }
  return read(name);
}

FunctionSettings read_function(Fields& fields, Need need) {
  const auto number = [&](const char* name, NumberRange range) {
    return given<double>(fields, name, need, [&](const char* n) { return fields.number(n, need, range, range.min); });
  };
  const auto integer = [&](const char* name, std::uint32_t max) {
    return given<std::uint32_t>(fields, name, need, [&](const char* n) { return fields.integer(n, need, max, 1, 1); });
  };
  FunctionSettings settings;
  settings.memory_mb = integer("memoryMb", 1'048'576);
  settings.concurrency = integer("concurrency", workers_max);
  settings.keep_alive_ms = number("keepAliveMs", {0, 86'400'000});
  if (const JsonValue* value = fields.find("coldStart", need)) {
    settings.cold_start = read_distribution(*value, fields.pointer_to("coldStart"), fields.report());
  }
  settings.billed_by_ms = number("billedByMs", {1, 60'000});
  settings.cold_start_billed = given<bool>(fields, "coldStartBilled", need, [&](const char* name) { return fields.flag(name, need); });
  settings.dollars_per_gb_second = number("dollarsPerGbSecond", {0, 1'000});
  settings.dollars_per_million = number("dollarsPerMillion", {0, 1'000'000});
  return settings;
}

/// The name of what is done, or an object with it; one that crashes has a back-off.
void read_when_missing(Fields& outer, model::StartUpSpec& starting) {
  const char* const name = "whenDependenciesMissing";
  const JsonValue* value = outer.find(name, Need::optional);
  if (value == nullptr) return;
  const std::string pointer = outer.pointer_to(name);
  if (value->kind == JsonValue::Kind::string) {
    const auto kind = check_choice(*value, model::when_missing_names(), "something to do", pointer, outer.report());
    starting.when_missing = static_cast<WhenMissing>(kind.value_or(0));
    return;
  }
  if (value->kind != JsonValue::Kind::object) {
    outer.report().add(pointer, "wrongType",
                       std::string("This has to be fail, wait or retry, or an object with its kind, not ") + kind_name(value->kind) + ".");
    return;
  }
  Fields fields(*value, pointer, outer.report());
  const auto kind = fields.choice("kind", Need::required, model::when_missing_names(), "something to do");
  if (!kind) return;
  starting.when_missing = static_cast<WhenMissing>(*kind);
  if (starting.when_missing == WhenMissing::retry) {
    starting.back_off = sim::from_ms(fields.number("backOffMs", Need::optional, back_off_range, sim::to_ms(starting.back_off)));
    const double usual_max = std::max(sim::to_ms(starting.back_off_max), sim::to_ms(starting.back_off));
    starting.back_off_max = sim::from_ms(fields.number("backOffMaxMs", Need::optional, back_off_range, usual_max));
    if (starting.back_off_max < starting.back_off) {
      outer.report().add(fields.pointer_to("backOffMaxMs"), "outOfRange", "backOffMaxMs has to be at least backOffMs.");
    }
  }
  fields.finish();
}

MachineTypeSpec read_machine(const std::string& name, const JsonValue& value, const std::string& pointer, Report& report) {
  MachineTypeSpec type;
  type.name = name;
  Fields fields(value, pointer, report);
  if (!fields.is_object()) return type;
  fields.text("why", Need::optional, text_rule);
  fields.text("source", Need::optional, text_rule);
  if (const auto kind = fields.choice("kind", Need::required, model::machine_kind_names(), "a kind of machine")) {
    type.kind = static_cast<model::MachineKind>(*kind);
  }
  type.memory_mb = fields.integer("memoryMb", Need::required, MachineTypeSpec::memory_max, 1, 1);
  type.slots = fields.integer("slots", Need::optional, MachineTypeSpec::slots_max, 1, MachineTypeSpec::usual_slots);
  type.spare = fields.integer("spare", Need::optional, MachineTypeSpec::spare_max);
  if (fields.has("startUp") == fields.has("startUpMs")) {
    report.add(pointer, "conflict", "A machine takes one of \"startUpMs\", a number, and \"startUp\", a distribution of at most an hour.");
  }
  if (const JsonValue* time = fields.find("startUp", Need::optional)) {
    type.start_up = read_distribution(*time, fields.pointer_to("startUp"), report);
  }
  const double start_up_ms = fields.number("startUpMs", Need::optional, machine_start_range);
  if (fields.has("startUpMs")) type.start_up.mean_ms = start_up_ms;
  fields.finish();
  return type;
}

std::vector<MachineTypeSpec> read_machines(Fields& outer, Need need) {
  std::vector<MachineTypeSpec> types;
  const JsonValue* list = outer.find("machines", need);
  if (list == nullptr) return types;
  const Fields names(*list, outer.pointer_to("machines"), outer.report());  // says what is given twice
  if (!names.is_object()) return types;
  if (list->names.size() > machine_types_max) {
    outer.report().add(names.pointer(), "tooMany", "There are more than " + std::to_string(machine_types_max) + " types of machines.");
    return types;
  }
  for (std::size_t i = 0; i < list->names.size(); ++i) {
    const std::string pointer = names.pointer_to(list->names[i]);
    JsonValue name;
    name.kind = JsonValue::Kind::string;
    name.text = list->names[i];
    check_text(name, type_rule, pointer, outer.report());
    types.push_back(read_machine(list->names[i], list->items[i], pointer, outer.report()));
  }
  return types;
}

std::optional<std::uint32_t> read_function_concurrency(Fields& fields, const char* name, Need need) {
  return given<std::uint32_t>(fields, name, need, [&](const char* n) { return fields.integer(n, need, function_concurrency_max, 1, 1); });
}

}  // namespace

model::FunctionSpec function_spec(const FunctionSettings& own, const FunctionSettings& usual) {
  const auto either = [](const auto& first, const auto& second) { return first ? *first : *second; };
  model::FunctionSpec spec;
  spec.memory_mb = either(own.memory_mb, usual.memory_mb);
  spec.concurrency = either(own.concurrency, usual.concurrency);
  spec.keep_alive = sim::from_ms(either(own.keep_alive_ms, usual.keep_alive_ms));
  spec.cold_start = either(own.cold_start, usual.cold_start);
  spec.billed_by = sim::from_ms(either(own.billed_by_ms, usual.billed_by_ms));
  spec.cold_start_billed = either(own.cold_start_billed, usual.cold_start_billed);
  spec.dollars_per_gb_second = either(own.dollars_per_gb_second, usual.dollars_per_gb_second);
  spec.dollars_per_million = either(own.dollars_per_million, usual.dollars_per_million);
  return spec;
}

Platform read_platform(Fields& fields) {
  Platform platform;
  if (const JsonValue* value = fields.find("startUp", Need::optional)) {
    platform.starting.time = read_distribution(*value, fields.pointer_to("startUp"), fields.report());
    if (fields.has("startUpMs")) {
      fields.report().add(fields.pointer_to("startUp"), "conflict",
                          "\"startUpMs\" says how long every instance takes, \"startUp\" how that is distributed; give one of the two.");
    }
  }
  read_when_missing(fields, platform.starting);
  static const std::vector<std::string> moments{"afterStartUp", "beforeStartUp"};
  platform.starting.first = fields.choice("checkDependencies", Need::optional, moments, "a moment").value_or(0) == 1;
  platform.memory_mb = given<std::uint32_t>(fields, "memoryMb", Need::optional, [&](const char* name) {
    return fields.integer(name, Need::optional, MachineTypeSpec::memory_max, 1, 1);
  });
  if (const JsonValue* value = fields.find("function", Need::optional)) {
    Fields function(*value, fields.pointer_to("function"), fields.report());
    if (function.is_object()) {
      platform.function = read_function(function, Need::optional);
      function.finish();
    }
  }
  return platform;
}

void check_platform(Fields& fields, const Service& service) {
  const model::PackageInfo* package = packages::find(service.package);
  if (package == nullptr) return;
  const auto conflict = [&fields](const char* name, const std::string& why) {
    if (fields.has(name)) fields.report().add(fields.pointer_to(name), "conflict", why);
  };
  if (!package->on_demand) {
    std::vector<std::string> names;
    for (const model::PackageInfo* info : packages::all()) {
      if (info->on_demand) names.emplace_back(info->name);
    }
    conflict("function", "Services of package " + model::quoted(service.package) + " run on servers; a \"function\" is for package " +
                             model::joined(names) + ".");
    return;
  }
  for (const char* name : {"concurrency", "queueLimit", "discipline", "workerHeld", "queueTimeout", "contention", "crosstalk"}) {
    conflict(name, "A function has an environment for each call, and none of them waits; its limit is \"concurrency\" in \"function\".");
  }
  conflict("memoryMb", "A function runs on no machine of yours; what its environments have is \"memoryMb\" in \"function\".");
}

Platforms read_platforms(Fields& fields) {
  Platforms platforms;
  static const std::vector<std::string> starts{"warm", "cold"};
  platforms.cold_start = fields.choice("start", Need::optional, starts, "a start").value_or(0) == 1;
  platforms.machines = read_machines(fields, Need::optional);
  platforms.function_concurrency = read_function_concurrency(fields, "functionConcurrency", Need::optional);
  return platforms;
}

Platforms read_usual_platforms(Fields& fields) {
  Platforms platforms;
  platforms.machines = read_machines(fields, Need::required);
  const JsonValue* value = fields.find("functions", Need::required);
  if (value == nullptr) return platforms;
  Fields functions(*value, fields.pointer_to("functions"), fields.report());
  if (!functions.is_object()) return platforms;
  functions.text("why", Need::optional, text_rule);
  functions.text("source", Need::optional, text_rule);
  platforms.function = read_function(functions, Need::required);
  platforms.function_concurrency = read_function_concurrency(functions, "concurrencyPerRegion", Need::required);
  functions.finish();
  return platforms;
}

namespace {

/// Looks for services that wait for each other, each once.
class Circles {
 public:
  Circles(const Architecture& document, Report& report) : document_(document), report_(report), state_(document.services.size()) {
    for (std::size_t i = 0; i < document.services.size(); ++i) index_.emplace(document.services[i].name, i);
  }

  void check() {
    for (std::size_t i = 0; i < state_.size(); ++i) visit(i);
  }

 private:
  enum class State : std::uint8_t { fresh, on_path, done };
  struct Step {
    std::size_t service;
    std::size_t next = 0;  ///< of its dependencies
  };

  bool waits(std::size_t service) const { return document_.services[service].platform.starting.when_missing != WhenMissing::fail; }

  /// Depth first, without recursion: documents have up to a thousand services in a row.
  void visit(std::size_t start) {
    if (state_[start] != State::fresh || !waits(start)) return;
    std::vector<Step> path{{start}};
    state_[start] = State::on_path;
    while (!path.empty()) {
      const std::size_t service = path.back().service;
      const std::vector<std::string>& dependencies = document_.services[service].dependencies;
      if (path.back().next == dependencies.size()) {
        state_[service] = State::done;
        path.pop_back();
        continue;
      }
      const auto next = index_.find(dependencies[path.back().next++]);
      if (next == index_.end() || next->second == service || !waits(next->second)) continue;
      if (state_[next->second] == State::on_path) tell(path, next->second);
      if (state_[next->second] != State::fresh) continue;
      state_[next->second] = State::on_path;
      path.push_back({next->second});
    }
  }

  void tell(const std::vector<Step>& path, std::size_t first) {
    const auto begin = std::find_if(path.begin(), path.end(), [first](const Step& step) { return step.service == first; });
    std::string text;
    for (auto step = begin; step != path.end(); ++step) {
      const std::size_t next = step + 1 == path.end() ? first : (step + 1)->service;
      text += (text.empty() ? "" : ", ") + model::quoted(document_.services[step->service].name) + " waits for " +
              model::quoted(document_.services[next].name);
    }
    report_.add(item_pointer("/services", first) + "/whenDependenciesMissing", "deadlock",
                "In a cold start none of these ever comes up: " + text + ". One of them has to go up without the other: \"fail\".");
  }

  const Architecture& document_;
  Report& report_;
  std::vector<State> state_;
  std::map<std::string, std::size_t> index_;
};

}  // namespace

void check_cold_start(const Architecture& document, Report& report) {
  if (document.platforms.cold_start) Circles(document, report).check();
}

}  // namespace architecture
