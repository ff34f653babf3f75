#pragma once
// A fingerprint of a run: every event's time, order and kind, in order, folded into 64 bits. Two runs with the same fingerprint did the
// same. Indexes into pools are left out on purpose: where a record lies is not part of what happened.

#include <cstdint>

#include "sim/event.h"
#include "sim/random.h"

namespace sim {

class Fingerprint {
 public:
  void add(Time time, std::uint64_t order, std::uint64_t kind) {
    const std::uint64_t word = static_cast<std::uint64_t>(time) * 0x9e3779b97f4a7c15ULL + order * 0xd6e8feb86659fd93ULL + kind;
    value_ = (value_ ^ word) * 0xff51afd7ed558ccdULL;
    value_ ^= value_ >> 32;
  }
  /// Folds another one in, for the parts of a run that was split.
  void add(const Fingerprint& other) { add(0, other.value(), 1); }
  std::uint64_t value() const { return mix(value_); }

 private:
  std::uint64_t value_ = 0xcbf29ce484222325ULL;
};

}  // namespace sim
