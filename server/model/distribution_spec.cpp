#include "model/distribution_spec.h"

#include <cmath>
#include <utility>

namespace model {

sim::Distribution make_distribution(const DistributionSpec& spec, sim::Time unit) {
  using Kind = DistributionSpec::Kind;
  const auto time = [unit](double figure) { return static_cast<sim::Time>(std::llround(figure * static_cast<double>(unit))); };
  switch (spec.kind) {
    case Kind::constant:
      return sim::Distribution::constant(time(spec.mean_ms));
    case Kind::uniform:
      return sim::Distribution::uniform(time(spec.min_ms), time(spec.max_ms));
    case Kind::exponential:
      return sim::Distribution::exponential(time(spec.mean_ms));
    case Kind::log_normal:
      return sim::Distribution::log_normal(time(spec.mean_ms), spec.cv);
    case Kind::pareto:
      return sim::Distribution::pareto(time(spec.mean_ms), spec.alpha);
    case Kind::erlang:
      return sim::Distribution::erlang(time(spec.mean_ms), spec.shape);
    case Kind::hyperexponential:
      return sim::Distribution::hyperexponential(time(spec.mean_ms), spec.cv);
    case Kind::empirical: {
      std::vector<sim::Time> values;
      for (const double figure : spec.values_ms) values.push_back(time(figure));
      return sim::Distribution::empirical(std::move(values));
    }
  }
  return {};
}

}  // namespace model
