#include "architecture/read_serving.h"

#include <cmath>

#include "architecture/read_changes.h"
#include "architecture/read_distribution.h"
#include "architecture/read_primary.h"
#include "architecture/read_queue.h"
#include "architecture/read_replication.h"
#include "architecture/read_shedding.h"
#include "model/problem_text.h"
#include "packages/list.h"

namespace architecture {
namespace {

using model::Discipline;
using model::FanOut;

constexpr NumberRange share_range{0, 1};

/// A choice of which one kind has a whole number of its own.
struct Option {
  const std::vector<std::string>& names;
  const char* what;
  std::size_t kind;   ///< that has the number
  const char* field;  ///< how it is called
  std::uint32_t min;
  std::uint32_t max;
};
const Option discipline_option{
    model::discipline_names(), "a discipline", static_cast<std::size_t>(Discipline::last_come), "above", 0, queue_limit_max};
const Option fan_out_option{model::fan_out_names(),  "a fan-out", static_cast<std::size_t>(FanOut::parallel), "first", 1,
                            model::calls_at_once_max};

struct Chosen {
  std::size_t kind = 0;
  std::uint32_t number = 0;  ///< 0 when it is not given
};

/// The name of the kind, or an object with it and the number.
Chosen read_option(Fields& outer, const char* name, const Option& option) {
  const JsonValue* value = outer.find(name, Need::optional);
  Chosen chosen;
  if (value == nullptr) return chosen;
  const std::string pointer = outer.pointer_to(name);
  if (value->kind == JsonValue::Kind::string) {
    chosen.kind = check_choice(*value, option.names, option.what, pointer, outer.report()).value_or(0);
    return chosen;
  }
  if (value->kind != JsonValue::Kind::object) {
    outer.report().add(
        pointer, "wrongType",
        std::string("This has to be the name of ") + option.what + " or an object with its kind, not " + kind_name(value->kind) + ".");
    return chosen;
  }
  Fields fields(*value, pointer, outer.report());
  const auto kind = fields.choice("kind", Need::required, option.names, option.what);
  if (!kind) return chosen;
  chosen.kind = *kind;
  if (chosen.kind == option.kind) chosen.number = fields.integer(option.field, Need::optional, option.max, option.min);
  fields.finish();
  return chosen;
}

/// Names of the packages of which this is so.
std::vector<std::string> packages_that(bool model::PackageInfo::*is) {
  std::vector<std::string> names;
  for (const model::PackageInfo* info : packages::all()) {
    if (info->*is) names.emplace_back(info->name);
  }
  return names;
}

/// Looks at the calls that a service makes for one request, and at how it makes them.
class CallCheck {
 public:
  CallCheck(Fields& fields, const Service& service) : fields_(fields), service_(service), report_(fields.report()) {}

  void run() {
    const model::PackageInfo* package = packages::find(service_.package);
    if (package == nullptr) return;
    if (!package->passes_on) {
      const std::string whose =
          "Services of package " + model::quoted(service_.package) + " call whom and as often as their package says; ";
      const std::string which =
          " is for those that pass requests on: " + model::joined(packages_that(&model::PackageInfo::passes_on)) + ".";
      if (fields_.has("fanOut")) report_.add(fields_.pointer_to("fanOut"), "conflict", whose + "a \"fanOut\"" + which);
      want_single_calls(whose + "\"calls\"" + which);
      return;
    }
    count();
    switch (service_.serving.fan_out) {
      case FanOut::any:
        want_single_calls("Of all dependencies one is called, once; more needs a \"fanOut\" of sequential, parallel or asynchronous.");
        break;
      case FanOut::sequential:
        check_places(model::calls_in_turn_max, "one after another");
        break;
      case FanOut::parallel:
        if (check_places(model::calls_at_once_max, "at once") && service_.serving.fan_out_first > 0) check_first();
        break;
      case FanOut::asynchronous:
        check_places(model::calls_at_once_max, "at once");
        break;
    }
  }

 private:
  /// A dependency that is called: neither the registry nor the own service.
  bool is_called(std::size_t i) const {
    const std::string& name = service_.dependencies[i];
    return !name.empty() && name != "eureka" && name != service_.name;
  }
  std::string pointer(std::size_t i) const { return item_pointer(fields_.pointer_to("dependencies"), i); }
  static bool whole(double calls) { return calls == std::floor(calls); }

  void count() {
    for (std::size_t i = 0; i < service_.calls.size(); ++i) {
      if (is_called(i)) places_ += static_cast<std::uint64_t>(std::ceil(service_.calls[i].calls));
    }
  }

  void want_single_calls(const std::string& why) {
    for (std::size_t i = 0; i < service_.calls.size(); ++i) {
      if (is_called(i) && service_.calls[i].calls != 1) report_.add(pointer(i) + "/calls", "conflict", why);
    }
  }

  bool check_places(std::uint32_t max, const char* how) {
    if (places_ <= max) return true;
    report_.add(fields_.pointer_to("dependencies"), "tooMany",
                "For one request these are up to " + std::to_string(places_) + " calls; " + how + " at most " + std::to_string(max) +
                    " are possible.");
    return false;
  }

