#pragma once
// How callers find out who is there, as a document describes it. Plain value. What its kinds do is in discovery.h.

#include <cstdint>
#include <optional>
#include <string>

#include "policies/lease.h"
#include "policies/poll.h"
#include "policies/probe.h"
#include "sim/time.h"

namespace model {

enum class DiscoveryKind : std::uint8_t {
  fixed,   ///< everybody sees a change after the same delay
  leases,  ///< Eureka: who is registered is there as long as its heartbeats come
  probes,  ///< Kubernetes, load balancers: who passes checks is there
};

struct DiscoverySpec {
  std::string name = "fixed";  ///< of the preset, or ""
  DiscoveryKind kind = DiscoveryKind::fixed;
  std::optional<sim::Time> delay;              ///< fixed: instead of WorldSpec::registry_delay
  policies::Caches caches;                     ///< between the registry and a caller; none when fixed
  policies::LeaseSpec leases;                  ///< leases
  policies::ProbeSpec probes;                  ///< probes
  sim::Time drain_least = 1 * sim::second;     ///< one that says Goodbye serves at least so long: some may not have heard
  sim::Time drain_longest = 30 * sim::second;  ///< and at most so long; not below drain_least

  bool valid() const {
    return caches.server >= 0 && caches.fetch >= 0 && caches.list >= 0 && leases.valid() && probes.valid() && drain_least >= 0 &&
           drain_longest >= drain_least;
  }
};

}  // namespace model
