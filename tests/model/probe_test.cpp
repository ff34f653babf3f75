// Probes: each figure against the system whose figures are known, every comparator at its value and beside it, what makes no sense.

#include "model/probe.h"

#include <gmock/gmock.h>

#include "chaos/support.h"

namespace {

using model::ProbeSpec;
using Metric = ProbeSpec::Metric;
using Comparator = ProbeSpec::Comparator;
using sim::second;

ProbeSpec of(Metric metric, const std::string& service = "", const std::string& region = "") {
  ProbeSpec spec;
  spec.metric = metric;
  spec.service = service;
  spec.region = region;
  return spec;
}

/// Over the next `length`, looked at every second.
double measured(model::World& world, const ProbeSpec& spec, sim::Time length) {
  model::Prober prober;
  prober.begin(world, spec);
  const sim::Time end = world.now() + length;
  while (world.now() + second < end) {
    world.run_until(world.now() + second);
    prober.look(world);
  }
  world.run_until(end);
  const auto result = prober.measure(world, spec);
  EXPECT_TRUE(result.value.has_value()) << describe(spec);
  return result.value.value_or(-1);
}

constexpr double seconds = 100;
constexpr auto length = static_cast<sim::Time>(seconds) * second;

/// A Poisson count, five standard deviations.
void expect_rate(double expected, double value) {
  EXPECT_NEAR(value, expected, 5 * std::sqrt(expected / seconds));
}

TEST(Probes, RatesAreThoseThatUsersSendAndServicesGet) {
  model::World world(trial::spec());
  expect_rate(trial::rate, measured(world, of(Metric::rate), length));
  expect_rate(trial::rate, measured(world, of(Metric::rate, "users"), length));
  expect_rate(trial::rate, measured(world, of(Metric::rate, "db"), length));
}

TEST(Probes, RatiosAreOfTheAnswersInTheWindowAlone) {
  model::World world(trial::spec());
  EXPECT_EQ(measured(world, of(Metric::success_ratio), length), 1);
  trial::start(world, trial::on("service.error", "web", {{"rate", 0.3}}));
  const auto count = static_cast<std::uint64_t>(trial::rate * seconds * 0.9);
  EXPECT_NEAR(measured(world, of(Metric::error_ratio), length), 0.3, trial::width(0.3, count));
  EXPECT_NEAR(measured(world, of(Metric::success_ratio, "web"), length), 0.7, trial::width(0.3, count));
  EXPECT_EQ(measured(world, of(Metric::error_ratio, "db"), length), 0);
}

TEST(Probes, TimesAreTheQuantilesThatCallersSee) {
  model::World world(trial::spec());
  trial::expect_time(sim::from_ms(measured(world, of(Metric::p50_ms), length)), trial::usual_ms, "users");
  trial::expect_time(sim::from_ms(measured(world, of(Metric::p50_ms, "db"), length)), 1.2, "db");
  trial::start(world, trial::on("service.latency", "db", {{"latencyMs", 50.0}, {"probability", 0.07}}));
  measured(world, of(Metric::rate), second);  // those that are under way
  trial::expect_time(sim::from_ms(measured(world, of(Metric::p90_ms, "db"), length)), 1.2, "seven in a hundred are slow");
  trial::expect_time(sim::from_ms(measured(world, of(Metric::p95_ms, "db"), length)), 51.2, "seven in a hundred are slow");
  trial::expect_time(sim::from_ms(measured(world, of(Metric::p99_ms, "db"), length)), 51.2, "likewise");
  trial::expect_time(sim::from_ms(measured(world, of(Metric::p999_ms, "db"), length)), 51.2, "likewise");
}

/// Each db serves one request at a time.
model::WorldSpec narrow() {
  model::WorldSpec spec = trial::spec();
  spec.services[0].concurrency = 1;
  return spec;
}

TEST(Probes, UtilisationIsWorkOverWorkersAlsoWhenTheyComeAndGo) {
  model::WorldSpec made = narrow();
  made.services[0].count = 6;
  model::World world(made);
  const auto near = [&](double value, double expected) { EXPECT_NEAR(value, expected, 5 * expected / std::sqrt(trial::rate * seconds)); };
  const double busy = trial::rate * 0.001;  // 1 ms each
  near(measured(world, of(Metric::utilisation, "db"), length), busy / 6);
  model::Prober prober;
  const ProbeSpec spec = of(Metric::utilisation, "db");
  prober.begin(world, spec);
  world.run_until(world.now() + length / 2);
  prober.look(world);
  world.set_number(0, 3);
  world.run_until(world.now() + length / 2);
  EXPECT_EQ(worlds::in_state(world, "db", model::InstanceState::up), 3U);
  near(*prober.measure(world, spec).value, busy / 4.5);  // six, then three
}

TEST(Probes, TheQueueIsItsMeanOverTime) {
  model::WorldSpec made = narrow();
  made.services[0].service_time.mean_ms = 10;
  model::World world(made);
  world.run_until(second);
  const auto waited = [&] { return worlds::cells_of(world, "db").queued.integral(world.now()); };
  const std::uint64_t before = waited();
  const double value = measured(world, of(Metric::queue, "db"), length);
  EXPECT_GT(value, 0.1);
  EXPECT_EQ(value, static_cast<double>(waited() - before) / static_cast<double>(length));
}

TEST(Probes, InstancesAreThoseThatAreUpAtTheEnd) {
  model::World world(trial::spec());
  EXPECT_EQ(measured(world, of(Metric::instances_up, "web"), second), 6);
  world.kill(worlds::instances_of(world, "web")[0]);
  EXPECT_EQ(measured(world, of(Metric::instances_up, "web"), sim::millisecond), 5);
}

TEST(Probes, ARegionIsThatRegionAlone) {
  model::World world(worlds::spec_of("netflixoss", {.regions = 2}));
  ASSERT_EQ(world.regions().size(), 2U);
  const auto up = [&](const std::string& region) {
    return measured(world, of(Metric::instances_up, "homepage", region), sim::millisecond);
  };
  const double first = up(world.regions()[0].name);
  EXPECT_GT(first, 0);
  EXPECT_EQ(first + up(world.regions()[1].name), up(""));
}

TEST(Probes, WithoutAnythingToMeasureThereIsNoValueAndItDoesNotPass) {
  model::World world(trial::spec());
  for (const Metric metric : {Metric::success_ratio, Metric::error_ratio, Metric::p99_ms}) {
    ProbeSpec spec = of(metric);
    spec.comparator = Comparator::at_least;
    model::Prober prober;
    prober.begin(world, spec);
    EXPECT_EQ(prober.measure(world, spec), (model::ProbeResult{std::nullopt, false})) << describe(spec);
  }
}

TEST(Probes, ACopyMeasuresWhatTheOriginalDoes) {
  model::World world(trial::spec());
  const ProbeSpec spec = of(Metric::p99_ms);
  model::Prober prober;
  prober.begin(world, spec);
  world.run_until(second);
  model::World copy(world);
  model::Prober other = prober;
  world.run_until(2 * second);
  copy.run_until(2 * second);
  EXPECT_EQ(prober.measure(world, spec), other.measure(copy, spec));
}

TEST(Probes, ComparatorsAtTheirValuesAndBesideThem) {
  ProbeSpec spec = of(Metric::queue);
  spec.value = 1;
  spec.high = 2;
  const auto passes = [&](Comparator comparator) {
    spec.comparator = comparator;
    std::string text;
    for (const double value : {0.5, 1.0, 1.5, 2.0, 2.5}) text += model::result_of(spec, value).passed ? '+' : '-';
    return text;
  };
  EXPECT_EQ(passes(Comparator::at_least), "-++++");
  EXPECT_EQ(passes(Comparator::at_most), "++---");
  EXPECT_EQ(passes(Comparator::over), "--+++");
  EXPECT_EQ(passes(Comparator::under), "+----");
  EXPECT_EQ(passes(Comparator::within), "-+++-");
  EXPECT_EQ(passes(Comparator::beyond), "+---+");
}

TEST(Probes, ThatMakeNoSenseInAWorld) {
  const model::World world(trial::spec());
  const auto problem = [&](const ProbeSpec& spec) {
    std::vector<model::Problem> problems;
    model::check_probe(world, spec, "/probes/0", problems);
    if (problems.size() != 1) return std::to_string(problems.size()) + " problems";
    return problems[0].code + " " + problems[0].pointer + ": " + problems[0].message;
  };
  EXPECT_EQ(problem(of(Metric::queue, "db")), "0 problems");
  EXPECT_EQ(problem(of(Metric::queue, "dbs")), "unknownService /probes/0/service: there is no service \"dbs\" in this simulation");
  EXPECT_EQ(problem(of(Metric::queue, "db", "eu-west-1")),
            "unknownRegion /probes/0/region: there is no region \"eu-west-1\" in this simulation");
  EXPECT_EQ(problem(of(Metric::rate, "", "us-east-1")), "matchesNothing /probes/0/region: no load source is in us-east-1");
  EXPECT_EQ(problem(of(Metric::utilisation)), "conflict /probes/0/service: utilisation is of a service; users have none");
  EXPECT_EQ(problem(of(Metric::instances_up, "users")), "conflict /probes/0/service: instancesUp is of a service; users have none");
}

TEST(Probes, InWords) {
  ProbeSpec spec = of(Metric::success_ratio);
  spec.value = 0.995;
  EXPECT_EQ(describe(spec), "successRatio of users >= 0.995");
  spec = of(Metric::p99_ms, "homepage", "us-east-1");
  spec.comparator = Comparator::within;
  spec.value = 1;
  spec.high = 20;
  EXPECT_EQ(describe(spec), "p99Ms of homepage in us-east-1 within 1 to 20");
  EXPECT_EQ(model::figure_text(Metric::success_ratio, 0.99512), "99.51 %");
  EXPECT_EQ(model::figure_text(Metric::p50_ms, 12.3456), "12.35 ms");
  EXPECT_EQ(model::figure_text(Metric::rate, 123'456.7), "123457 /s");
}

}  // namespace