  void check_first() {
    const std::uint32_t first = service_.serving.fan_out_first;
    bool exact = true;
    for (std::size_t i = 0; i < service_.calls.size(); ++i) {
      if (!is_called(i) || whole(service_.calls[i].calls)) continue;
      exact = false;
      report_.add(pointer(i) + "/calls", "conflict",
                  "With \"first\" the number of calls has to be the same for each request: a whole number.");
    }
    if (!exact) return;
    const std::string pointer = fields_.pointer_to("fanOut") + "/first";
    const std::string calls = std::to_string(places_);
    if (first > places_) {
      report_.add(pointer, "outOfRange",
                  std::to_string(first) + " answers are more than the " + calls + " calls that are made; leave it out to wait for all.");
    } else if (places_ - first > model::calls_to_spare_max) {
      report_.add(pointer, "outOfRange",
                  "Of " + calls + " calls at most " + std::to_string(model::calls_to_spare_max) +
                      " may be to spare; this has to be at least " + std::to_string(places_ - model::calls_to_spare_max) + ".");
    }
  }

  Fields& fields_;
  const Service& service_;
  Report& report_;
  std::uint64_t places_ = 0;
};

/// Settings for some packages alone.
void check_package(Fields& fields, const Service& service) {
  const model::PackageInfo* package = packages::find(service.package);
  if (package == nullptr || package->looks_up) return;
  for (const char* name : {"hitTime", "missTime", "content"}) {
    if (!fields.has(name)) continue;
    fields.report().add(fields.pointer_to(name), "conflict",
                        "Services of package " + model::quoted(service.package) + " look no keys up; \"" + name +
                            "\" is for those that do: " + model::joined(packages_that(&model::PackageInfo::looks_up)) + ".");
  }
}

/// What makes no sense for load sources.
void check_source(Fields& fields, const Service& service) {
  const model::PackageInfo* package = packages::find(service.package);
  if (package == nullptr || !package->load_source) return;
  if (service.serving.shedding) {
    fields.report().add(fields.pointer_to("shedding"), "conflict",
                        "A load source is asked by nobody, so it has nothing to shed; give it to those that it asks.");
  }
  if (service.serving.autoscaler) {
    fields.report().add(fields.pointer_to("autoscaler"), "conflict",
                        "A load source has users, no load that it could be scaled by; give it to those that it asks.");
  }
}

void check_sharing(Fields& fields, const Serving& serving) {
  if (serving.discipline != Discipline::sharing) return;
  if (serving.worker_held) {
    fields.report().add(fields.pointer_to("workerHeld"), "conflict",
                        "With discipline sharing no worker belongs to a request, so none is held; leave out one of the two.");
  }
  if (serving.queue_timeout) {
    fields.report().add(fields.pointer_to("queueTimeout"), "conflict",
                        "With discipline sharing nobody waits for a worker; leave out one of the two.");
  }
}

std::optional<model::ContentSpec> read_content(Fields& outer) {
  const JsonValue* value = outer.find("content", Need::optional);
  if (value == nullptr) return std::nullopt;
  Fields fields(*value, outer.pointer_to("content"), outer.report());
  model::ContentSpec content;
  if (!fields.is_object()) return content;
  content.capacity = fields.integer("capacity", Need::required, model::ContentSpec::capacity_max, 1, 1);
  const auto eviction = fields.choice("eviction", Need::optional, model::eviction_names(), "an eviction");
  content.eviction = static_cast<model::Eviction>(eviction.value_or(0));
  fields.finish();
  if (outer.has("hitRatio")) {
    outer.report().add(outer.pointer_to("hitRatio"), "conflict", "What is found comes of the \"content\"; leave out one of the two.");
  }
  return content;
}

}  // namespace

Serving read_serving(Fields& fields) {
  Serving serving;
  const Chosen discipline = read_option(fields, "discipline", discipline_option);
  serving.discipline = static_cast<Discipline>(discipline.kind);
  serving.last_come_above = discipline.number;
  serving.worker_held = fields.flag("workerHeld", Need::optional);
  serving.queue_timeout = read_time(fields, "queueTimeout");
  if (const JsonValue* shedding = fields.find("shedding", Need::optional)) {
    serving.shedding = read_shedding(*shedding, fields.pointer_to("shedding"), fields.report());
  }
  if (const JsonValue* autoscaler = fields.find("autoscaler", Need::optional)) {
    serving.autoscaler = read_autoscaler(*autoscaler, fields.pointer_to("autoscaler"), fields.report());
  }
  serving.version = read_version_name(fields, "version", Need::optional);
  serving.hit_time = read_time(fields, "hitTime");
  serving.miss_time = read_time(fields, "missTime");
  serving.contention = fields.number("contention", Need::optional, share_range);
  serving.crosstalk = fields.number("crosstalk", Need::optional, share_range);
  serving.content = read_content(fields);
  serving.replication = read_replication(fields);
  serving.primary = read_primary(fields);
  serving.queue = read_queue(fields);
  const Chosen fan_out = read_option(fields, "fanOut", fan_out_option);
  serving.fan_out = static_cast<FanOut>(fan_out.kind);
  serving.fan_out_first = fan_out.number;
  return serving;
}

void check_serving(Fields& fields, const Service& service) {
  check_sharing(fields, service.serving);
  check_package(fields, service);
  check_source(fields, service);
  check_replication(fields, service);
  check_primary(fields, service);
  check_queue(fields, service);
  CallCheck(fields, service).run();
}

}  // namespace architecture
