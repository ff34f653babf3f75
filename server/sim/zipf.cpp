#include "sim/zipf.h"

#include <algorithm>

#include "sim/math.h"
#include "sim/random.h"

namespace sim {
namespace {

constexpr double small = 1e-4;  // below, the series are exact to the last digit or two

/// ln(1 + t) / t
double log_ratio(double t) {
  return t > -small && t < small ? 1 - t * (0.5 - t * (1.0 / 3 - t * 0.25)) : log(1 + t) / t;
}

/// (e^t - 1) / t
double exp_ratio(double t) {
  return t > -small && t < small ? 1 + t * 0.5 * (1 + t * (1.0 / 3) * (1 + t * 0.25)) : (exp(t) - 1) / t;
}

}  // namespace

Zipf::Zipf(std::uint64_t n, double s) : n_(n), s_(s) {
  first_ = integral(1.5) - 1;
  last_ = integral(static_cast<double>(n) + 0.5);
  squeeze_ = 2 - inverse(integral(2.5) - h(2));
}

double Zipf::h(double x) const {
  return exp(-s_ * log(x));
}

/// Of h from 1 to x.
double Zipf::integral(double x) const {
  const double l = log(x);
  return exp_ratio((1 - s_) * l) * l;
}

double Zipf::inverse(double y) const {
  const double t = std::max(-1 + 1e-15, y * (1 - s_));
  return exp(log_ratio(t) * y);
}

std::uint64_t Zipf::sample(std::uint64_t random) const {
  for (;;) {
    random = mix(random + 0x9e3779b97f4a7c15ULL);
    const double share = unit(random);
    const double u = last_ + share * (first_ - last_);
    const double x = inverse(u);
    const double rank = std::clamp(x + 0.5, 1.0, static_cast<double>(n_) + 0.5);
    const std::uint64_t k = std::min(n_, static_cast<std::uint64_t>(rank));
    const auto whole = static_cast<double>(k);
    if (whole - x <= squeeze_ || u >= integral(whole + 0.5) - h(whole)) return k;
  }
}

}  // namespace sim
