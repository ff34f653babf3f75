#include "policies/balance.h"

#include <algorithm>
#include <cassert>
#include <cstddef>

#include "sim/math.h"
#include "sim/random.h"

namespace policies {
namespace {

/// Active requests for each server that is not tripped; below 0 when there is none.
double load_of(const RibbonZone& zone) {
  if (zone.tripped >= zone.instances) return -1;
  return static_cast<double>(zone.active) / (zone.instances - zone.tripped);
}

double tripped_share(const RibbonZone& zone) {
  return static_cast<double>(zone.tripped) / zone.instances;
}

/// Index of one for which `usable`, in proportion to instances; zones.size() when these have none.
template <class Usable>
std::size_t choose(std::span<const RibbonZone> zones, std::uint64_t random, Usable usable) {
  std::uint64_t all = 0;
  for (std::size_t i = 0; i < zones.size(); ++i) all += usable(i) ? zones[i].instances : 0;
  std::uint64_t left = sim::scale(random, all);
  for (std::size_t i = 0; i < zones.size() && all > 0; ++i) {
    if (!usable(i)) continue;
    if (left < zones[i].instances) return i;
    left -= zones[i].instances;
  }
  return zones.size();
}

/// x^y. REQUIRES: x > 0.
double power(double x, double y) {
  return sim::exp(y * sim::log(x));
}

}  // namespace

std::uint32_t priority_health(const HostCount& hosts, std::uint32_t overprovisioning_percent) {
  assert(hosts.healthy <= hosts.all);
  if (hosts.all == 0) return 0;
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(100, std::uint64_t{overprovisioning_percent} * hosts.healthy / hosts.all));
}

std::uint32_t total_health(std::span<const std::uint32_t> healths) {
  std::uint32_t sum = 0;
  for (const std::uint32_t health : healths) sum = std::min(100U, sum + health);
  return sum;
}

void priority_loads(std::span<const std::uint32_t> healths, std::span<std::uint32_t> loads) {
  assert(healths.size() == loads.size());
  const std::uint32_t total = total_health(healths);
  std::uint32_t left = total > 0 ? 100 : 0;
  for (std::size_t i = 0; i < loads.size(); ++i) {
    loads[i] = total > 0 ? std::min(left, healths[i] * 100 / total) : 0;
    left -= loads[i];
  }
  for (std::size_t i = 0; i < loads.size() && left > 0; ++i) {
    if (healths[i] == 0) continue;
    loads[i] += left;
    left = 0;
  }
}

void panic_loads(std::span<const HostCount> priorities, std::span<std::uint32_t> loads) {
  assert(priorities.size() == loads.size());
  std::uint64_t all = 0;
  for (const HostCount& hosts : priorities) all += hosts.all;
  std::uint32_t left = all > 0 ? 100 : 0;
  for (std::size_t i = 0; i < loads.size(); ++i) {
    loads[i] = all > 0 ? static_cast<std::uint32_t>(std::uint64_t{100} * priorities[i].all / all) : 0;
    left -= loads[i];
  }
  for (std::size_t i = 0; i < loads.size() && left > 0; ++i) {
    if (priorities[i].all == 0) continue;
    loads[i] += left;
    left = 0;
  }
}

bool in_panic(const HostCount& hosts, std::uint32_t total, std::uint32_t threshold_percent) {
  if (total >= 100) return false;
  if (hosts.all == 0) return threshold_percent > 0;
  return std::uint64_t{100} * hosts.healthy < std::uint64_t{threshold_percent} * hosts.all;
}

