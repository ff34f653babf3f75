#include "chaos/check.h"

#include <algorithm>
#include <set>

namespace chaos {
namespace {

using model::Problem;
using Names = std::vector<std::string>;

/// What there is in a World, by part of a selector.
struct Known {
  Names zones, regions, continents, services, versions;
  std::set<std::string> labels;
};

void add_once(Names& names, const std::string& name) {
  if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
}

Known known_in(const model::World& world) {
  Known known;
  for (const auto& location : world.shared().locations) {
    if (location.zone != model::outside) known.zones.push_back(location.id);
  }
  for (const auto& region : world.regions()) {
    known.regions.push_back(region.name);
    if (!region.continent.empty()) add_once(known.continents, region.continent);
  }
  for (const auto& service : world.shared().services) {
    known.services.push_back(service.name);
    for (const auto& label : service.labels) known.labels.insert(label.first + "=" + label.second);
  }
  for (const auto& profile : world.shared().profiles) add_once(known.versions, profile.version);
  return known;
}

void check_known(const Names& names, const std::string& at, const char* code, const Names& known, std::vector<Problem>& problems) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (std::find(known.begin(), known.end(), names[i]) != known.end()) continue;
    Problem p;
    p.pointer = at + "/" + std::to_string(i);
    p.code = code;
    p.message = "there is no \"" + names[i] + "\" in this simulation";
    const std::string near = model::nearest_name(names[i], known);
    if (!near.empty()) p.message += "; did you mean \"" + near + "\"?";
    p.known = known.size() > 20 ? (near.empty() ? Names{} : Names{near}) : known;
    problems.push_back(std::move(p));
  }
}

void check_parts(const model::World& world, const Known& known, const model::SelectorParts& parts, const std::string& at,
                 std::vector<Problem>& problems) {
  check_known(parts.zones, at + "/zones", "unknownZone", known.zones, problems);
  check_known(parts.regions, at + "/regions", "unknownRegion", known.regions, problems);
  check_known(parts.continents, at + "/continents", "unknownContinent", known.continents, problems);
  check_known(parts.services, at + "/services", "unknownService", known.services, problems);
  check_known(parts.versions, at + "/versions", "unknownVersion", known.versions, problems);
  check_known(parts.states, at + "/states", "unknownState", model::selectable_states(), problems);
  for (const auto& [name, value] : parts.labels) {
    const std::string label = std::string(name).append("=").append(value);
    if (known.labels.count(label) > 0) continue;
    problems.push_back({std::string(at).append("/labels/").append(name), "unknownLabel", "no service has the label " + label,
                        Names(known.labels.begin(), known.labels.end())});
  }
  for (std::size_t i = 0; i < parts.instances.size(); ++i) {
    if (world.find_instance(parts.instances[i]) != model::no_instance) continue;
    problems.push_back(
        {at + "/instances/" + std::to_string(i), "unknownInstance", "there is no instance \"" + parts.instances[i] + "\"", {}});
  }
}

bool is_given(Scope scope, const model::Selector& selector) {
  switch (scope) {
    case Scope::any:
      return !selector.empty();
    case Scope::instances:
      return !selector.instances.empty();
    case Scope::services:
      return !selector.services.empty() || !selector.labels.empty();
    case Scope::zones:
      return !selector.zones.empty();
    case Scope::regions:
      return !selector.regions.empty() || !selector.continents.empty();
  }
  return false;
}

