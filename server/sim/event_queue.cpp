#include "sim/event_queue.h"

namespace sim {

void EventQueue::to_wheel() {
  wheel_.start(last_);
  for (const Event& event : heap_.values()) wheel_.push(event);
  heap_.clear();
  wheeled_ = true;
}

void EventQueue::to_heap() {
  while (const Event* first = wheel_.peek(never)) {
    heap_.push(*first);
    wheel_.pop();
  }
  wheeled_ = false;
}

}  // namespace sim
