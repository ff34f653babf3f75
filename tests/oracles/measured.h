#pragma once
// A run that is measured by batch means, and what is asked of its figures: that the truth is within the interval. Tolerances are nobody's
// choice: an interval is that of the run itself at a confidence at which one in ten thousand is wrong by chance, and wider by what the
// engine is allowed by design: 0.1 % for the tables of distributions; histogram buckets (0.8 %) are in the intervals of quantiles.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "model/batches.h"
#include "model/figures.h"
#include "support/arrivals.h"

namespace oracle {

inline constexpr double confidence = 0.9999;
inline constexpr double table = 0.001;   ///< of a mean
inline constexpr double there_ms = 0.1;  ///< the network of worlds::small, one way
inline constexpr double back_ms = 0.1;
/// An interval wider than this share of the figure, either way, says too little: the run has to be longer.
inline constexpr double sharp = 0.15;
inline constexpr double sharp_tail = 0.35;  ///< of quantiles, and of chances of what is rare

inline model::DistributionSpec exponential(double mean_ms) {
  model::DistributionSpec spec;
  spec.kind = model::DistributionSpec::Kind::exponential;
  spec.mean_ms = mean_ms;
  return spec;
}

/// One instance with so many workers, exponential times of 1 ms unless told otherwise, and as long a queue as it takes.
inline model::ServiceSpec queue(const std::string& name, std::uint32_t servers, double mean_ms = 1) {
  model::ServiceSpec service = worlds::service(name, "store", 0, {});
  service.service_time = exponential(mean_ms);
  service.concurrency = servers;
  service.timeout = 1000 * sim::second;
  return service;
}

/// One that takes no time and calls these, as many at a time as there are.
inline model::ServiceSpec front(const std::string& name, std::vector<std::uint32_t> dependencies, model::FanOut fan_out) {
  model::ServiceSpec service = worlds::service(name, "monolith", 0, std::move(dependencies), 0);
  service.concurrency = 65'535;
  service.timeout = 1000 * sim::second;
  service.fan_out = fan_out;
  return service;
}

/// These and a Poisson stream of users that ask the last of them.
inline model::WorldSpec asked(std::vector<model::ServiceSpec> services, double rate, std::uint64_t seed = 1) {
  services.push_back(worlds::service("users", "denominator", 0, {static_cast<std::uint32_t>(services.size() - 1)}));
  services.back().requests_per_second = rate;
  return worlds::small(std::move(services), seed);
}

/// A World that was run for so long; the first tenth is left out.
class Measured {
 public:
  static constexpr sim::Time batches = 39;

  Measured(const model::WorldSpec& spec, double seconds) : world(spec) {
    const sim::Time step = sim::from_ms(seconds * 1000) / batches;
    model::Measurement measurement(step);
    model::run_measured(world, batches * step, measurement);
    period = model::period_from(measurement.whole().marks(), batches / 10 * step);
  }

  const std::vector<std::uint32_t>& groups(const std::string& service) const {
    return world.shared().services[*world.find_service(service)].groups;
  }
  model::GroupFigures figures(const std::string& service) const { return model::group_figures(period, groups(service), confidence); }
  std::vector<model::Interval> quantiles(const std::string& service, const std::vector<double>& shares) const {
    return model::response_quantiles_ms(period, groups(service), shares, confidence);
  }
  /// The calls of one service to another.
  model::LinkFigures calls(const std::string& source, const std::string& target) const {
    std::vector<std::uint32_t> links;
    const model::Shared& shared = world.shared();
    for (std::uint32_t l = 0; l < shared.links.size(); ++l) {
      const auto service_of = [&](std::uint32_t group) { return shared.groups[group].service; };
      if (service_of(shared.links[l].source) == *world.find_service(source) &&
          service_of(shared.links[l].target) == *world.find_service(target))
        links.push_back(l);
    }
    return model::link_figures(period, links, confidence);
  }

  model::World world;
  model::Period period;
};

/// `truth` is within the interval, give or take `allowed` (relative).
inline void expect(const model::Interval& figure, double truth, const std::string& what, double allowed = table, double wide = sharp) {
  ASSERT_TRUE(figure.known()) << what << ": no interval, " << model::name_of(figure.doubt);
  const double more = allowed * truth;
  EXPECT_TRUE(figure.low - more <= truth && truth <= figure.high + more)
      << what << " should be " << truth << " and is " << figure.value << ", from " << figure.low << " to " << figure.high;
  EXPECT_LT(figure.half_width(), wide * truth) << what << ": " << figure.value << " should be " << truth;
}

}  // namespace oracle
