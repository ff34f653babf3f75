#include "run/structure.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <unordered_set>

namespace run {
namespace {

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

/// `number` as in model::Dependency.
PolicyPtr policy_of(const model::Shared& shared, std::uint32_t number) {
  return number == 0 ? nullptr : std::make_shared<const model::Policy>(shared.policies[number]);
}

void add_versions(const model::World& world, std::uint32_t index, ServiceInfo& info) {
  const model::Shared& shared = world.shared();
  const model::Service& service = shared.services[index];
  info.routing = service.routing;
  info.flags = service.flags;
  for (const std::uint32_t profile : service.profiles) {
    if (!world.runs(index, profile)) continue;
    VersionInfo version;
    version.spec = shared.profiles[profile].spec;
    for (const model::Fleet& fleet : service.keeping.fleets) {
      if (fleet.profile != profile) continue;
      version.wanted = fleet.wanted;
      version.spare = fleet.spare;
    }
    for (const model::VersionShare& share : service.shares) {
      if (share.profile == profile) version.percent = share.percent;
    }
    info.versions.push_back(std::move(version));
  }
  const auto autoscaler = world.autoscalers().find(index);
  if (autoscaler != world.autoscalers().end()) info.autoscaler = std::make_shared<const model::AutoscalerRecord>(autoscaler->second);
}

void add_services(const model::World& world, Structure& s) {
  const model::Shared& shared = world.shared();
  for (const model::Service& service : shared.services) {
    ServiceInfo info;
    add_versions(world, static_cast<std::uint32_t>(&service - shared.services.data()), info);
    info.name = service.name;
    info.package = service.package->name;
    for (const std::uint32_t d : service.dependencies) info.dependencies.push_back(shared.services[d].name);
    for (const std::uint32_t call : service.calls) info.policies.push_back(policy_of(shared, shared.dependencies[call].policy));
    if (service.everywhere) info.dependencies.emplace_back("eureka");
    info.policies.resize(info.dependencies.size());
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
    if (service.shedding != 0) info.shedding = std::make_shared<const model::Shedding>(shared.sheddings[service.shedding]);
    if (info.entry) {
      info.load = service.load.spec;
      info.load_since = service.load.since;
    }
    if (profile.function != model::no_function) {
      info.function = shared.functions[profile.function].spec;
      info.function_number = profile.function;
    }
    s.services.push_back(std::move(info));
    s.levels.push_back(service.levels);
  }
}

/// Where each machine of the World is in the list.
using MachinePlaces = std::vector<std::uint32_t>;

MachinePlaces add_machines(const model::World& world, Structure& s) {
  const model::Machines& machines = world.machines();
  for (const model::MachineTypeSpec& type : machines.types()) s.machine_types.push_back({type.name, type.kind, type.memory_mb, type.slots});
  std::vector<std::uint32_t> order;
  for (std::uint32_t m = 0; m < machines.list().size(); ++m) {
    if (machines[m].in_use) order.push_back(m);
  }
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    const model::Machine& x = machines[a];
    const model::Machine& y = machines[b];
    return std::tuple(x.location, x.type, x.serial) < std::tuple(y.location, y.type, y.serial);
  });
  MachinePlaces places(machines.list().size(), InstanceInfo::no_machine);
  for (const std::uint32_t m : order) {
    const model::Machine& machine = machines[m];
    places[m] = static_cast<std::uint32_t>(s.machines.size());
    MachineInfo info;
    info.type = machine.type;
    info.location = machine.location;
    info.serial = machine.serial;
    info.used_mb = machine.used_mb;
    info.state = machine.state;
    info.shared = machine.shared;
    info.started = machine.started;
    info.up_at = machine.up_at;
    for (const model::InstanceId id : machine.instances) info.instances.emplace_back(world.instance(id).group, world.detail(id).serial);
    s.machines.push_back(std::move(info));
  }
  return places;
}

void add_instance(const model::World& world, model::InstanceId id, const MachinePlaces& machines, Structure& s) {
  const model::Instance& instance = world.instance(id);
  const model::InstanceDetail& detail = world.detail(id);
  InstanceInfo info;
  info.id = id;
  info.group = instance.group;
  info.cell = instance.cell;
  info.serial = detail.serial;
  info.slot = detail.display_slot;
  info.workers = instance.workers;
  info.state = instance.state;
  info.started = detail.started;
  info.address = world.address_of(id);
  if (world.shared().groups[instance.group].set != model::ReplicaSet::none)
    info.role = world.is_primary(id) ? Role::primary : Role::secondary;
  // Of a dead one the machine may be gone, and another in its place.
  const std::uint32_t machine = instance.state == InstanceState::dead ? model::Machines::none : world.machines().of(id);
  if (machine != model::Machines::none) info.machine = machines[machine];
  s.instances.push_back(std::move(info));
}

