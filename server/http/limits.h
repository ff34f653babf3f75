#pragma once
// Limits of a connection. Tests make them small.

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace http {

struct Limits {
  std::size_t connections_max = 1'024;
  std::uint32_t header_bytes_max = 8 << 10;
  std::uint64_t body_bytes_max = 1 << 20;
  std::chrono::milliseconds request_time{10'000};  ///< from its first byte to its last
  std::chrono::milliseconds idle_time{60'000};     ///< between requests
  std::chrono::milliseconds write_time{30'000};
  std::chrono::milliseconds linger_time{2'000};  ///< for a refused client to read why

  std::size_t message_bytes_max = 64 << 10;             ///< of a stream's client
  std::size_t backlog_bytes_max = 4 << 20;              ///< of a stream's client: past it, 1013
  std::size_t backlog_bytes_soft = 256 << 10;           ///< past it, droppable frames are dropped
  int stream_send_buffer = 256 << 10;                   ///< bytes the kernel holds: what a slow client sees is at most that old
  std::chrono::milliseconds stream_write_time{20'000};  ///< one frame; past it, 1013
  std::chrono::milliseconds stream_idle_time{60'000};   ///< without a pong
  std::chrono::milliseconds close_time{800};            ///< for a close handshake
};

}  // namespace http
