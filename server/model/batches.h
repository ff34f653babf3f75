#pragma once
// A run cut into batches of equal simulated time, in bounded memory: when batches_max are full, each two neighbours become one and batches
// are twice as long from then on. Kept as the totals at the boundaries, so that joining two batches is forgetting what is between them.
// Only reads the World. One thread; what it hands out is immutable.

#include <cstddef>
#include <memory>
#include <vector>

#include "model/meter.h"

namespace model {

class Batches {
 public:
  static constexpr std::size_t batches_max = 40;

  /// REQUIRES: step > 0.
  explicit Batches(sim::Time step = sim::second) : step_(step), length_(step) {}

  /// When the next boundary is wanted; anything is welcome as the first.
  sim::Time due() const { return marks_.empty() ? 0 : marks_.back()->at + length_; }
  /// REQUIRES: totals->at == due(), or it is the first.
  void add(std::shared_ptr<const Totals> totals);
  void clear();

  const Marks& marks() const { return marks_; }
  sim::Time length() const { return length_; }

 private:
  sim::Time step_;
  sim::Time length_;
  Marks marks_;
};

/// Two series of batches of one World: of the whole run, and of the time since its structure last changed (instances, versions, faults,
/// rates), which alone can be steady. All boundaries are a multiple of the step after the first look, however the World is run.
class Measurement {
 public:
  explicit Measurement(sim::Time step = sim::second) : step_(step), whole_(step), recent_(step) {}

  /// When to look next.
  sim::Time due() const { return next_; }
  /// REQUIRES: world.now() == due(), except for the first time, and the same World each time.
  void look(const World& world);

  const Batches& whole() const { return whole_; }
  const Batches& recent() const { return recent_; }
  /// Grows whenever one of the two does.
  std::uint64_t readings() const { return readings_; }

 private:
  sim::Time step_;
  sim::Time next_ = 0;
  std::uint64_t readings_ = 0;
  std::uint64_t structure_version_ = 0;
  Meter meter_;
  Batches whole_, recent_;
};

/// Runs the World as World::run_until does and looks at it at every due time, `end` included.
void run_measured(World& world, sim::Time end, Measurement& measurement);

/// The groups of all load sources: what the users see.
std::vector<std::uint32_t> user_groups(const Shared& shared);

}  // namespace model
