#pragma once
// How an attempt ended, as policies see it. Who keeps state by host (outlier, RibbonBreaker) is told only of attempts that were sent to it.

#include <cstdint>

namespace policies {

enum class Outcome : std::uint8_t {
  success,
  failure,          ///< an answer that says that the service failed (HTTP 500)
  unreachable,      ///< nobody listens, or the connection was lost
  timeout,          ///< no answer in time
  rejected,         ///< no room: a full queue or bulkhead (HTTP 503)
  short_circuited,  ///< not sent, because a breaker is open
  bad_request,      ///< an answer that blames the request (HTTP 400)
};

/// Says something against whoever was asked.
constexpr bool is_failure(Outcome outcome) {
  return outcome == Outcome::failure || outcome == Outcome::unreachable || outcome == Outcome::timeout || outcome == Outcome::rejected;
}

}  // namespace policies
