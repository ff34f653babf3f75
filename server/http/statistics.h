#pragma once
// What the server counts about itself. Written by its threads, read by any.

#include <array>
#include <atomic>
#include <cstdint>

namespace http {

struct Statistics {
  std::atomic<std::int64_t> connections{0};     ///< open now, streams included
  std::atomic<std::int64_t> stream_clients{0};  ///< open now
  std::atomic<std::uint64_t> accepted{0};
  std::array<std::atomic<std::uint64_t>, 6> answers{};  ///< by first digit of the status
  std::atomic<std::uint64_t> sent_bytes{0};             ///< bodies of answers
  std::atomic<std::uint64_t> stream_sent_bytes{0};      ///< before compression
  std::atomic<std::uint64_t> stream_sent_frames{0};
  std::atomic<std::uint64_t> stream_dropped_frames{0};
  std::atomic<std::uint64_t> stream_slow_closed{0};  ///< clients closed with 1013
};

}  // namespace http
