// Names, addresses and selectors.

#include <algorithm>
#include <cstdio>

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
  const Group& group = shared_->groups[instance(id).group];
  char serial[16];
  std::snprintf(serial, sizeof serial, "%02u", detail(id).serial);
  return architecture_ + "." + shared_->locations[group.location].id + "." + shared_->services[group.service].name + serial;
}

std::string World::address_of(InstanceId id) const {
  if (regions_.empty()) return "";
  const Location& location = shared_->locations[shared_->groups[instance(id).group].location];
  const RegionNames& region = regions_[location.region == outside ? 0 : location.region];
  const std::string& range = region.address_ranges[location.zone == outside ? 0 : location.zone];
  const std::uint32_t node = detail(id).node;
  return range + "." + std::to_string(node / 256) + "." + std::to_string(node % 256);
}

InstanceId World::find_instance(const std::string& short_name) const {
  const std::string head = architecture_ + ".";
  if (short_name.compare(0, head.size(), head) != 0) return no_instance;
  for (const Group& group : shared_->groups) {
    const std::string prefix = head + shared_->locations[group.location].id + "." + shared_->services[group.service].name;
    if (short_name.compare(0, prefix.size(), prefix) != 0) continue;
    for (const InstanceId id : group.members) {
      if (name_of(id) == short_name) return id;
    }
  }
  return no_instance;
}

bool World::was_here(const std::string& short_name) const {
  for (std::uint32_t g = 0; g < shared_->groups.size(); ++g) {
    const Group& group = shared_->groups[g];
    const Service& service = shared_->services[group.service];
    const std::string prefix = architecture_ + "." + shared_->locations[group.location].id + "." + service.name;
    if (short_name.size() <= prefix.size() || short_name.compare(0, prefix.size(), prefix) != 0) continue;
    const std::string digits = short_name.substr(prefix.size());
    if (digits.size() > 9 || digits.find_first_not_of("0123456789") != std::string::npos) continue;
    const std::size_t serial = std::stoul(digits);
    if (serial < service.group_of_serial.size() && service.group_of_serial[serial] == g) return true;
  }
  return false;
}

bool World::matches(const Selector& selector, InstanceId id) const {
  const Group& group = shared_->groups[instance(id).group];
  const Location& location = shared_->locations[group.location];
  const auto holds = [](const std::vector<std::string>& list, const std::string& name) {
    return list.empty() || std::find(list.begin(), list.end(), name) != list.end();
  };
  if (!holds(selector.services, shared_->services[group.service].name)) return false;
  if (!selector.zones.empty() && (location.zone == outside || !holds(selector.zones, location.id))) return false;
  if (!selector.regions.empty() && (location.region == outside || !holds(selector.regions, regions_[location.region].name))) return false;
  return selector.instances.empty() || holds(selector.instances, name_of(id));
}

std::vector<InstanceId> World::select(const Selector& selector) const {
  std::vector<InstanceId> found;
  for (const Group& group : shared_->groups) {
    for (const InstanceId id : group.members) {
      const InstanceState state = instance(id).state;
      if (state == InstanceState::dead || state == InstanceState::draining) continue;
      if (matches(selector, id)) found.push_back(id);
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::uint64_t World::wire_count() const {
  std::uint64_t count = 0;
  for (std::size_t g = 0; g < shared_->groups.size(); ++g) {
    const Group& group = shared_->groups[g];
    std::uint64_t targets = 0;
    for (const Route& route : group.routes) {
      for (const RouteEnd& end : route.ends) targets += shared_->groups[end.group].known.size();
    }
    for (const RouteEnd& end : group.cluster.ends) targets += shared_->groups[end.group].known.size();
    count += targets * group.known.size();
    if (!group.cluster.ends.empty()) count -= group.known.size();  // nobody keeps itself
  }
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
