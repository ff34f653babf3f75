#pragma once
// Pending events in their total order, behind peek(limit) / push / pop: a binary heap while they are few, a wheel when they are many. Which
// of the two it is cannot change a result, since no two events compare equal.

#include <cstddef>

#include "sim/chunk_wheel.h"
#include "sim/event.h"
#include "sim/event_heap.h"

namespace sim {

class EventQueue {
 public:
  static constexpr std::size_t many = 1'024;  ///< above: the wheel
  static constexpr std::size_t few = 256;     ///< below: the heap again

  bool empty() const { return size() == 0; }
  std::size_t size() const { return wheeled_ ? wheel_.size() : heap_.size(); }

  /// The first event, if its time is before `limit`; else nullptr. Valid until the next push or pop.
  const Event* peek(Time limit) { return wheeled_ ? wheel_.peek(limit) : heap_.peek(limit); }

  /// REQUIRES: not before the event popped last, nor before the limit of the last peek that found nothing.
  void push(const Event& event) {
    if (wheeled_) {
      wheel_.push(event);
      return;
    }
    heap_.push(event);
    if (heap_.size() > many) [[unlikely]]
      to_wheel();
  }

  /// Removes the event that peek() gave. REQUIRES: it gave one, and nothing was pushed before it since.
  void pop() {
    last_ = peek(never)->time;
    if (!wheeled_) {
      heap_.pop();
      return;
    }
    wheel_.pop();
    if (wheel_.size() < few) [[unlikely]]
      to_heap();
  }

 private:
  void to_wheel();
  void to_heap();

  EventHeap heap_;
  ChunkWheel wheel_;
  bool wheeled_ = false;
  Time last_ = 0;  ///< of the event popped last
};

}  // namespace sim
