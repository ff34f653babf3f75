#pragma once
// Circuit breakers: whether a caller may call, from how its calls ended. Three kinds as their sources have them, and a Breaker that is one
// of them. A breaker has one owner, and is asked at times that do not go back; what happens in between by the clock (snapshots, waits)
// happens then, at the time when it was due.
//
// Sources: Hystrix HystrixCircuitBreaker, HealthCountsStream, AbstractCommand; resilience4j CircuitBreakerStateMachine and
// CircuitBreakerConfig; Ribbon ServerStats.

#include <array>
#include <cstdint>
#include <variant>

#include "policies/outcome.h"
#include "policies/rolling.h"
#include "sim/time.h"

namespace policies {

enum class BreakerState : std::uint8_t { closed, open, half_open };

/// What somebody has set by hand. Open beats closed beats the state.
struct BreakerForce {
  bool open = false;
  bool closed = false;
  bool operator==(const BreakerForce&) const = default;
};

struct HystrixSpec {
  sim::Time window = 10 * sim::second;          ///< 100 ms to 1 h; 10 buckets
  sim::Time snapshot = 500 * sim::millisecond;  ///< between looks at the window; a hundredth of it to all of it
  std::uint32_t request_volume = 20;            ///< fewer calls in the window say nothing; 1 to 10^6
  std::uint32_t error_percent = 50;             ///< that open it, 1 to 100
  sim::Time sleep_window = 5 * sim::second;     ///< 0 to 1 h
  BreakerForce force = {};

  bool valid() const;
  bool operator==(const HystrixSpec&) const = default;
};

/// Counts success, failure, unreachable, timeout and rejected; the last four are errors. At a snapshot with enough calls, enough of them
/// errors, it opens. After the sleep window one call is let through, and others only when it is over: a success closes the breaker and
/// forgets what was counted, anything else opens it anew. Any call that ends in between decides, also one from before: the source does not
/// tell them apart.
class HystrixBreaker {
 public:
  bool admit(const HystrixSpec& spec, sim::Time now);
  void record(const HystrixSpec& spec, sim::Time now, Outcome outcome);
  /// As of the last call of the other two, forces left out.
  BreakerState state() const { return state_; }

 private:
  static constexpr std::size_t buckets = 10;
  struct Counts {
    std::uint32_t calls = 0;
    std::uint32_t errors = 0;
    Counts& operator+=(const Counts& other) {
      calls += other.calls;
      errors += other.errors;
      return *this;
    }
  };
  void start(const HystrixSpec& spec, sim::Time now);
  void take_snapshots(const HystrixSpec& spec, sim::Time now);

  Rolling<Counts, buckets> window_;
  sim::Time started_ = -1;  ///< counting; -1: not yet
  sim::Time next_snapshot_ = 0;
  sim::Time opened_ = 0;
  BreakerState state_ = BreakerState::closed;
};

struct Resilience4jSpec {
  static constexpr std::uint32_t calls_max = 256;

  enum class Window : std::uint8_t { calls, time };
  Window window = Window::calls;
  std::uint32_t window_calls = 100;           ///< 1 to calls_max
  sim::Time window_time = 100 * sim::second;  ///< 1 s to 1 h, in 10 buckets
  std::uint32_t minimum_calls = 100;          ///< fewer say nothing; 1 to 10^6; no more than the window holds count
  double failure_percent = 50;                ///< over 0 to 100
  double slow_percent = 100;                  ///< over 0 to 100
  sim::Time slow_call = 60 * sim::second;     ///< longer calls are slow; over 0
  sim::Time open_for = 60 * sim::second;      ///< over 0 to 1 h
  std::uint32_t probes = 10;                  ///< calls permitted while half open, 1 to calls_max
  sim::Time half_open_max = 0;                ///< then it opens again; 0: it waits for ever; to 1 h
  BreakerForce force = {};                    ///< FORCED_OPEN, DISABLED: nothing is counted

