#include "model/distribution_spec.h"

#include <utility>

namespace model {

sim::Distribution make_distribution(const DistributionSpec& spec) {
  using Kind = DistributionSpec::Kind;
  switch (spec.kind) {
    case Kind::constant:
      return sim::Distribution::constant(sim::from_ms(spec.mean_ms));
    case Kind::uniform:
      return sim::Distribution::uniform(sim::from_ms(spec.min_ms), sim::from_ms(spec.max_ms));
    case Kind::exponential:
      return sim::Distribution::exponential(sim::from_ms(spec.mean_ms));
    case Kind::log_normal:
      return sim::Distribution::log_normal(sim::from_ms(spec.mean_ms), spec.cv);
    case Kind::pareto:
      return sim::Distribution::pareto(sim::from_ms(spec.mean_ms), spec.alpha);
    case Kind::empirical: {
      std::vector<sim::Time> values;
      for (const double ms : spec.values_ms) values.push_back(sim::from_ms(ms));
      return sim::Distribution::empirical(std::move(values));
    }
  }
  return {};
}

}  // namespace model
