#include "policies/lease.h"

#include <cassert>

#include "policies/poll.h"

namespace policies {

/// Up to the end of the present minute.
std::uint64_t Renewals::beats_from(const LeaseSpec& spec, sim::Time first) const {
  const sim::Time end = began_ + (minute_ + 1) * LeaseSpec::minute;
  return first < end ? 1 + static_cast<std::uint64_t>((end - 1 - first) / spec.heartbeat) : 0;
}

void Renewals::advance(const LeaseSpec& spec, sim::Time now) {
  const std::int64_t minute = last_tick(now - began_, LeaseSpec::minute, 0) / LeaseSpec::minute;
  if (minute > minute_) {
    const std::uint64_t full = heard_ * spec.per_minute();
    last_ = minute == minute_ + 1 ? this_ : full;
    this_ = full;
    minute_ = minute;
  }
  const std::int64_t recounts = now < began_ ? 0 : (now - began_) / spec.recount;
  if (recounts == recounts_) return;
  recounts_ = recounts;
  if (clients_ * 100 > expected_ * spec.renewal_percent || !spec.self_preservation) expected_ = clients_;
}

void Renewals::begin_with_one(const LeaseSpec& spec) {
  ++clients_;
  ++heard_;
  ++expected_;
  this_ += spec.per_minute();
  last_ += spec.per_minute();
}

/// One that nobody is expected by learns how many there are at the next recount.
void Renewals::registered(const LeaseSpec& spec, sim::Time now) {
  advance(spec, now);
  ++clients_;
  if (expected_ > 0) ++expected_;
}

void Renewals::cancelled(const LeaseSpec& spec, sim::Time now) {
  advance(spec, now);
  assert(clients_ > heard_);
  --clients_;
  if (expected_ > 0) --expected_;
}

void Renewals::hears(const LeaseSpec& spec, sim::Time now, sim::Time first) {
  advance(spec, now);
  ++heard_;
  assert(heard_ <= clients_);
  this_ += beats_from(spec, first);
}

void Renewals::misses(const LeaseSpec& spec, sim::Time now, sim::Time next) {
  advance(spec, now);
  --heard_;
  this_ -= beats_from(spec, next);
}

std::uint64_t Renewals::last_minute(const LeaseSpec& spec, sim::Time now) {
  advance(spec, now);
  return last_;
}

std::uint64_t Renewals::expected(const LeaseSpec& spec, sim::Time now) {
  advance(spec, now);
  return expected_;
}

std::uint64_t Renewals::threshold(const LeaseSpec& spec, sim::Time now) {
  return renewal_threshold(spec, expected(spec, now));
}

bool Renewals::may_evict(const LeaseSpec& spec, sim::Time now) {
  if (!spec.self_preservation) return true;
  const std::uint64_t least = threshold(spec, now);
  return least > 0 && last_ > least;
}

}  // namespace policies
