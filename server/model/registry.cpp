#include "model/registry.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace model {
namespace {

bool everywhere(const Shared& shared, const Group& group) {
  return shared.locations[group.location].region == outside || shared.services[group.service].everywhere;
}

/// Whether `caller` gets `callee` in an answer, and keeps it.
bool knows(const Shared& shared, const Group& caller, const Group& callee) {
  const Location& from = shared.locations[caller.location];
  const Location& to = shared.locations[callee.location];
  if (!everywhere(shared, caller) && !everywhere(shared, callee) && from.region != to.region) return false;
  const bool keeps_own_zone = shared.services[caller.service].package->own_zone_only && from.zone != outside;
  return !keeps_own_zone || caller.location == callee.location;
}

int tier_of(const Shared& shared, const Group& caller, const Group& callee) {
  if (caller.location == callee.location) return 0;
  const std::uint32_t region = shared.locations[caller.location].region;
  return region != outside && region == shared.locations[callee.location].region ? 1 : 2;
}

/// The group of the caller's service that is in this place.
std::uint32_t neighbour(const Shared& shared, const Group& caller, std::uint32_t location) {
  for (const std::uint32_t g : shared.services[caller.service].groups) {
    if (shared.groups[g].location == location) return g;
  }
  return outside;
}

Route route_to(Shared& shared, std::uint32_t from, std::uint32_t service, std::uint32_t route_index) {
  Route route;
  route.service = service;
  const Service& own = shared.services[shared.groups[from].service];
  const auto place = std::find(own.dependencies.begin(), own.dependencies.end(), service) - own.dependencies.begin();
  route.dependency = own.calls[static_cast<std::size_t>(place)];
  for (int tier = 0; tier < 3; ++tier) {
    for (const std::uint32_t to : shared.services[service].groups) {
      const Group& caller = shared.groups[from];
      const Group& callee = shared.groups[to];
      if (!knows(shared, caller, callee) || tier_of(shared, caller, callee) != tier) continue;
      route.ends.push_back({to, static_cast<std::uint32_t>(shared.links.size())});
      route.callers.push_back(neighbour(shared, caller, callee.location));
      Link link;
      link.source = from;
      link.target = to;
      link.route = route_index;
      link.dependency = route.dependency;
      link.special = shared.dependencies[route.dependency].special();
      link.there = shared.network.way(caller.location, callee.location);
      link.back = shared.network.way(callee.location, caller.location);
      shared.links.push_back(link);
    }
    route.tier_end[static_cast<std::size_t>(tier) + 1] = static_cast<std::uint16_t>(route.ends.size());
  }
  route.tiers = route.tier_end;
  if (shared.services[service].package->elects && route_index != Link::own_cluster) {
    route.directed = true;
    route.tier_end = {};
  }
  route.in_order.resize(route.ends.size());
  std::iota(route.in_order.begin(), route.in_order.end(), std::uint16_t{0});
  std::sort(route.in_order.begin(), route.in_order.end(),
            [&](std::uint16_t a, std::uint16_t b) { return route.ends[a].group < route.ends[b].group; });
  return route;
}

std::vector<std::uint32_t> in_order(const Shared& shared, const Service& service) {
  std::vector<std::uint32_t> order = service.dependencies;
  if (const auto rank = service.package->dependency_rank) {
    std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
      return rank(shared.services[a].package->name) < rank(shared.services[b].package->name);
    });
  }
  return order;
}

/// Where copies are: the zones of every region that the group knows, in the order of their places, its own region first.
void find_copies(Shared& shared, Group& group) {
  const Route& cluster = group.cluster;
  const bool hints = shared.services[group.service].replication->hint_window > 0;
  const auto region_of = [&](const RouteEnd& end) { return shared.locations[shared.groups[end.group].location].region; };
  std::vector<RouteEnd> ends = cluster.ends;
  const std::uint32_t own = shared.locations[group.location].region;
  std::sort(ends.begin(), ends.end(), [&](const RouteEnd& a, const RouteEnd& b) {
    return std::pair(region_of(a) != own, a.group) < std::pair(region_of(b) != own, b.group);
  });
  for (const RouteEnd& end : ends) {
    if (group.data_regions.empty() || region_of(group.data_regions.back().front()) != region_of(end)) group.data_regions.emplace_back();
    group.data_regions.back().push_back(end);
    shared.links[end.link].hinted = hints;
  }
}

}  // namespace

void wire(Shared& shared) {
  for (std::uint32_t g = 0; g < shared.groups.size(); ++g) {
    const std::uint32_t own = shared.groups[g].service;
    for (const std::uint32_t dependency : in_order(shared, shared.services[own])) {
      if (dependency == own) {
        shared.groups[g].cluster = route_to(shared, g, own, Link::own_cluster);
        if (shared.services[own].replication) find_copies(shared, shared.groups[g]);
      } else {
        const auto index = static_cast<std::uint32_t>(shared.groups[g].routes.size());
        shared.groups[g].routes.push_back(route_to(shared, g, dependency, index));
      }
    }
  }
}

void wire_subscriptions(Shared& shared) {
  for (std::uint32_t number = 0; number < shared.subscriptions.size(); ++number) {
    Subscription& subscription = shared.subscriptions[number];
    if (subscription.consumer == Subscription::nobody) continue;
    for (const std::uint32_t taker : shared.services[subscription.consumer].groups) {
      Subscription::Way way{taker, {}};
      for (int tier = 0; tier < 3; ++tier) {
        for (const std::uint32_t from : shared.services[subscription.broker].groups) {
          const Group& caller = shared.groups[taker];
          const Group& broker = shared.groups[from];
          if (!knows(shared, caller, broker) || tier_of(shared, caller, broker) != tier) continue;
          way.ends.push_back({from, static_cast<std::uint32_t>(shared.links.size())});
          Link link;
          link.source = from;
          link.target = taker;
          link.route = Link::delivery;
          link.dependency = subscription.dependency;
          link.delivers = number + 1;
          link.there = shared.network.way(broker.location, caller.location);
          link.back = shared.network.way(caller.location, broker.location);
          shared.links.push_back(link);
          std::vector<RouteEnd>& takers = shared.groups[from].takers;
          const auto is_it = [taker](const RouteEnd& end) { return end.group == taker; };
          if (std::none_of(takers.begin(), takers.end(), is_it)) takers.push_back({taker, way.ends.back().link});
        }
      }
      subscription.ways.push_back(std::move(way));
    }
  }
}

void arrange(Shared& shared) {
  std::vector<Service>& services = shared.services;
  // Messages go on from a broker to those who take them.
  const auto push_on = [&services](std::size_t from, std::size_t to) {
    if (from == to || services[to].tier > services[from].tier || services[from].tier + 1 >= services.size()) return false;
    services[to].tier = services[from].tier + 1;
    return true;
  };
  // Relaxation with a bound: a cycle of dependencies cannot push a tier beyond the number of services.
  for (std::size_t round = 0; round < services.size(); ++round) {
    bool changed = false;
    for (std::size_t s = 0; s < services.size(); ++s) {
      for (const std::uint32_t d : services[s].dependencies) changed = push_on(s, d) || changed;
    }
    for (const Subscription& subscription : shared.subscriptions) {
      if (subscription.consumer != Subscription::nobody) changed = push_on(subscription.broker, subscription.consumer) || changed;
    }
    if (!changed) break;
  }
  std::vector<std::uint32_t> next_lane(services.size() + 1, 0);
  for (Service& service : services) service.lane = next_lane[service.tier]++;
}

}  // namespace model
