#pragma once
// Leases that last as long as heartbeats renew them, and how many of those that ran out a registry takes back: Eureka's rules. Told the
// time; heartbeats are computed, not told one by one. One owner.
//
// Source: Netflix Eureka 2, Lease.java, AbstractInstanceRegistry.java, PeerAwareInstanceRegistryImpl.java, MeasuredRate.java,
// DefaultEurekaServerConfig.java, DefaultEurekaClientConfig.java.

#include <cstdint>

#include "sim/time.h"

namespace policies {

struct LeaseSpec {
  static constexpr sim::Time minute = 60 * sim::second;

  sim::Time heartbeat = 30 * sim::second;  ///< between renewals; over 0, and a minute is a whole number of them
  sim::Time duration = 90 * sim::second;   ///< as configured: a lease that was renewed lasts twice as long; over 0
  sim::Time pass = 60 * sim::second;       ///< between passes that evict; over 0
  std::uint32_t renewal_percent = 85;      ///< of the renewals expected, that have to come; of the registry, that a pass leaves; 0 to 100
  bool self_preservation = true;           ///< evicts nothing while too few renewals come
  sim::Time recount = 15 * 60 * sim::second;  ///< between times at which the number expected is set anew; over 0
  sim::Time registration = 40 * sim::second;  ///< from the start of an instance until it is registered
  bool starts_empty = false;                  ///< nobody is registered when the registry starts, and it answers after `empty_wait` only
  sim::Time empty_wait = 5 * 60 * sim::second;

  bool valid() const {
    return heartbeat > 0 && minute % heartbeat == 0 && duration > 0 && pass > 0 && renewal_percent <= 100 && recount > 0 &&
           registration >= 0 && empty_wait >= 0;
  }
  constexpr std::uint64_t per_minute() const { return static_cast<std::uint64_t>(minute / heartbeat); }
  bool operator==(const LeaseSpec&) const = default;
};

inline constexpr sim::Time not_yet = -sim::never;

/// A lease is out after that time. `renewed`: the last heartbeat after the registration, or not_yet. A renewal adds the duration to the
/// time at which it comes and the check adds it once more ("will not be fixed", Lease.java); a registration does not.
constexpr sim::Time lease_end(const LeaseSpec& spec, sim::Time registered, sim::Time renewed) {
  return renewed == not_yet ? registered + spec.duration : renewed + 2 * spec.duration;
}

/// More renewals than that have to come in a minute for leases to be taken back.
constexpr std::uint64_t renewal_threshold(const LeaseSpec& spec, std::uint64_t expected) {
  return expected * spec.per_minute() * spec.renewal_percent / 100;
}

/// How many a pass takes back at most.
constexpr std::uint64_t eviction_limit(const LeaseSpec& spec, std::uint64_t registered) {
  return registered - registered * spec.renewal_percent / 100;
}

/// What a registry counts. Times never go back.
class Renewals {
 public:
  /// Of a registry whose minutes, and whose recounts, begin at `began` and after each period.
  explicit Renewals(sim::Time began = 0) : began_(began) {}

  /// A client that was registered, and heard every period, long before the present minute began.
  void begin_with_one(const LeaseSpec& spec);
  void registered(const LeaseSpec& spec, sim::Time now);
  void cancelled(const LeaseSpec& spec, sim::Time now);  ///< by the client, or evicted
  /// A client that is registered is heard from `first` on, which is less than a period from now.
  void hears(const LeaseSpec& spec, sim::Time now, sim::Time first);
  /// It is no longer; `next` is when it would have been.
  void misses(const LeaseSpec& spec, sim::Time now, sim::Time next);

  std::uint64_t last_minute(const LeaseSpec& spec, sim::Time now);  ///< renewals in the last whole minute
  std::uint64_t threshold(const LeaseSpec& spec, sim::Time now);
  std::uint64_t expected(const LeaseSpec& spec, sim::Time now);  ///< clients that should send renewals
  /// Whether leases that are out may be taken back.
  bool may_evict(const LeaseSpec& spec, sim::Time now);
  std::uint64_t clients() const { return clients_; }  ///< registered
  std::uint64_t silent() const { return clients_ - heard_; }

 private:
  void advance(const LeaseSpec& spec, sim::Time now);
  std::uint64_t beats_from(const LeaseSpec& spec, sim::Time first) const;

  sim::Time began_;
  std::int64_t minute_ = -1;           ///< number of the present one; those before `began_` are the first
  std::int64_t recounts_ = 0;          ///< that have been
  std::uint64_t clients_ = 0;          ///< registered
  std::uint64_t heard_ = 0;            ///< of those, that send heartbeats
  std::uint64_t expected_ = 0;         ///< as the threshold has it
  std::uint64_t this_ = 0, last_ = 0;  ///< renewals of the present minute, were nothing to change any more; and of the one before
};

}  // namespace policies
