#pragma once
// The open connections, so that they can be closed together. Thread-safe.

#include <algorithm>
#include <memory>
#include <mutex>
#include <vector>

namespace http {

class Connection {
 public:
  virtual ~Connection() = default;
  /// The server stops: finish what is being answered, then close. Any thread.
  virtual void stop() = 0;
};

class Connections {
 public:
  void add(const std::weak_ptr<Connection>& connection) {
    const std::lock_guard lock(mutex_);
    if (open_.size() >= sweep_at_) {
      std::erase_if(open_, [](const auto& weak) { return weak.expired(); });
      sweep_at_ = 2 * open_.size() + 64;
    }
    open_.push_back(connection);
  }

  void stop_all() {
    std::vector<std::weak_ptr<Connection>> all;
    {
      const std::lock_guard lock(mutex_);
      all.swap(open_);
    }
    for (const auto& weak : all) {
      if (const auto connection = weak.lock()) connection->stop();
    }
  }

 private:
  std::mutex mutex_;
  std::vector<std::weak_ptr<Connection>> open_;
  std::size_t sweep_at_ = 64;
};

}  // namespace http