void check_selector(const FaultType& type, const model::Selector& selector, std::vector<Problem>& problems) {
  if (!is_given(type.scope, selector)) {
    const std::string part = type.scope == Scope::any ? "services" : std::string(name_of(type.scope));
    const std::string what = type.scope == Scope::any ? "at least one part of the selector" : "at least one entry in \"" + part + "\"";
    problems.push_back({"/selector/" + part, "required", std::string(type.type) + " needs " + what, {}});
  }
  using Mode = model::Selector::Mode;
  if (type.hits == Hits::places) {
    const std::string whole = std::string(type.type) + " takes services or places whole: ";
    if (selector.mode != Mode::all) problems.push_back({"/selector/mode", "conflict", whole + "its mode is all", {"all"}});
    if (selector.min_remaining > 0) problems.push_back({"/selector/minRemaining", "conflict", whole + "it leaves no instances alone", {}});
  }
  const bool counts = selector.mode == Mode::count || selector.mode == Mode::percent;
  if (!counts && selector.value != 0) {
    problems.push_back({"/selector/value", "conflict", "goes with the modes count and percent", {"count", "percent"}});
  }
  const bool whole = selector.value == static_cast<double>(static_cast<std::uint64_t>(selector.value));
  if (selector.mode == Mode::count && !(selector.value >= 1 && selector.value <= 1e7 && whole)) {
    problems.push_back({"/selector/value", "outOfRange", "a count is a whole number, 1 to 10000000", {}});
  }
  if (selector.mode == Mode::percent && !(selector.value > 0 && selector.value <= 100)) {
    problems.push_back({"/selector/value", "outOfRange", "a percentage is over 0 and at most 100", {}});
  }
}

void check_time(const FaultRequest& request, std::vector<Problem>& problems) {
  if (request.duration && (*request.duration <= 0 || *request.duration > FaultRequest::time_max)) {
    problems.push_back({"/durationMs", "outOfRange", "must be over 0 and at most 604800000 (7 days)", {}});
  }
  const model::Ramp& ramp = request.ramp;
  const auto in_range = [](sim::Time time) { return time >= 0 && time <= FaultRequest::time_max; };
  if (!in_range(ramp.up)) problems.push_back({"/ramp/upMs", "outOfRange", "must be 0 to 604800000 (7 days)", {}});
  if (!in_range(ramp.down)) problems.push_back({"/ramp/downMs", "outOfRange", "must be 0 to 604800000 (7 days)", {}});
  if (ramp.shape == model::Ramp::Shape::step && (ramp.up != 0 || ramp.down != 0)) {
    problems.push_back({"/ramp/shape", "conflict", "a step takes no time; a ramp is linear or exponential", {"linear", "exponential"}});
  }
  if (ramp.down != 0 && !request.duration) {
    problems.push_back({"/ramp/downMs", "conflict", "a fault that ends when it is stopped ends at once: downMs needs durationMs", {}});
  } else if (request.duration && *request.duration > 0 && in_range(ramp.up) && in_range(ramp.down) &&
             ramp.up + ramp.down > *request.duration) {
    problems.push_back({"/ramp", "outOfRange", "upMs and downMs together must not be longer than durationMs", {}});
  }
  if (!(request.jitter >= 0 && request.jitter <= 1)) problems.push_back({"/jitter", "outOfRange", "must be 0 to 1", {}});
}

}  // namespace

void check_names(const model::World& world, const FaultRequest& request, std::vector<Problem>& problems) {
  const Known known = known_in(world);
  check_parts(world, known, request.selector, "/selector", problems);
  check_parts(world, known, request.selector.exclude, "/selector/exclude", problems);
  if (request.target) check_parts(world, known, *request.target, "/target", problems);
}

void check(const model::World& world, const FaultType& type, const FaultRequest& request, model::Parameters& complete,
           std::vector<Problem>& problems) {
  check_names(world, request, problems);
  check_selector(type, request.selector, problems);
  if (!type.takes_target && request.target) {
    problems.push_back({"/target", "conflict", std::string(type.type) + " is not between two groups of instances: it has no target", {}});
  }
  if (!type.takes_target && request.direction) {
    problems.push_back({"/direction", "conflict", std::string(type.type) + " has no direction", {}});
  }
  complete = model::complete(type.parameters(), request.parameters, problems);
  check_time(request, problems);
}

}  // namespace chaos
