#include "run/thread_team.h"

namespace run {
namespace {

constexpr int usual_spins = 500;  // pauses: some tens of microseconds, about a window's work

/// Returns when `value` is no longer `old`.
void wait_for_change(const std::atomic<std::uint32_t>& value, std::uint32_t old, int spins) {
  for (int i = 0; i < spins; ++i) {
    if (value.load(std::memory_order_acquire) != old) return;
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#endif
  }
  while (value.load(std::memory_order_acquire) == old) value.wait(old, std::memory_order_acquire);
}

}  // namespace

// Where members share cores, one that spins keeps another from working.
ThreadTeam::ThreadTeam(unsigned size) : size_(size), spins_(size <= std::thread::hardware_concurrency() ? usual_spins : 0) {
  for (unsigned member = 1; member < size; ++member) threads_.emplace_back([this, member] { serve(member); });
}

ThreadTeam::~ThreadTeam() {
  over_ = true;
  jobs_.fetch_add(1, std::memory_order_release);
  jobs_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void ThreadTeam::run(const std::function<void(unsigned)>& job) {
  job_ = &job;
  jobs_.fetch_add(1, std::memory_order_release);
  jobs_.notify_all();
  job(0);
  meet();
}

void ThreadTeam::serve(unsigned member) {
  for (std::uint32_t done = 0;; ++done) {
    jobs_.wait(done, std::memory_order_acquire);
    if (over_) return;
    (*job_)(member);
    meet();
  }
}

void ThreadTeam::meet() {
  const std::uint32_t meeting = meetings_.load(std::memory_order_relaxed);
  if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 < size_) {
    wait_for_change(meetings_, meeting, spins_);
    return;
  }
  arrived_.store(0, std::memory_order_relaxed);
  meetings_.store(meeting + 1, std::memory_order_release);
  meetings_.notify_all();
}

}  // namespace run
