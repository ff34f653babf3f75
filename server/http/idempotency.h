#pragma once
// Remembers the answers to calls that carried an Idempotency-Key, so that a repeated call changes nothing. Thread-safe.

#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "http/message.h"

namespace http {

class Idempotency {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::size_t keys_max = 1'000;
  static constexpr std::chrono::minutes kept_for{10};
  static constexpr std::size_t key_length_max = 255;

  explicit Idempotency(std::function<Clock::time_point()> now = Clock::now) : now_(std::move(now)) {}

  /// What to answer at once: the first answer again, or why not (bad key, still in flight, used for something else, too many in flight).
  /// nullopt: this is the first call; finish() must follow.
  std::optional<Reply> begin(const std::string& key, const Request& request);
  void finish(const std::string& key, const Reply& reply);

 private:
  struct Record {
    std::uint64_t fingerprint = 0;
    Clock::time_point begun;
    std::optional<Reply> reply;
    std::list<std::string>::iterator place;
  };
  bool make_room();

  std::function<Clock::time_point()> now_;
  std::mutex mutex_;
  std::map<std::string, Record> records_;
  std::list<std::string> order_;  ///< keys, oldest first
};

/// FNV-1a, 64 bits; for ETags and to tell requests apart, not for secrets.
std::uint64_t hash_text(std::string_view text, std::uint64_t seed = 0xcbf29ce484222325ULL);

}  // namespace http
