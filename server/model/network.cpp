#include "model/network.h"

#include <algorithm>
#include <cmath>

namespace model {
namespace {

struct Way {
  double mean_ms;
  double mbps;
};

Way way_between(const NetworkSpec& spec, const Location& a, const Location& b) {
  if (a.region == outside || b.region == outside) {
    return a.region == b.region ? Way{spec.same_zone_ms, spec.same_zone_mbps} : Way{spec.global_ms, spec.global_mbps};
  }
  if (a.region != b.region) return {spec.between_ms[a.region][b.region], spec.between_regions_mbps};
  return a.zone == b.zone ? Way{spec.same_zone_ms, spec.same_zone_mbps} : Way{spec.other_zone_ms, spec.other_zone_mbps};
}

}  // namespace

Network::Network(const NetworkSpec& spec, const std::vector<Location>& locations) : locations_(locations.size()) {
  class_of_.reserve(locations.size() * locations.size());
  for (const Location& a : locations) {
    for (const Location& b : locations) {
      const Way way = way_between(spec, a, b);
      class_of_.push_back(class_for(way.mean_ms, way.mbps, spec.jitter));
    }
  }
  jittered_ = std::any_of(classes_.begin(), classes_.end(), [](const Class& c) { return c.jitter > 0; });
  unit_ = sim::Distribution::exponential(sim::Time{1} << unit_bits);
}

std::uint16_t Network::class_for(double mean_ms, double mbps, double jitter) {
  for (std::size_t i = 0; i < classes_.size(); ++i) {
    if (classes_[i].mean_ms == mean_ms && classes_[i].mbps == mbps) return static_cast<std::uint16_t>(i);
  }
  Class c;
  c.mean_ms = mean_ms;
  c.mbps = mbps;
  if (mbps > 0) c.per_byte = static_cast<std::uint64_t>(std::llround(8'000 / mbps * static_cast<double>(std::uint64_t{1} << rate_bits)));
  c.base = sim::from_ms(mean_ms * (1 - jitter));
  c.jitter = sim::from_ms(mean_ms * jitter);
  classes_.push_back(c);
  return static_cast<std::uint16_t>(classes_.size() - 1);
}

sim::Time Network::look_ahead(const std::vector<std::uint32_t>& shard) const {
  sim::Time least = sim::never;
  for (std::size_t a = 0; a < locations_; ++a) {
    for (std::size_t b = 0; b < locations_; ++b) {
      if (shard[a] != shard[b]) least = std::min(least, classes_[class_of_[a * locations_ + b]].base);
    }
  }
  return least;
}

}  // namespace model
