#pragma once
// Pending events in their total order, behind peek(limit) / push / pop: slots while they are few, a wheel when they are many. Which
// of the two it is cannot change a result, since no two events compare equal.

#include <cstddef>

#include "sim/chunk_wheel.h"
#include "sim/event.h"
#include "sim/slot_queue.h"

namespace sim {

class EventQueue {
 public:
  static constexpr std::size_t many = 2'048;  ///< above: the wheel
  static constexpr std::size_t few = 512;     ///< below: slots again

  bool empty() const { return size() == 0; }
  std::size_t size() const { return wheeled_ ? wheel_.size() : slots_.size(); }

  /// The first event, if its time is before `limit`; else nullptr. Valid until the next push or pop.
  const Event* peek(Time limit) {
    if (wheeled_) return wheel_.peek(limit);
    return slots_.any_near() ? slots_.peek(limit) : slots_.peek_far(limit);
  }

  /// REQUIRES: not before the event popped last, nor before the limit of the last peek that found nothing.
  [[gnu::always_inline]] void push(const Event& event) {
    // While there is a wheel the slots have no room.
    if (!slots_.push_at_once(event)) [[unlikely]]
      push_elsewhere(event.time, event.order, event.subject, event.tag);
  }

  /// Removes the event that peek() gave. REQUIRES: it gave one, and nothing was pushed since.
  void pop() {
    if (!wheeled_) return slots_.any_near() ? slots_.pop() : slots_.pop_far();
    wheel_.pop();
    if (wheel_.size() < few) [[unlikely]]
      to_slots();
  }

  /// While events are many: has `handler` fetch what the events that come soon need (Engine::run_until).
  template <class Handler>
  void look_ahead(Handler& handler) {
    if (wheeled_) wheel_.look_ahead(handler);
  }

 private:
  [[gnu::noinline]] void push_elsewhere(Time time, std::uint64_t order, std::uint32_t subject, std::uint32_t tag);
  void to_wheel();
  void to_slots();

  SlotQueue slots_;
  ChunkWheel wheel_;
  bool wheeled_ = false;
};

}  // namespace sim
