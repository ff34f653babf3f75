#pragma once
// A factor over time as straight lines between corners, once or again and again; its integral, and the time at which the integral has a
// given value. With that a stream of arrivals of constant rate becomes one whose rate follows the factor (time rescaling: Cinlar,
// Introduction to Stochastic Processes, 1975, 4.7): an arrival that would come at u comes at the t whose integral is u.
//
// Times in ns from the beginning of the shape, as doubles: whole ns up to 2^53 (104 days), rounded beyond. Additions, multiplications,
// divisions and square roots alone, which IEEE 754 rounds in one way only.

#include <cstdint>
#include <vector>

#include "model/load_spec.h"
#include "sim/time.h"

namespace model {

class Shape {
 public:
  /// Lines in a period of a diurnal shape, one every quarter of an hour of a day. They are below the cosine by at most
  /// (1 - cos(pi / 96)) / 2 = 0.00027 of the swing, and have the same mean.
  static constexpr int diurnal_lines = 96;

  struct Corner {
    sim::Time at = 0;
    double factor = 1;
  };

  Shape() = default;  ///< 1 for ever
  /// Before the first corner the factor is that of the first, after the last that of the last. Two corners at one time are a jump: the
  /// second counts from then on. `period` 0: once. REQUIRES: at least one corner; times not negative and not descending, none after the
  /// period; factors not negative.
  Shape(const std::vector<Corner>& corners, sim::Time period);
  explicit Shape(const ShapeSpec& spec);

  bool constant() const { return lines_.empty(); }  ///< 1 for ever
  double factor(sim::Time t) const;
  double peak() const;  ///< the largest factor
  double integral(double t) const;
  /// The time at which the integral is `value`; infinity when it never is. `line_found` is where the last one was found, 0 at first: a
  /// search that goes on from there costs nothing.
  double inverse(double value, std::uint32_t& line_found) const;
  /// The first time after `t` at which `scale` * factor, rounded to a whole number, may be another than at `t` (or the nanosecond after);
  /// sim::never when it stays.
  sim::Time next_step(double scale, sim::Time t) const;

 private:
  /// From `at` to the next one's; the last is of length 0 when there is a period, else for ever.
  struct Line {
    double at = 0;
    double factor = 1;
    double slope = 0;  ///< a ns
    double sum = 0;    ///< integral up to `at`
  };

  /// The last one that begins at or before `t`, which is within the period.
  std::size_t line_at(double t) const;
  double period_at(double t) const;  ///< where the period begins that `t` is in

  std::vector<Line> lines_;
  double period_ = 0;  ///< 0: none
};

}  // namespace model
