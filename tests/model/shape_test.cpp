// Factors over time: the lines, their integrals and inverses, and when a number of users changes.

#include "model/shape.h"

#include <gtest/gtest.h>

#include <cmath>

#include "sim/random.h"
#include "support/arrivals.h"

namespace {

using Kind = model::ShapeSpec::Kind;
using model::Shape;
using worlds::shape;

model::ShapeSpec spike() {
  model::ShapeSpec spec = shape(Kind::spike, 1, 5, 10);
  spec.rise_ms = 2;
  spec.hold_ms = 4;
  spec.fall_ms = 8;
  spec.period_ms = 30;
  return spec;
}

sim::Time ms(double value) {
  return sim::from_ms(value);
}

double ns(double ms_value) {
  return ms_value * 1e6;
}

/// A shape of up to ten lines, some of them jumps, some at 0, some with a period.
Shape random_shape(std::uint64_t seed) {
  std::uint64_t n = 0;
  const auto below = [&](std::uint64_t limit) { return sim::scale(sim::draw(seed, 0, sim::Purpose::load, n++), limit); };
  std::vector<Shape::Corner> corners;
  sim::Time at = static_cast<sim::Time>(below(3) * 500);
  const std::uint64_t count = 1 + below(10);
  for (std::uint64_t i = 0; i < count; ++i) {
    corners.push_back({at, below(4) == 0 ? 0 : static_cast<double>(below(40)) / 8});
    at += below(4) == 0 ? 0 : static_cast<sim::Time>(1 + below(2000));
  }
  return {corners, below(2) == 0 ? 0 : at + static_cast<sim::Time>(1 + below(1000))};
}

TEST(Shape, NoneIsOneForEver) {
  const Shape none;
  std::uint32_t line = 0;
  EXPECT_TRUE(none.constant());
  EXPECT_EQ(none.factor(sim::second), 1);
  EXPECT_EQ(none.integral(123), 123);
  EXPECT_EQ(none.inverse(123, line), 123);
  EXPECT_EQ(none.next_step(100, 5), sim::never);
  EXPECT_TRUE(Shape(model::ShapeSpec{}).constant());
  EXPECT_TRUE(Shape(shape(Kind::step, 1, 1, 5)).constant()) << "nothing changes";
}

TEST(Shape, RampsStepsAndSpikesAreWhatTheyAreCalled) {
  model::ShapeSpec ramp = shape(Kind::ramp, 0.5, 2.5, 10);
  ramp.over_ms = 20;
  const Shape up(ramp);
  EXPECT_EQ(up.factor(0), 0.5);
  EXPECT_EQ(up.factor(ms(10)), 0.5);
  EXPECT_EQ(up.factor(ms(20)), 1.5);
  EXPECT_EQ(up.factor(ms(30)), 2.5);
  EXPECT_EQ(up.factor(ms(1e6)), 2.5);
  EXPECT_EQ(up.peak(), 2.5);
  EXPECT_EQ(up.integral(ns(40)), ns(0.5 * 10 + 1.5 * 20 + 2.5 * 10));

  const Shape step(shape(Kind::step, 1, 3, 10));
  EXPECT_EQ(step.factor(ms(10) - 1), 1);
  EXPECT_EQ(step.factor(ms(10)), 3);
  EXPECT_EQ(step.integral(ns(20)), ns(40));

  const Shape peak(spike());
  EXPECT_EQ(peak.factor(ms(10)), 1);
  EXPECT_EQ(peak.factor(ms(11)), 3);
  EXPECT_EQ(peak.factor(ms(14)), 5);
  EXPECT_EQ(peak.factor(ms(20)), 3);
  EXPECT_EQ(peak.factor(ms(24)), 1);
  EXPECT_EQ(peak.factor(ms(30 + 14)), 5) << "again";
  EXPECT_EQ(peak.integral(ns(30)), ns(10 + 3 * 2 + 5 * 4 + 3 * 8 + 6));
}

TEST(Shape, PointsAreJoinedByLinesAndHeldBeforeAndAfter) {
  model::ShapeSpec spec;
  spec.kind = Kind::piecewise;
  spec.points = {{5, 2}, {10, 4}, {10, 1}, {20, 1}};
  const Shape points(spec);
  EXPECT_EQ(points.factor(0), 2);
  EXPECT_EQ(points.factor(ms(7.5)), 3);
  EXPECT_EQ(points.factor(ms(10)), 1) << "of two at one time the second counts from then on";
  EXPECT_EQ(points.factor(ms(500)), 1);
  EXPECT_EQ(points.peak(), 4);
  spec.period_ms = 40;
  EXPECT_EQ(Shape(spec).factor(ms(39)), 1);
  EXPECT_EQ(Shape(spec).factor(ms(41)), 2);
}

// Linear interpolation between points of a cosine that are an angle d apart is below it by at most 1 - cos(d / 2) of its amplitude.
TEST(Shape, DiurnalIsARaisedCosine) {
  constexpr double pi = 3.14159265358979323846;
  for (const double peak_ms : {0.0, 1.0, 13.25, 90.0, 95.999}) {
    model::ShapeSpec spec = shape(Kind::diurnal, 0.25, 2.25, peak_ms);
    spec.period_ms = 96;
    const Shape day(spec);
    const double bound = (2.25 - 0.25) / 2 * (1 - std::cos(pi / Shape::diurnal_lines));
    EXPECT_LT(bound / 2, 0.00027);
    double farthest = 0;
    for (int i = 0; i < 10'000; ++i) {
      const double at_ms = 96.0 * 2 * i / 10'000;
      const double cosine = 0.25 + 2 * (1 + std::cos(2 * pi * (at_ms - peak_ms) / 96)) / 2;
      farthest = std::max(farthest, std::abs(day.factor(ms(at_ms)) - cosine));
    }
    EXPECT_LT(farthest, bound + 1e-6) << peak_ms;  // corners are at whole nanoseconds: 1e-6 of a period of 96 ms
    EXPECT_GT(farthest, 0.9 * bound) << "10,000 looks come near every middle of a line";
    EXPECT_NEAR(day.integral(ns(96)) / ns(96), 1.25, 1e-6) << peak_ms;
    EXPECT_NEAR(day.factor(ms(peak_ms)), 2.25, 1e-6);
    EXPECT_NEAR(day.factor(ms(peak_ms + 48)), 0.25, 1e-6);
  }
}

TEST(Shape, TheIntegralIsTheSumOfTheFactor) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const Shape s = random_shape(seed);
    double sum = 0;
    for (sim::Time t = 0; t < 20'000; ++t) {
      ASSERT_NEAR(s.integral(static_cast<double>(t)), sum, 5.0 * 11 + 1e-9) << seed;  // a jump within a nanosecond counts as a whole one
      sum += (s.factor(t) + s.factor(t + 1)) / 2;
    }
  }
}

