#include <algorithm>
#include <array>
#include <tuple>

#include "operations/operations.h"

namespace operations {
namespace {

using model::InstanceId;
using model::InstanceState;
using model::Refusal;

/// The instances of a service in one place that count.
struct Place {
  std::uint32_t group = 0;
  std::uint32_t location = 0;
  std::uint64_t count = 0;            ///< of those that there will be
  bool failed = false;                ///< all of them are held down by a fault
  bool denied = false;                ///< a fault lets nothing start there
  model::StateCounts left;            ///< of those that were there
  std::array<std::size_t, 5> seen{};  ///< by state: members, from the newest on, that need not be looked at again
};

Place place_of(const model::World& world, std::uint32_t group) {
  Place place;
  place.group = group;
  place.location = world.shared().groups[group].location;
  place.left = world.instances_of(world.shared().groups[group]);
  place.count = place.left.wanted();
  place.denied = world.denials().capacity[place.location] > 0;
  place.failed = place.left.down > 0 && place.left.down == place.count;
  return place;
}

/// Who goes first when there are too many: what a fault holds down, then what has not started yet, then the newest. REQUIRES: count > 0.
InstanceId next_to_go(const model::World& world, Place& place) {
  const std::vector<InstanceId>& members = world.shared().groups[place.group].members;
  const InstanceState state = place.left.down > 0       ? InstanceState::down
                              : place.left.starting > 0 ? InstanceState::starting
                                                        : InstanceState::up;
  --place.left[state];
  // Those that went at once are no members any more: then the place is one further than it was, among those that have been seen.
  std::size_t& seen = place.seen[static_cast<std::size_t>(state)];
  while (world.instance(members[members.size() - 1 - seen]).state != state) ++seen;
  return members[members.size() - 1 - seen];
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
  touched.push_back(next_to_go(world, place));
  world.retire(touched.back());
  --place.count;
}

/// How many of the service there will be. REQUIRES: the places that are named are its own.
std::uint64_t desired_of(const model::World& world, std::uint32_t service, const ScaleRequest& request) {
  if (request.replicas) return *request.replicas;
  std::uint64_t desired = 0;
  for (const Place& place : places_of(world, service)) {
    const auto wanted = request.per_zone.find(world.shared().locations[place.location].id);
    desired += wanted == request.per_zone.end() ? place.count : wanted->second;
  }
  return desired;
}

std::optional<Refusal> check(const model::World& world, std::uint32_t service, const ScaleRequest& request) {
  using Kind = Refusal::Kind;
  if (request.replicas.has_value() == !request.per_zone.empty()) {
    return Refusal{Kind::invalid, "give either replicas or perZone", {{"", "required", "one of \"replicas\" and \"perZone\"", {}}}};
  }
  std::vector<model::Problem> problems;
  for (const auto& entry : request.per_zone) {
    const std::string& zone = entry.first;
    std::vector<std::string> known;
    for (const std::uint32_t group : world.shared().services[service].groups) {
      known.push_back(world.shared().locations[world.shared().groups[group].location].id);
    }
    if (std::find(known.begin(), known.end(), zone) == known.end()) {
      problems.push_back({"/perZone/" + zone, "unknownZone", "the service has no place \"" + zone + "\"", known});
    }
  }
  if (!problems.empty()) return Refusal{Kind::invalid, "unknown zone", std::move(problems)};
  std::uint64_t now = 0;
  for (const Place& place : places_of(world, service)) now += place.count;
  const std::uint64_t wanted = desired_of(world, service, request);
  const std::uint64_t in_all = world.instance_count() + std::max(wanted, now) - now;
  if (in_all > model::World::instances_max) {
    const std::string most = "makes " + std::to_string(wanted) + " instances of \"" + request.service + "\" and " + std::to_string(in_all) +
                             " in all, and at most " + std::to_string(model::World::instances_max) + " are possible";
    return Refusal{Kind::invalid, most, {{request.replicas ? "/replicas" : "/perZone", "outOfRange", most, {}}}};
  }
  return std::nullopt;
}

/// A new one goes where there are fewest, where everything is down only when there is no other place, and nowhere when nothing can start in
/// any; one too many is taken where there are most.
void scale_total(model::World& world, std::uint32_t service, std::uint32_t replicas, std::vector<InstanceId>& touched) {
  std::vector<Place> places = places_of(world, service);
  std::uint64_t now = 0;
  for (const Place& place : places) now += place.count;
  const auto emptier = [](const Place& x, const Place& y) {
    return std::tuple(x.denied, x.failed, x.count) < std::tuple(y.denied, y.failed, y.count);
  };
  for (; now < replicas; ++now) {
    Place& place = *std::min_element(places.begin(), places.end(), emptier);
    if (place.denied) break;
    grow(world, service, place, touched);
  }
  const auto smaller = [](const Place& x, const Place& y) { return x.count < y.count; };
  for (; now > replicas; --now) shrink(world, *std::max_element(places.rbegin(), places.rend(), smaller), touched);
}

void scale_zones(model::World& world, std::uint32_t service, const std::map<std::string, std::uint32_t>& per_zone,
                 std::vector<InstanceId>& touched) {
  for (Place& place : places_of(world, service)) {
    const auto wanted = per_zone.find(world.shared().locations[place.location].id);
    if (wanted == per_zone.end()) continue;
    while (place.count < wanted->second && !place.denied) grow(world, service, place, touched);
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
  const std::uint64_t desired = desired_of(world, service, request);
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
