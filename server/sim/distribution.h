#pragma once
// Distributions of times. A draw takes 64 random bits and gives whole nanoseconds with integer arithmetic alone: the formulas are
// evaluated once, into a table of quantiles, when the distribution is made.
//
// The table holds both tails in cells of equal ratio, 32 to an octave of tail probability, down to a tail of 2^-42; between cells it is
// linear. Measured for a log-normal of cv 1: mean 0.9998, p99.9 9.28 where 9.27 is exact.

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

#include "sim/random.h"
#include "sim/time.h"

namespace sim {

/// Plain value; copying copies the table (21 KB). All times must lie in 0 to Distribution::longest.
class Distribution {
 public:
  static constexpr Time longest = second * 3600 * 24 * 1'000;  ///< draws of long tails are cut here: 1,000 days

  Distribution() = default;  ///< always 0
  static Distribution constant(Time value);
  static Distribution uniform(Time min, Time max);  ///< REQUIRES: min <= max
  static Distribution exponential(Time mean);
  static Distribution log_normal(Time mean, double cv);  ///< cv: standard deviation / mean, over 0
  static Distribution pareto(Time mean, double alpha);   ///< alpha: shape, over 1; least value mean * (alpha - 1) / alpha
  /// Sum of `shape` exponential times. REQUIRES: 1 <= shape <= 100.
  static Distribution erlang(Time mean, unsigned shape);
  /// Two exponential phases with balanced means (each contributes half of the mean). REQUIRES: cv over 1.
  static Distribution hyperexponential(Time mean, double cv);
  static Distribution empirical(std::vector<Time> values);  ///< at least one; sorted here; linear between neighbours

  /// The same shape, every value times `factor` (over 0).
  Distribution scaled(double factor) const;

  /// The value for 64 random bits.
  Time sample(std::uint64_t random) const {
    switch (kind_) {
      case Kind::constant:
        return low_;
      case Kind::uniform:
        return low_ + static_cast<Time>(scale(random, span_));
      case Kind::table:
        return sample_table(random);
      case Kind::empirical:
        return sample_empirical(random);
    }
    return low_;
  }

  bool is_constant() const { return kind_ == Kind::constant; }

  /// The smallest value that can be drawn.
  Time least() const;

 private:
  enum class Kind : std::uint8_t { constant, uniform, table, empirical };

  static constexpr int cells_bits = 5;  ///< 2^5 cells an octave
  static constexpr int octaves = 40;
  static constexpr std::uint64_t cells = std::uint64_t{octaves + 1} << cells_bits;  ///< of one side
  static constexpr int fraction_bits = 24;
  static constexpr int scale_bits = 4;  ///< table values are in 1/16 ns

  /// From the chances of more and of less than x (ns), both monotone; `high` is over the largest value wanted.
  static Distribution from_tails(const std::function<double(double x, bool upper)>& tail, double high);
  /// `quantile(p, upper)`: the value with tail probability p <= 1/2, in ns.
  static Distribution from_quantiles(const std::function<double(double p, bool upper)>& quantile);

  Time sample_table(std::uint64_t random) const {
    const std::uint64_t side = random >> 63;
    const std::uint64_t tail = (random << 1) | 1;  // tail probability * 2^65
    const int zeros = __builtin_clzll(tail);
    const int octave = zeros > octaves ? octaves : zeros;
    const std::uint64_t down = ~(tail << octave);  // runs from 0 at the octave's upper end to 2^63 - 1 at its lower
    const std::uint64_t cell = down >> (63 - cells_bits);
    const std::uint64_t fraction = (down >> (63 - cells_bits - fraction_bits)) & ((std::uint64_t{1} << fraction_bits) - 1);
    const std::int64_t* q =
        &table_[side * (cells + 1) + (static_cast<std::uint64_t>(octave) << cells_bits) + (cell & ((1U << cells_bits) - 1))];
    const WideSigned step = WideSigned{q[1] - q[0]} * static_cast<std::int64_t>(fraction);
    return (q[0] + static_cast<std::int64_t>(step >> fraction_bits)) >> scale_bits;
  }
  Time sample_empirical(std::uint64_t random) const;

  Kind kind_ = Kind::constant;
  Time low_ = 0;
  std::uint64_t span_ = 1;
  std::vector<std::int64_t> table_;
};

}  // namespace sim