void add_groups(const model::World& world, const Listing& listing, Structure& s) {
  const MachinePlaces machines = add_machines(world, s);
  const model::Shared& shared = world.shared();
  s.everything = listing.everything;
  s.counted_since = listing.counted_since;
  std::vector<std::size_t> listed(shared.groups.size());
  for (const model::InstanceId id : listing.instances) {
    add_instance(world, id, machines, s);
    ++listed[world.instance(id).group];
  }
  for (std::size_t g = 0; g < shared.groups.size(); ++g) {
    const model::Group& group = shared.groups[g];
    s.groups.push_back({group.service, group.location, listing.everything || listed[g] == group.members.size()});
    if (!listing.everything) continue;
    for (const model::InstanceId id : group.members) add_instance(world, id, machines, s);
  }
  for (const model::Cell& cell : shared.cells) {
    s.cells.push_back({cell.group, shared.profiles[cell.profile].version, cell.instances, cell.workers});
  }
  for (const model::Link& link : shared.links) s.links.push_back({link.source, link.target});
}

/// Who of the listed instances knows whom of them.
class Wires {
 public:
  Wires(const model::World& world, const Structure& s) : world_(world), of_group_(world.shared().groups.size()) {
    for (const InstanceInfo& instance : s.instances) {
      if (world.instance(instance.id).known) of_group_[instance.group].push_back(instance.id);
    }
  }

  std::uint64_t count() const {
    std::uint64_t count = 0;
    for (std::size_t g = 0; g < of_group_.size(); ++g) {
      std::uint64_t targets = 0;
      for (const model::RouteEnd* end : ends_of(g)) targets += of_group_[end->group].size();
      count += targets * of_group_[g].size();
    }
    return count;
  }

  void add_to(Structure& s) const {
    std::unordered_set<model::InstanceId> listed;
    if (world_.meetings() > 0) {
      for (const InstanceInfo& instance : s.instances) listed.insert(instance.id);
    }
    for (std::size_t g = 0; g < of_group_.size(); ++g) {
      const std::vector<const model::RouteEnd*> ends = ends_of(g);
      for (const model::InstanceId from : of_group_[g]) {
        for (const model::RouteEnd* end : ends) {
          for (const model::InstanceId to : of_group_[end->group]) {
            if (to != from) s.wires.emplace_back(from, to);
          }
        }
        for (const model::InstanceId to : world_.shards()[model::shard_of(from)].acquaintances_of(model::slot_of(from))) {
          if (listed.contains(to)) s.wires.emplace_back(from, to);
        }
      }
    }
  }

 private:
  /// Whom the registry names to the instances of a group.
  std::vector<const model::RouteEnd*> ends_of(std::size_t index) const {
    const model::Group& group = world_.shared().groups[index];
    std::vector<const model::RouteEnd*> ends;
    const auto add = [&ends](const model::Route& route) {
      for (const model::RouteEnd& end : route.ends) ends.push_back(&end);
    };
    for (const model::Route& route : group.routes) add(route);
    for (const model::RouteEnd& end : group.takers) ends.push_back(&end);
    if (world_.shared().services[group.service].package->acquaintances == nullptr) add(group.cluster);
    return ends;
  }

  const model::World& world_;
  std::vector<std::vector<model::InstanceId>> of_group_;  ///< those that callers believe to be up
};

void add_wires(const model::World& world, Structure& s) {
  s.wire_count = world.wire_count();
  const Wires wires(world, s);
  if (wires.count() > Structure::wires_max + s.instances.size()) return;  // nobody keeps itself
  wires.add_to(s);
  if (s.wires.size() > Structure::wires_max) s.wires.clear();
}

}  // namespace

std::shared_ptr<const Structure> describe(const model::World& world, const Listing& listing) {
  auto s = std::make_shared<Structure>();
  s->version = world.structure_version();
  s->architecture = world.architecture();
  add_places(world, *s);
  add_services(world, *s);
  add_groups(world, listing, *s);
  add_wires(world, *s);
  s->stores = describe_stores(world);
  s->faults = world.faults();
  s->deployments = world.deployments();
  s->evacuations = world.evacuations();
  s->schedules = world.schedules();
  s->starts_at = world.starts_at();
  s->victim = world.victim();
  s->place_traffic = world.place_traffic();
  s->deployments_wait = world.deployments_wait();
  s->discovery = world.discovery().spec;
  s->cold_start = world.start_ups().cold;
  s->all_up = world.start_ups().complete;
  return s;
}

