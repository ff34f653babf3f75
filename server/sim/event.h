#pragma once
// An event: 24 bytes of plain data. Events are in a total order by (time, order): `order` names the source and that source's own
// counter, so it does not depend on which thread or queue the event went through.

#include <cstdint>

#include "sim/time.h"

namespace sim {

struct Event {
  Time time = 0;
  std::uint64_t order = 0;    ///< see order_of()
  std::uint32_t subject = 0;  ///< what it is about: an index that its kind knows
  std::uint32_t tag = 0;      ///< kind in the low kind_bits, generation of the subject above

  static constexpr std::uint32_t kind_bits = 4;
  std::uint32_t kind() const { return tag & ((1U << kind_bits) - 1); }
  std::uint32_t generation() const { return tag >> kind_bits; }
};
static_assert(sizeof(Event) == 24);

inline constexpr int source_bits = 28;
inline constexpr int sequence_bits = 64 - source_bits;

/// The tie-breaker of the event number `sequence` of `source`. REQUIRES: source < 2^28; the sequence wraps at 2^36.
constexpr std::uint64_t order_of(std::uint32_t source, std::uint64_t sequence) {
  return (std::uint64_t{source} << sequence_bits) | (sequence & ((std::uint64_t{1} << sequence_bits) - 1));
}

constexpr bool before(const Event& a, const Event& b) {
  return a.time != b.time ? a.time < b.time : a.order < b.order;
}

}  // namespace sim
