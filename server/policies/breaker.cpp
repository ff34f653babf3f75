#include "policies/breaker.h"

#include <algorithm>
#include <cassert>

namespace policies {
namespace {

bool counts(Outcome outcome) {
  return outcome == Outcome::success || is_failure(outcome);
}

}  // namespace

bool HystrixSpec::valid() const {
  return window >= 100 * sim::millisecond && window <= sim::hour && snapshot >= window / 100 && snapshot <= window && request_volume >= 1 &&
         request_volume <= 1'000'000 && error_percent >= 1 && error_percent <= 100 && sleep_window >= 0 && sleep_window <= sim::hour;
}

void HystrixBreaker::start(const HystrixSpec& spec, sim::Time now) {
  window_ = {};
  started_ = now;
  next_snapshot_ = now + spec.snapshot;
}

/// What was counted before each snapshot that is due: old buckets leave the window in between, so the last one alone is not enough.
void HystrixBreaker::take_snapshots(const HystrixSpec& spec, sim::Time now) {
  if (started_ < 0) start(spec, now);
  while (next_snapshot_ <= now && state_ == BreakerState::closed) {
    const Counts seen = window_.sum(spec.window / static_cast<sim::Time>(buckets), next_snapshot_ - started_ - 1);
    if (seen.calls == 0) break;
    if (seen.calls >= spec.request_volume && seen.errors * std::uint64_t{100} >= std::uint64_t{seen.calls} * spec.error_percent) {
      state_ = BreakerState::open;
      opened_ = next_snapshot_;
    }
    next_snapshot_ += spec.snapshot;
  }
  if (next_snapshot_ <= now) next_snapshot_ += ((now - next_snapshot_) / spec.snapshot + 1) * spec.snapshot;
}

bool HystrixBreaker::admit(const HystrixSpec& spec, sim::Time now) {
  assert(spec.valid());
  take_snapshots(spec, now);
  if (spec.force.open) return false;
  if (spec.force.closed || state_ == BreakerState::closed) return true;
  if (state_ == BreakerState::half_open || now <= opened_ + spec.sleep_window) return false;
  state_ = BreakerState::half_open;
  return true;
}

void HystrixBreaker::record(const HystrixSpec& spec, sim::Time now, Outcome outcome) {
  if (outcome == Outcome::short_circuited) return;
  take_snapshots(spec, now);
  if (state_ == BreakerState::half_open) {
    if (outcome == Outcome::success) {
      state_ = BreakerState::closed;
      start(spec, now);
      return;
    }
    state_ = BreakerState::open;
    opened_ = now;
  }
  if (!counts(outcome)) return;
  Counts& bucket = window_.at(spec.window / static_cast<sim::Time>(buckets), now - started_);
  ++bucket.calls;
  if (is_failure(outcome)) ++bucket.errors;
}

bool Resilience4jSpec::valid() const {
  return window_calls >= 1 && window_calls <= calls_max && window_time >= sim::second && window_time <= sim::hour && minimum_calls >= 1 &&
         minimum_calls <= 1'000'000 && failure_percent > 0 && failure_percent <= 100 && slow_percent > 0 && slow_percent <= 100 &&
         slow_call > 0 && open_for > 0 && open_for <= sim::hour && probes >= 1 && probes <= calls_max && half_open_max >= 0 &&
         half_open_max <= sim::hour;
}

int LastCalls::put(Bits& bits, bool value) const {
  std::uint64_t& word = bits[next_ / 64U];
  const std::uint64_t bit = std::uint64_t{1} << (next_ % 64U);
  const bool before = (word & bit) != 0;
  word = value ? word | bit : word & ~bit;
  return (value ? 1 : 0) - (before ? 1 : 0);
}

void LastCalls::add(bool failed, bool slow) {
  failed_ = static_cast<std::uint16_t>(failed_ + put(failed_bits_, failed));
  slow_ = static_cast<std::uint16_t>(slow_ + put(slow_bits_, slow));
  next_ = static_cast<std::uint16_t>((next_ + 1) % size_);
  if (calls_ < size_) ++calls_;
}

Resilience4jBreaker::Resilience4jBreaker(const Resilience4jSpec& spec) {
  assert(spec.valid());
  go(BreakerState::closed, 0, spec);
}

/// Every state begins without anything counted.
void Resilience4jBreaker::go(BreakerState state, sim::Time now, const Resilience4jSpec& spec) {
  state_ = state;
  since_ = now;
  probes_left_ = static_cast<std::uint16_t>(spec.probes);
  if (state == BreakerState::half_open) {
    window_ = LastCalls(spec.probes);
  } else if (spec.window == Resilience4jSpec::Window::calls) {
    window_ = LastCalls(spec.window_calls);
  } else {
    window_ = LastTime();
  }
}

void Resilience4jBreaker::give_up_waiting(const Resilience4jSpec& spec, sim::Time now) {
  if (state_ == BreakerState::half_open && spec.half_open_max > 0 && now >= since_ + spec.half_open_max)
    go(BreakerState::open, since_ + spec.half_open_max, spec);
}

bool Resilience4jBreaker::admit(const Resilience4jSpec& spec, sim::Time now) {
  if (spec.force.open) return false;
  if (spec.force.closed) return true;
  give_up_waiting(spec, now);
  if (state_ == BreakerState::open && now > since_ + spec.open_for) go(BreakerState::half_open, now, spec);
  if (state_ == BreakerState::closed) return true;
  if (state_ == BreakerState::open || probes_left_ == 0) return false;
  --probes_left_;
  return true;
}

Resilience4jBreaker::Counts Resilience4jBreaker::count(const Resilience4jSpec& spec, sim::Time now, bool failed, bool slow) {
  if (auto* last = std::get_if<LastCalls>(&window_)) {
    last->add(failed, slow);
    return {last->calls(), last->failed(), last->slow()};
  }
  auto& window = std::get<LastTime>(window_);
  Counts& bucket = window.at(spec.window_time / 10, now);
  bucket += {1, failed ? 1U : 0U, slow ? 1U : 0U};
  return window.sum(spec.window_time / 10, now);
}

void Resilience4jBreaker::record(const Resilience4jSpec& spec, sim::Time now, Outcome outcome, sim::Time duration) {
  if (outcome == Outcome::short_circuited || spec.force.open || spec.force.closed) return;
  give_up_waiting(spec, now);
  if (outcome == Outcome::bad_request) {
    if (state_ == BreakerState::half_open && probes_left_ < spec.probes) ++probes_left_;
    return;
  }
  const Counts seen = count(spec, now, is_failure(outcome), duration > spec.slow_call);
  if (state_ == BreakerState::open) return;
  std::uint32_t enough = spec.minimum_calls;
  if (state_ == BreakerState::half_open) {
    enough = std::min(enough, spec.probes);
  } else if (spec.window == Resilience4jSpec::Window::calls) {
    enough = std::min(enough, spec.window_calls);
  }
  if (seen.calls < enough) return;
  const bool bad = seen.failed * 100.0 >= seen.calls * spec.failure_percent || seen.slow * 100.0 >= seen.calls * spec.slow_percent;
  if (bad) {
    go(BreakerState::open, now, spec);
  } else if (state_ == BreakerState::half_open) {
    go(BreakerState::closed, now, spec);
  }
}

bool RibbonSpec::valid() const {
  return failures >= 1 && failures <= 1'000 && factor >= 0 && factor <= sim::hour && max >= 0 && max <= sim::hour;
}

void RibbonBreaker::record(const RibbonSpec& spec, sim::Time now, Outcome outcome) {
  assert(spec.valid());
  if (outcome == Outcome::short_circuited) return;
  if (outcome != Outcome::unreachable && outcome != Outcome::timeout) {
    failures_ = 0;
    return;
  }
  if (failures_ < spec.failures + 16) ++failures_;  // Ribbon doubles it no more than 16 times
  last_ = now;
}

sim::Time RibbonBreaker::blackout(const RibbonSpec& spec) const {
  if (failures_ < spec.failures) return 0;
  return std::min(spec.max, spec.factor << (failures_ - spec.failures));
}

Breaker::Breaker(const BreakerSpec& spec) {
  if (std::holds_alternative<HystrixSpec>(spec)) breaker_ = HystrixBreaker();
  if (const auto* resilience4j = std::get_if<Resilience4jSpec>(&spec)) breaker_ = Resilience4jBreaker(*resilience4j);
  if (std::holds_alternative<RibbonSpec>(spec)) breaker_ = RibbonBreaker();
}

bool Breaker::admit(const BreakerSpec& spec, sim::Time now) {
  assert(spec.index() == breaker_.index());
  if (auto* hystrix = std::get_if<HystrixBreaker>(&breaker_)) return hystrix->admit(*std::get_if<HystrixSpec>(&spec), now);
  if (auto* resilience4j = std::get_if<Resilience4jBreaker>(&breaker_))
    return resilience4j->admit(*std::get_if<Resilience4jSpec>(&spec), now);
  if (auto* ribbon = std::get_if<RibbonBreaker>(&breaker_)) return ribbon->admit(*std::get_if<RibbonSpec>(&spec), now);
  return true;
}

void Breaker::record(const BreakerSpec& spec, sim::Time now, Outcome outcome, sim::Time duration) {
  assert(spec.index() == breaker_.index());
  if (auto* hystrix = std::get_if<HystrixBreaker>(&breaker_)) hystrix->record(*std::get_if<HystrixSpec>(&spec), now, outcome);
  if (auto* resilience4j = std::get_if<Resilience4jBreaker>(&breaker_))
    resilience4j->record(*std::get_if<Resilience4jSpec>(&spec), now, outcome, duration);
  if (auto* ribbon = std::get_if<RibbonBreaker>(&breaker_)) ribbon->record(*std::get_if<RibbonSpec>(&spec), now, outcome);
}

}  // namespace policies
