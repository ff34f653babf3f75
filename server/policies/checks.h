#pragma once
// What active health checks say of a target whose history is known: computed when somebody asks, so that nobody needs an event for each
// check. Pure functions of plain values, any thread.
//
// Source: Envoy, Health checking in its architecture overview. A target that changes faster than checks notice counts as if its history had
// begun with the state before the present one.

#include "policies/health.h"
#include "sim/time.h"

namespace policies {

/// When a target could last be reached, and since when it cannot. Plain value.
struct TargetHistory {
  static constexpr sim::Time always = -1;

  sim::Time known = always;   ///< since when it is in use
  sim::Time since = always;   ///< of the present state
  sim::Time before = always;  ///< since when it could not be reached, before; always: it could
  bool up = true;
  bool silent = false;  ///< while it is down nothing answers: a check fails when its time is out, else at once
  bool fresh = false;   ///< has come up for the first time, or not yet

  void come_up(sim::Time now) {
    if (up) return;
    before = since;
    since = now;
    up = true;
  }
  void go_down(sim::Time now, bool silently) {
    silent = silently;
    if (!up) return;
    since = now;
    up = false;
    fresh = false;
  }
};

/// How many of the times phase + n interval, n any whole number, are in [from, to]. REQUIRES: interval > 0.
constexpr sim::Time checks_in(sim::Time from, sim::Time to, sim::Time phase, sim::Time interval) {
  const auto floor_of = [&](sim::Time time) {
    const sim::Time past = time - phase;
    return past >= 0 ? past / interval : -((interval - 1 - past) / interval);
  };
  return to < from ? 0 : floor_of(to) - floor_of(from - 1);
}

/// Whether a target that is checked at phase + n interval counts as healthy. REQUIRES: spec valid, 0 <= phase < interval.
bool healthy_by_checks(const HealthSpec& spec, sim::Time phase, const TargetHistory& target, sim::Time now);

}  // namespace policies