bool zone_split(std::span<const ZoneHosts> zones, std::size_t local, std::span<std::uint32_t> shares, std::uint32_t hosts_min) {
  assert(zones.size() == shares.size() && local < zones.size());
  std::uint64_t callers = 0, hosts = 0;
  for (const ZoneHosts& zone : zones) {
    callers += zone.callers;
    hosts += zone.hosts;
  }
  if (zones.size() < 2 || hosts < std::max(1U, hosts_min) || callers == 0) return false;
  const auto of_callers = [&](const ZoneHosts& zone) { return std::uint64_t{zone_scale} * zone.callers / callers; };
  const auto of_hosts = [&](const ZoneHosts& zone) { return std::uint64_t{zone_scale} * zone.hosts / hosts; };
  const ZoneHosts& own = zones[local];
  std::fill(shares.begin(), shares.end(), 0);
  if (own.hosts > 0 && of_hosts(own) >= of_callers(own)) {
    shares[local] = zone_scale;
    return true;
  }
  const std::uint64_t kept = of_callers(own) > 0 ? of_hosts(own) * zone_scale / of_callers(own) : 0;
  const auto spare = [&](std::size_t i) {
    return i == local ? 0 : of_hosts(zones[i]) - std::min(of_hosts(zones[i]), of_callers(zones[i]));
  };
  std::uint64_t spares = 0, elsewhere = 0;
  for (std::size_t i = 0; i < zones.size(); ++i) {
    spares += spare(i);
    elsewhere += i == local ? 0 : of_hosts(zones[i]);
  }
  std::uint64_t left = zone_scale - kept;
  for (std::size_t i = 0; i < zones.size(); ++i) {
    if (i == local) continue;
    // Nobody has anything to spare when no caller is in a zone without hosts but the one who asks.
    shares[i] = static_cast<std::uint32_t>(spares > 0 ? (zone_scale - kept) * spare(i) / spares
                                                      : (zone_scale - kept) * of_hosts(zones[i]) / std::max<std::uint64_t>(elsewhere, 1));
    left -= shares[i];
  }
  shares[local] = static_cast<std::uint32_t>(kept);
  const std::size_t rest =
      own.hosts > 0 ? local : static_cast<std::size_t>(std::max_element(shares.begin(), shares.end()) - shares.begin());
  shares[rest] += static_cast<std::uint32_t>(left);
  return true;
}

std::uint32_t jump_hash(std::uint64_t key, std::uint32_t n) {
  assert(n > 0);
  std::int64_t last = -1;
  for (std::int64_t next = 0; next < n;) {
    last = next;
    key = key * 2862933555777941757ULL + 1;
    next = static_cast<std::int64_t>(static_cast<double>(last + 1) * (2147483648.0 / static_cast<double>((key >> 33) + 1)));
  }
  return static_cast<std::uint32_t>(last);
}

double slow_start_factor(sim::Time age, sim::Time window, double aggression, double least) {
  assert(age >= 0 && aggression > 0 && least >= 0 && least <= 1);
  if (age >= window) return 1;
  if (age == 0) return least;
  const double share = static_cast<double>(age) / static_cast<double>(window);
  return std::max(least, aggression == 1 ? share : power(share, 1 / aggression));
}

double alb_slow_start_factor(sim::Time age, sim::Time window) {
  assert(age >= 0);
  return age >= window ? 1 : static_cast<double>(age) / static_cast<double>(window);
}

double least_request_weight(double weight, std::uint32_t active, double bias) {
  assert(bias >= 0);
  if (bias == 1) return weight / (active + 1.0);
  return bias == 0 ? weight : weight / power(active + 1.0, bias);
}

void ribbon_zones(std::span<const RibbonZone> zones, std::span<bool> available, std::uint64_t random, const RibbonAvoidance& avoidance) {
  assert(zones.size() == available.size());
  std::fill(available.begin(), available.end(), true);
  if (zones.size() < 2) return;
  bool limited = false;
  double most = 0;
  for (std::size_t i = 0; i < zones.size(); ++i) {
    available[i] = zones[i].instances > 0 && tripped_share(zones[i]) < avoidance.tripped && load_of(zones[i]) >= 0;
    limited |= !available[i];
    if (available[i]) most = std::max(most, load_of(zones[i]));
  }
  if (most < avoidance.load && !limited) return;
  const std::size_t avoided = choose(zones, random, [&](std::size_t i) { return available[i] && most - load_of(zones[i]) < 1e-6; });
  if (avoided < zones.size()) available[avoided] = false;
}

std::size_t ribbon_choose(std::span<const RibbonZone> zones, std::span<const bool> available, std::uint64_t random) {
  assert(zones.size() == available.size());
  return choose(zones, random, [&](std::size_t i) { return available[i]; });
}

bool ribbon_keeps_zone(const RibbonZone& zone, const RibbonAffinity& affinity) {
  const std::uint32_t usable = zone.instances - std::min(zone.instances, zone.tripped);
  if (usable < affinity.available_min) return false;
  return load_of(zone) < affinity.load && tripped_share(zone) < affinity.tripped;
}

}  // namespace policies
