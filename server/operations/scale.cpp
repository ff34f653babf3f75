#include <algorithm>

#include "operations/operations.h"

namespace operations {
namespace {

using model::InstanceId;
using model::InstanceState;
using model::Refusal;

bool active(const model::World& world, InstanceId id) {
  const InstanceState state = world.instance(id).state;
  return state == InstanceState::up || state == InstanceState::starting || state == InstanceState::down;
}

std::vector<InstanceId> active_in(const model::World& world, std::uint32_t group) {
  std::vector<InstanceId> result;
  for (const InstanceId id : world.shared().groups[group].members) {
    if (active(world, id)) result.push_back(id);
  }
  return result;
}

/// Who goes first when there are too many: what a fault holds down, then what has not started yet, then the newest.
InstanceId one_to_retire(const model::World& world, const std::vector<InstanceId>& candidates) {
  const auto rank = [&](InstanceId id) {
    const InstanceState state = world.instance(id).state;
    return std::pair(state == InstanceState::down ? 0 : state == InstanceState::starting ? 1 : 2, ~world.detail(id).serial);
  };
  return *std::min_element(candidates.begin(), candidates.end(), [&](InstanceId a, InstanceId b) { return rank(a) < rank(b); });
}

std::uint32_t fullest_group(const model::World& world, const model::Service& service) {
  std::uint32_t best = service.groups.front();
  std::size_t most = 0;
  for (const std::uint32_t group : service.groups) {
    const std::size_t size = active_in(world, group).size();
    if (size >= most) {
      most = size;
      best = group;
    }
  }
  return best;
}

void grow(model::World& world, std::uint32_t service, std::uint32_t location, std::vector<InstanceId>& touched) {
  touched.push_back(world.start_instance(service, location, world.shared().services[service].current_profile));
}

void shrink(model::World& world, std::uint32_t group, std::vector<InstanceId>& touched) {
  const InstanceId id = one_to_retire(world, active_in(world, group));
  touched.push_back(id);
  world.retire(id);
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
    return Refusal{Kind::limit, "too many instances: at most " + std::to_string(replicas_max) + " of a service", {}};
  }
  return std::nullopt;
}

void scale_total(model::World& world, std::uint32_t service, std::uint32_t replicas, std::vector<InstanceId>& touched) {
  std::size_t now = 0;
  for (const std::uint32_t group : world.shared().services[service].groups) now += active_in(world, group).size();
  for (; now < replicas; ++now) grow(world, service, world.place_for(service), touched);
  for (; now > replicas; --now) shrink(world, fullest_group(world, world.shared().services[service]), touched);
}

void scale_zones(model::World& world, std::uint32_t service, const std::map<std::string, std::uint32_t>& per_zone,
                 std::vector<InstanceId>& touched) {
  for (const std::uint32_t group : world.shared().services[service].groups) {
    const std::uint32_t location = world.shared().groups[group].location;
    const auto wanted = per_zone.find(world.shared().locations[location].id);
    if (wanted == per_zone.end()) continue;
    std::size_t now = active_in(world, group).size();
    for (; now < wanted->second; ++now) grow(world, service, location, touched);
    for (; now > wanted->second; --now) shrink(world, group, touched);
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
  for (const std::uint32_t group : world.shared().services[service].groups) {
    const auto wanted = request.per_zone.find(world.shared().locations[world.shared().groups[group].location].id);
    desired += wanted == request.per_zone.end() ? active_in(world, group).size() : wanted->second;
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
  if (world.shared().services[service].package->load_source)
    world.set_traffic(service, world.shared().services[service].requests_per_second);
  world.set_cause(outer);
  return touched;
}

}  // namespace operations
