#include "run/bands.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace run {

double Bands::Chart::limit(double width_least) const {
  const double n = static_cast<double>(seconds);
  const double variance = seconds < 2 ? 0 : std::max(0.0, (squares - sum * sum / n) / (n - 1));
  return mean() + std::max(deviations * std::sqrt(variance), width_least);
}

void Bands::Chart::learn(double value) {
  ++seconds;
  sum += value;
  squares += value * value;
}

Bands::Bands(const model::World& world) : observer_(world) {
  for (std::uint32_t s = 0; s < world.shared().services.size(); ++s) {
    const auto calls = [&](const judge::Observer::Pair& pair) { return pair.source == s; };
    if (std::none_of(observer_.pairs().begin(), observer_.pairs().end(), calls)) continue;
    callers_.push_back({s, world.shared().services[s].name, {}, {}});
  }
  before_.resize(callers_.size());
}

void Bands::look(const model::World& world) {
  const judge::Observation seen = observer_.look(world, std::vector<sim::Time>(observer_.entries().size(), sim::never));
  std::map<std::uint32_t, model::LinkCount> by_source;
  for (std::size_t p = 0; p < seen.calls.size(); ++p) by_source[observer_.pairs()[p].source].add(seen.calls[p]);
  for (std::size_t c = 0; c < callers_.size(); ++c) {
    const model::LinkCount& now = by_source[callers_[c].service];
    const model::LinkCount before = before_[c];
    before_[c] = now;
    if (!looked_) continue;
    const auto answered = [](const model::LinkCount& count) { return count.replies - count.one_way; };
    const std::uint64_t calls = answered(now) - answered(before);
    if (calls == 0) continue;
    const auto n = static_cast<double>(calls);
    judge(callers_[c], true, static_cast<double>(now.errors - before.errors) / n, *looked_, seen.at);
    judge(callers_[c], false, static_cast<double>(now.response_ns - before.response_ns) / n / sim::millisecond, *looked_, seen.at);
  }
  looked_ = seen.at;
}

void Bands::judge(Caller& caller, bool errors, double value, sim::Time from, sim::Time to) {
  Chart& chart = errors ? caller.errors : caller.response;
  if (to <= began_) {
    chart.learn(value);
    return;
  }
  if (chart.seconds < seconds_least) return;
  const double limit = chart.limit(errors ? error_width_least : response_width_least * chart.mean());
  if (value <= limit) {
    if (chart.departure && !chart.departure->back && chart.outside > 0) chart.departure->back = from;
    chart.outside = 0;
    return;
  }
  if (++chart.outside < in_a_row) return;
  if (!chart.departure) {
    const sim::Time length = to - from;
    chart.departure = Departure{caller.name, errors, std::max(began_, from - length * (in_a_row - 1)), {}, chart.mean(), limit, value};
  }
  chart.departure->back.reset();
  chart.departure->worst = std::max(chart.departure->worst, value);
}

std::vector<Bands::Departure> Bands::departures() const {
  std::vector<Departure> all;
  for (const Caller& caller : callers_) {
    const auto& errors = caller.errors.departure;
    const auto& response = caller.response.departure;
    if (!errors && !response) continue;
    const bool earlier = errors && (!response || errors->at <= response->at);
    Departure first = earlier ? *errors : *response;
    // It is back when both are.
    if (errors && response) {
      if (!errors->back || !response->back) {
        first.back.reset();
      } else {
        first.back = std::max(*errors->back, *response->back);
      }
    }
    all.push_back(std::move(first));
  }
  std::stable_sort(all.begin(), all.end(), [](const Departure& x, const Departure& y) { return x.at < y.at; });
  return all;
}

}  // namespace run
