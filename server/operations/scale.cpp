#include <algorithm>
#include <numeric>

#include "operations/operations.h"

namespace operations {
namespace {

using model::InstanceId;
using model::Refusal;

/// How many count in each of the service's places, as wanted. REQUIRES: the places that are named are its own.
std::vector<std::uint32_t> places_of(const model::World& world, std::uint32_t service,
                                     const std::map<std::string, std::uint32_t>& per_zone) {
  std::vector<std::uint32_t> places;
  for (const std::uint32_t index : world.shared().services[service].groups) {
    const model::Group& group = world.shared().groups[index];
    const auto wanted = per_zone.find(world.shared().locations[group.location].id);
    places.push_back(wanted == per_zone.end() ? static_cast<std::uint32_t>(world.instances_of(group).wanted()) : wanted->second);
  }
  return places;
}

std::uint64_t sum_of(const std::vector<std::uint32_t>& places) {
  return std::accumulate(places.begin(), places.end(), std::uint64_t{0});
}

/// How many of the service there will be.
std::uint64_t desired_of(const model::World& world, std::uint32_t service, const ScaleRequest& request) {
  return request.replicas ? *request.replicas : sum_of(places_of(world, service, request.per_zone));
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
  const std::uint64_t now = sum_of(places_of(world, service, {}));
  const std::uint64_t wanted = desired_of(world, service, request);
  const std::uint64_t in_all = world.instance_count() + std::max(wanted, now) - now;
  if (in_all > model::World::instances_max) {
    const std::string most = "makes " + std::to_string(wanted) + " instances of \"" + request.service + "\" and " + std::to_string(in_all) +
                             " in all, and at most " + std::to_string(model::World::instances_max) + " are possible";
    return Refusal{Kind::invalid, most, {{request.replicas ? "/replicas" : "/perZone", "outOfRange", most, {}}}};
  }
  return std::nullopt;
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
  std::vector<InstanceId> touched = request.replicas ? world.set_number(service, *request.replicas)
                                                     : world.set_places(service, places_of(world, service, request.per_zone));
  world.set_cause(outer);
  return touched;
}

}  // namespace operations
