#include "policies/probe.h"

#include <algorithm>

#include "policies/poll.h"

namespace policies {
namespace {

/// As many in a row change everything that more of them would.
constexpr int enough = 256;

HealthSpec begun(HealthSpec spec, bool healthy) {
  spec.starts_healthy = healthy;
  return spec;
}

}  // namespace

Probed::Probed(const HealthSpec& spec, bool healthy, sim::Time from, sim::Time phase, Finding finds)
    : next_(next_tick(from, spec.interval, phase)), health_(begun(spec, healthy)), finds_(finds) {}

/// The checks that begin before `until`; one that is still under way then is lost later.
void Probed::take(const HealthSpec& spec, sim::Time until) {
  if (lost_ < until) {
    health_.record(spec, Health::Check::failed);
    lost_ = sim::never;
  }
  for (int i = 0; next_ < until; next_ += spec.interval) {
    if (++i > enough) next_ = std::max(next_, last_tick(until - 1, spec.interval, next_));
    if (finds_ == Finding::silent && next_ + spec.timeout >= until) {
      lost_ = next_ + spec.timeout;
    } else {
      health_.record(spec, finds_ == Finding::good ? Health::Check::passed : Health::Check::failed);
    }
  }
}

void Probed::change(const HealthSpec& spec, sim::Time now, Finding finds) {
  take(spec, now);
  finds_ = finds;
}

bool Probed::settle(const HealthSpec& spec, sim::Time now) {
  const bool before = health_.healthy();
  take(spec, now + 1);
  return health_.healthy() != before;
}

sim::Time Probed::next_change(const HealthSpec& spec) const {
  Health health = health_;
  if (lost_ != sim::never && health.record(spec, Health::Check::failed)) return lost_;
  const bool good = finds_ == Finding::good;
  sim::Time check = next_;
  for (int i = 0; i < enough && health.healthy() != good; ++i, check += spec.interval) {
    if (health.record(spec, good ? Health::Check::passed : Health::Check::failed)) {
      return check + (finds_ == Finding::silent ? spec.timeout : 0);
    }
  }
  return sim::never;
}

}  // namespace policies
