#include "model/warm_up.h"

#include <algorithm>
#include <cassert>
#include <vector>

namespace model {
namespace {

double mean_of(std::span<const double> values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

/// Whether the first `cut` are a start that leads to the others.
bool is_start(std::span<const double> means, std::size_t cut) {
  const std::span<const double> start = means.first(cut);
  const double rest = mean_of(means.subspan(cut));
  const double early = mean_of(start.first((cut + 1) / 2)), late = mean_of(start.subspan(cut / 2));
  if (early <= late && late < rest) return true;
  return early >= late && std::all_of(start.begin(), start.end(), [rest](double value) { return value > rest; });
}

}  // namespace

WarmUp mser(std::span<const double> series, std::size_t group) {
  assert(group >= 1);
  std::vector<double> means;
  for (std::size_t i = 0; i + group <= series.size(); i += group) {
    double sum = 0;
    for (std::size_t j = 0; j < group; ++j) sum += series[i + j];
    means.push_back(sum / static_cast<double>(group));
  }
  if (means.size() < mser_min) return {};
  // From the end to the front: mean and squares of what is left after each cut (Welford's update).
  double mean = 0, squares = 0, least = 0;
  const std::size_t last = means.size() / 2;
  std::size_t best = last;
  for (std::size_t cut = means.size(); cut-- > 0;) {
    const auto left = static_cast<double>(means.size() - cut);
    const double off = means[cut] - mean;
    mean += off / left;
    squares += off * (means[cut] - mean);
    const double error = squares / (left * left);
    if (cut > last || (cut < last && error > least)) continue;
    least = error;
    best = cut;
  }
  if (best > 0 && !is_start(means, best)) return {0, true};
  return {best * group, best < last};
}

}  // namespace model
