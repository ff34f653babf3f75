#include "model/shape.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <limits>

namespace model {
namespace {

using Corner = Shape::Corner;

double round_off(double value) {
  return std::floor(value + 0.5);
}

/// cos(2 pi k / diurnal_lines) for k = 0 ..., by the half-angle formula and the addition theorem.
std::array<double, Shape::diurnal_lines> cosines() {
  static_assert(Shape::diurnal_lines == 96, "pi / 6 is halved three times");
  double c = std::sqrt(3.0) / 2;
  for (int i = 0; i < 3; ++i) c = std::sqrt((1 + c) / 2);
  const double s = std::sqrt(1 - c * c);
  std::array<double, Shape::diurnal_lines> result{};
  double cosine = 1;
  double sine = 0;
  for (double& value : result) {
    value = cosine;
    const double next = cosine * c - sine * s;
    sine = sine * c + cosine * s;
    cosine = next;
  }
  return result;
}

std::vector<Corner> diurnal_corners(const ShapeSpec& spec, sim::Time period) {
  constexpr int n = Shape::diurnal_lines;
  const std::array<double, n> cosine = cosines();
  const sim::Time peak = sim::from_ms(spec.at_ms) % period;
  const auto corner = [&](int k) {
    const auto i = static_cast<std::size_t>(((k % n) + n) % n);
    const double factor = spec.from_factor + (spec.to_factor - spec.from_factor) * (1 + cosine[i]) / 2;
    return Corner{peak + static_cast<sim::Time>(round_off(static_cast<double>(period) * k / n)), std::max(0.0, factor)};
  };
  // From the last corner before the beginning to the first one after the end, the two ends cut off where the period begins.
  int first = 0;
  while (corner(first).at > 0) --first;
  std::vector<Corner> corners;
  for (int k = first; k <= first + n + 1; ++k) corners.push_back(corner(k));
  const auto between = [](const Corner& a, const Corner& b, sim::Time at) {
    const double share = static_cast<double>(at - a.at) / static_cast<double>(b.at - a.at);
    return Corner{at, a.factor + (b.factor - a.factor) * share};
  };
  const Corner cut = between(corners[0], corners[1], 0);
  corners.front() = cut;
  while (corners.back().at >= period) corners.pop_back();
  corners.push_back({period, cut.factor});
  return corners;
}

std::vector<Corner> corners_of(const ShapeSpec& spec) {
  using Kind = ShapeSpec::Kind;
  sim::Time at = sim::from_ms(spec.at_ms);
  std::vector<Corner> corners;
  switch (spec.kind) {
    case Kind::constant:
      break;
    case Kind::ramp:
      return {{at, spec.from_factor}, {at + sim::from_ms(spec.over_ms), spec.to_factor}};
    case Kind::step:
      return {{at, spec.from_factor}, {at, spec.to_factor}};
    case Kind::spike:
      corners.push_back({at, spec.from_factor});
      corners.push_back({at += sim::from_ms(spec.rise_ms), spec.to_factor});
      corners.push_back({at += sim::from_ms(spec.hold_ms), spec.to_factor});
      corners.push_back({at += sim::from_ms(spec.fall_ms), spec.from_factor});
      break;
    case Kind::diurnal:
      return diurnal_corners(spec, sim::from_ms(spec.period_ms));
    case Kind::piecewise:
      for (const ShapeSpec::Point& point : spec.points) corners.push_back({sim::from_ms(point.at_ms), point.factor});
      break;
  }
  return corners;
}

}  // namespace

Shape::Shape(const ShapeSpec& spec) {
  const std::vector<Corner> corners = corners_of(spec);
  if (!corners.empty()) *this = Shape(corners, sim::from_ms(spec.period_ms));
}

Shape::Shape(const std::vector<Corner>& corners, sim::Time period) : period_(static_cast<double>(period)) {
  assert(!corners.empty());
  std::vector<Corner> all = corners;
  if (all.front().at > 0) all.insert(all.begin(), {0, all.front().factor});
  if (period > all.back().at) all.push_back({period, all.back().factor});
  double sum = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    Line line{static_cast<double>(all[i].at), all[i].factor, 0, sum};
    if (i + 1 < all.size() && all[i + 1].at > all[i].at) {
      const double length = static_cast<double>(all[i + 1].at - all[i].at);
      line.slope = (all[i + 1].factor - all[i].factor) / length;
      sum += (all[i].factor + all[i + 1].factor) / 2 * length;
    }
    lines_.push_back(line);
  }
  const bool is_one = std::all_of(all.begin(), all.end(), [](const Corner& c) { return c.factor == 1; });
  if (is_one) lines_.clear();
}

