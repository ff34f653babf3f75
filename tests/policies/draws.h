#pragma once
// Random bits for tests of policies, the same in every run.

#include <cstdint>

#include "sim/random.h"

namespace policies {

class Draws {
 public:
  explicit Draws(std::uint64_t seed) : seed_(seed) {}
  std::uint64_t bits() { return sim::draw(seed_, 0, sim::Purpose::outcome, n_++); }
  std::uint64_t below(std::uint64_t n) { return sim::scale(bits(), n); }
  bool chance(double p) { return bits() < sim::threshold(p); }

 private:
  std::uint64_t seed_;
  std::uint64_t n_ = 0;
};

}  // namespace policies
