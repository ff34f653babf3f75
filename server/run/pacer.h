#pragma once
// Simulated time against wall time. Knows how far a paced run may go; never decides what happens in it. Simulation thread only.

#include <chrono>

#include "sim/time.h"

namespace run {

class Pacer {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr double behind_max_s = 0.25;  ///< wall seconds; a run that falls further behind does not try to catch up

  /// From here on `speed` simulated seconds pass in a wall second. REQUIRES: speed > 0.
  void start(Clock::time_point wall, sim::Time simulated, double speed) {
    wall_ = wall;
    simulated_ = simulated;
    speed_ = speed;
  }

  /// Where the run should be at `wall`.
  sim::Time due(Clock::time_point wall) const {
    const double passed = std::chrono::duration<double>(wall - wall_).count();
    return simulated_ + static_cast<sim::Time>(passed * speed_ * 1e9);
  }

  /// Gives up what cannot be caught up.
  void forgive(Clock::time_point wall, sim::Time reached) {
    if (static_cast<double>(due(wall) - reached) > behind_max_s * speed_ * 1e9) start(wall, reached, speed_);
  }

 private:
  Clock::time_point wall_{};
  sim::Time simulated_ = 0;
  double speed_ = 1;
};

}  // namespace run
