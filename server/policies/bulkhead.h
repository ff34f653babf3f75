#pragma once
// How many calls may be under way at once, and how many may wait for a place: counts and decisions; who waits, and when time is up, is the
// caller's. 8 bytes; one owner.
//
// Sources: Hystrix HystrixThreadPoolProperties, HystrixCommandProperties; resilience4j BulkheadConfig, ThreadPoolBulkheadConfig.

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <limits>

#include "sim/time.h"

namespace policies {

struct BulkheadSpec {
  static constexpr std::uint32_t unlimited = std::numeric_limits<std::uint32_t>::max();

  std::uint32_t concurrent = unlimited;  ///< at least 1
  std::uint32_t queue = 0;               ///< that may wait
  sim::Time max_wait = sim::never;       ///< of those; 0: nobody waits

  /// Threads, and a queue of max_queue (-1: none), of which only `rejection_threshold` are used.
  static constexpr BulkheadSpec hystrix_thread_pool(std::uint32_t threads = 10, std::int32_t max_queue = -1,
                                                    std::uint32_t rejection_threshold = 5) {
    return {.concurrent = threads, .queue = max_queue <= 0 ? 0 : std::min(static_cast<std::uint32_t>(max_queue), rejection_threshold)};
  }
  static constexpr BulkheadSpec hystrix_semaphore(std::uint32_t permits = 10) { return {.concurrent = permits}; }
  static constexpr BulkheadSpec resilience4j(std::uint32_t calls = 25, sim::Time max_wait = 0) {
    return {.concurrent = calls, .queue = unlimited, .max_wait = max_wait};
  }
  static constexpr BulkheadSpec resilience4j_thread_pool(std::uint32_t threads, std::uint32_t queue = 100) {
    return {.concurrent = threads, .queue = queue};
  }

  bool valid() const { return concurrent >= 1 && max_wait >= 0; }
  bool operator==(const BulkheadSpec&) const = default;
};

class Bulkhead {
 public:
  enum class Entry : std::uint8_t { go, wait, rejected };

  Entry enter(const BulkheadSpec& spec) {
    if (active_ < spec.concurrent) {
      ++active_;
      return Entry::go;
    }
    if (waiting_ >= spec.queue || spec.max_wait == 0) return Entry::rejected;
    ++waiting_;
    return Entry::wait;
  }
  /// One that went has ended. True: one that waited goes now; the caller knows which.
  bool leave() {
    assert(active_ > 0);
    if (waiting_ == 0) {
      --active_;
      return false;
    }
    --waiting_;
    return true;
  }
  /// One that waited does so no longer.
  void give_up() {
    assert(waiting_ > 0);
    --waiting_;
  }
  /// When one that begins to wait now gives up.
  static sim::Time deadline(const BulkheadSpec& spec, sim::Time now) {
    return spec.max_wait >= sim::never - now ? sim::never : now + spec.max_wait;
  }

  std::uint32_t active() const { return active_; }
  std::uint32_t waiting() const { return waiting_; }

 private:
  std::uint32_t active_ = 0;
  std::uint32_t waiting_ = 0;
};

}  // namespace policies