TEST(Shape, TheInverseFindsTheTimeOfAnIntegral) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const Shape s = random_shape(seed);
    std::uint32_t line = 0;
    double last = 0;
    for (double value = 0.5; value < 30'000; value += 7.3) {
      const double t = s.inverse(value, line);
      std::uint32_t afresh = static_cast<std::uint32_t>(sim::scale(sim::mix(seed), 5));
      ASSERT_EQ(t, s.inverse(value, afresh)) << "wherever the search begins";
      if (!std::isfinite(t)) {
        ASSERT_LT(s.integral(1e12), value) << seed;
        break;
      }
      ASSERT_GE(t, last) << seed;
      ASSERT_NEAR(s.integral(t), value, 1e-6 + value * 1e-12) << seed;
      last = t;
    }
  }
}

TEST(Shape, NothingComesWhileTheFactorIsZero) {
  const Shape pause({{0, 1}, {100, 1}, {100, 0}, {500, 0}, {500, 2}}, 0);
  std::uint32_t line = 0;
  EXPECT_EQ(pause.inverse(99, line), 99);
  EXPECT_EQ(pause.inverse(101, line), 500.5);
  const Shape end({{0, 1}, {100, 0}}, 0);
  line = 0;
  EXPECT_NEAR(end.inverse(49.999, line), 100 - std::sqrt(0.2), 1e-9) << "what is left of the triangle is 0.001";
  EXPECT_TRUE(std::isinf(end.inverse(50.001, line)));
  const Shape never({{0, 0}}, 1000);
  line = 0;
  EXPECT_TRUE(std::isinf(never.inverse(1, line)));
}

TEST(Shape, TellsEveryChangeOfARoundedMultiple) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const Shape s = random_shape(seed);
    const double scale = static_cast<double>(1 + seed % 7);
    const auto level = [&](sim::Time t) { return std::floor(scale * s.factor(t) + 0.5); };
    sim::Time next = s.next_step(scale, 0);
    int calls = 1;
    for (sim::Time t = 1; t < 20'000; ++t) {
      ASSERT_GE(next, t) << seed;
      if (t == next) {
        next = s.next_step(scale, t);
        ++calls;
      } else {
        ASSERT_TRUE(level(t) == level(t - 1) || next == t + 1) << seed << " at " << t;
      }
    }
    ASSERT_LT(calls, 5'000) << seed << ": it looks when something changes, not every nanosecond";
  }
}

}  // namespace
