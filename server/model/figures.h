#pragma once
// What a period of a run says about groups and links, each figure with its interval. Pure functions of immutable values, any thread.
// Rates are per second, times in milliseconds, shares 0 to 1.
//
// Quantiles: the share of values at or below the estimate is a ratio of sums over batches; its score interval around p is carried back to
// times through the histogram of the whole period (Woodruff, JASA 47, 1952; with batches Heidelberger and Lewis, Operations Research 32,
// 1984). Slow calls come in crowds and far out there are few crowds to judge that by; so the interval is never surer of p than it would be
// with the crowds ten times nearer (for p99.9 those at p99), and there is none with fewer than values_beyond_min values beyond. On M/M/1
// this holds where quantiles of batches and sectioning do not (docs/model.md). Low and high are the outer ends of histogram buckets.

#include <span>
#include <vector>

#include "model/interval.h"
#include "model/totals.h"

namespace model {

struct Period {
  Marks marks;            ///< none or one: nothing happened in it
  sim::Time warm_up = 0;  ///< left out before the first mark
  bool warm_up_over = false;

  std::size_t batches() const { return marks.size() < 2 ? 0 : marks.size() - 1; }
  sim::Time from() const { return marks.empty() ? 0 : marks.front()->at; }
  sim::Time to() const { return marks.empty() ? 0 : marks.back()->at; }
  sim::Time batch() const { return batches() == 0 ? 0 : (to() - from()) / static_cast<sim::Time>(batches()); }
};

/// The batches that begin at `from` or later. `marks`: of Batches.
Period period_from(const Marks& marks, sim::Time from);

/// The batches after the warm-up: MSER over the number of requests that these groups (the load sources) have under way in each batch, which
/// grows with the load and with what is slow.
Period steady_period(const Marks& marks, std::span<const std::uint32_t> groups);

struct GroupFigures {
  Interval rate;         ///< arrivals per second
  Interval error_rate;   ///< failed calls per second, as callers saw them
  Interval error_share;  ///< of the calls that are over
  Interval utilisation;
  Interval in_flight;        ///< L: calls in the instances, on average
  Interval queued;           ///< of those, waiting for a worker
  Interval mean_ms;          ///< response, cr - cs
  Interval service_mean_ms;  ///< ss - sr
  Interval network_mean_ms;  ///< both ways
};
/// REQUIRES: no group twice, 0 < confidence < 1.
GroupFigures group_figures(const Period& period, std::span<const std::uint32_t> groups, double confidence);

/// The figures of the candidate less those of the base, batch beside batch.
struct GroupDifferences {
  Interval rate;
  Interval error_rate;
  Interval error_share;
  Interval utilisation;
  Interval in_flight;
  Interval queued;
  Interval mean_ms;
};
/// REQUIRES: as above; both periods have the same batches.
GroupDifferences group_differences(const Period& base, std::span<const std::uint32_t> base_groups, const Period& candidate,
                                   std::span<const std::uint32_t> candidate_groups, double confidence);

/// Fewer values beyond a quantile give no interval.
inline constexpr double values_beyond_min = 100;

/// Of the response, one for each share p. REQUIRES: as above, 0 < p < 1.
std::vector<Interval> response_quantiles_ms(const Period& period, std::span<const std::uint32_t> groups, std::span<const double> shares,
                                            double confidence);

struct LinkFigures {
  Interval rate;         ///< calls per second
  Interval error_rate;   ///< failed calls per second
  Interval error_share;  ///< of the calls that are over and expected an answer
  Interval mean_ms;      ///< response of those
};
/// REQUIRES: as above.
LinkFigures link_figures(const Period& period, std::span<const std::uint32_t> links, double confidence);

}  // namespace model
