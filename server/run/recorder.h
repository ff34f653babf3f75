#pragma once
// Takes what has been counted out of a World, and keeps enough of the past for rates and for the last ten seconds. Simulation thread only,
// between events.

#include <deque>
#include <memory>

#include "model/world.h"
#include "run/looks.h"
#include "run/snapshot.h"

namespace run {

class Recorder {
 public:
  static constexpr sim::Time rate_window = 1 * sim::second;
  static constexpr sim::Time histogram_window = 10 * sim::second;
  static constexpr sim::Time histogram_step = 1 * sim::second;

  /// Counts now; remembers them when time has passed since the last call. Histograms are copied once a simulated second, and when
  /// `histograms`.
  void sample(const model::World& world, bool histograms, const Listing& listing = {});

  const std::shared_ptr<const Counters>& now() const { return now_; }
  const std::shared_ptr<const Counters>& base() const { return base_; }
  const std::shared_ptr<const Histograms>& total() const { return total_; }
  const std::shared_ptr<const Histograms>& window() const { return window_; }

 private:
  void sample_histograms(const model::World& world);

  std::shared_ptr<const Counters> now_, base_;
  std::deque<std::shared_ptr<const Counters>> past_;
  std::shared_ptr<const Histograms> total_, window_;
  std::deque<std::shared_ptr<const Histograms>> past_histograms_;
};

}  // namespace run
