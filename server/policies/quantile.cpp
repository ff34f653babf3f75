#include "policies/quantile.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>

namespace policies {

double Quantile::parabola(std::size_t i, double step) const {
  const double before = places_[i - 1], here = places_[i], after = places_[i + 1];
  return heights_[i] + step / (after - before) *
                           ((here - before + step) * (heights_[i + 1] - heights_[i]) / (after - here) +
                            (after - here - step) * (heights_[i] - heights_[i - 1]) / (here - before));
}

void Quantile::add(double p, double value) {
  if (count_ < 5) {
    heights_[count_++] = value;
    std::sort(heights_.begin(), heights_.begin() + count_);
    places_ = {1, 2, 3, 4, 5};
    return;
  }
  ++count_;
  heights_[0] = std::min(heights_[0], value);
  heights_[4] = std::max(heights_[4], value);
  std::size_t cell = 3;  // the one with heights_[cell] <= value, the last one for the largest
  while (cell > 0 && value < heights_[cell]) --cell;
  for (std::size_t i = cell + 1; i < 5; ++i) ++places_[i];
  const std::array<double, 3> shares{p / 2, p, (1 + p) / 2};
  for (std::size_t i = 1; i <= 3; ++i) {
    const double off = 1 + (count_ - 1) * shares[i - 1] - places_[i];
    const bool up = off >= 1 && places_[i + 1] - places_[i] > 1;
    const bool down = off <= -1 && places_[i] - places_[i - 1] > 1;
    if (!up && !down) continue;
    double height = parabola(i, up ? 1 : -1);
    const std::size_t to = up ? i + 1 : i - 1;
    if (!(heights_[i - 1] < height && height < heights_[i + 1])) {
      const double ranks = static_cast<double>(places_[to]) - places_[i];
      height = heights_[i] + (up ? 1 : -1) * (heights_[to] - heights_[i]) / ranks;
    }
    heights_[i] = height;
    places_[i] += up ? 1U : static_cast<std::uint32_t>(-1);
  }
}

double Quantile::value(double p) const {
  assert(count_ > 0);
  if (count_ > 5) return heights_[2];
  const auto rank = static_cast<std::size_t>(std::ceil(p * count_));
  return heights_[std::max<std::size_t>(rank, 1) - 1];
}

}  // namespace policies
