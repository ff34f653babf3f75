#pragma once
// What registries know: who is registered, whose heartbeats or checks say that it is there, and so who is listed. What callers make of the
// lists is in belief.h. One registry a region, which is what its zones' registries agree on, and one for what is outside of all regions.
// Plain value, part of a World; changes at barriers only.
//
// - fixed: nothing is kept here; World announces and withdraws after the delay.
// - leases (leases.cpp): an instance registers some time after it came up, and by a heartbeat when it was taken off meanwhile; one that
// says
//   Goodbye cancels; one that dies or is held down is heard no more, its lease ends, and one of the passes takes it off. Heartbeats are
//   computed from a phase. A pass is planned only while somebody registered is not heard.
// - probes (probes.cpp): checks are computed likewise; what they find changes only with the instance.
//
// Somebody who was removed and is still listed, or may still be believed in, is a ghost: its slot is used by nobody else until that is
// over.

#include <cstdint>
#include <string>
#include <vector>

#include "model/discovery_spec.h"
#include "model/instance.h"
#include "model/known_log.h"
#include "policies/lease.h"
#include "policies/probe.h"
#include "sim/time.h"

namespace model {

/// An instance and its registration. Times are policies::not_yet or sim::never where there is none.
struct Lease {
  sim::Time registered = sim::never;      ///< never: it is not
  sim::Time renewed = policies::not_yet;  ///< by the last heartbeat of those that are over
  sim::Time beats_from = sim::never;      ///< the first heartbeat of those that go on; never: it is not heard
};

/// A registration that nobody renews any more.
struct Expiry {
  sim::Time end = 0;  ///< of the lease
  InstanceId id = no_instance;
  std::uint32_t incarnation = 0;
  bool operator<(const Expiry& other) const { return end != other.end ? end > other.end : id > other.id; }
};

struct Registry {
  policies::Renewals renewals;
  sim::Time phase = 0;               ///< of its passes and minutes
  std::vector<Expiry> ending;        ///< a heap, the next to end on top; some may have been renewed since
  std::vector<Expiry> out;           ///< likewise, those that a pass has found out
  sim::Time next_pass = sim::never;  ///< planned
  bool answers = true;               ///< false while it waits, having started empty
  bool preserves = false;            ///< the last pass took nobody off, because too few are heard
  std::uint64_t listed = 0;
  std::uint64_t targets = 0;  ///< probes: that are checked
  std::uint64_t evicted = 0;
  std::uint64_t draws = 0;
};

/// The instances of a service in a region, to a load balancer that checks them.
struct TargetGroup {
  std::vector<std::uint32_t> groups;
  std::uint32_t healthy = 0;  ///< of those that have not said Goodbye
  bool open = false;          ///< all are used, because none is healthy
};

struct Discovery {
  static constexpr std::uint64_t ghosts_max = 1'000'000;  ///< one more is taken off at once

  DiscoverySpec spec;
  std::vector<Registry> registries;  ///< by region, and the one outside
  // By shard and slot; empty when the kind has none.
  std::vector<std::vector<Lease>> leases;
  std::vector<std::vector<policies::Probed>> probed;
  std::vector<std::vector<sim::Time>> listed_at;
  std::vector<TargetGroup> target_groups;
  std::vector<std::uint32_t> target_group_of;  ///< by group
  std::uint64_t ghosts = 0;
  // While registries have faults: see registry_faults.cpp.
  std::vector<InstanceRef> held;     ///< are up, and cannot register
  std::vector<InstanceRef> unfreed;  ///< were removed; their slots are kept

  bool fixed() const { return spec.kind == DiscoveryKind::fixed; }
  Lease& lease(InstanceId id) { return leases[shard_of(id)][slot_of(id)]; }
  const Lease& lease(InstanceId id) const { return leases[shard_of(id)][slot_of(id)]; }
  policies::Probed& probe(InstanceId id) { return probed[shard_of(id)][slot_of(id)]; }
};

/// A registry as it is now, for those who ask.
struct RegistryStatus {
  std::string region;            ///< "" of what is outside all regions
  std::uint64_t registered = 0;  ///< who has a lease, or is checked; fixed: who is listed
  std::uint64_t listed = 0;
  std::uint64_t silent = 0;      ///< registered, and not heard any more
  std::uint64_t leases_out = 0;  ///< as the last pass has found
  std::uint64_t expected = 0;    ///< clients
  std::uint64_t renewals = 0;    ///< in the last whole minute
  std::uint64_t threshold = 0;
  bool preserves = false;  ///< too few renewals: nobody is taken off
  bool answers = true;
  std::uint64_t evicted = 0;
  std::uint64_t open_groups = 0;  ///< groups of targets none of which is healthy, so that all are used
  bool operator==(const RegistryStatus&) const = default;
};

/// What is wrong with the registries of some places.
struct RegistryFault {
  enum class Kind : std::uint8_t {
    outage,  ///< nobody can ask: who is there goes by what they knew, who starts knows nobody and is not registered
    stale,   ///< it answers with what it knew
    split,   ///< these places and all others know nothing new of each other
  };
  std::uint64_t fault = 0;  ///< its number
  Kind kind = Kind::outage;
  std::vector<std::uint32_t> locations;
  sim::Time began = 0;
};

/// What one instance believes of a service that it calls.
struct Belief {
  std::uint32_t service = 0;
  std::uint64_t believed = 0;  ///< instances
  std::uint64_t gone = 0;      ///< of those, that are not up; only with few (World::beliefs_counted_max)
  std::uint64_t missing = 0;   ///< up, in a group that it may call, and not believed in; likewise
  bool counted = false;
};

}  // namespace model
