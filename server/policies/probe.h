#pragma once
// One target that is checked at a fixed period, without an event for each check: what the checks find is the same from one change of the
// target to the next, so when they have said enough is computed. 24 bytes; told the time; one owner.

#include <cstdint>

#include "policies/health.h"
#include "sim/time.h"

namespace policies {

struct ProbeSpec {
  HealthSpec health = HealthSpec::kubernetes_readiness();
  sim::Time initial_delay = 0;  ///< from the start of a target to its first check; at least 0
  bool fails_open = false;      ///< of targets none of which is healthy all are used

  bool valid() const { return health.valid() && initial_delay >= 0; }
  bool operator==(const ProbeSpec&) const = default;
};

/// What a check that begins now would find.
enum class Finding : std::uint8_t {
  good,
  bad,     ///< refused, at once
  silent,  ///< no answer: failed when its time is up
};

class Probed {
 public:
  /// A target that is checked at phase + k interval, not before `from`.
  Probed(const HealthSpec& spec, bool healthy, sim::Time from, sim::Time phase, Finding finds);

  /// From now on checks, that of this very moment included, find this. REQUIRES: not earlier than the last one.
  void change(const HealthSpec& spec, sim::Time now, Finding finds);
  /// Takes what the checks up to now have found: true when that has changed what healthy() says.
  bool settle(const HealthSpec& spec, sim::Time now);
  bool healthy() const { return health_.healthy(); }
  /// When settle() has next to be asked unless something else is found before; sim::never.
  sim::Time next_change(const HealthSpec& spec) const;

 private:
  void take(const HealthSpec& spec, sim::Time until);

  sim::Time next_;               ///< check that was not taken yet
  sim::Time lost_ = sim::never;  ///< when one under way will have failed
  Health health_;
  Finding finds_;
};

}  // namespace policies
