#pragma once
// How sure a figure is: confidence intervals from batch means. A run is one long, correlated series; it is cut into batches of equal
// simulated time, and the batches, when long enough, are nearly independent. Pure functions, any thread, the same bits everywhere.
//
// Sources: non-overlapping batch means and 10 to 30 batches: Schmeiser, Batch size effects in the analysis of simulation output, Operations
// Research 30 (1982); Law, Simulation Modeling and Analysis, 5th ed. (2015), 9.5. Ratio of two sums by linearisation: Cochran, Sampling
// Techniques, 3rd ed. (1977), 6.4. Test for batches that are too short: von Neumann, Annals of Mathematical Statistics 12 (1941), as used
// by Fishman, Management Science 24 (1978). Shares: Wilson, JASA 22 (1927), with the number of trials that independent ones would need for
// the variance seen (Korn and Graubard, Survey Methodology 24, 1998). Quantiles: figures.h.

#include <cstddef>
#include <cstdint>
#include <span>

namespace model {

/// Why an interval cannot be given. `nothing`: not even a value.
enum class Doubt : std::uint8_t {
  none,
  nothing,      ///< nothing was observed
  few_batches,  ///< fewer than batches_min
  few_values,   ///< too few observations beyond a quantile
  correlated,   ///< even batches_min long batches are not independent
};
/// "", "nothingSeen", "tooFewBatches", "tooFewValues", "correlated".
const char* name_of(Doubt doubt);

struct Interval {
  double value = 0;
  double low = 0;             ///< only when known()
  double high = 0;            ///< only when known()
  std::uint32_t batches = 0;  ///< that low and high rest on, after neighbours were joined
  Doubt doubt = Doubt::nothing;

  bool known() const { return doubt == Doubt::none; }
  bool has_value() const { return doubt != Doubt::nothing; }
  double half_width() const { return (high - low) / 2; }
  bool contains(double truth) const { return known() && low <= truth && truth <= high; }
};

/// Fewer batches give no interval (Schmeiser 1982).
inline constexpr std::size_t batches_min = 10;

/// x with P(Student t of `freedom` degrees < x) = p, to 1e-12 of the distribution: Newton's method on the finite sums 26.7.3 and 26.7.4 of
/// Abramowitz and Stegun. REQUIRES: freedom >= 1, 0 < p < 1. Takes time in proportion to `freedom`.
double student_quantile(double p, std::uint32_t freedom);

/// By how many standard deviations neighbours in the series are more alike than chance (over 0) or less (below): von Neumann's ratio,
/// standardised; 0 for fewer than 3 values or when all are equal.
double von_neumann(std::span<const double> series);

/// Neighbours are alike at the level of 5 %, one-sided.
bool too_short(std::span<const double> series);

/// Sum of the tops over sum of the bottoms, one of each a batch. When the batches are too short, neighbours are joined while batches_min
/// remain. REQUIRES: as many tops as bottoms, no bottom below 0, 0 < confidence < 1.
Interval ratio_interval(std::span<const double> tops, std::span<const double> bottoms, double confidence);

/// As ratio_interval, of events counted in some time: has width when there is none at all. Score interval of a Poisson count, with the
/// number of events that independent ones would need for the variance seen.
Interval count_interval(std::span<const double> counts, std::span<const double> times, double confidence);

/// By how much sum over sum of the candidate exceeds that of the base, when batch i of one stands beside batch i of the other: what both
/// have in common (the same random numbers, the same load) does not widen the interval. Linearised as ratio_interval, then the mean of the
/// differences of the batches. REQUIRES: as ratio_interval, all of one length.
Interval ratio_difference(std::span<const double> base_tops, std::span<const double> base_bottoms, std::span<const double> tops,
                          std::span<const double> bottoms, double confidence);

/// Mean of the batches.
Interval mean_interval(std::span<const double> batches, double confidence);

/// As ratio_interval, of hits among trials: stays within 0 to 1, and has width when there is no hit at all.
Interval share_interval(std::span<const double> hits, std::span<const double> trials, double confidence);

/// How much hits among trials say about their share.
struct Evidence {
  double trials = 0;  ///< independent ones that would say as much; never more than there were
  std::uint32_t batches = 0;
  Doubt doubt = Doubt::nothing;
};
Evidence evidence_of(std::span<const double> hits, std::span<const double> trials);

/// Wilson's score interval of a share with so much evidence.
Interval score_interval(double share, const Evidence& evidence, double confidence);

}  // namespace model
