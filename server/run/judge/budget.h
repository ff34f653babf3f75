#pragma once
// The error budget of one promise, and how fast it burns: burn rate 1 spends exactly the budget in its window. Plain value; one owner.
//
// Source: Beyer, Murphy, Rensin, Kawahara, Thorne (eds.), The Site Reliability Workbook (2018), chapter 5, Alerting on SLOs, 6:
// Multiwindow, Multi-Burn-Rate Alerts, table 5-8: for a budget of 30 days 14.4 over 1 h and 5 min (2 % of the budget), 6 over 6 h and 30
// min (5 %), 1 over 3 days and 6 h (10 %); the first two call somebody, the third is a ticket. Here the windows are the same shares of
// whatever window the budget has. Time before the run counts as time like the rest, without failures.
//
// Ours: a ticket is over when nothing burns in the short window of the second alert any more, so that what is over does not look as if it
// went on; and what half of all requests of the last 5 s suffer from is told however large the budget is.

#include <array>
#include <cstddef>
#include <cstdint>

#include "sim/time.h"

namespace run::judge {

/// What ended in some time, and how much of it was not as promised.
struct Outcomes {
  std::uint64_t all = 0;
  std::uint64_t bad = 0;
  Outcomes& operator+=(const Outcomes& other) {
    all += other.all;
    bad += other.bad;
    return *this;
  }
  bool operator==(const Outcomes&) const = default;
};

struct Alert {
  double factor = 0;         ///< burn rate from which it fires
  std::int64_t windows = 1;  ///< of its long window in the budget's; its short window is a twelfth of that
  bool calls = false;        ///< somebody is called; else it is a ticket
};
inline constexpr std::array<Alert, 3> alerts{{{14.4, 720, true}, {6, 120, true}, {1, 10, false}}};
inline constexpr std::uint64_t least_outcomes = 10;  ///< in the short window; fewer say nothing

/// Of one alert, now.
struct BurnRate {
  sim::Time long_window = 0, short_window = 0;
  double over_long = 0, over_short = 0;
  bool fires = false;
};
inline constexpr double broken_share = 0.5;
inline constexpr sim::Time broken_over = 5 * sim::second;
using BurnRates = std::array<BurnRate, alerts.size()>;

class Budget {
 public:
  /// `window`: of the budget, and `ratio`: what is promised, both as model::Objective bounds them.
  Budget(sim::Time window, double ratio) : window_(window), ratio_(ratio) {}

  /// What ended in the time before `now`, since the last call. REQUIRES: now grows.
  void add(sim::Time now, Outcomes outcomes);

  BurnRates rates() const;
  /// Half of what ended lately was bad.
  bool broken() const;
  /// Bad outcomes that the window allows at the present rate; 0: nothing has ended yet.
  double allowed() const;
  /// Share of the budget that is left; below 0: overspent.
  double left() const;
  /// The whole window, as far as the run is old.
  Outcomes outcomes() const { return whole_.sum(buckets); }
  double ratio() const { return ratio_; }

 private:
  static constexpr std::size_t buckets = 60;

  /// The last `buckets` stretches of time, of which the newest is being filled.
  class Ring {
   public:
    void add(std::int64_t epoch, Outcomes outcomes);
    Outcomes sum(std::size_t newest) const;

   private:
    std::array<Outcomes, buckets> ring_{};
    std::int64_t epoch_ = 0;
  };

  double seen_of(sim::Time over) const;
  double burn(Outcomes outcomes, sim::Time over) const;

  sim::Time window_;
  double ratio_;
  sim::Time now_ = 0;
  std::array<Ring, alerts.size()> rings_;
  Ring whole_;
  Ring seconds_;
};

}  // namespace run::judge
