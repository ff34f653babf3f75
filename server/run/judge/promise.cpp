#include "run/judge/promise.h"

namespace run::judge {

void Share::add(sim::Time before, sim::Time now, Outcomes outcomes) {
  budget_.add(now, outcomes);
  const bool too_much = static_cast<double>(outcomes.bad) > (1 - budget_.ratio()) * static_cast<double>(outcomes.all);
  if (too_much && since_ == sim::never) since_ = before;
  if (!too_much && budget_.rates().front().over_short < 1) since_ = sim::never;
}

Burning Share::burning() const {
  if (budget_.broken()) return Burning::fast;
  Burning worst = Burning::no;
  const BurnRates rates = budget_.rates();
  for (std::size_t a = 0; a < alerts.size(); ++a) {
    if (!rates[a].fires) continue;
    if (alerts[a].calls) return Burning::fast;
    worst = Burning::slowly;
  }
  return worst;
}

Promise::Promise(std::uint32_t service, const model::Objective& objective)
    : service_(service), objective_(objective), success_(sim::from_ms(objective.window_ms), objective.success_ratio) {
  if (objective.latency_ms) latency_.emplace(sim::from_ms(objective.window_ms), objective.latency_ratio);
}

sim::Time Promise::slow_above() const {
  return objective_.latency_ms ? sim::from_ms(*objective_.latency_ms) : sim::never;
}

void Promise::look(sim::Time before, sim::Time now, const EntrySeen& seen) {
  const std::uint64_t ended = seen.ended - last_.ended;
  success_.add(before, now, {ended, seen.failed - last_.failed});
  if (latency_) latency_->add(before, now, {ended, seen.slow - last_.slow});
  last_ = seen;
}

}  // namespace run::judge
