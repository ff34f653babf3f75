#include "sim/timers.h"

#include <cstdlib>

namespace sim {

Timers::List Timers::list_of(Time duration) {
  for (std::size_t i = 0; i < lists_.size(); ++i) {
    if (lists_[i].duration == duration) return static_cast<List>(i);
  }
  if (lists_.size() >= durations_max) std::abort();  // callers check the limit where input is read
  lists_.push_back({duration, none, none});
  return static_cast<List>(lists_.size() - 1);
}

}  // namespace sim
