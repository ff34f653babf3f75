#include "sim/timers.h"

#include <cstdlib>

namespace sim {

Timers::List Timers::list_of(Time duration) {
  for (std::size_t i = 0; i < durations_.size(); ++i) {
    if (durations_[i] == duration) return static_cast<List>(i);
  }
  if (durations_.size() >= durations_max) std::abort();  // callers check the limit where input is read
  const auto list = static_cast<List>(durations_.size());
  durations_.push_back(duration);
  links_[list] = {list, list, 0};
  return list;
}

}  // namespace sim
