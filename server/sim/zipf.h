#pragma once
// Ranks by Zipf's law: rank k of n with a chance proportional to k^-s. Drawn by rejection-inversion (Hoermann, Derflinger,
// Rejection-inversion to generate variates from monotone discrete distributions, ACM TOMACS 1996), with sim::log and sim::exp: the same on
// every machine. Takes no table, and about one try whatever n is.

#include <cstdint>

namespace sim {

/// Plain value.
class Zipf {
 public:
  Zipf() = default;
  /// REQUIRES: 1 <= n <= 10^9, 0 <= s <= 5; s = 0: all ranks alike.
  Zipf(std::uint64_t n, double s);
  /// A rank from 1 to n, for 64 random bits.
  std::uint64_t sample(std::uint64_t random) const;

 private:
  double h(double x) const;
  double integral(double x) const;
  double inverse(double y) const;

  std::uint64_t n_ = 1;
  double s_ = 0;
  double first_ = 0;    ///< integral up to 1.5, less the chance of rank 1
  double last_ = 0;     ///< up to n + 0.5
  double squeeze_ = 0;  ///< so far from the rank no look at the chances is needed
};

}  // namespace sim
