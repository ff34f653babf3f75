// Names and addresses.

#include <algorithm>

#include "model/world.h"

namespace model {
std::optional<std::uint32_t> World::find_service(const std::string& name) const {
  for (std::uint32_t s = 0; s < shared_->services.size(); ++s) {
    if (shared_->services[s].name == name) return s;
  }
  return std::nullopt;
}

std::optional<std::uint32_t> World::find_location(const std::string& id) const {
  for (std::uint32_t l = 0; l < shared_->locations.size(); ++l) {
    if (shared_->locations[l].id == id) return l;
  }
  return std::nullopt;
}

std::string World::name_of(InstanceId id) const {
  return prefix_of(shared_->groups[instance(id).group]) + serial_text(detail(id).serial);
}

std::string World::prefix_of(const Group& group) const {
  return architecture_ + "." + shared_->locations[group.location].id + "." + shared_->services[group.service].name;
}

std::string World::address_of(InstanceId id) const {
  if (regions_.empty()) return "";
  const Location& location = shared_->locations[shared_->groups[instance(id).group].location];
  const RegionNames& region = regions_[location.region == outside ? 0 : location.region];
  const std::string& range = region.address_ranges[location.zone == outside ? 0 : location.zone];
  const std::uint32_t node = detail(id).node;
  return range + "." + std::to_string(node / 256) + "." + std::to_string(node % 256);
}

InstanceId World::find_member(const Group& group, std::uint32_t serial) const {
  const auto place = std::lower_bound(group.members.begin(), group.members.end(), serial,
                                      [this](InstanceId member, std::uint32_t wanted) { return detail(member).serial < wanted; });
  return place != group.members.end() && detail(*place).serial == serial ? *place : no_instance;
}

InstanceId World::find_instance(const std::string& short_name) const {
  for (const Group& group : shared_->groups) {
    const auto serial = serial_in(short_name, prefix_of(group));
    if (!serial) continue;
    if (const InstanceId id = find_member(group, *serial); id != no_instance) return id;
  }
  return no_instance;
}

bool World::was_here(const std::string& short_name) const {
  for (std::uint32_t g = 0; g < shared_->groups.size(); ++g) {
    const Group& group = shared_->groups[g];
    const Service& service = shared_->services[group.service];
    const auto serial = serial_in(short_name, prefix_of(group));
    if (serial && *serial < service.group_of_serial.size() && service.group_of_serial[*serial] == g) return true;
  }
  return false;
}

std::uint64_t World::meetings() const {
  std::uint64_t sum = 0;
  for (const Shard& shard : shards_) sum += shard.meetings();
  return sum;
}

StateCounts World::instances_of(const Group& group) const {
  StateCounts all;
  for (const std::uint32_t cell : group.cells) all.add(shared_->cells[cell].instances);
  return all;
}

std::uint64_t World::wire_count() const {
  const auto listed = [this](const RouteEnd& end) {
    const Group& group = shared_->groups[end.group];
    return group.known.size() - group.ghosts;
  };
  std::uint64_t count = 0;
  for (std::size_t g = 0; g < shared_->groups.size(); ++g) {
    const Group& group = shared_->groups[g];
    std::uint64_t targets = 0;
    for (const Route& route : group.routes) {
      for (const RouteEnd& end : route.ends) targets += listed(end);
    }
    for (const RouteEnd& end : group.takers) targets += shared_->groups[end.group].known.size();
    const bool by_registry = shared_->services[group.service].package->acquaintances == nullptr;
    if (by_registry) {
      for (const RouteEnd& end : group.cluster.ends) targets += listed(end);
    }
    const std::uint64_t callers = group.known.size() - group.ghosts;
    count += targets * callers;
    if (by_registry && !group.cluster.ends.empty()) count -= callers;  // nobody keeps itself
  }
  for (const Shard& shard : shards_) count += shard.acquaintances();
  return count;
}

void World::tell_instance(InstanceId id, const char* type, const char* severity, const std::string& message) {
  Occurrence o;
  o.type = type;
  o.severity = severity;
  o.subject_kind = "instance";
  o.subject_id = name_of(id);
  o.message = o.subject_id + " " + message;
  o.data = {{"service", shared_->services[shared_->groups[instance(id).group].service].name},
            {"version", shared_->profiles[instance(id).profile].version}};
  report(std::move(o));
}

}  // namespace model