const char* name_of(Role role) {
  static const char* const names[] = {"", "primary", "secondary"};
  return names[static_cast<std::size_t>(role)];
}

const char* name_of(InstanceState state) {
  static const char* const names[] = {"starting", "up", "draining", "down", "dead"};
  return names[static_cast<std::size_t>(state)];
}

namespace {

std::string prefix_of(const Structure& s, const GroupInfo& group) {
  return s.architecture + "." + s.locations[group.location].id + "." + s.services[group.service].name;
}

}  // namespace

std::string Structure::name_of(const InstanceInfo& instance) const {
  return name_of(instance.group, instance.serial);
}

std::string Structure::name_of(std::uint32_t group, std::uint32_t serial) const {
  return prefix_of(*this, groups[group]) + model::serial_text(serial);
}

std::string Structure::name_of(const MachineInfo& machine) const {
  return architecture + "." + locations[machine.location].id + "." + machine_types[machine.type].name + model::serial_text(machine.serial);
}

const MachineInfo* Structure::find_machine(const std::string& name) const {
  for (const MachineInfo& machine : machines) {
    if (name_of(machine) == name) return &machine;
  }
  return nullptr;
}

std::string Structure::full_name_of(const InstanceInfo& instance) const {
  const GroupInfo& group = groups[instance.group];
  const ServiceInfo& service = services[group.service];
  const auto& [machine, given, container, process] = levels[group.service];
  return architecture + "." + locations[group.location].id + "." + machine + "." + (given.empty() ? service.name : given) +
         model::serial_text(instance.serial) + "." + container + "." + process + "." + service.name + "." + service.package;
}

const InstanceInfo* Structure::find(const std::string& name) const {
  for (std::uint32_t g = 0; g < groups.size(); ++g) {
    const auto serial = model::serial_in(name, prefix_of(*this, groups[g]));
    const InstanceInfo* instance = serial ? find(g, *serial) : nullptr;
    if (instance != nullptr) return instance;
  }
  return nullptr;
}

const InstanceInfo* Structure::find(std::uint32_t group, std::uint32_t serial) const {
  const auto place = std::lower_bound(instances.begin(), instances.end(), std::pair(group, serial),
                                      [](const InstanceInfo& i, const auto& key) { return std::pair(i.group, i.serial) < key; });
  return place != instances.end() && place->group == group && place->serial == serial ? &*place : nullptr;
}

StateCounts Structure::instances_of(std::uint32_t service) const {
  StateCounts all;
  for (const CellInfo& cell : cells) {
    if (groups[cell.group].service == service) all.add(cell.instances);
  }
  return all;
}

std::optional<std::uint32_t> Structure::service_index(const std::string& name) const {
  for (std::uint32_t i = 0; i < services.size(); ++i) {
    if (services[i].name == name) return i;
  }
  return std::nullopt;
}

const InstanceCount* Counters::find(InstanceId id) const {
  const auto place =
      std::lower_bound(instances.begin(), instances.end(), id, [](const auto& entry, InstanceId wanted) { return entry.first < wanted; });
  return place != instances.end() && place->first == id ? &place->second : nullptr;
}

model::PolicyCount policy_count(const Structure& structure, const Counters& counters, std::uint32_t service,
                                std::optional<std::uint32_t> dependency) {
  model::PolicyCount sum;
  for (std::size_t l = 0; l < std::min(structure.links.size(), counters.policies.size()); ++l) {
    const LinkInfo& link = structure.links[l];
    if (structure.groups[link.source].service == service && structure.groups[link.target].service == dependency)
      sum.add(counters.policies[l]);
  }
  return sum;
}

InstanceChange change_of(const InstanceInfo& instance, const Counters& now, const Counters& base) {
  InstanceChange change;
  const InstanceCount* last = now.find(instance.id);
  if (last == nullptr) return change;
  change.now = *last;
  const InstanceCount* first = base.find(instance.id);
  if (first == nullptr && instance.started <= base.at) return change;
  const InstanceCount before = first == nullptr ? InstanceCount{} : *first;
  // A count that went back was started anew.
  const auto grown = [&](std::uint64_t InstanceCount::*member) {
    return last->*member >= before.*member ? last->*member - before.*member : last->*member;
  };
  change.requests = grown(&InstanceCount::requests);
  change.errors = grown(&InstanceCount::errors);
  change.replies = grown(&InstanceCount::replies);
  change.service_ns = grown(&InstanceCount::service_ns);
  change.busy_ns = grown(&InstanceCount::busy_ns);
  return change;
}

}  // namespace run
