#include "sim/event_queue.h"

#include <vector>

namespace sim {

void EventQueue::push_elsewhere(Time time, std::uint64_t order, std::uint32_t subject, std::uint32_t tag) {
  if (wheeled_) {
    wheel_.push({time, order, subject, tag});
    return;
  }
  slots_.push(time, order, subject, tag);
  if (slots_.size() > many) to_wheel();
}

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
    slots_.push(first->time, first->order, first->subject, first->tag);
    wheel_.pop();
  }
  wheeled_ = false;
}

}  // namespace sim
