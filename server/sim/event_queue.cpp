#include "sim/event_queue.h"

#include <vector>

namespace sim {

void EventQueue::to_wheel() {
  std::vector<Event> all;
  slots_.values(all);
  wheel_.start(slots_.base());
  for (const Event& event : all) wheel_.push(event);
  slots_.restart(0);
  wheeled_ = true;
}

void EventQueue::to_slots() {
  slots_.restart(wheel_.base());
  while (const Event* first = wheel_.peek(never)) {
    slots_.push(*first);
    wheel_.pop();
  }
  wheeled_ = false;
}

}  // namespace sim