std::size_t Shape::line_at(double t) const {
  const auto after = std::upper_bound(lines_.begin(), lines_.end(), t, [](double at, const Line& line) { return at < line.at; });
  return static_cast<std::size_t>(after - lines_.begin()) - 1;
}

double Shape::period_at(double t) const {
  if (period_ == 0) return 0;
  const double begin = std::floor(t / period_) * period_;
  return begin > t ? begin - period_ : begin;  // the quotient may have been rounded up to a whole number
}

double Shape::factor(sim::Time t) const {
  if (constant()) return 1;
  const double time = static_cast<double>(t);
  const double within = time - period_at(time);
  const Line& line = lines_[line_at(within)];
  return line.factor + line.slope * (within - line.at);
}

double Shape::peak() const {
  if (constant()) return 1;
  return std::max_element(lines_.begin(), lines_.end(), [](const Line& a, const Line& b) { return a.factor < b.factor; })->factor;
}

double Shape::integral(double t) const {
  if (constant()) return t;
  t = std::max(t, 0.0);
  const double begin = period_at(t);
  const double within = t - begin;
  const Line& line = lines_[line_at(within)];
  const double x = within - line.at;
  const double before = period_ > 0 ? begin / period_ * lines_.back().sum : 0;
  return before + line.sum + (line.factor + line.slope * x / 2) * x;
}

double Shape::inverse(double value, std::uint32_t& line_found) const {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  if (constant()) return value;
  const double whole = lines_.back().sum;
  double begin = 0;
  if (period_ > 0) {
    if (whole <= 0) return infinity;
    const double periods = std::floor(value / whole);
    begin = periods * period_;
    value = std::clamp(value - periods * whole, 0.0, whole);
  }
  const auto holds = [&](std::uint32_t i) {
    return i < lines_.size() && lines_[i].sum <= value && (i + 1 == lines_.size() || value < lines_[i + 1].sum);
  };
  if (!holds(line_found) && !holds(++line_found)) {
    const auto after = std::upper_bound(lines_.begin(), lines_.end(), value, [](double sum, const Line& line) { return sum < line.sum; });
    line_found = static_cast<std::uint32_t>(after - lines_.begin()) - 1;
  }
  const Line& line = lines_[line_found];
  const double rest = value - line.sum;
  if (rest <= 0) return begin + line.at;
  // factor * x + slope * x^2 / 2 = rest, in the form that does not cancel.
  const double root = std::sqrt(std::max(0.0, line.factor * line.factor + 2 * line.slope * rest));
  const double x = 2 * rest / (line.factor + root);
  return begin + line.at + x;
}

sim::Time Shape::next_step(double scale, sim::Time t) const {
  if (constant() || scale <= 0) return sim::never;
  const double time = static_cast<double>(t);
  double begin = period_at(time);
  double from = time - begin;
  std::size_t i = line_at(from);
  const double level = round_off(scale * factor(t));
  for (std::size_t steps = 0; steps <= lines_.size() + 1; ++steps) {
    const Line& line = lines_[i];
    const bool last = i + 1 == lines_.size();
    if (last && period_ == 0) return sim::never;
    const double end = last ? line.at : lines_[i + 1].at;
    if (line.slope != 0) {
      const double edge = (line.slope > 0 ? level + 0.5 : level - 0.5) / scale;
      const double crossing = std::max(from, line.at + (edge - line.factor) / line.slope);
      if (crossing < end) return std::max(t, static_cast<sim::Time>(begin + std::floor(crossing))) + 1;
    }
    if (last) begin += period_;
    i = last ? 0 : i + 1;
    from = lines_[i].at;
    if (round_off(scale * lines_[i].factor) != level) return static_cast<sim::Time>(begin + from);
  }
  return sim::never;
}

}  // namespace model
