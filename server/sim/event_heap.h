#pragma once
// Pending events in their total order, as a binary heap of values: the fastest of the kinds measured up to about a thousand pending events.

#include <cstddef>
#include <vector>

#include "sim/event.h"

namespace sim {

class EventHeap {
 public:
  bool empty() const { return heap_.empty(); }
  std::size_t size() const { return heap_.size(); }
  /// All of them, in no order.
  const std::vector<Event>& values() const { return heap_; }
  void clear() { heap_.clear(); }

  /// The first event, if its time is before `limit`; else nullptr. Valid until the next push or pop.
  const Event* peek(Time limit) const { return heap_.empty() || heap_.front().time >= limit ? nullptr : &heap_.front(); }

  void push(const Event& event) {
    std::size_t hole = heap_.size();
    heap_.push_back(event);
    while (hole > 0) {
      const std::size_t parent = (hole - 1) / 2;
      if (!before(event, heap_[parent])) break;
      heap_[hole] = heap_[parent];
      hole = parent;
    }
    heap_[hole] = event;
  }

  /// Removes the first event. REQUIRES: not empty.
  void pop() {
    const Event last = heap_.back();
    heap_.pop_back();
    const std::size_t size = heap_.size();
    if (size == 0) return;
    // The hole sinks to a leaf along the smaller children, then `last` climbs: it nearly always belongs near the leaves.
    std::size_t hole = 0;
    std::size_t child = 1;
    while (child + 1 < size) {
      if (before(heap_[child + 1], heap_[child])) ++child;
      heap_[hole] = heap_[child];
      hole = child;
      child = 2 * hole + 1;
    }
    if (child < size) {
      heap_[hole] = heap_[child];
      hole = child;
    }
    while (hole > 0) {
      const std::size_t parent = (hole - 1) / 2;
      if (!before(last, heap_[parent])) break;
      heap_[hole] = heap_[parent];
      hole = parent;
    }
    heap_[hole] = last;
  }

 private:
  std::vector<Event> heap_;
};

}  // namespace sim
