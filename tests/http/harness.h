#pragma once
// A server on 127.0.0.1 with a small table of routes and a stream that tests drive; everything but simulations is the real thing.

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "http/limits.h"
#include "http/message.h"
#include "http/router.h"
#include "http/statistics.h"
#include "http/stream.h"

/// Remembers its clients and what they said.
class TestSource : public http::StreamSource {
 public:
  void opened(std::shared_ptr<http::StreamClient> client, const std::string& simulation) override;
  void received(std::shared_ptr<http::StreamClient> client, std::string message) override;
  void drained(std::shared_ptr<http::StreamClient> client) override;
  void closed(std::shared_ptr<http::StreamClient> client) override;
  bool serves(const std::string& simulation) const override { return simulation == "s1"; }

  /// Waits until `count` clients are open.
  bool wait_for_clients(std::size_t count);
  std::vector<std::shared_ptr<http::StreamClient>> clients() const;
  /// To all clients, as one shared text.
  void broadcast(const std::string& text, http::FrameKind kind);
  std::atomic<int> opened_count{0}, closed_count{0}, drained_count{0};

 private:
  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<http::StreamClient>> clients_;
};

class Harness {
 public:
  explicit Harness(http::Limits limits = {}, std::string web = "");
  ~Harness();
  std::uint16_t port() const;
  void stop();
  TestSource& source();
  const http::Statistics& statistics() const;
  const http::Router& router() const;
  /// Answers of POST /api/v1/slow wait until this many calls of release_slow().
  void release_slow();
  int slow_waiting() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

/// Polls `condition` for up to `seconds`.
template <class Condition>
bool eventually(Condition condition, double seconds = 10) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    timespec pause{0, 2'000'000};
    nanosleep(&pause, nullptr);
  }
  return true;
}
