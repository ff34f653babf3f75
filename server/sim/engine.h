#pragma once
// The main loop of one logical process (a region): pops events and due time-outs in their total order and hands each to a handler. No
// thread, clock or allocation of its own; one thread at a time.

#include <cassert>
#include <cstdint>

#include "sim/event.h"
#include "sim/event_queue.h"
#include "sim/fingerprint.h"
#include "sim/timers.h"

namespace sim {

/// Kind under which a time-out that fired is counted in the fingerprint.
inline constexpr std::uint32_t timeout_kind = (1U << Event::kind_bits) - 1;

class Engine {
 public:
  Time now() const { return now_; }
  std::uint64_t events() const { return events_; }  ///< handled so far, time-outs that fired included
  std::size_t pending() const { return queue_.size(); }
  const Fingerprint& fingerprint() const { return fingerprint_; }
  Timers& timers() { return timers_; }
  const Timers& timers() const { return timers_; }

  /// REQUIRES: time >= now().
  [[gnu::noinline]] void schedule(Time time, std::uint64_t order, std::uint32_t kind, std::uint32_t subject, std::uint32_t generation) {
    assert(time >= now_);
    queue_.push({time, order, subject, kind | (generation << Event::kind_bits)});
  }

  /// Handles everything before `end`, then now() == end. Handler: `void handle(const Event&)`, `void expire(std::uint32_t subject,
  /// std::uint64_t order)` (a time-out fired; the handler cancels it in timers() first), `TimerKey timer_key(Timers::List, std::uint32_t
  /// subject)`, `Subjects subjects()`, and for an event that comes soon `void fetch_early(const Event&)`, then `void fetch_ahead(const
  /// Event&)` (what it needs may be fetched into the cache: first what its subject names, then what that names).
  template <class Handler>
  void run_until(Time end, Handler& handler) {
    while (true) {
      const Time bound = timers_.bound();
      const Time limit = bound < end ? bound + 1 : end;  // an event at the bound itself may have to go first
      const Event* next = queue_.peek(limit);
      if (next == nullptr || next->time == bound) [[unlikely]] {
        if (bound >= end) {
          if (next == nullptr) break;
        } else if (fire_first(next, end, handler)) {
          continue;
        }
      }
      const Event event = *next;
      queue_.pop();
      queue_.look_ahead(handler);
      now_ = event.time;
      ++events_;
      fingerprint_.add(event.time, event.order, event.kind());
      handler.handle(event);
    }
    now_ = end;
  }

 private:
  /// True: look again (a time-out fired, or the bound was not exact). False: `next` comes first.
  template <class Handler>
  bool fire_first(const Event* next, Time end, Handler& handler) {
    const Time old_bound = timers_.bound();
    TimerKey key;
    const std::uint32_t subject =
        timers_.earliest([&handler](Timers::List list, std::uint32_t s) { return handler.timer_key(list, s); }, key);
    if (next != nullptr && next->time < key.deadline) return false;
    if (next != nullptr && next->time == key.deadline && next->order < key.order) return false;
    if (subject == Timers::none || key.deadline >= end || key.deadline > old_bound) return true;
    now_ = key.deadline;
    ++events_;
    fingerprint_.add(key.deadline, key.order, timeout_kind);
    handler.expire(subject, key.order);
    return true;
  }

  EventQueue queue_;
  Timers timers_;
  Fingerprint fingerprint_;
  Time now_ = 0;
  std::uint64_t events_ = 0;
};

}  // namespace sim
