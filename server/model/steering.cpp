// What shards have to know of versions and places, made of what people and deployments say: see routing.h.

#include <algorithm>
#include <cmath>

#include "model/world.h"

namespace model {
namespace {

/// A cohort or a header by its name, the same in every run (FNV-1a).
std::uint64_t salt_of(const std::string& name) {
  std::uint64_t salt = 0xcbf29ce484222325ULL;
  for (const char c : name) salt = (salt ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return salt;
}

std::uint64_t threshold_of(double percent) {
  return percent >= 100 ? ~std::uint64_t{0} : sim::threshold(percent / 100);
}

}  // namespace

bool World::can_do_with(std::uint32_t dependency, std::uint32_t profile) const {
  const std::optional<VersionRange>& versions = shared_->dependencies[dependency].versions;
  const Profile& p = shared_->profiles[profile];
  if (!versions || !p.release) return true;
  return versions->takes(*p.release) || (p.spec.contract && p.spec.contract->meets(*versions));
}

bool World::is_given(std::uint32_t dependency, std::uint32_t profile) const {
  if (!can_do_with(dependency, profile)) return false;
  const Profile& p = shared_->profiles[profile];
  if (shared_->dependencies[dependency].versions || !p.release) return true;
  const std::optional<std::uint32_t>& interface = shared_->services[p.service].interface;
  if (!interface) return true;
  const VersionRange bound{{*interface, 0, 0}, {*interface, Release::number_max, Release::number_max}};
  return bound.takes(*p.release) || (p.spec.contract && p.spec.contract->meets(bound));
}

bool World::runs(std::uint32_t service, std::uint32_t profile) const {
  if (fleet_of(service, profile) > 0) return true;
  for (const std::uint32_t group : shared_->services[service].groups) {
    for (const std::uint32_t index : shared_->groups[group].cells) {
      const Cell& cell = shared_->cells[index];
      if (cell.profile == profile && cell.instances.wanted() > 0) return true;
    }
  }
  return false;
}

void World::set_routing(std::uint32_t service, RoutingSpec routing) {
  shared_->services[service].routing = std::move(routing);
  steer();
}

void World::set_shares(std::uint32_t service, std::vector<VersionShare> shares) {
  shared_->services[service].shares = std::move(shares);
  steer();
}

double World::weight_of(const std::string& place) const {
  const auto found = place_traffic_.find(place);
  return found == place_traffic_.end() ? 100 : found->second.weight;
}

/// A zone gets its part of what its region gets.
void World::set_weight(const std::string& place, double percent) {
  place_traffic_.at(place).weight = percent;
  std::vector<std::uint32_t>& traffic = shared_->steering.traffic;
  traffic.assign(shared_->locations.size(), Steering::whole);
  for (std::size_t l = 0; l < traffic.size(); ++l) {
    const Location& location = shared_->locations[l];
    const double region = location.region == outside ? 100 : weight_of(regions_[location.region].name);
    const double zone = location.zone == outside ? 100 : weight_of(location.id);
    traffic[l] = static_cast<std::uint32_t>(std::lround(region * zone));
  }
  if (std::all_of(traffic.begin(), traffic.end(), [](std::uint32_t t) { return t == Steering::whole; })) traffic.clear();
  steer();
}

VersionTable World::version_table(const Service& service) const {
  VersionTable table;
  table.for_all.assign(service.profiles.size(), 1);
  const auto number_of = [&](const std::string& version) {
    for (const std::uint32_t p : service.profiles) {
      if (shared_->profiles[p].version == version) return shared_->profiles[p].number;
    }
    return VersionTable::any;
  };
  bool others = false;
  for (const RouteRule& rule : service.routing.rules) {
    VersionTable::Rule made;
    made.version = number_of(rule.to_version);
    if (made.version == VersionTable::any) continue;
    if (!rule.client.empty()) made.client = find_service(rule.client).value_or(VersionTable::any);
    made.by_version = !rule.client_version.empty();
    for (std::uint32_t p = 0; p < shared_->profiles.size() && made.by_version; ++p) {
      if (shared_->profiles[p].version == rule.client_version) made.profiles.push_back(p);
    }
    made.salt = salt_of(rule.header.empty() ? "cohort of users" : rule.header);
    made.cohort = threshold_of(rule.percent);
    made.weight = threshold_of(rule.weight);
    made.sticky = rule.sticky;
    made.mirror = rule.mirror;
    table.for_all[made.version] = 0;
    table.rules.push_back(std::move(made));
  }
  for (const std::uint32_t p : service.profiles)
    others = others || (table.for_all[shared_->profiles[p].number] != 0 && runs(shared_->profiles[p].service, p));
  if (!others) table.for_all.assign(service.profiles.size(), 1);  // all that there are have rules: then the rules are about preference
  for (const VersionShare& share : service.shares) {
    table.for_all[shared_->profiles[share.profile].number] = share.percent > 0 ? 1 : 0;
    if (share.percent > 0)
      table.shares.push_back({shared_->profiles[share.profile].number, static_cast<std::uint64_t>(share.percent * 1e6)});
  }
  return table;
}

/// Clients that say nothing of versions stay with the interface that they have, while anything of it runs; those who have had none, because
/// the version had another name, while that runs.
void World::settle_interfaces() {
  for (std::uint32_t index = 0; index < shared_->services.size(); ++index) {
    Service& service = shared_->services[index];
    const bool there = std::any_of(service.profiles.begin(), service.profiles.end(), [&](std::uint32_t p) {
      const std::optional<Release>& release = shared_->profiles[p].release;
      const std::optional<std::uint32_t> interface = release ? std::optional(release->interface) : std::nullopt;
      return interface == service.interface && runs(index, p);
    });
    const std::optional<Release>& current = shared_->profiles[service.current_profile].release;
    if (!there) service.interface = current ? std::optional(current->interface) : std::nullopt;
  }
}

void World::steer() {
  settle_interfaces();
  Steering& steering = shared_->steering;
  std::vector<bool> matters(shared_->services.size());
  for (std::size_t s = 0; s < shared_->services.size(); ++s) {
    matters[s] = !shared_->services[s].routing.rules.empty() || !shared_->services[s].shares.empty();
  }
  for (const Service& client : shared_->services) {
    for (std::size_t d = 0; d < client.dependencies.size(); ++d) {
      const std::uint32_t s = client.dependencies[d];
      const std::vector<std::uint32_t>& profiles = shared_->services[s].profiles;
      if (matters[s] || (profiles.size() < 2 && !shared_->dependencies[client.calls[d]].versions)) continue;
      matters[s] =
          std::any_of(profiles.begin(), profiles.end(), [&](std::uint32_t p) { return runs(s, p) && !is_given(client.calls[d], p); });
    }
  }
  const bool versions = std::find(matters.begin(), matters.end(), true) != matters.end();
  steering.tables.clear();
  steering.accepted.clear();
  steering.preferred.clear();
  if (versions) {
    for (const Service& service : shared_->services) steering.tables.push_back(version_table(service));
    accept_versions();
  }
  know_versions(versions);
  for (Group& group : shared_->groups) {
    for (Route& route : group.routes) {
      if (shared_->services[route.service].package->elects) continue;
      const bool parts = std::any_of(route.ends.begin(), route.ends.end(), [&](const RouteEnd& end) {
        return steering.traffic_in(shared_->groups[end.group].location) != Steering::whole;
      });
      route.steered = route.directed = matters[route.service] || parts;
      route.tier_end = route.steered ? std::array<std::uint16_t, 4>{} : route.tiers;
    }
  }
  structure_changed();
}

void World::accept_versions() {
  Steering& steering = shared_->steering;
  steering.accepted.resize(shared_->dependencies.size());
  steering.preferred.resize(shared_->dependencies.size());
  for (const Service& client : shared_->services) {
    for (std::size_t d = 0; d < client.dependencies.size(); ++d) {
      for (const std::uint32_t p : shared_->services[client.dependencies[d]].profiles) {
        steering.accepted[client.calls[d]].push_back(can_do_with(client.calls[d], p) ? 1 : 0);
        steering.preferred[client.calls[d]].push_back(is_given(client.calls[d], p) ? 1 : 0);
      }
    }
  }
}

/// Which version each instance is, for callers in other shards.
void World::know_versions(bool wanted) {
  auto& versions = shared_->steering.versions;
  if (!wanted) {
    versions.clear();
    return;
  }
  if (!versions.empty()) return;
  versions.resize(shards_.size());
  for (std::uint32_t s = 0; s < shards_.size(); ++s) {
    for (std::uint32_t slot = 0; slot < shards_[s].slots(); ++slot) {
      versions[s].push_back(shared_->profiles[shards_[s].instance(slot).profile].number);
    }
  }
}

/// Another instance has the slot.
void World::know_version(InstanceId id) {
  auto& versions = shared_->steering.versions;
  if (versions.empty()) return;
  versions[shard_of(id)].resize(shards_[shard_of(id)].slots());
  versions[shard_of(id)][slot_of(id)] = shared_->profiles[at(id).profile].number;
}

// --- what a version is

/// Service times and errors, as the version and its features have them.
void World::shape_version(std::uint32_t profile) {
  Profile& p = shared_->profiles[profile];
  const Service& service = shared_->services[p.service];
  const Profile& first = service.first;
  double factor = p.spec.service_time_factor;
  double sound = 1 - p.spec.error_rate;
  for (const FeatureFlag& flag : service.flags) {
    if (!flag.on || flag.version != p.version) continue;
    factor *= flag.service_time_factor;
    sound *= 1 - flag.error_rate;
  }
  const double error_rate = 1 - sound;
  p.service_time_factor = factor;
  p.service_time = first.service_time.scaled(factor);
  p.hit_time = first.hit_time.scaled(factor);
  p.miss_time = first.miss_time.scaled(factor);
  p.error = error_rate > 0 ? sim::threshold(error_rate) : first.error;
  p.error_rate = error_rate > 0 ? error_rate : first.error_rate;
}

std::uint32_t World::add_version(std::uint32_t service, const VersionSpec& spec) {
  Service& s = shared_->services[service];
  Profile profile = s.first;
  profile.version = spec.name;
  profile.spec = spec;
  profile.release = release_of(spec.name);
  profile.number = static_cast<std::uint32_t>(s.profiles.size());
  shared_->profiles.push_back(std::move(profile));
  s.profiles.push_back(static_cast<std::uint32_t>(shared_->profiles.size() - 1));
  shape_version(s.profiles.back());
  steer();
  return s.profiles.back();
}

void World::take_back_version(std::uint32_t profile) {
  shared_->services[shared_->profiles[profile].service].profiles.pop_back();
  shared_->profiles.pop_back();
  steer();
}

void World::set_flags(std::uint32_t service, std::vector<FeatureFlag> flags) {
  shared_->services[service].flags = std::move(flags);
  for (const std::uint32_t profile : shared_->services[service].profiles) shape_version(profile);
  structure_changed();
}

}  // namespace model
