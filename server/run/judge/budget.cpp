#include "run/judge/budget.h"

#include <algorithm>

namespace run::judge {

void Budget::Ring::add(std::int64_t epoch, Outcomes outcomes) {
  const std::int64_t stale = std::min(epoch - epoch_, static_cast<std::int64_t>(buckets));
  for (std::int64_t e = epoch - stale + 1; e <= epoch; ++e) ring_[static_cast<std::size_t>(e) % buckets] = {};
  epoch_ = epoch;
  ring_[static_cast<std::size_t>(epoch) % buckets] += outcomes;
}

Outcomes Budget::Ring::sum(std::size_t newest) const {
  Outcomes sum;
  const auto most = std::min(static_cast<std::int64_t>(newest) - 1, epoch_);
  for (std::int64_t back = 0; back <= most; ++back) sum += ring_[static_cast<std::size_t>(epoch_ - back) % buckets];
  return sum;
}

void Budget::add(sim::Time now, Outcomes outcomes) {
  now_ = now;
  const auto epoch = [&](std::int64_t windows) { return (now - 1) / (window_ / windows / static_cast<std::int64_t>(buckets)); };
  for (std::size_t a = 0; a < alerts.size(); ++a) rings_[a].add(epoch(alerts[a].windows), outcomes);
  whole_.add(epoch(1), outcomes);
  seconds_.add((now - 1) / sim::second, outcomes);
}

/// Share of a window that the run is old.
double Budget::seen_of(sim::Time over) const {
  return std::min(1.0, sim::to_seconds(now_) / sim::to_seconds(over));
}

double Budget::burn(Outcomes outcomes, sim::Time over) const {
  if (outcomes.all == 0) return 0;
  const double share = static_cast<double>(outcomes.bad) / static_cast<double>(outcomes.all);
  return share / (1 - ratio_) * seen_of(over);
}

BurnRates Budget::rates() const {
  BurnRates rates;
  for (std::size_t a = 0; a < alerts.size(); ++a) {
    BurnRate& rate = rates[a];
    rate.long_window = window_ / alerts[a].windows;
    rate.short_window = rate.long_window / 12;
    const Outcomes lately = rings_[a].sum(buckets / 12);
    rate.over_long = burn(rings_[a].sum(buckets), rate.long_window);
    rate.over_short = burn(lately, rate.short_window);
    rate.fires = lately.all >= least_outcomes && rate.over_long >= alerts[a].factor && rate.over_short >= alerts[a].factor;
  }
  rates[2].fires = rates[2].fires && rates[1].over_short >= alerts[2].factor;
  return rates;
}

bool Budget::broken() const {
  const Outcomes lately = seconds_.sum(broken_over / sim::second);
  return lately.all >= least_outcomes && static_cast<double>(lately.bad) >= broken_share * static_cast<double>(lately.all);
}

double Budget::allowed() const {
  const double seen = seen_of(window_);
  return seen > 0 ? static_cast<double>(outcomes().all) * (1 - ratio_) / seen : 0;
}

double Budget::left() const {
  return 1 - burn(outcomes(), window_);
}

}  // namespace run::judge
