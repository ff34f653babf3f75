#include "policies/shedding.h"

#include <gtest/gtest.h>

#include <cmath>

namespace {

using policies::Importance;
using policies::MeanShare;
using policies::ShedRange;
using policies::UtilisationSpec;

TEST(Shedding, BeginsWithTheLeastImportant) {
  const UtilisationSpec spec;
  for (const Importance all : {Importance::critical, Importance::degraded, Importance::best_effort, Importance::bulk}) {
    EXPECT_EQ(spec.chance(all, 0), 0);
    EXPECT_EQ(spec.chance(all, 0.6), 0) << "nothing up to the target";
    EXPECT_EQ(spec.chance(all, 1), 1);
  }
  EXPECT_NEAR(spec.chance(Importance::bulk, 0.65), 0.5, 1e-12);
  EXPECT_EQ(spec.chance(Importance::bulk, 0.7), 1);
  EXPECT_EQ(spec.chance(Importance::best_effort, 0.65), 0);
  EXPECT_NEAR(spec.chance(Importance::best_effort, 0.7), 0.5, 1e-12);
  EXPECT_EQ(spec.chance(Importance::degraded, 0.7), 0);
  EXPECT_NEAR(spec.chance(Importance::degraded, 0.75), 0.5, 1e-12);
  EXPECT_EQ(spec.chance(Importance::critical, 0.8), 0) << "as long as others are left";
  EXPECT_NEAR(spec.chance(Importance::critical, 0.9), 0.5, 1e-12);
  for (double use = 0; use <= 1; use += 0.01) {
    EXPECT_LE(spec.chance(Importance::critical, use), spec.chance(Importance::degraded, use));
    EXPECT_LE(spec.chance(Importance::degraded, use), spec.chance(Importance::best_effort, use));
    EXPECT_LE(spec.chance(Importance::best_effort, use), spec.chance(Importance::bulk, use));
  }
}

TEST(Shedding, AClassMayBeLeftAloneOrCutOffAtOnce) {
  UtilisationSpec spec;
  spec.ranges = {{{}, {1, 1}, {0.5, 0.5}, {0, 0}}};
  EXPECT_EQ(spec.chance(Importance::critical, 1), 0);
  EXPECT_EQ(spec.chance(Importance::degraded, 1), 0) << "more than all workers cannot be busy";
  EXPECT_EQ(spec.chance(Importance::best_effort, 0.5), 0);
  EXPECT_EQ(spec.chance(Importance::best_effort, std::nextafter(0.5, 1)), 1);
  EXPECT_EQ(spec.chance(Importance::bulk, 0), 0);
  EXPECT_EQ(spec.chance(Importance::bulk, 1e-9), 1);
  EXPECT_TRUE(spec.valid());
}

TEST(Shedding, KnowsItsRanges) {
  const auto with = [](ShedRange range, sim::Time window = sim::second) {
    UtilisationSpec spec;
    spec.ranges[1] = range;
    spec.window = window;
    return spec.valid();
  };
  EXPECT_TRUE(with({0, 1}));
  EXPECT_TRUE(with({}));
  EXPECT_FALSE(with({0.5, 0.4}));
  EXPECT_FALSE(with({-0.1, 1}));
  EXPECT_FALSE(with({0.5, 1.1}));
  EXPECT_FALSE(with({0.5, ShedRange::never}));
  EXPECT_TRUE(with({}, sim::millisecond));
  EXPECT_FALSE(with({}, sim::millisecond - 1));
  EXPECT_TRUE(with({}, 3'600 * sim::second));
  EXPECT_FALSE(with({}, 3'600 * sim::second + 1));
}

TEST(Shedding, ForgetsExponentially) {
  MeanShare mean;
  EXPECT_EQ(mean.value(sim::second, 5 * sim::second), 0);
  mean.change(sim::second, 5 * sim::second, 1);
  EXPECT_EQ(mean.value(sim::second, 5 * sim::second), 0);
  EXPECT_DOUBLE_EQ(mean.value(sim::second, 6 * sim::second), 1 - std::exp(-1.0));
  mean.change(sim::second, 6 * sim::second, 0.5);
  EXPECT_DOUBLE_EQ(mean.value(sim::second, 7 * sim::second), 0.5 + (0.5 - std::exp(-1.0)) * std::exp(-1.0));
  MeanShare copy = mean;
  copy.change(sim::second, 8 * sim::second, 0);
  mean.change(sim::second, 8 * sim::second, 0);
  EXPECT_EQ(copy.value(sim::second, 9 * sim::second), mean.value(sim::second, 9 * sim::second));
  EXPECT_EQ(mean.value(sim::second, 900 * sim::second), 0) << "after many windows exactly";
  // So many steps as there may be in a window: the mean of what changes fast is its mean.
  MeanShare fast;
  for (int i = 0; i < 100'000; ++i) fast.change(sim::second, i * 100 * sim::microsecond, i % 4 == 0 ? 1 : 0);
  EXPECT_NEAR(fast.value(sim::second, 10 * sim::second), 0.25, std::exp(-10.0) + 1e-4) << "what is forgotten, and one step of a window";
}

}  // namespace
