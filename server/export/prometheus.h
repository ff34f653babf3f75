#pragma once
// The metrics page for Prometheus: every simulation and the server itself, in base units. Any thread.

#include <array>
#include <cstdint>
#include <string>

#include "run/simulations.h"

namespace exporting {

/// What the server knows about itself.
struct ServerCounters {
  std::int64_t connections = 0;            ///< open now
  std::int64_t stream_clients = 0;         ///< open now
  std::array<std::uint64_t, 6> answers{};  ///< HTTP answers by first digit of the status
  std::uint64_t sent_bytes = 0;            ///< of their bodies
  std::uint64_t stream_sent_bytes = 0;     ///< before compression
  std::uint64_t stream_sent_frames = 0;
  std::uint64_t stream_dropped_frames = 0;
  std::uint64_t stream_slow_closed = 0;
};

/// Text format 0.0.4.
std::string prometheus_page(const run::Simulations& simulations, const ServerCounters& server);

}  // namespace exporting
