#include "model/recent_latency.h"

#include <algorithm>

#include "sim/math.h"
#include "sim/random.h"

namespace model {
namespace {

constexpr std::uint64_t one = std::uint64_t{1} << 32;
constexpr double half_life = 60e9;  ///< ns

/// Upper ends, in ns: 1 us, 2, ... 5, 6, 7, 8, 10, 12 and so on, each a fifth larger but at least 1 us.
template <std::size_t n>
constexpr std::array<sim::Time, n> upper_ends() {
  std::array<sim::Time, n> ends{};
  sim::Time us = 1;
  for (sim::Time& end : ends) {
    end = us * sim::microsecond;
    us = std::max(us + 1, (us * 12 + 5) / 10);
  }
  return ends;
}

}  // namespace

void RecentLatency::add(sim::Time latency) {
  static constexpr auto ends = upper_ends<buckets>();
  const auto place = std::lower_bound(ends.begin(), ends.end() - 1, latency) - ends.begin();
  weights_[static_cast<std::size_t>(place)] += one;
}

sim::Time RecentLatency::quantile(double share, sim::Time period, sim::Time now) {
  if (now - read_ >= period) refresh(share, now);
  return value_ > 0 ? value_ : period / 2;
}

void RecentLatency::refresh(double share, sim::Time now) {
  static constexpr auto ends = upper_ends<buckets>();
  const double age = std::min(static_cast<double>(now - read_) / half_life, 60.0);
  read_ = now;
  std::uint64_t all = 0;
  for (const std::uint64_t weight : weights_) all += weight;
  if (all > 0) {
    auto left = static_cast<std::uint64_t>(share * static_cast<double>(all));
    std::size_t place = 0;
    while (place + 1 < buckets && weights_[place] <= left) left -= weights_[place++];
    value_ = ends[place];
  }
  // What is there is older by then than what comes.
  const auto factor = static_cast<std::uint64_t>(sim::exp(-age * 0.6931471805599453) * static_cast<double>(one));
  for (std::uint64_t& weight : weights_) weight = static_cast<std::uint64_t>((sim::Wide{weight} * factor) >> 32);
}

}  // namespace model
