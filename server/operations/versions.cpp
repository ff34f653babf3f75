// Versions beside each other: who needs which, where requests go, what features are on; and what holds deployments up.

#include <algorithm>

#include "model/problem_text.h"
#include "operations/operations.h"
#include "operations/rollout.h"

namespace operations {
namespace {

using model::Refusal;

/// Everything in a zone, a region or a continent is down, not only some of it.
bool over_whole_places(const model::FaultRecord& fault) {
  const model::Selector& s = fault.selector;
  if (fault.ended || (fault.type != "zone.outage" && fault.type != "region.outage")) return false;
  const bool part = !s.services.empty() || !s.instances.empty() || !s.versions.empty() || !s.states.empty() || !s.labels.empty() ||
                    !s.exclude.empty() || s.min_remaining > 0 || s.mode != model::Selector::Mode::all;
  return !part && !(s.zones.empty() && s.regions.empty() && s.continents.empty());
}

/// Whether a rule without condition, or for this client alone, gives it one of the versions that are left.
bool is_routed(const model::World& world, const model::Service& service, const std::string& client, std::uint32_t dependency,
               const std::vector<std::uint32_t>& left) {
  return std::any_of(service.routing.rules.begin(), service.routing.rules.end(), [&](const model::RouteRule& rule) {
    if (rule.mirror || rule.weight < 100 || rule.percent < 100 || !rule.client_version.empty()) return false;
    if (!rule.client.empty() && rule.client != client) return false;
    return std::any_of(left.begin(), left.end(), [&](std::uint32_t p) {
      return world.shared().profiles[p].version == rule.to_version && world.can_do_with(dependency, p);
    });
  });
}

/// Those that a service ever had.
std::vector<std::string> versions_of(const model::World& world, std::uint32_t service) {
  std::vector<std::string> names;
  for (const std::uint32_t p : world.shared().services[service].profiles) names.push_back(world.shared().profiles[p].version);
  return names;
}

/// Those that have instances or are to get some: new ones do, or a deployment is at work.
std::vector<std::string> present_versions(const model::World& world, std::uint32_t service) {
  const model::Service& s = world.shared().services[service];
  std::vector<std::string> names;
  for (const std::uint32_t p : s.profiles) {
    const std::string& version = world.shared().profiles[p].version;
    const bool comes = std::any_of(world.deployments().begin(), world.deployments().end(), [&](const model::DeploymentRecord& record) {
      return record.service == s.name && record.version == version && !record.ended;
    });
    if (p == s.current_profile || comes || world.runs(service, p)) names.push_back(version);
  }
  return names;
}

void tell(model::World& world, const char* type, std::uint32_t service, const std::string& message) {
  model::Occurrence o;
  o.type = type;
  o.severity = "info";
  o.subject_kind = "service";
  o.subject_id = world.shared().services[service].name;
  o.message = o.subject_id + message;
  world.report(std::move(o));
}

bool holds(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

model::Problem no_such_version(const model::World& world, std::uint32_t service, const std::string& version, const std::string& pointer) {
  const std::string& name = world.shared().services[service].name;
  const std::vector<std::string> present = present_versions(world, service);
  const bool was = holds(versions_of(world, service), version);
  return {pointer, "unknownVersion",
          name + (was ? " has no instances of version \"" : " has no version \"") + version + "\"; push it first", present};
}

}  // namespace

std::string held_by(const model::World& world, std::uint32_t service, bool force) {
  if (world.denials().deployments[service] > 0) return "a fault has frozen deployments of " + world.shared().services[service].name;
  if (force || !world.deployments_wait()) return {};
  for (const model::FaultRecord& fault : world.faults()) {
    if (!over_whole_places(fault)) continue;
    const model::Selector& s = fault.selector;
    const std::string& place = (!s.zones.empty() ? s.zones : !s.regions.empty() ? s.regions : s.continents).front();
    return place + " is down (fault " + fault.id + "); deployments wait until it is back";
  }
  for (std::size_t l = 0; l < world.shared().locations.size(); ++l) {
    if (world.denials().capacity[l] > 0)
      return "nothing can start in " + world.shared().locations[l].id + "; deployments wait until it can";
  }
  return {};
}

std::string in_need_of(const model::World& world, std::uint32_t service, const std::vector<std::uint32_t>& gone,
                       std::optional<std::uint32_t> fresh) {
  const model::Service& s = world.shared().services[service];
  std::vector<std::uint32_t> left;
  for (const std::uint32_t p : s.profiles) {
    const bool goes = std::find(gone.begin(), gone.end(), p) != gone.end();
    if (p == fresh || (!goes && world.runs(service, p))) left.push_back(p);
  }
  std::string text;
  for (const model::Service& client : world.shared().services) {
    for (std::size_t d = 0; d < client.dependencies.size(); ++d) {
      if (client.dependencies[d] != service || &client == &s) continue;
      const std::uint32_t dependency = client.calls[d];
      const auto needs = std::find_if(gone.begin(), gone.end(), [&](std::uint32_t p) { return world.is_given(dependency, p); });
      if (needs == gone.end() || is_routed(world, s, client.name, dependency, left)) continue;
      if (std::any_of(left.begin(), left.end(), [&](std::uint32_t p) { return world.is_given(dependency, p); })) continue;
      const auto& bound = world.shared().dependencies[dependency].versions;
      const std::string what = bound ? model::to_text(*bound) : "interface " + std::to_string(s.interface.value_or(0));
      text += (text.empty() ? "" : ", ") + client.name + " needs " + what;
    }
  }
  return text;
}

std::optional<Refusal> remove_version(model::World& world, const std::string& name, const std::string& version) {
  const auto found = service_named(world, name);
  if (const auto* refusal = std::get_if<Refusal>(&found)) return *refusal;
  const std::uint32_t service = std::get<std::uint32_t>(found);
  const model::Service& s = world.shared().services[service];
  const auto profile = std::find_if(s.profiles.begin(), s.profiles.end(), [&](std::uint32_t p) {
    return world.shared().profiles[p].version == version && world.runs(service, p);
  });
  if (profile == s.profiles.end())
    return Refusal{Refusal::Kind::not_found, "no instance of " + name + " runs version \"" + version + "\"", {}};
  const std::uint32_t gone = *profile;
  if (gone == s.current_profile) {
    return Refusal{
        Refusal::Kind::conflict, "version \"" + version + "\" is the one that new instances of " + name + " get; push another one", {}};
  }
  for (const model::DeploymentRecord& record : world.deployments()) {
    if (record.service == name && !record.ended)
      return Refusal{Refusal::Kind::conflict, "deployment " + record.id + " of " + name + " is at work", {}};
  }
  for (const model::RouteRule& rule : s.routing.rules) {
    if (rule.to_version == version)
      return Refusal{
          Refusal::Kind::conflict, std::string("a route of ").append(name).append(" leads to version \"").append(version).append("\""), {}};
  }
  if (const std::string need = in_need_of(world, service, {gone}, std::nullopt); !need.empty()) {
    return Refusal{Refusal::Kind::conflict, need + " of " + name + ", and no other version is that", {}};
  }
  const model::Fleet* fleet = nullptr;
  for (const model::Fleet& f : s.keeping.fleets) fleet = f.profile == gone ? &f : fleet;
  if (fleet != nullptr && !fleet->spare) world.set_desired(service, s.desired - std::min(s.desired, fleet->wanted));
  tell(world, "version.removed", service, ": version " + version + " is removed");
  world.set_fleet(service, gone, 0);
  world.keep(service);
  std::vector<model::VersionShare> shares = s.shares;
  std::erase_if(shares, [gone](const model::VersionShare& share) { return share.profile == gone; });
  if (s.keeping.fleets.size() <= 1) shares.clear();
  world.set_shares(service, std::move(shares));
  return std::nullopt;
}

std::optional<Refusal> set_routing(model::World& world, const std::string& name, const model::RoutingSpec& routing) {
  const auto found = service_named(world, name);
  if (const auto* refusal = std::get_if<Refusal>(&found)) return *refusal;
  const std::uint32_t service = std::get<std::uint32_t>(found);
  std::vector<model::Problem> problems;
  if (world.shared().services[service].package->elects || world.shared().services[service].package->load_source) {
    problems.push_back({"", "conflict", name + " is asked by nobody who could choose a version", {}});
  }
  const std::vector<std::string> present = present_versions(world, service);
  for (std::size_t i = 0; i < routing.rules.size(); ++i) {
    const std::string pointer = "/rules/" + std::to_string(i);
    const model::RouteRule& rule = routing.rules[i];
    if (!holds(present, rule.to_version)) problems.push_back(no_such_version(world, service, rule.to_version, pointer + "/toVersion"));
    if (rule.client.empty()) continue;
    const auto client = service_named(world, rule.client);
    if (const auto* refusal = std::get_if<Refusal>(&client)) {
      problems.push_back({pointer + "/match/client", "unknownService", refusal->detail, {}});
      continue;
    }
    const auto& calls = world.shared().services[std::get<std::uint32_t>(client)].dependencies;
    if (std::find(calls.begin(), calls.end(), service) == calls.end()) {
      problems.push_back({pointer + "/match/client", "conflict", rule.client + " does not call " + name, {}});
    }
  }
  if (!problems.empty()) return Refusal{Refusal::Kind::invalid, problems.front().message, std::move(problems)};
  world.set_routing(service, routing);
  tell(world, "routes.changed", service,
       routing.rules.empty() ? " has no routes now"
                             : " has " + std::to_string(routing.rules.size()) + (routing.rules.size() == 1 ? " route" : " routes"));
  return std::nullopt;
}

std::optional<Refusal> set_flags(model::World& world, const std::string& name, const std::vector<model::FeatureFlag>& flags) {
  const auto found = service_named(world, name);
  if (const auto* refusal = std::get_if<Refusal>(&found)) return *refusal;
  const std::uint32_t service = std::get<std::uint32_t>(found);
  std::vector<model::Problem> problems;
  const std::vector<std::string> known = versions_of(world, service);
  for (std::size_t i = 0; i < flags.size(); ++i) {
    if (!holds(known, flags[i].version)) {
      problems.push_back(no_such_version(world, service, flags[i].version, "/flags/" + std::to_string(i) + "/version"));
    }
    for (std::size_t j = 0; j < i; ++j) {
      if (flags[j].name != flags[i].name || flags[j].version != flags[i].version) continue;
      problems.push_back({"/flags/" + std::to_string(i) + "/name",
                          "duplicateName",
                          "this flag of this version is already at /flags/" + std::to_string(j),
                          {}});
    }
  }
  if (!problems.empty()) return Refusal{Refusal::Kind::invalid, problems.front().message, std::move(problems)};
  std::string on;
  for (const model::FeatureFlag& flag : flags) {
    if (flag.on) on += (on.empty() ? "" : ", ") + flag.name + " of " + flag.version;
  }
  world.set_flags(service, flags);
  tell(world, "flags.changed", service, on.empty() ? ": no feature is on" : ": on are " + on);
  return std::nullopt;
}

void set_gates(model::World& world, bool deployments_wait) {
  world.set_deployments_wait(deployments_wait);
  model::Occurrence o;
  o.type = "gates.changed";
  o.severity = "info";
  o.subject_kind = "simulation";
  o.subject_id = world.architecture();
  o.message = deployments_wait ? "deployments wait while a zone or a region is down" : "deployments go on whatever is down";
  world.report(std::move(o));
}

}  // namespace operations
