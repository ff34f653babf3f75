#pragma once
// Who polls at a fixed period knows what was there at its last poll. When that was is arithmetic: nothing has to happen at a poll. Pure
// functions, any thread.

#include <algorithm>
#include <cstdint>

#include "sim/random.h"
#include "sim/time.h"

namespace policies {

/// The last of the times phase + k period (k any whole number) that is not after `at`; `at` itself for period 0.
constexpr sim::Time last_tick(sim::Time at, sim::Time period, sim::Time phase) {
  if (period == 0) return at;
  const sim::Time since = (at - phase) % period;
  return at - (since < 0 ? since + period : since);
}

/// The first of them that is not before `at`.
constexpr sim::Time next_tick(sim::Time at, sim::Time period, sim::Time phase) {
  return period == 0 ? at : last_tick(at + period - 1, period, phase);
}

/// 64 random bits as a phase: 0 to period - 1.
constexpr sim::Time phase_of(std::uint64_t random, sim::Time period) {
  return static_cast<sim::Time>(sim::scale(random, static_cast<std::uint64_t>(period)));
}

/// Three copies of a list, one behind the other, each renewed from the one before at a period of its own. Eureka: the response cache of the
/// server, the registry in the client, the server list of Ribbon. 0: that copy does not exist.
struct Caches {
  sim::Time server = 0;
  sim::Time fetch = 0;
  sim::Time list = 0;

  /// A change is seen by everybody after less than that.
  sim::Time longest() const { return server + fetch + list; }
  bool operator==(const Caches&) const = default;
};

/// Each below the period that it belongs to.
struct CachePhases {
  sim::Time server = 0;
  sim::Time fetch = 0;
  sim::Time list = 0;
};

/// As of when somebody sees the list at `now` who exists since `began`: it reads both of its own copies when it begins. Changes at that
/// very time are seen. REQUIRES: began <= now. Over now - caches.longest(), at most now.
constexpr sim::Time seen_as_of(const Caches& caches, const CachePhases& phases, sim::Time began, sim::Time now) {
  const sim::Time listed = std::max(began, last_tick(now, caches.list, phases.list));
  const sim::Time fetched = std::max(began, last_tick(listed, caches.fetch, phases.fetch));
  return last_tick(fetched, caches.server, phases.server);
}

}  // namespace policies
