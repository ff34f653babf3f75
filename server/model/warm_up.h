#pragma once
// Where the start of a run ends. A World starts empty, so the first figures are too good; MSER leaves out as many as make the rest most
// certain. Figures of queues are crowds and lulls, and a crowd near the beginning is no warm-up: so a start is left out only if it looks
// like one. White, An effective truncation heuristic for bias reduction in simulation output, Simulation 69 (1997); White, Cobb and Spratt,
// A comparison of five steady-state truncation heuristics for simulation, Winter Simulation Conference (2000), who take means of five
// observations each (MSER-5). Pure functions, any thread.

#include <cstddef>
#include <span>

namespace model {

inline constexpr std::size_t mser_group = 5;  ///< observations of the raw series in one mean
inline constexpr std::size_t mser_min = 10;   ///< means: fewer are alike by luck

struct WarmUp {
  std::size_t length = 0;  ///< observations to leave out, whole groups
  bool over = false;       ///< false: the series is too short, or the best cut is the last one, so the end may be yet to come
};

/// The cut d, in the first half, with the least sum((x - mean)^2) / (n - d)^2 of what is after it; none when what is before it is no start:
/// one that grows (its first half below its second, both below what is after it) or one that falls (likewise above, and none of its means
/// on the other side). `group` 1 when the series is one of batch means already.
WarmUp mser(std::span<const double> series, std::size_t group = mser_group);

}  // namespace model
