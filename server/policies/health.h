#pragma once
// Whether a target counts as healthy, from checks that pass or fail: so many in a row change it. 4 bytes; one owner.
//
// Sources: AWS, Health checks for Application Load Balancer target groups; Kubernetes, Configure Liveness, Readiness and Startup Probes;
// Envoy, Health checking.

#include <cstdint>

#include "sim/time.h"

namespace policies {

struct HealthSpec {
  sim::Time interval = 0;      ///< between checks; over 0
  sim::Time timeout = 0;       ///< of a check; over 0, at most the interval
  std::uint8_t healthy = 1;    ///< passes in a row after which an unhealthy one is healthy, 1 to 255
  std::uint8_t unhealthy = 1;  ///< failures in a row after which a healthy one is not, 1 to 255
  bool starts_healthy = false;
  bool first_pass_is_enough = false;  ///< one that was never healthy needs one pass, whatever `healthy` says
  bool fails_at_once = false;         ///< an unexpected answer is enough, whatever `unhealthy` says

  static constexpr HealthSpec alb() {
    return {.interval = 30 * sim::second, .timeout = 5 * sim::second, .healthy = 5, .unhealthy = 2, .first_pass_is_enough = true};
  }
  static constexpr HealthSpec kubernetes_readiness() {
    return {.interval = 10 * sim::second, .timeout = sim::second, .healthy = 1, .unhealthy = 3};
  }
  /// Envoy has no defaults of its own.
  static constexpr HealthSpec envoy(sim::Time interval, sim::Time timeout, std::uint8_t healthy, std::uint8_t unhealthy) {
    return {.interval = interval,
            .timeout = timeout,
            .healthy = healthy,
            .unhealthy = unhealthy,
            .first_pass_is_enough = true,
            .fails_at_once = true};
  }

  bool valid() const { return interval > 0 && timeout > 0 && timeout <= interval && healthy >= 1 && unhealthy >= 1; }
  bool operator==(const HealthSpec&) const = default;
};

class Health {
 public:
  enum class Check : std::uint8_t {
    passed,
    failed,      ///< no answer: refused, lost or too late
    unexpected,  ///< an answer, and the wrong one
  };

  explicit Health(const HealthSpec& spec) : healthy_(spec.starts_healthy), new_(!spec.starts_healthy) {}

  /// True: that has changed it.
  bool record(const HealthSpec& spec, Check check) {
    if ((check == Check::passed) == healthy_) {
      in_a_row_ = 0;
      return false;
    }
    if (in_a_row_ < 255) ++in_a_row_;
    const bool enough = healthy_ ? in_a_row_ >= spec.unhealthy || (spec.fails_at_once && check == Check::unexpected)
                                 : in_a_row_ >= spec.healthy || (new_ && spec.first_pass_is_enough);
    if (!enough) return false;
    healthy_ = !healthy_;
    new_ = false;
    in_a_row_ = 0;
    return true;
  }
  bool healthy() const { return healthy_; }

 private:
  std::uint8_t in_a_row_ = 0;  ///< checks against what it is
  bool healthy_ = false;
  bool new_ = true;  ///< was never healthy
};

/// How many of a group's targets get requests: the healthy ones; all when none is and the balancer fails open, as ALB does.
constexpr std::uint32_t targets_in_use(std::uint32_t healthy, std::uint32_t all, bool fails_open) {
  return healthy > 0 || !fails_open ? healthy : all;
}

}  // namespace policies
