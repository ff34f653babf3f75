#pragma once
// The connections of one instance to one of its dependencies, and the calls that wait for one. Plain value; its shard's own.

#include <cstdint>

#include "model/instance.h"

namespace model {

struct Pool {
  std::uint32_t in_use = 0;
  std::uint32_t waiting = 0;
  std::uint32_t first = no_call;
  std::uint32_t last = no_call;
};

}  // namespace model