  bool valid() const;
  bool operator==(const Resilience4jSpec&) const = default;
};

/// The last calls: what failed, what was slow. Exact; 76 bytes.
class LastCalls {
 public:
  explicit LastCalls(std::uint32_t size = 0) : size_(static_cast<std::uint16_t>(size)) {}
  void add(bool failed, bool slow);
  std::uint32_t calls() const { return calls_; }
  std::uint32_t failed() const { return failed_; }
  std::uint32_t slow() const { return slow_; }

 private:
  using Bits = std::array<std::uint64_t, Resilience4jSpec::calls_max / 64>;
  /// Sets bit `next_`; by how much the number of ones grows.
  int put(Bits& bits, bool value) const;

  Bits failed_bits_{};
  Bits slow_bits_{};
  std::uint16_t size_ = 0;
  std::uint16_t next_ = 0;
  std::uint16_t calls_ = 0;
  std::uint16_t failed_ = 0;
  std::uint16_t slow_ = 0;
};

/// Counts success, failure, unreachable, timeout and rejected; the last four have failed. Opens when enough failed or were slow. After
/// open_for the next calls are probes: so many may start, one more is rejected; when all have ended they decide in the same way, by
/// themselves. A bad request does not count, and gives its probe back.
class Resilience4jBreaker {
 public:
  explicit Resilience4jBreaker(const Resilience4jSpec& spec);
  bool admit(const Resilience4jSpec& spec, sim::Time now);
  void record(const Resilience4jSpec& spec, sim::Time now, Outcome outcome, sim::Time duration);
  BreakerState state() const { return state_; }

 private:
  struct Counts {
    std::uint32_t calls = 0;
    std::uint32_t failed = 0;
    std::uint32_t slow = 0;
    Counts& operator+=(const Counts& other) {
      calls += other.calls;
      failed += other.failed;
      slow += other.slow;
      return *this;
    }
  };
  using LastTime = Rolling<Counts, 10>;

  void go(BreakerState state, sim::Time now, const Resilience4jSpec& spec);
  void give_up_waiting(const Resilience4jSpec& spec, sim::Time now);
  Counts count(const Resilience4jSpec& spec, sim::Time now, bool failed, bool slow);

  std::variant<LastCalls, LastTime> window_;  ///< while half open always LastCalls
  sim::Time since_ = 0;                       ///< it is in its state
  std::uint16_t probes_left_ = 0;
  BreakerState state_ = BreakerState::closed;
};

/// A server that cannot be reached is left alone for a while.
struct RibbonSpec {
  std::uint32_t failures = 3;           ///< in a row that trip it, 1 to 1,000
  sim::Time factor = 10 * sim::second;  ///< 0 to 1 h: the first blackout; each failure more doubles it, up to 16 times
  sim::Time max = 30 * sim::second;     ///< 0 to 1 h

  bool valid() const;
  bool operator==(const RibbonSpec&) const = default;
};

/// One for each server that a caller knows. Unreachable and timeout are connection failures; any answer ends their row.
class RibbonBreaker {
 public:
  bool admit(const RibbonSpec& spec, sim::Time now) const { return failures_ == 0 || now >= last_ + blackout(spec); }
  void record(const RibbonSpec& spec, sim::Time now, Outcome outcome);
  /// 0 below spec.failures, else min(max, factor 2^(failures in a row - spec.failures)).
  sim::Time blackout(const RibbonSpec& spec) const;

 private:
  sim::Time last_ = 0;
  std::uint32_t failures_ = 0;
};

/// std::monostate: none.
using BreakerSpec = std::variant<std::monostate, HystrixSpec, Resilience4jSpec, RibbonSpec>;

class Breaker {
 public:
  explicit Breaker(const BreakerSpec& spec);
  /// REQUIRES, here and below: the kind of spec that it was made with.
  bool admit(const BreakerSpec& spec, sim::Time now);
  /// Of a call that was admitted, or (rejected) found no room in a bulkhead. `duration`: of the call.
  void record(const BreakerSpec& spec, sim::Time now, Outcome outcome, sim::Time duration);

 private:
  std::variant<std::monostate, HystrixBreaker, Resilience4jBreaker, RibbonBreaker> breaker_;
};

}  // namespace policies
