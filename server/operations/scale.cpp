#include <algorithm>

#include "operations/operations.h"

namespace operations {
namespace {

using model::InstanceId;
using model::InstanceState;
using model::Refusal;

/// The instances of a service in one place that count, and the order in which they would go.
struct Place {
  std::uint32_t location = 0;
  std::vector<InstanceId> going;  ///< the last one goes first
  std::size_t count = 0;          ///< of those that there will be
  bool failed = false;            ///< all of them are held down by a fault
};

bool active(InstanceState state) {
  return state == InstanceState::up || state == InstanceState::starting || state == InstanceState::down;
}

/// Who goes first when there are too many: what a fault holds down, then what has not started yet, then the newest.
Place place_of(const model::World& world, std::uint32_t group) {
  Place place;
  place.location = world.shared().groups[group].location;
  std::size_t down = 0;
  for (const InstanceId id : world.shared().groups[group].members) {
    const InstanceState state = world.instance(id).state;
    if (!active(state)) continue;
    place.going.push_back(id);
    down += static_cast<std::size_t>(state == InstanceState::down);
  }
  place.count = place.going.size();
  place.failed = down > 0 && down == place.count;
  const auto rank = [&](InstanceId id) {
    const InstanceState state = world.instance(id).state;
    return std::pair(state == InstanceState::down ? 2 : state == InstanceState::starting ? 1 : 0, world.detail(id).serial);
  };
  std::sort(place.going.begin(), place.going.end(), [&](InstanceId x, InstanceId y) { return rank(x) < rank(y); });
  return place;
}

std::vector<Place> places_of(const model::World& world, std::uint32_t service) {
  std::vector<Place> places;
  for (const std::uint32_t group : world.shared().services[service].groups) places.push_back(place_of(world, group));
  return places;
}

void grow(model::World& world, std::uint32_t service, Place& place, std::vector<InstanceId>& touched) {
  touched.push_back(world.start_instance(service, place.location, world.shared().services[service].current_profile));
  ++place.count;
}

void shrink(model::World& world, Place& place, std::vector<InstanceId>& touched) {
  touched.push_back(place.going.back());
  world.retire(place.going.back());
  place.going.pop_back();
  --place.count;
}

std::optional<Refusal> check(const model::World& world, std::uint32_t service, const ScaleRequest& request) {
  using Kind = Refusal::Kind;
  if (request.replicas.has_value() == !request.per_zone.empty()) {
    return Refusal{Kind::invalid, "give either replicas or perZone", {{"", "required", "one of \"replicas\" and \"perZone\"", {}}}};
  }
  std::uint64_t wanted = request.replicas.value_or(0);
  std::vector<model::Problem> problems;
  for (const auto& [zone, count] : request.per_zone) {
    wanted += count;
    std::vector<std::string> known;
    for (const std::uint32_t group : world.shared().services[service].groups) {
      known.push_back(world.shared().locations[world.shared().groups[group].location].id);
    }
    if (std::find(known.begin(), known.end(), zone) == known.end()) {
      problems.push_back({"/perZone/" + zone, "unknownZone", "the service has no place \"" + zone + "\"", known});
    }
  }
  if (!problems.empty()) return Refusal{Kind::invalid, "unknown zone", std::move(problems)};
  if (wanted > replicas_max || world.instance_count() + wanted > model::World::instances_max) {
    const std::string most =
        "at most " + std::to_string(replicas_max) + " instances of a service, " + std::to_string(model::World::instances_max) + " in all";
    return Refusal{Kind::invalid, "too many instances", {{request.replicas ? "/replicas" : "/perZone", "outOfRange", most, {}}}};
  }
  return std::nullopt;
}

/// A new one goes where there are fewest, but not where everything is down; one too many is taken where there are most.
void scale_total(model::World& world, std::uint32_t service, std::uint32_t replicas, std::vector<InstanceId>& touched) {
  std::vector<Place> places = places_of(world, service);
  std::size_t now = 0;
  for (const Place& place : places) now += place.count;
  const auto emptier = [](const Place& x, const Place& y) { return std::pair(x.failed, x.count) < std::pair(y.failed, y.count); };
  for (; now < replicas; ++now) grow(world, service, *std::min_element(places.begin(), places.end(), emptier), touched);
  const auto smaller = [](const Place& x, const Place& y) { return x.count < y.count; };
  for (; now > replicas; --now) shrink(world, *std::max_element(places.rbegin(), places.rend(), smaller), touched);
}

void scale_zones(model::World& world, std::uint32_t service, const std::map<std::string, std::uint32_t>& per_zone,
                 std::vector<InstanceId>& touched) {
  for (Place& place : places_of(world, service)) {
    const auto wanted = per_zone.find(world.shared().locations[place.location].id);
    if (wanted == per_zone.end()) continue;
    while (place.count < wanted->second) grow(world, service, place, touched);
    while (place.count > wanted->second) shrink(world, place, touched);
  }
}

}  // namespace

std::variant<std::vector<InstanceId>, Refusal> scale(model::World& world, const ScaleRequest& request) {
  const auto found = service_named(world, request.service);
  if (const auto* refusal = std::get_if<Refusal>(&found)) return *refusal;
  const std::uint32_t service = std::get<std::uint32_t>(found);
  if (auto refusal = check(world, service, request)) return *refusal;

  model::Occurrence o;
  o.type = "service.scaled";
  o.severity = "info";
  o.subject_kind = "service";
  o.subject_id = request.service;
  std::uint64_t desired = 0;
  for (const Place& place : places_of(world, service)) {
    const auto wanted = request.per_zone.find(world.shared().locations[place.location].id);
    desired += wanted == request.per_zone.end() ? place.count : wanted->second;
  }
  if (request.replicas) desired = *request.replicas;
  o.message =
      request.service + " is scaled from " + std::to_string(world.shared().services[service].desired) + " to " + std::to_string(desired);
  o.data = {{"desired", std::to_string(desired)}};
  const std::uint64_t outer = world.cause();
  world.set_cause(world.report(std::move(o)));
  std::vector<InstanceId> touched;
  if (request.replicas) {
    scale_total(world, service, *request.replicas, touched);
  } else {
    scale_zones(world, service, request.per_zone, touched);
  }
  world.set_desired(service, static_cast<std::uint32_t>(desired));
  world.set_cause(outer);
  return touched;
}

}  // namespace operations
