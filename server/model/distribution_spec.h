#pragma once
// A distribution of times as it is written in documents and settings: a kind and its figures, in milliseconds.

#include <string>
#include <vector>

#include "sim/distribution.h"

namespace model {

struct DistributionSpec {
  enum class Kind {
    constant,          ///< mean_ms
    uniform,           ///< min_ms to max_ms
    exponential,       ///< mean_ms
    log_normal,        ///< mean_ms and cv (standard deviation / mean)
    pareto,            ///< mean_ms and alpha (shape, over 1)
    erlang,            ///< mean_ms and shape (a sum of so many exponential times)
    hyperexponential,  ///< mean_ms and cv (over 1; two phases with balanced means)
    empirical,         ///< values_ms, each as likely, sorted; drawn between neighbours
  };
  Kind kind = Kind::constant;
  double mean_ms = 0;
  double min_ms = 0;
  double max_ms = 0;
  double cv = 1;
  double alpha = 2.5;
  std::uint32_t shape = 2;
  std::vector<double> values_ms;

  bool operator==(const DistributionSpec&) const = default;
};

/// `unit`: ns that one of the spec's figures stands for.
sim::Distribution make_distribution(const DistributionSpec& spec, sim::Time unit = sim::millisecond);

}  // namespace model
