#include "sim/distribution.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "sim/math.h"

namespace sim {
namespace {

Time clamp_time(double ns) {
  return static_cast<Time>(std::clamp(ns + 0.5, 0.0, static_cast<double>(Distribution::longest) * 16));
}

/// Where f, at most 0 at a and at least 0 at b (either way round), is 0, to 1/64 or 2^-48 of itself: false position with Illinois' rule
/// (Dowell, Jarratt 1971).
template <class F>
double root(const F& f, double a, double b) {
  double at_a = f(a);
  double at_b = f(b);
  if (at_a >= 0) return a;
  if (at_b <= 0) return b;
  constexpr int rounds_max = 200;  // a dozen do
  int moved = 0;                   // the end that moved last: -1 a, 1 b
  for (int i = 0; i < rounds_max && std::abs(b - a) > std::max(1.0 / 64, std::abs(b) * 0x1p-48); ++i) {
    const double x = a + (b - a) * (at_a / (at_a - at_b));
    const double at_x = f(x);
    if (at_x == 0 || x == a || x == b) return x;
    if (at_x < 0) {
      a = x;
      at_a = at_x;
      if (moved == -1) at_b /= 2;
      moved = -1;
    } else {
      b = x;
      at_b = at_x;
      if (moved == 1) at_a /= 2;
      moved = 1;
    }
  }
  return a + (b - a) / 2;
}

}  // namespace

Distribution Distribution::constant(Time value) {
  Distribution d;
  d.low_ = std::clamp<Time>(value, 0, longest);
  return d;
}

Distribution Distribution::uniform(Time min, Time max) {
  Distribution d;
  d.kind_ = Kind::uniform;
  d.low_ = min;
  d.span_ = static_cast<std::uint64_t>(max - min) + 1;
  return d;
}

Distribution Distribution::exponential(Time mean) {
  const double m = static_cast<double>(mean);
  return from_quantiles([m](double p, bool upper) { return -m * log(upper ? p : 1 - p); });
}

Distribution Distribution::log_normal(Time mean, double cv) {
  const double variance = log(1 + cv * cv);
  const double sigma = std::sqrt(variance);
  const double mu = log(std::max(1.0, static_cast<double>(mean))) - variance / 2;
  return from_quantiles([mu, sigma](double p, bool upper) {
    const double z = normal_quantile(p);  // p <= 1/2, so z <= 0; the upper tail is its mirror image
    return exp(upper ? mu - sigma * z : mu + sigma * z);
  });
}

Distribution Distribution::pareto(Time mean, double alpha) {
  const double least = static_cast<double>(mean) * (alpha - 1) / alpha;
  return from_quantiles([least, alpha](double p, bool upper) { return least * exp(-log(upper ? p : 1 - p) / alpha); });
}

Distribution Distribution::erlang(Time mean, unsigned shape) {
  const double rate = shape / std::max(1.0, static_cast<double>(mean));
  const auto tail = [rate, shape](double x, bool upper) {
    // More than x: fewer than `shape` arrivals of a Poisson stream by then.
    const double y = rate * x;
    if (y >= 690) return upper ? 0.0 : 1.0;
    double term = exp(-y);
    double fewer = 0;
    unsigned n = 0;
    for (; n < shape; ++n) {
      fewer += term;
      term *= y / (n + 1);
    }
    if (upper) return fewer;
    double more = 0;
    for (; term > more * 1e-17 && n < 10'000; ++n) {
      more += term;
      term *= y / (n + 1);
    }
    return more;
  };
  return from_tails(tail, 100 * static_cast<double>(mean));
}

Distribution Distribution::hyperexponential(Time mean, double cv) {
  const double p = (1 + std::sqrt((cv * cv - 1) / (cv * cv + 1))) / 2;
  const double fast = 2 * p / std::max(1.0, static_cast<double>(mean));
  const double slow = 2 * (1 - p) / std::max(1.0, static_cast<double>(mean));
  const auto tail = [p, fast, slow](double x, bool upper) {
    const double a = fast * x < 690 ? exp(-fast * x) : 0;
    const double b = slow * x < 690 ? exp(-slow * x) : 0;
    return upper ? p * a + (1 - p) * b : p * (1 - a) + (1 - p) * (1 - b);
  };
  return from_tails(tail, 50 / slow);
}

Distribution Distribution::from_tails(const std::function<double(double, bool)>& tail, double high) {
  // Quantiles are asked for from the median outwards, so that each one's bracket begins at the one before.
  double last[2] = {-1, -1};
  return from_quantiles([&](double p, bool upper) {
    double& before = last[upper ? 1 : 0];
    const auto beyond = [&](double x) { return p - tail(x, upper); };  // rises outwards from below 0 to above it
    double inner = before >= 0 ? before : (upper ? 0 : high);
    double outer = upper ? high : 0;
    for (double step = inner / 32; before >= 0 && step > 0; step *= 2) {
      const double x = upper ? inner + step : inner - step;
      if (upper ? x >= high : x <= 0) break;
      if (beyond(x) >= 0) {
        outer = x;
        break;
      }
      inner = x;
    }
    before = root(beyond, inner, outer);
    return before;
  });
}

Distribution Distribution::empirical(std::vector<Time> values) {
  std::sort(values.begin(), values.end());
  if (values.size() == 1) return constant(values.front());
  Distribution d;
  d.kind_ = Kind::empirical;
  d.low_ = values.front();
  d.table_ = std::move(values);
  return d;
}

Distribution Distribution::from_quantiles(const std::function<double(double, bool)>& quantile) {
  Distribution d;
  d.kind_ = Kind::table;
  d.table_.resize(2 * (cells + 1));
  for (std::uint64_t side = 0; side < 2; ++side) {
    for (std::uint64_t i = 0; i <= cells; ++i) {
      const int octave = static_cast<int>(i >> cells_bits);
      const double within = static_cast<double>(i & ((1U << cells_bits) - 1)) / (1U << cells_bits);
      const double tail = std::ldexp(2.0 - within, -(octave + 2));
      d.table_[side * (cells + 1) + i] = clamp_time(quantile(tail, side == 1) * (1 << scale_bits));
    }
  }
  d.low_ = d.table_[cells] >> scale_bits;
  return d;
}

Distribution Distribution::scaled(double factor) const {
  Distribution d = *this;
  d.low_ = clamp_time(static_cast<double>(low_) * factor);
  d.span_ = static_cast<std::uint64_t>(clamp_time(static_cast<double>(span_ - 1) * factor)) + 1;
  for (std::int64_t& value : d.table_) value = clamp_time(static_cast<double>(value) * factor);
  return d;
}

Time Distribution::least() const {
  return low_;
}

Time Distribution::sample_empirical(std::uint64_t random) const {
  const Wide place = Wide{random} * (table_.size() - 1);
  const auto i = static_cast<std::size_t>(place >> 64);
  const auto fraction = static_cast<std::int64_t>(static_cast<std::uint64_t>(place) >> 40);  // 24 bits
  return table_[i] + static_cast<Time>((WideSigned{table_[i + 1] - table_[i]} * fraction) >> 24);
}

}  // namespace sim
