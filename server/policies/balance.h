#pragma once
// What load balancers compute before they pick: who is healthy enough, how much goes to which priority or zone, what a host weighs. Pure
// functions, any thread. Percentages are whole numbers, rounded down, as Envoy computes them.
//
// Sources: Envoy, load_balancer_impl.cc and Load balancing in its architecture overview; AWS, target groups of Application Load Balancers
// (slow start); Ribbon, ZoneAvoidanceRule, LoadBalancerStats and ZoneAffinityServerListFilter.

#include <cstddef>
#include <cstdint>
#include <span>

#include "sim/time.h"

namespace policies {

struct HostCount {
  std::uint32_t healthy = 0;
  std::uint32_t all = 0;  ///< at least `healthy`
};

/// min(100, overprovisioning healthy / all), in percent, 0 when there is none. `overprovisioning_percent`: 140 unless configured, at least
/// 100.
std::uint32_t priority_health(const HostCount& hosts, std::uint32_t overprovisioning_percent = 140);

/// Sum of the priorities' healths, at most 100: 100 means that the healthy hosts can take everything.
std::uint32_t total_health(std::span<const std::uint32_t> healths);

/// Percent of the load for each priority, in their order: each takes its health, as a share of the total, while there is something left;
/// what rounding leaves goes to the first that has any. All 0 when nobody is healthy. REQUIRES: as many loads as healths.
void priority_loads(std::span<const std::uint32_t> healths, std::span<std::uint32_t> loads);

/// Percent of the load for each priority when all are in panic: by their hosts. REQUIRES: as many loads as priorities.
void panic_loads(std::span<const HostCount> priorities, std::span<std::uint32_t> loads);

/// Whether a priority is balanced over all its hosts: when its healthy share is below `threshold_percent` (50 unless configured; 0: never)
/// and the healthy hosts of all priorities (`total` of total_health) cannot take everything.
bool in_panic(const HostCount& hosts, std::uint32_t total, std::uint32_t threshold_percent = 50);

struct ZoneHosts {
  std::uint32_t callers = 0;  ///< instances of the caller in the zone
  std::uint32_t hosts = 0;    ///< healthy hosts of the called service
};

inline constexpr std::uint32_t zone_scale = 10'000;  ///< shares of zone_split: 100 %
inline constexpr std::uint32_t zone_hosts_min = 6;   ///< healthy hosts, below which zones do not matter

/// How a caller in zone `local` splits its requests over zones, in parts of zone_scale: all to its own when its share of the hosts is at
/// least its share of the callers; else the ratio of the two, and the rest to zones with hosts to spare, in proportion. False, and nothing
/// is written: zones do not matter, because there are too few hosts or zones, or no callers. What rounding leaves goes to `local`, or when
/// it has no hosts to the largest share. REQUIRES: as many shares as zones; local is one. The caller looks after panic.
bool zone_split(std::span<const ZoneHosts> zones, std::size_t local, std::span<std::uint32_t> shares,
                std::uint32_t hosts_min = zone_hosts_min);

/// Envoy: max(least, (age / window)^(1 / aggression)), 1 from `window` on. REQUIRES: aggression > 0, 0 <= least <= 1, age >= 0.
double slow_start_factor(sim::Time age, sim::Time window, double aggression = 1, double least = 0.1);
/// Application Load Balancer: age / window, 1 from `window` on (and for window 0: off). `window`: 30 s to 900 s.
double alb_slow_start_factor(sim::Time age, sim::Time window);

/// Least request among hosts of unequal weights: weight / (active + 1)^bias. REQUIRES: bias >= 0. With 1 (unless configured) a division.
double least_request_weight(double weight, std::uint32_t active, double bias = 1);

/// One of n for a key, always the same one; with one more, 1 of n + 1 keys moves to that, and none elsewhere (Lamping and Veach 2014, "A
/// fast, minimal memory, consistent hash algorithm"). REQUIRES: n > 0.
std::uint32_t jump_hash(std::uint64_t key, std::uint32_t n);

/// What Ribbon knows of a zone.
struct RibbonZone {
  std::uint32_t instances = 0;
  std::uint32_t tripped = 0;  ///< of those, by their breakers
  std::uint32_t active = 0;   ///< requests under way at those that are not tripped
};

struct RibbonAvoidance {
  double load = 0.2;         ///< requests a server from which the worst zone is avoided
  double tripped = 0.99999;  ///< share of tripped servers from which a zone is
};

/// available[i]: zone i may be used. None: as if all were. Avoided are zones without instances, with too many tripped ones; and, when there
/// are such or one is loaded too much, one of the zones with the largest load a server, in proportion to their instances. A single zone is
/// never avoided. `random`: 64 random bits. REQUIRES: as many flags as zones.
void ribbon_zones(std::span<const RibbonZone> zones, std::span<bool> available, std::uint64_t random,
                  const RibbonAvoidance& avoidance = {});

/// One of the zones that are available, in proportion to their instances; zones.size() when they have none.
std::size_t ribbon_choose(std::span<const RibbonZone> zones, std::span<const bool> available, std::uint64_t random);

struct RibbonAffinity {
  double load = 0.6;                ///< requests a server
  double tripped = 0.8;             ///< share of servers
  std::uint32_t available_min = 2;  ///< servers that are not tripped
};

/// Whether a caller keeps to its own zone, which is `zone`: below both limits, with enough servers.
bool ribbon_keeps_zone(const RibbonZone& zone, const RibbonAffinity& affinity = {});

}  // namespace policies
