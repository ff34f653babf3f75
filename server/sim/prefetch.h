#pragma once
// Fetching memory into the cache before it is needed.

namespace sim {

/// The line of memory at `place`, which is never read or written: it may be anywhere. Any thread.
// g++ 12 takes a function that only fetches for one without effect and leaves its calls out, when it is not inlined: here is an effect.
[[gnu::always_inline]] inline void prefetch(const void* place) {
  __builtin_prefetch(place);
  asm volatile("");
}

}  // namespace sim
