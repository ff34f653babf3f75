#pragma once
// Simulated time: whole nanoseconds since the start of the run, signed, so that differences are plain.
// 2^63 ns is 292 years; every limit on a duration elsewhere is far below that.

#include <cstdint>
#include <limits>

namespace sim {

using Time = std::int64_t;

inline constexpr Time microsecond = 1'000;
inline constexpr Time millisecond = 1'000'000;
inline constexpr Time second = 1'000'000'000;
inline constexpr Time hour = 3'600 * second;

/// Later than anything that can be scheduled.
inline constexpr Time never = std::numeric_limits<Time>::max();

constexpr double to_ms(Time t) {
  return static_cast<double>(t) / 1e6;
}
constexpr double to_seconds(Time t) {
  return static_cast<double>(t) / 1e9;
}
/// Rounds to the nearest nanosecond: exact below 2^53 / 1e6 ms (104 days). What no Time can hold is never, or -never.
constexpr Time from_ms(double ms) {
  constexpr double limit = 9223372036854775808.0;  // 2^63
  const double ns = ms * 1e6 + (ms < 0 ? -0.5 : 0.5);
  if (!(ns < limit)) return never;
  return ns > -limit ? static_cast<Time>(ns) : -never;
}

}  // namespace sim
