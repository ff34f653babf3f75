#pragma once
// A quantile of a stream in 64 bytes, without keeping the values: the P-square algorithm (Jain, Chlamtac, Communications of the ACM 28,
// 1985). Exact for up to five values and for equal ones. Additions, multiplications and divisions alone. One owner.

#include <array>
#include <cstddef>
#include <cstdint>

namespace policies {

class Quantile {
 public:
  /// REQUIRES, here and below: 0 < p < 1, the same p for all values.
  void add(double p, double value);
  /// REQUIRES: count() > 0. Up to five values: the smallest that a share p of them does not exceed.
  double value(double p) const;
  std::uint32_t count() const { return count_; }

 private:
  double parabola(std::size_t i, double step) const;

  std::array<double, 5> heights_{};        ///< of the markers: least, p/2, p, (1 + p)/2, largest
  std::array<std::uint32_t, 5> places_{};  ///< their ranks, from 1
  std::uint32_t count_ = 0;
};

}  // namespace policies
