#pragma once
// Reads Totals out of a World and changes nothing in it. One thread, between events.

#include <cstdint>
#include <memory>
#include <vector>

#include "model/totals.h"
#include "model/world.h"

namespace model {

class Meter {
 public:
  /// What was counted up to now. For capacity_ns the time since the last reading counts as if all of it had been as now; so read when the
  /// structure changes.
  std::shared_ptr<const Totals> read(const World& world);

 private:
  sim::Time at_ = 0;
  std::vector<std::uint64_t> capacity_ns_;  ///< by group
};

}  // namespace model
