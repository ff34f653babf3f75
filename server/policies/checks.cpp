#include "policies/checks.h"

#include <algorithm>
#include <cassert>

namespace policies {

bool healthy_by_checks(const HealthSpec& spec, sim::Time phase, const TargetHistory& target, sim::Time now) {
  assert(spec.valid() && phase >= 0 && phase < spec.interval);
  if (!target.up) {
    if (target.fresh) return false;
    const sim::Time heard = target.silent ? now - spec.timeout : now;
    return checks_in(target.since, heard, phase, spec.interval) < spec.unhealthy;
  }
  if (target.since == TargetHistory::always) return true;
  const sim::Time passes = checks_in(std::max(target.since, target.known), now, phase, spec.interval);
  if (target.fresh) return passes >= (spec.first_pass_is_enough ? 1 : spec.healthy);
  const bool noticed =
      target.before != TargetHistory::always && checks_in(target.before, target.since - 1, phase, spec.interval) >= spec.unhealthy;
  return !noticed || passes >= spec.healthy;
}

}  // namespace policies
