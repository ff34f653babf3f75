// The horizontal pod autoscaler: its documented examples, and both sides of every threshold.

#include "policies/autoscaler.h"

#include <gtest/gtest.h>

namespace {

using policies::advise;
using policies::Autoscaler;
using policies::AutoscalerSpec;
using policies::InstanceSample;
using Metric = AutoscalerSpec::Metric;
using Rule = AutoscalerSpec::Rule;
using Select = AutoscalerSpec::Select;

constexpr sim::Time window = 15 * sim::second;
constexpr sim::Time late = 3'600 * sim::second;

/// So many instances that have been up for long, each with so many thousandths.
std::vector<InstanceSample> all_with(std::size_t count, std::int64_t value, std::int64_t capacity = 1'000) {
  InstanceSample sample;
  sample.value = value;
  sample.capacity = capacity;
  return std::vector<InstanceSample>(count, sample);
}

AutoscalerSpec spec_of(double target, Metric metric = Metric::utilisation) {
  AutoscalerSpec spec;
  spec.max = 1'000;
  spec.metrics = {{metric, target}};
  return spec;
}

std::uint32_t wanted(const AutoscalerSpec& spec, const std::vector<InstanceSample>& samples, std::uint32_t current, sim::Time now = late) {
  return advise(spec, spec.metrics[0], samples, current, now, window).wanted.value_or(0);
}

TEST(Autoscaler, TwiceTheTargetDoublesAndHalfOfItHalves) {
  EXPECT_EQ(wanted(spec_of(100, Metric::requests), all_with(3, 200'000), 3), 6U);
  EXPECT_EQ(wanted(spec_of(100, Metric::requests), all_with(6, 50'000), 6), 3U);
  EXPECT_EQ(wanted(spec_of(10), all_with(4, 200), 4), 8U) << "200m of 1000m against 10 %";
  EXPECT_EQ(wanted(spec_of(10), all_with(4, 50), 4), 2U);
  EXPECT_EQ(wanted(spec_of(5, Metric::queue), all_with(4, 5'000), 4), 4U);
  EXPECT_EQ(wanted(spec_of(100, Metric::requests), all_with(3, 130'000), 3), 4U) << "3.9, rounded up";
}

TEST(Autoscaler, ChangesNothingWithinTheTolerance) {
  const AutoscalerSpec spec = spec_of(100, Metric::requests);
  EXPECT_EQ(wanted(spec, all_with(20, 110'000), 20), 20U);
  EXPECT_EQ(wanted(spec, all_with(20, 110'001), 20), 23U) << "22.0002, rounded up";
  EXPECT_EQ(wanted(spec, all_with(20, 90'000), 20), 20U);
  EXPECT_EQ(wanted(spec, all_with(20, 89'999), 20), 18U);
  AutoscalerSpec none = spec;
  none.tolerance = 0;
  EXPECT_EQ(wanted(none, all_with(20, 100'001), 20), 21U);
  EXPECT_EQ(wanted(none, all_with(20, 100'000), 20), 20U);
}

TEST(Autoscaler, UtilisationIsWholePercentRoundedDown) {
  EXPECT_EQ(wanted(spec_of(50), all_with(10, 559), 10), 10U) << "55 %, a tenth over 50";
  EXPECT_EQ(wanted(spec_of(50), all_with(10, 560), 10), 12U) << "56 %: 11.2";
  EXPECT_EQ(wanted(spec_of(50), all_with(10, 2'240, 4'000), 10), 12U) << "of four workers";
}

TEST(Autoscaler, WhatIsNotMeasuredCountsAgainstTheChange) {
  const AutoscalerSpec spec = spec_of(100, Metric::requests);
  const auto with_missing = [](std::int64_t value, std::size_t measured, std::size_t missing) {
    auto samples = all_with(measured, value);
    for (std::size_t i = 0; i < missing; ++i) samples.push_back({});
    return samples;
  };
  EXPECT_EQ(wanted(spec, with_missing(50'000, 4, 4), 8), 6U) << "those that are missing are on the target: 600 of 800";
  EXPECT_EQ(wanted(spec, with_missing(200'000, 4, 2), 6), 8U) << "and have nothing: 800 over 6";
  EXPECT_EQ(wanted(spec, with_missing(200'000, 4, 4), 8), 8U) << "800 of 800: nothing to do";
  EXPECT_EQ(wanted(spec, with_missing(150'000, 4, 4), 8), 8U) << "600 of 800: the direction turned round";
  EXPECT_EQ(wanted(spec_of(50), with_missing(100, 4, 1), 5), 3U) << "full: 1400 of 5000 is 28 %, 2.8";
  EXPECT_FALSE(advise(spec, spec.metrics[0], with_missing(0, 0, 3), 3, late, window).wanted);
}

TEST(Autoscaler, WhatIsNotReadyHasNothingWhenThereIsTooMuch) {
  const AutoscalerSpec spec = spec_of(50);
  auto samples = all_with(4, 1'000);
  EXPECT_EQ(wanted(spec, samples, 4), 8U);
  InstanceSample starting;
  starting.pending = true;
  samples.push_back(starting);
  samples.push_back(starting);
  EXPECT_EQ(wanted(spec, samples, 6), 8U) << "4000 of 6000 is 66 %: 7.92";
  auto idle = all_with(4, 100);
  idle.push_back(starting);
  EXPECT_EQ(wanted(spec, idle, 5), 1U) << "when there is too little it does not count: 4 x 0.2";
}

/// One of two is young; whether its measurement counts.
bool counts(bool ready, sim::Time started, sim::Time changed, sim::Time now) {
  auto samples = all_with(1, 1'000);
  InstanceSample young;
  young.value = 1'000;
  young.ready = ready;
  young.started = started;
  young.changed = changed;
  samples.push_back(young);
  return wanted(spec_of(50), samples, 2, now) == 4;  // else it has nothing: 2
}

TEST(Autoscaler, ADuringInitialisationOnlyAWholeMeasurementCounts) {
  const sim::Time born = 1'000 * sim::second;
  EXPECT_FALSE(counts(true, born, born + 10 * sim::second, born + 25 * sim::second - 1));
  EXPECT_TRUE(counts(true, born, born + 10 * sim::second, born + 25 * sim::second)) << "15 s since it became ready";
  EXPECT_FALSE(counts(true, born, born + 290 * sim::second, born + 300 * sim::second - 1));
  EXPECT_TRUE(counts(true, born, born + 290 * sim::second, born + 300 * sim::second)) << "old enough";
  EXPECT_FALSE(counts(false, born, born + 30 * sim::second - 1, born + 400 * sim::second)) << "has never been ready";
  EXPECT_TRUE(counts(false, born, born + 30 * sim::second, born + 400 * sim::second)) << "it was";
  auto samples = all_with(1, 200'000);
  samples.push_back({false, false, born, born, 200'000, 1'000});
  EXPECT_EQ(wanted(spec_of(100, Metric::requests), samples, 2, born + sim::second), 4U) << "of utilisation alone";
}

/// What comes of a number that metrics ask for at each sync.
std::vector<std::uint32_t> path(const AutoscalerSpec& spec, std::uint32_t from, std::uint32_t raw, sim::Time every, int times) {
  Autoscaler value;
  std::vector<std::uint32_t> numbers{from};
  for (int i = 1; i <= times; ++i) {
    const sim::Time now = i * every;
    const auto decision = value.decide(spec, raw, numbers.back(), now, "");
    value.changed(spec, numbers.back(), decision.applied, now);
    numbers.push_back(decision.applied);
  }
  return numbers;
}

TEST(Autoscaler, TheDocumentedWayDown) {
  AutoscalerSpec spec = spec_of(50);
  spec.down.window = 0;
  spec.down.rules = {{Rule::Kind::instances, 4, 60 * sim::second}, {Rule::Kind::percent, 10, 60 * sim::second}};
  EXPECT_EQ(path(spec, 80, 10, 60 * sim::second, 14),
            (std::vector<std::uint32_t>{80, 72, 64, 57, 51, 45, 40, 36, 32, 28, 24, 20, 16, 12, 10}));
  spec.down.select = Select::min;
  EXPECT_EQ(path(spec, 80, 10, 60 * sim::second, 3), (std::vector<std::uint32_t>{80, 76, 72, 68}));
  spec.down.select = Select::disabled;
  EXPECT_EQ(path(spec, 80, 10, 60 * sim::second, 3), (std::vector<std::uint32_t>{80, 80, 80, 80}));
}

TEST(Autoscaler, ARuleHoldsForItsPeriodNotForASync) {
  AutoscalerSpec spec = spec_of(50);
  spec.down.window = 0;
  spec.down.rules = {{Rule::Kind::percent, 10, 60 * sim::second}};
  EXPECT_EQ(path(spec, 80, 10, 15 * sim::second, 8), (std::vector<std::uint32_t>{80, 72, 72, 72, 72, 64, 64, 64, 64}));
}

TEST(Autoscaler, TheUsualWayUp) {
  const AutoscalerSpec spec = spec_of(50);
  EXPECT_EQ(path(spec, 1, 100, 15 * sim::second, 6), (std::vector<std::uint32_t>{1, 5, 10, 20, 40, 80, 100}));
  AutoscalerSpec bounded = spec;
  bounded.max = 30;
  EXPECT_EQ(path(bounded, 10, 100, 15 * sim::second, 3), (std::vector<std::uint32_t>{10, 20, 30, 30}));
  EXPECT_EQ(path(bounded, 40, 40, 15 * sim::second, 1).back(), 30U) << "more than there may be";
  bounded.min = 5;
  EXPECT_EQ(path(bounded, 2, 1, 15 * sim::second, 1).back(), 5U);
  EXPECT_EQ(path(bounded, 0, 9, 15 * sim::second, 2).back(), 0U) << "scaled to nothing by hand";
}

TEST(Autoscaler, ScalesInByTheHighestOfTheLastFiveMinutes) {
  const AutoscalerSpec spec = spec_of(50);
  Autoscaler value;
  const auto at = [&](sim::Time now, std::uint32_t raw) { return value.decide(spec, raw, 20, now, "").applied; };
  EXPECT_EQ(at(100 * sim::second, 12), 20U) << "the number that it began with counts as recommended";
  EXPECT_EQ(at(250 * sim::second, 15), 20U);
  EXPECT_EQ(at(400 * sim::second - 1, 10), 20U);
  EXPECT_EQ(at(400 * sim::second, 10), 15U);
  EXPECT_EQ(at(550 * sim::second - 1, 10), 15U);
  EXPECT_EQ(at(550 * sim::second, 10), 10U);
  EXPECT_EQ(at(551 * sim::second, 25), 25U) << "and out at once";
}

TEST(Autoscaler, ScalesOutByTheLowestOfItsWindow) {
  AutoscalerSpec spec = spec_of(50);
  spec.up.window = 60 * sim::second;
  Autoscaler value;
  const auto at = [&](sim::Time now, std::uint32_t raw) { return value.decide(spec, raw, 20, now, "").applied; };
  EXPECT_EQ(at(100 * sim::second, 30), 20U);
  EXPECT_EQ(at(130 * sim::second, 26), 20U);
  EXPECT_EQ(at(160 * sim::second, 40), 26U);
}

TEST(Autoscaler, TheMetricThatAsksForMostCountsAndOneThatIsUnknownHoldsOn) {
  AutoscalerSpec spec = spec_of(50);
  spec.metrics.push_back({Metric::queue, 2});
  Autoscaler value;
  EXPECT_EQ(value.decide(spec, {all_with(10, 250), all_with(10, 4'000)}, 10, late, window).applied, 20U);
  const auto unknown = std::vector<InstanceSample>(10, InstanceSample{});
  const auto held = value.decide(spec, {all_with(10, 100), unknown}, 10, late + sim::second, window);
  EXPECT_EQ(held.applied, 10U);
  EXPECT_EQ(held.raw, 2U);
  EXPECT_NE(held.reason.find("queue is not measured"), std::string::npos) << held.reason;
  EXPECT_EQ(value.decide(spec, {all_with(10, 1'000), unknown}, 10, late + 2 * sim::second, window).raw, 20U) << "but more is more";
}

TEST(Autoscaler, SaysWhatItMayBe) {
  const auto wrong = [](auto change) {
    AutoscalerSpec spec;
    change(spec);
    return !policies::valid(spec);
  };
  EXPECT_TRUE(policies::valid(AutoscalerSpec{}));
  EXPECT_TRUE(wrong([](auto& s) { s.min = 0; }));
  EXPECT_TRUE(wrong([](auto& s) { s.max = 0; }));
  EXPECT_TRUE(wrong([](auto& s) { s.metrics.clear(); }));
  EXPECT_TRUE(wrong([](auto& s) { s.metrics[0].target = 0; }));
  EXPECT_TRUE(wrong([](auto& s) { s.tolerance = 1.01; }));
  EXPECT_TRUE(wrong([](auto& s) { s.sync = sim::second - 1; }));
  EXPECT_TRUE(wrong([](auto& s) { s.up.rules.clear(); }));
  EXPECT_TRUE(wrong([](auto& s) { s.down.rules[0].value = 0; }));
  EXPECT_TRUE(wrong([](auto& s) { s.down.rules[0].period = 1'801 * sim::second; }));
}

TEST(Autoscaler, ACopyGoesOnIdentically) {
  const AutoscalerSpec spec = spec_of(50);
  Autoscaler value;
  value.decide(spec, 15, 20, 100 * sim::second, "");
  Autoscaler copy = value;
  for (int i = 7; i < 40; ++i) {
    const sim::Time now = i * window;
    EXPECT_EQ(value.decide(spec, 10, 20, now, "").applied, copy.decide(spec, 10, 20, now, "").applied);
  }
}

}  // namespace
