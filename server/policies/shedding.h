#pragma once
// Prioritised load shedding: a server that is busy drops requests, the least important first, and more of them the busier it is. Four
// classes; how busy it is, is the share of its workers at work, averaged. Values without a clock or chance of their own; one owner: a
// server.
//
// Source: Mendiratta, Wang, Lynch, Fernandez-Ivern, Fedorka, Enhancing Netflix Reliability with Service-Level Prioritized Load Shedding
// (Netflix Technology Blog, 2024): the four classes; nothing is shed up to the utilisation that autoscaling aims at, then more and more,
// the more critical later; in its experiment noncritical requests after 60 %, critical ones after 80 %. Where each class ends, and the
// steps between the noncritical ones, are only drawn there: those here are ours.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "sim/math.h"
#include "sim/time.h"

namespace policies {

enum class Importance : std::uint8_t {
  critical,     ///< core functionality
  degraded,     ///< without it users notice
  best_effort,  ///< users do not notice
  bulk,         ///< background work
};
inline constexpr std::size_t importances = 4;

/// Of a class none is shed up to `from`, all are from `to` on, and in between a share that grows in a line. Shares of busy workers.
struct ShedRange {
  static constexpr double never = 2;  ///< as `from` and `to`: more than there can be

  double from = never;  ///< 0 to 1, or never
  double to = never;    ///< from to 1, or never

  bool operator==(const ShedRange&) const = default;
};

struct UtilisationSpec {
  sim::Time window = sim::second;  ///< 1 ms to 1 h: time constant of the average
  std::array<ShedRange, importances> ranges{{{0.8, 1}, {0.7, 0.8}, {0.65, 0.75}, {0.6, 0.7}}};

  bool valid() const {
    return window >= sim::millisecond && window <= sim::hour && std::all_of(ranges.begin(), ranges.end(), [](const ShedRange& r) {
             return r == ShedRange{} || (r.from >= 0 && r.from <= r.to && r.to <= 1);
           });
  }
  /// The chance to be shed.
  double chance(Importance importance, double utilisation) const {
    const ShedRange& range = ranges[static_cast<std::size_t>(importance)];
    if (utilisation <= range.from) return 0;
    return utilisation >= range.to ? 1 : (utilisation - range.from) / (range.to - range.from);
  }
  bool operator==(const UtilisationSpec&) const = default;
};

/// A share over time, the past weighted with e^(-age / window). Begins at 0.
class MeanShare {
 public:
  /// It is `share` from now on. REQUIRES: now not earlier than before.
  void change(sim::Time window, sim::Time now, double share) {
    mean_ = value(window, now);
    share_ = share;
    since_ = now;
  }
  double value(sim::Time window, sim::Time now) const {
    constexpr double forgotten = 50;  // e^-50 is nothing beside 1
    const double age = static_cast<double>(now - since_) / static_cast<double>(window);
    return age > forgotten ? share_ : share_ + (mean_ - share_) * sim::exp(-age);
  }

 private:
  double mean_ = 0;
  double share_ = 0;
  sim::Time since_ = 0;
};

}  // namespace policies
