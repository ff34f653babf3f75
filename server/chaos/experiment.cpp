#include "chaos/experiment.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>

#include "chaos/check.h"
#include "chaos/effect.h"
#include "chaos/experiments.h"
#include "chaos/running.h"

namespace chaos {
namespace {

using model::InstanceState;
using model::Refusal;

/// A request that can be carried out.
struct Ready {
  const FaultType* type = nullptr;
  model::Parameters parameters;
  std::unique_ptr<Effect> effect;
  std::uint64_t number = 0;
  std::vector<InstanceId> targets;  ///< in the order in which they are hit
};

Refusal matches_nothing(const std::string& why) {
  return Refusal{Refusal::Kind::invalid, "the selector matches nothing", {{"/selector", "matchesNothing", why, {}}}};
}

/// Those that match, of the services that the fault can be done to: instances of a service are alike in that.
model::Selector suited(const World& world, const FaultType& type, const Instances& candidates, model::Selector selector) {
  std::set<std::string> services;
  for (const InstanceId id : candidates) {
    if (type.suits(world, id)) services.insert(world.shared().services[world.shared().groups[world.instance(id).group].service].name);
  }
  selector.services.assign(services.begin(), services.end());
  return selector;
}

/// Whom it hits, by chance where its selector leaves a choice.
std::variant<Instances, Refusal> targets_of(const World& world, const FaultType& type, const FaultRequest& request, std::uint64_t number) {
  if (type.hits == Hits::places) {
    if (services_of(world, request.selector).empty()) return matches_nothing("no service has a place there");
    return Instances{};
  }
  const Instances candidates = world.candidates(request.selector);
  if (candidates.empty()) return matches_nothing("no instance matches all parts of it");
  model::Selector selector = request.selector;
  if (type.suits != nullptr) {
    selector = suited(world, type, candidates, std::move(selector));
    if (selector.services.empty()) return matches_nothing("it takes " + std::string(type.suits_what) + ", and none matches");
  }
  Instances targets = world.choose(selector, number);
  if (targets.empty() && selector.min_remaining == 0)
    return matches_nothing("all that match are down, and percent is of those that are not");
  if (targets.empty()) return matches_nothing("minRemaining leaves nobody to be hit");
  if (type.hits == Hits::later) return Instances{};
  return targets;
}

std::variant<Ready, Refusal> prepare(const World& world, const FaultRequest& request) {
  if (auto refusal = locked_by_lever(world)) return std::move(*refusal);
  Ready ready;
  ready.type = find(request.type);
  if (ready.type == nullptr) {
    std::vector<std::string> known;
    for (const FaultType& t : all()) known.emplace_back(t.type);
    std::vector<model::Problem> problems{{"/type", "unknownType", "\"" + request.type + "\" is not a type of fault", known}};
    check_names(world, request, problems);
    return Refusal{Refusal::Kind::invalid, "unknown type of fault", std::move(problems)};
  }
  std::vector<model::Problem> problems;
  check(world, *ready.type, request, ready.parameters, problems);
  if (!problems.empty()) return Refusal{Refusal::Kind::invalid, "the fault cannot be started", std::move(problems)};
  const auto active = std::count_if(world.faults().begin(), world.faults().end(), [](const auto& r) { return !r.ended; });
  if (static_cast<std::size_t>(active) >= faults_max) {
    return Refusal{Refusal::Kind::limit, "at most " + std::to_string(faults_max) + " faults at a time", {}};
  }
  ready.effect = ready.type->make(ready.parameters);
  if (auto refusal = ready.effect->refuses(world)) return std::move(*refusal);
  ready.number = world.last_record() + 1;
  auto targets = targets_of(world, *ready.type, request, ready.number);
  if (auto* refusal = std::get_if<Refusal>(&targets)) return std::move(*refusal);
  ready.targets = std::get<Instances>(std::move(targets));
  if (request.target && world.select(*request.target).empty()) {
    return Refusal{
        Refusal::Kind::invalid, "the target matches nothing", {{"/target", "matchesNothing", "no instance matches all parts of it", {}}}};
  }
  return ready;
}

constexpr std::size_t named_max = 100;  ///< instances that its beginning names

/// The number that a name ends with, and what is before it: web2 is before web10.
std::pair<std::string, std::uint64_t> parts_of(const std::string& name) {
  const std::size_t end = name.find_last_not_of("0123456789");
  const std::size_t digits = end == std::string::npos ? 0 : end + 1;
  return {name.substr(0, digits), digits < name.size() ? std::strtoull(name.c_str() + digits, nullptr, 10) : 0};
}

/// "a, b", in order, or nothing when they are too many to be named.
std::string names_of(const World& world, const std::vector<InstanceId>& ids) {
  if (ids.size() > named_max) return {};
  std::vector<std::string> names;
  names.reserve(ids.size());
  for (const InstanceId id : ids) names.push_back(world.name_of(id));
  std::sort(names.begin(), names.end(), [](const auto& one, const auto& other) { return parts_of(one) < parts_of(other); });
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

model::FaultRecord record_of(const World& world, const FaultRequest& request, const Ready& ready) {
  model::FaultRecord record;
  record.id = "f" + std::to_string(ready.number);
  record.number = ready.number;
  record.type = request.type;
  record.selector = request.selector;
  record.target = request.target;
  record.direction = request.direction.value_or(ready.type->direction);
  record.ramp = request.ramp;
  record.jitter = request.jitter;
  record.parameters = ready.parameters;
  record.targets = ready.targets.size();
  record.started = world.now();
  if (request.duration) record.ends = world.now() + *request.duration;
  return record;
}

}  // namespace

std::variant<Started, Refusal> start_fault(World& world, const FaultRequest& request) {
  auto prepared = prepare(world, request);
  if (auto* refusal = std::get_if<Refusal>(&prepared)) return std::move(*refusal);
  Ready& ready = std::get<Ready>(prepared);
  world.next_record();
  model::FaultRecord record = record_of(world, request, ready);
  const std::size_t count = ready.targets.size();
  model::Occurrence o;
  o.type = "fault.started";
  o.severity = "warning";
  o.subject_kind = "fault";
  o.subject_id = record.id;
  o.message = request.type + " on " + describe(request.selector) + ": " + std::to_string(count) + (count == 1 ? " instance" : " instances");
  o.data = {{"type", request.type}, {"targets", std::to_string(count)}};
  if (std::string names = names_of(world, ready.targets); !names.empty()) o.data.emplace_back("instances", std::move(names));
  const std::uint64_t outer = world.cause();
  world.set_cause(world.report(std::move(o)));
  std::vector<model::InstanceRef> refs;
  for (const InstanceId id : ready.targets) refs.push_back(world.ref(id));
  auto fault = std::make_unique<RunningFault>(*ready.type, request, ready.number, std::move(ready.effect), refs);
  RunningFault& running = *fault;
  record.process = world.add_process(std::move(fault));
  const std::optional<sim::Time> ends = record.ends;
  const std::uint32_t process = record.process;
  Started started{record.id, std::move(ready.targets)};
  std::sort(started.targets.begin(), started.targets.end());
  world.faults().push_back(std::move(record));
  running.begin(world, process, ends);
  world.set_cause(outer);
  world.structure_changed();
  return started;
}

std::variant<Plan, Refusal> plan_fault(const World& world, const FaultRequest& request) {
  auto prepared = prepare(world, request);
  if (auto* refusal = std::get_if<Refusal>(&prepared)) return std::move(*refusal);
  const Ready& ready = std::get<Ready>(prepared);
  Plan plan;
  plan.targets = ready.targets;
  std::sort(plan.targets.begin(), plan.targets.end());
  std::map<std::uint32_t, Plan::Loss> losses;
  std::set<std::string> zones;
  for (const InstanceId id : plan.targets) {
    const model::Group& group = world.shared().groups[world.instance(id).group];
    if (world.shared().locations[group.location].zone != model::outside) zones.insert(world.shared().locations[group.location].id);
    Plan::Loss& loss = losses[group.service];
    if (world.instance(id).state == InstanceState::up) ++loss.hit;
  }
  if (ready.type->hits == Hits::places) {
    for (const std::uint32_t location : locations_of(world, request.selector)) {
      if (world.shared().locations[location].zone != model::outside) zones.insert(world.shared().locations[location].id);
    }
  }
  const double share = ready.effect->capacity_lost();
  std::uint64_t up_in_all = 0, hit_in_all = 0;
  for (std::uint32_t s = 0; s < world.shared().services.size(); ++s) {
    const model::Service& service = world.shared().services[s];
    std::uint64_t up = 0;
    for (const std::uint32_t group : service.groups) up += world.instances_of(world.shared().groups[group]).up;
    if (!service.package->load_source) up_in_all += up;
    const auto loss = losses.find(s);
    if (loss == losses.end()) continue;
    loss->second.service = service.name;
    loss->second.up = up;
    if (up > 0) loss->second.capacity_lost_percent = 100 * share * static_cast<double>(loss->second.hit) / static_cast<double>(up);
    if (!service.package->load_source) hit_in_all += loss->second.hit;
  }
  for (auto& entry : losses) plan.services.push_back(std::move(entry.second));
  plan.zones.assign(zones.begin(), zones.end());
  if (up_in_all > 0) plan.capacity_lost_percent = 100 * share * static_cast<double>(hit_in_all) / static_cast<double>(up_in_all);
  return plan;
}

std::optional<Refusal> stop_fault(World& world, const std::string& id) {
  const auto record = std::find_if(world.faults().begin(), world.faults().end(), [&](const auto& r) { return r.id == id; });
  if (record == world.faults().end()) return Refusal{Refusal::Kind::not_found, "there is no fault \"" + id + "\"", {}};
  if (record->ended) return Refusal{Refusal::Kind::gone, "fault \"" + id + "\" has ended", {}};
  static_cast<RunningFault&>(world.process(record->process)).end(world);
  return std::nullopt;
}

}  // namespace chaos
