#pragma once
// Outlier detection as Envoy does it: a caller stops using hosts that fail in a row, or more than others, and uses them again after a
// while.
//
// A detector knows only hosts that it has something to say about: with the two rates off those that failed lately or were ejected; with one
// of them on also those that were used in the last interval. Without any it takes no memory outside itself. The table grows with the number
// of such hosts, to hosts_max at most (what comes after is not watched), and is not allocated again once it has been as large. One owner.
// Times do not go back; what is due in between, at the end of each interval, happens at the next call, as of when it was due.
//
// Source: Envoy, DetectorImpl, and its Outlier detection in the architecture overview.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "policies/outcome.h"
#include "sim/time.h"

namespace policies {

struct OutlierSpec {
  std::uint32_t consecutive_5xx = 5;              ///< 1 to 65,535
  std::uint32_t consecutive_gateway_failure = 5;  ///< 1 to 65,535
  std::uint32_t enforcing_consecutive_5xx = 100;  ///< percent of detections that eject, as all `enforcing`; 0 to 100
  std::uint32_t enforcing_consecutive_gateway_failure = 0;
  sim::Time interval = 10 * sim::second;       ///< 100 ms to 1 h
  sim::Time base_ejection = 30 * sim::second;  ///< 1 ms to 1 h
  sim::Time max_ejection = 300 * sim::second;  ///< base_ejection to 1,000 times that, at most 24 h
  sim::Time max_jitter = 0;                    ///< 0 to 1 h; added to an ejection, uniform
  std::uint32_t max_ejection_percent = 10;     ///< of all hosts, but always at least one host; 0 to 100
  std::uint32_t success_rate_minimum_hosts = 5;
  std::uint32_t success_rate_request_volume = 100;  ///< in an interval
  double success_rate_stdev_factor = 1.9;           ///< 0 to 100: below mean - this times the standard deviation (of the population)
  std::uint32_t enforcing_success_rate = 100;
  double failure_percentage_threshold = 85;  ///< 0 to 100
  std::uint32_t failure_percentage_minimum_hosts = 5;
  std::uint32_t failure_percentage_request_volume = 50;
  std::uint32_t enforcing_failure_percentage = 0;
  bool health_check_unejects = true;  ///< an active health check that passes ends an ejection

  bool valid() const;
  bool rates() const { return enforcing_success_rate > 0 || enforcing_failure_percentage > 0; }
  bool operator==(const OutlierSpec&) const = default;
};

class Outliers {
 public:
  static constexpr std::size_t hosts_max = 65'536;

  /// An attempt at `host` has ended. failure, unreachable, timeout and rejected are 5xx, the last three also gateway failures; bad requests
  /// are answers. `hosts`: how many the caller chooses among. `random`: 64 random bits. True: this has ejected the host. REQUIRES: spec
  /// valid.
  bool record(const OutlierSpec& spec, sim::Time now, std::uint32_t host, Outcome outcome, std::uint32_t hosts, std::uint64_t random);
  /// Does what is due. To be called before `ejected` when time has passed.
  void advance(const OutlierSpec& spec, sim::Time now, std::uint32_t hosts, std::uint64_t random);
  /// Whether `advance` has anything to do.
  bool due(sim::Time now) const { return next_analysis_ >= 0 && next_analysis_ <= now; }
  bool ejected(std::uint32_t host) const;
  std::uint32_t ejected() const { return ejected_; }
  /// True: that has ended an ejection.
  bool health_check_passed(const OutlierSpec& spec, sim::Time now, std::uint32_t host);
  /// The same for all hosts that are ejected and for which `passed(host)`.
  template <class Passed>
  void health_checks_passed(const OutlierSpec& spec, sim::Time now, Passed passed) {
    for (Host& host : hosts_) {
      if (spec.health_check_unejects && host.ejected && passed(host.id)) uneject(host, now);
    }
  }
  /// It is no longer among those that the caller chooses among.
  void remove(std::uint32_t host);
  /// How many hosts it knows something about.
  std::size_t known() const { return hosts_.size(); }

 private:
  struct Host {
    std::uint32_t id = 0;
    std::uint32_t requests = 0;   ///< in this interval
    std::uint32_t successes = 0;  ///< of those
    std::uint16_t consecutive_5xx = 0;
    std::uint16_t consecutive_gateway = 0;
    sim::Time at = -1;             ///< ejected: until when; else since when it is no longer, -1: never was
    std::uint16_t multiplier = 0;  ///< of base_ejection
    bool ejected = false;
  };
  static_assert(sizeof(Host) == 32);

  std::vector<Host>::iterator find(std::uint32_t host);
  bool eject(const OutlierSpec& spec, sim::Time now, Host& host, std::uint32_t hosts, std::uint32_t percent, std::uint64_t random);
  void uneject(Host& host, sim::Time now);
  bool failed(const OutlierSpec& spec, sim::Time now, Host& host, bool gateway, std::uint32_t hosts, std::uint64_t random);
  void analyse(const OutlierSpec& spec, sim::Time now, std::uint32_t hosts, std::uint64_t random);
  void eject_by_success_rate(const OutlierSpec& spec, sim::Time now, std::uint32_t hosts, std::uint64_t random);
  void eject_by_failure_percentage(const OutlierSpec& spec, sim::Time now, std::uint32_t hosts, std::uint64_t random);

  std::vector<Host> hosts_;       ///< by id
  sim::Time next_analysis_ = -1;  ///< -1: nothing has happened yet
  std::uint32_t ejected_ = 0;
};

}  // namespace policies
