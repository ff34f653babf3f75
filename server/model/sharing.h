#pragma once
// The state of processor sharing; sharing.cpp is what uses it. Plain value.

#include <cstdint>
#include <vector>

#include "model/instance.h"
#include "sim/time.h"

namespace model {

/// The workers of an instance when all calls share them; see sharing.cpp.
struct Sharing {
  struct Job {
    std::uint64_t done = 0;   ///< what every call has got when this one is done
    std::uint64_t order = 0;  ///< for those that are equal
    std::uint32_t call = no_call;
  };
  std::vector<Job> jobs;   ///< a heap
  std::uint64_t got = 0;   ///< work that a call has got that was there all the time, in 2^-10 ns
  sim::Time at = 0;        ///< when that was read
  std::uint32_t plan = 0;  ///< which planned end is the present one
};

}  // namespace model
