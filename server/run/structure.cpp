#include "run/structure.h"

#include <algorithm>
#include <cstdio>
#include <set>

namespace run {
namespace {

InstanceState state_of(model::InstanceState state) {
  switch (state) {
    case model::InstanceState::starting:
      return InstanceState::starting;
    case model::InstanceState::up:
      return InstanceState::up;
    case model::InstanceState::draining:
      return InstanceState::draining;
    case model::InstanceState::down:
      return InstanceState::down;
    case model::InstanceState::dead:
      return InstanceState::dead;
  }
  return InstanceState::dead;
}

void add_places(const model::World& world, Structure& s) {
  for (const model::Location& location : world.shared().locations) {
    LocationInfo info;
    info.region = location.region == model::outside ? "*" : world.regions()[location.region].name;
    info.zone = location.zone == model::outside ? "*" : world.regions()[location.region].zones[location.zone];
    info.id = location.id;
    s.locations.push_back(std::move(info));
  }
  s.regions = static_cast<std::uint32_t>(world.regions().size());
  std::set<std::uint32_t> zones;
  for (const model::Group& group : world.shared().groups) {
    if (world.shared().locations[group.location].zone != model::outside) zones.insert(group.location);
  }
  s.zones = static_cast<std::uint32_t>(zones.size());
}

void add_services(const model::World& world, Structure& s) {
  const model::Shared& shared = world.shared();
  for (const model::Service& service : shared.services) {
    ServiceInfo info;
    info.name = service.name;
    info.package = service.package->name;
    for (const std::uint32_t d : service.dependencies) info.dependencies.push_back(shared.services[d].name);
    if (service.everywhere) info.dependencies.emplace_back("eureka");
    info.tier = service.tier;
    info.lane = service.lane;
    info.entry = service.package->load_source;
    info.desired = service.desired;
    const model::Profile& profile = shared.profiles[service.current_profile];
    info.version = profile.version;
    info.discipline = profile.discipline;
    info.last_come_above = profile.last_come_above;
    info.worker_held = profile.holds_worker;
    info.fan_out = service.fan_out;
    info.fan_out_first = service.fan_out_first;
    if (info.entry) {
      info.load = service.load.spec;
      info.load_since = service.load.since;
    }
    s.services.push_back(std::move(info));
    s.levels.push_back(service.levels);
  }
}

void add_groups(const model::World& world, Structure& s) {
  const model::Shared& shared = world.shared();
  for (std::uint32_t g = 0; g < shared.groups.size(); ++g) {
    const model::Group& group = shared.groups[g];
    s.groups.push_back({group.service, group.location});
    for (const model::InstanceId id : group.members) {
      const model::Instance& instance = world.instance(id);
      const model::InstanceDetail& detail = world.detail(id);
      InstanceInfo info;
      info.id = id;
      info.group = g;
      info.cell = instance.cell;
      info.serial = detail.serial;
      info.slot = detail.display_slot;
      info.workers = instance.workers;
      info.state = state_of(instance.state);
      info.started = detail.started;
      info.address = world.address_of(id);
      s.instances.push_back(std::move(info));
    }
  }
  for (const model::Cell& cell : shared.cells) s.cells.push_back({cell.group, shared.profiles[cell.profile].version});
  for (const model::Link& link : shared.links) s.links.push_back({link.source, link.target});
}

void add_wires(const model::World& world, Structure& s) {
  s.wire_count = world.wire_count();
  if (s.wire_count > Structure::wires_max) return;
  const model::Shared& shared = world.shared();
  for (const model::Group& group : shared.groups) {
    std::vector<const model::Route*> routes;
    for (const model::Route& route : group.routes) routes.push_back(&route);
    routes.push_back(&group.cluster);
    for (const model::InstanceId from : group.known) {
      for (const model::Route* route : routes) {
        for (const model::RouteEnd& end : route->ends) {
          for (const model::InstanceId to : shared.groups[end.group].known) {
            if (to != from) s.wires.emplace_back(from, to);
          }
        }
      }
    }
  }
}

}  // namespace

std::shared_ptr<const Structure> describe(const model::World& world) {
  auto s = std::make_shared<Structure>();
  s->version = world.structure_version();
  s->architecture = world.architecture();
  add_places(world, *s);
  add_services(world, *s);
  add_groups(world, *s);
  add_wires(world, *s);
  s->faults = world.faults();
  s->deployments = world.deployments();
  s->redundant = world.redundant();
  return s;
}

const char* name_of(InstanceState state) {
  static const char* const names[] = {"starting", "up", "draining", "down", "dead"};
  return names[static_cast<std::size_t>(state)];
}

std::string Structure::name_of(const InstanceInfo& instance) const {
  const GroupInfo& group = groups[instance.group];
  char serial[16];
  std::snprintf(serial, sizeof serial, "%02u", instance.serial);
  return architecture + "." + locations[group.location].id + "." + services[group.service].name + serial;
}

std::string Structure::full_name_of(const InstanceInfo& instance) const {
  const GroupInfo& group = groups[instance.group];
  const ServiceInfo& service = services[group.service];
  const auto& [machine, given, container, process] = levels[group.service];
  char serial[16];
  std::snprintf(serial, sizeof serial, "%02u", instance.serial);
  return architecture + "." + locations[group.location].id + "." + machine + "." + (given.empty() ? service.name : given) + serial + "." +
         container + "." + process + "." + service.name + "." + service.package;
}

const InstanceInfo* Structure::find(const std::string& name) const {
  const auto match = std::find_if(instances.begin(), instances.end(), [&](const InstanceInfo& i) { return name_of(i) == name; });
  return match == instances.end() ? nullptr : &*match;
}

std::optional<std::uint32_t> Structure::service_index(const std::string& name) const {
  for (std::uint32_t i = 0; i < services.size(); ++i) {
    if (services[i].name == name) return i;
  }
  return std::nullopt;
}

const InstanceCount& Counters::of(InstanceId id) const {
  static const InstanceCount none;
  const std::uint32_t shard = model::shard_of(id);
  const std::uint32_t slot = model::slot_of(id);
  return shard < instances.size() && slot < instances[shard].size() ? instances[shard][slot] : none;
}

}  // namespace run
