#include "model/interval.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <vector>

#include "sim/math.h"

namespace model {
namespace {

constexpr double pi = 3.14159265358979323846;
constexpr double normal_95 = 1.64485362695147271;  // P(standard normal < x) = 0.95

/// Arc tangent by halving the angle until its series is short. REQUIRES: x >= 0.
double arc_tangent(double x) {
  int halvings = 0;
  while (x > 0.125) {
    x /= 1 + std::sqrt(1 + x * x);
    ++halvings;
  }
  const double x2 = x * x;
  double series = 0;
  for (int k = 17; k >= 1; k -= 2) series = 1.0 / k - x2 * series;
  return std::ldexp(x * series, halvings);
}

struct Student {
  double inside = 0;   ///< P(-t < T < t)
  double density = 0;  ///< at t
};

Student student(double t, std::uint32_t freedom) {
  const double n = freedom;
  const double cos2 = n / (n + t * t);
  const double sine = t / std::sqrt(n + t * t);
  const bool odd = freedom % 2 == 1;
  // Term k of the sum is the density's cos^(n + 1) on its way; `peak` is Gamma((n + 1) / 2) / Gamma(n / 2) / sqrt(pi).
  double term = odd ? std::sqrt(cos2) : 1.0;
  double peak = odd ? 1 / pi : 0.5;
  double sum = 0;
  for (std::uint32_t k = odd ? 1 : 2; k < freedom; k += 2) {
    sum += term;
    term *= cos2 * (odd ? k + 1 : k - 1) / (odd ? k + 2 : k);
    peak *= (k + 1.0) / k;
  }
  double cosines = cos2;  // cos^(n + 1)
  if (!odd) cosines *= std::sqrt(cos2);
  for (std::uint32_t k = odd ? 1 : 2; k < freedom; k += 2) cosines *= cos2;
  if (odd) return {2 / pi * (arc_tangent(t / std::sqrt(n)) + sine * sum), peak / std::sqrt(n) * cosines};
  return {sine * (sum + term), peak / std::sqrt(n) * cosines};
}

double sum_of(std::span<const double> values) {
  double sum = 0;
  for (const double v : values) sum += v;
  return sum;
}

/// Each two neighbours together; the first alone is left out when their number is odd.
void join_neighbours(std::vector<double>& series) {
  const std::size_t odd = series.size() % 2;
  for (std::size_t i = 0; i < series.size() / 2; ++i) series[i] = series[odd + 2 * i] + series[odd + 2 * i + 1];
  series.resize(series.size() / 2);
}

/// Variance of sum(tops) / sum(bottoms), from how far each batch is off the common ratio.
struct Spread {
  double variance = 0;
  std::uint32_t batches = 0;
  bool correlated = false;
};

Spread spread_of(std::span<const double> tops, std::span<const double> bottoms, double ratio) {
  std::vector<double> off, weights(bottoms.begin(), bottoms.end());
  for (std::size_t i = 0; i < tops.size(); ++i) off.push_back(tops[i] - ratio * bottoms[i]);
  while (too_short(off) && off.size() / 2 >= batches_min) {
    join_neighbours(off);
    join_neighbours(weights);
  }
  double squares = 0;
  for (const double d : off) squares += d * d;
  const auto k = static_cast<double>(off.size());
  const double mean_weight = sum_of(weights) / k;
  return {squares / (k * (k - 1) * mean_weight * mean_weight), static_cast<std::uint32_t>(off.size()), too_short(off)};
}

/// Value and doubts; `spread` is set when there is none.
Interval start(std::span<const double> tops, std::span<const double> bottoms, Spread& spread) {
  assert(tops.size() == bottoms.size());
  Interval result;
  result.batches = static_cast<std::uint32_t>(tops.size());
  const double bottom = sum_of(bottoms);
  if (!(bottom > 0)) return result;
  result.value = sum_of(tops) / bottom;
  result.doubt = Doubt::few_batches;
  if (tops.size() < batches_min) return result;
  spread = spread_of(tops, bottoms, result.value);
  result.batches = spread.batches;
  result.doubt = spread.correlated ? Doubt::correlated : Doubt::none;
  return result;
}

}  // namespace

const char* name_of(Doubt doubt) {
  static const char* const names[] = {"", "nothingSeen", "tooFewBatches", "tooFewValues", "correlated"};
  return names[static_cast<std::size_t>(doubt)];
}

double student_quantile(double p, std::uint32_t freedom) {
  assert(freedom >= 1 && p > 0 && p < 1);
  if (p < 0.5) return -student_quantile(1 - p, freedom);
  const double inside = 2 * p - 1;
  // From the left of the root of a concave function Newton's steps never pass it; the normal quantile is to the left.
  double t = sim::normal_quantile(p);
  for (int i = 0; i < 200; ++i) {
    const Student at = student(t, freedom);
    const double step = (inside - at.inside) / (2 * at.density);
    t += step;
    if (!(step > 1e-13 * t)) break;
  }
  return t;
}

double von_neumann(std::span<const double> series) {
  const auto k = static_cast<double>(series.size());
  if (series.size() < 3) return 0;
  const double mean = sum_of(series) / k;
  double squares = 0, steps = 0, size = 0;
  for (std::size_t i = 0; i < series.size(); ++i) {
    squares += (series[i] - mean) * (series[i] - mean);
    size = std::max(size, std::abs(series[i]));
    if (i > 0) steps += (series[i] - series[i - 1]) * (series[i] - series[i - 1]);
  }
  if (squares <= k * size * size * 1e-24) return 0;  // nothing but rounding
  return (1 - steps / squares / 2) * std::sqrt((k * k - 1) / (k - 2));
}

bool too_short(std::span<const double> series) {
  return von_neumann(series) > normal_95;
}

Interval ratio_interval(std::span<const double> tops, std::span<const double> bottoms, double confidence) {
  Spread spread;
  Interval result = start(tops, bottoms, spread);
  if (!result.known()) return result;
  const double half = student_quantile((1 + confidence) / 2, result.batches - 1) * std::sqrt(spread.variance);
  result.low = result.value - half;
  result.high = result.value + half;
  return result;
}

Interval count_interval(std::span<const double> counts, std::span<const double> times, double confidence) {
  Spread spread;
  Interval result = start(counts, times, spread);
  if (!result.known()) return result;
  const double t = student_quantile((1 + confidence) / 2, result.batches - 1);
  // In units of 1 / time: value n, variance n when independent.
  const double one = result.value > 0 ? spread.variance / result.value : 1 / sum_of(times);
  const double middle = result.value + t * t / 2 * one;
  const double half = t * std::sqrt(result.value * one + t * t / 4 * one * one);
  result.low = std::clamp(middle - half, 0.0, result.value);  // roundings apart it is so already
  result.high = std::max(middle + half, result.value);
  return result;
}

Interval ratio_difference(std::span<const double> base_tops, std::span<const double> base_bottoms, std::span<const double> tops,
                          std::span<const double> bottoms, double confidence) {
  const double base_bottom = sum_of(base_bottoms), bottom = sum_of(bottoms);
  if (!(base_bottom > 0) || !(bottom > 0)) return {};
  const double base_ratio = sum_of(base_tops) / base_bottom, ratio = sum_of(tops) / bottom;
  const auto k = static_cast<double>(tops.size());
  std::vector<double> differences(tops.size());
  for (std::size_t i = 0; i < tops.size(); ++i) {
    differences[i] = ratio - base_ratio + (tops[i] - ratio * bottoms[i]) / (bottom / k) -
                     (base_tops[i] - base_ratio * base_bottoms[i]) / (base_bottom / k);
  }
  Interval result = mean_interval(differences, confidence);
  result.value = ratio - base_ratio;
  return result;
}

Interval mean_interval(std::span<const double> batches, double confidence) {
  return ratio_interval(batches, std::vector<double>(batches.size(), 1.0), confidence);
}

Evidence evidence_of(std::span<const double> hits, std::span<const double> trials) {
  Spread spread;
  const Interval seen = start(hits, trials, spread);
  Evidence evidence{sum_of(trials), seen.batches, seen.doubt};
  const double binomial = seen.value * (1 - seen.value);
  if (binomial > 0 && spread.variance * evidence.trials > binomial) evidence.trials = binomial / spread.variance;
  return evidence;
}

Interval score_interval(double share, const Evidence& evidence, double confidence) {
  Interval result{share, 0, 0, evidence.batches, evidence.doubt};
  if (!result.known()) return result;
  const double n = evidence.trials;
  const double t = student_quantile((1 + confidence) / 2, result.batches - 1);
  const double scale = 1 + t * t / n;
  const double middle = (share + t * t / (2 * n)) / scale;
  const double half = t * std::sqrt(share * (1 - share) / n + t * t / (4 * n * n)) / scale;
  result.low = std::clamp(middle - half, 0.0, share);
  result.high = std::clamp(middle + half, share, 1.0);
  return result;
}

Interval share_interval(std::span<const double> hits, std::span<const double> trials, double confidence) {
  const double all = sum_of(trials);
  return score_interval(all > 0 ? sum_of(hits) / all : 0, evidence_of(hits, trials), confidence);
}

}  // namespace model
