#pragma once
// Whom of the instances that it knows a caller asks. Plain data; what decides is in balance.cpp.
//
// Sources: Envoy, Load balancing in its architecture overview and common.proto (defaults); Ribbon, ZoneAwareLoadBalancer.

#include <cstdint>
#include <string>
#include <vector>

#include "policies/breaker.h"
#include "policies/health.h"
#include "sim/time.h"

namespace model {

enum class Balancer : std::uint8_t {
  random,
  round_robin,    ///< in turn
  least_request,  ///< of some drawn at random the one where the caller has the fewest calls under way
  sticky,         ///< always the same one for the same key, as long as it is known and used (jump consistent hashing)
};
const std::vector<std::string>& balancer_names();  ///< in the order of the values: "random", "roundRobin", "leastRequest", "sticky"

/// Which zones it chooses from.
enum class Zones : std::uint8_t {
  nearest,  ///< the own one while anybody is known there, then the own region, then elsewhere
  any,      ///< all of the own region alike; elsewhere as far as these are not healthy enough (Envoy's priorities)
  aware,    ///< the same, and in the own region as much in the own zone as its share of hosts allows (Envoy's zone aware routing)
  ribbon,   ///< the own one unless it is overloaded, tripped or too small; else all of the region without the worst; then elsewhere
};
const std::vector<std::string>& zones_names();  ///< in the order of the values

struct Balancing {
  static constexpr std::uint32_t choices_max = 16;

  Balancer kind = Balancer::random;
  std::uint32_t choices = 2;  ///< least_request: how many are drawn, 1 to choices_max
  Zones zones = Zones::nearest;
  // any, aware
  std::uint32_t panic_percent = 50;              ///< below so many healthy ones all are used; 0 to 100, 0: never
  std::uint32_t overprovisioning_percent = 140;  ///< 100 to 1,000
  std::uint32_t zone_hosts_min = 6;              ///< aware: zones do not matter with fewer healthy hosts; 1 to 1,000,000
  // a host that is new gets less; 0: no
  sim::Time slow_start = 0;
  double aggression = 1;     ///< 0.1 to 10
  double least_share = 0.1;  ///< 0 to 1
  // each caller checks the health of each host by itself
  bool checks = false;
  policies::HealthSpec health;
  // a host that fails in a row is left alone for a while
  bool trips = false;
  policies::RibbonSpec server_breaker;

  bool needs_histories() const { return checks || slow_start > 0; }
  /// Whether it matters how many calls of a caller are under way at each host.
  bool counts_calls() const { return kind == Balancer::least_request || zones == Zones::ribbon; }
  bool operator==(const Balancing&) const = default;
};

}  // namespace model
