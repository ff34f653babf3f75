#pragma once
// The threads that run the regions of one simulation side by side. Between jobs they sleep; in a job they wait for each other spinning,
// since a window lasts microseconds, and sleep when that takes long. One owner: run() from one thread at a time.

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

#include "model/team.h"

namespace run {

class ThreadTeam : public model::Team {
 public:
  /// `size` members, the caller of run() one of them. REQUIRES: size >= 1.
  explicit ThreadTeam(unsigned size);
  ~ThreadTeam() override;
  ThreadTeam(const ThreadTeam&) = delete;
  ThreadTeam& operator=(const ThreadTeam&) = delete;

  unsigned size() const override { return size_; }
  void run(const std::function<void(unsigned)>& job) override;
  void meet() override;

 private:
  void serve(unsigned member);

  const unsigned size_;
  const int spins_;
  const std::function<void(unsigned)>* job_ = nullptr;
  alignas(64) std::atomic<std::uint32_t> jobs_{0};     ///< given out so far; the last one says that it is over
  alignas(64) std::atomic<std::uint32_t> arrived_{0};  ///< at the meeting under way
  alignas(64) std::atomic<std::uint32_t> meetings_{0};
  bool over_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace run
