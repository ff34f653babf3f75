#pragma once
// Instructions that this thread has executed, as the kernel's counters of the processor say. Many virtual machines have none.

#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string>

namespace bench {

class Instructions {
 public:
  Instructions() {
    perf_event_attr attributes{};
    attributes.size = sizeof attributes;
    attributes.type = PERF_TYPE_HARDWARE;
    attributes.config = PERF_COUNT_HW_INSTRUCTIONS;
    attributes.exclude_kernel = 1;
    attributes.exclude_hv = 1;
    file_ = static_cast<int>(syscall(SYS_perf_event_open, &attributes, 0, -1, -1, 0));
    if (file_ < 0) why_not_ = std::strerror(errno);
  }
  ~Instructions() {
    if (file_ >= 0) close(file_);
  }
  Instructions(const Instructions&) = delete;
  Instructions& operator=(const Instructions&) = delete;

  bool counted() const { return file_ >= 0; }
  /// Why they are not.
  const std::string& why_not() const { return why_not_; }
  std::uint64_t now() const {
    std::uint64_t count = 0;
    return file_ >= 0 && read(file_, &count, sizeof count) == sizeof count ? count : 0;
  }

 private:
  int file_ = -1;
  std::string why_not_;
};

}  // namespace bench
