// Batches of a run: that they only look, stay few, add up, and give intervals that hold for a queue whose truth is known.

#include "model/batches.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>

#include "model/figures.h"
#include "sim/math.h"
#include "support/worlds.h"

namespace {

using model::Doubt;
using model::Interval;

TEST(Measurement, DoesNotChangeTheRun) {
  const model::WorldSpec spec = worlds::spec_of("netflixoss", {3, 100, 2});
  model::World alone(spec), watched(spec);
  model::Measurement measurement;
  alone.run_until(7'300 * sim::millisecond);
  model::run_measured(watched, 7'300 * sim::millisecond, measurement);
  EXPECT_EQ(watched.now(), alone.now());
  EXPECT_EQ(watched.fingerprint(), alone.fingerprint());
  EXPECT_EQ(watched.events(), alone.events());
  EXPECT_EQ(measurement.whole().marks().size(), 8U);
  EXPECT_EQ(measurement.due(), 8 * sim::second);
}

TEST(Measurement, AddsUpToWhatTheWorldHasCounted) {
  model::World world(worlds::spec_of("netflixoss", {3, 100, 2}));
  model::Measurement measurement;
  model::run_measured(world, 10 * sim::second, measurement);
  const model::Totals& totals = *measurement.whole().marks().back();
  ASSERT_EQ(totals.at, world.now());
  for (std::uint32_t s = 0; s < world.shared().services.size(); ++s) {
    const std::string& name = world.shared().services[s].name;
    const model::CellCount cells = worlds::cells_of(world, name);
    model::GroupTotals sum;
    model::Histogram response;
    for (const std::uint32_t g : world.shared().services[s].groups) {
      const model::GroupTotals& group = totals.groups[g];
      sum.requests += group.requests;
      sum.replies += group.replies;
      sum.errors += group.errors;
      sum.service_ns += group.service_ns;
      sum.network_ns += group.network_ns;
      sum.busy_ns += group.busy_ns;
      sum.capacity_ns += group.capacity_ns;
      sum.in_flight_ns += group.in_flight_ns;
      sum.queued_ns += group.queued_ns;
      group.response.add_to(response);
    }
    EXPECT_EQ(sum.requests, cells.requests) << name;
    EXPECT_EQ(sum.replies, cells.replies) << name;
    EXPECT_EQ(sum.errors, cells.errors) << name;
    EXPECT_EQ(sum.service_ns, cells.service.sum_ns()) << name;
    EXPECT_EQ(sum.network_ns, cells.network.sum_ns()) << name;
    EXPECT_EQ(response.buckets().size(), cells.response.buckets().size()) << name;
    EXPECT_EQ(response.quantile(0.99), cells.response.quantile(0.99)) << name;
    EXPECT_EQ(response.sum_ns(), cells.response.sum_ns()) << name;
    EXPECT_EQ(sum.busy_ns, cells.busy.integral(world.now())) << name;
    EXPECT_EQ(sum.in_flight_ns, cells.in_flight.integral(world.now())) << name;
    EXPECT_EQ(sum.queued_ns, cells.queued.integral(world.now())) << name;
    std::uint64_t workers = 0;
    for (const model::InstanceId id : worlds::instances_of(world, name)) workers += world.instance(id).workers;
    EXPECT_EQ(sum.capacity_ns, workers * static_cast<std::uint64_t>(world.now())) << name;
  }
  model::LinkCount all;
  for (const model::LinkCount& link : totals.links) all.add(link);
  model::LinkCount counted;
  for (const model::Shard& shard : world.shards()) {
    for (const model::LinkCount& link : shard.link_counts()) counted.add(link);
  }
  EXPECT_EQ(all.requests, counted.requests);
  EXPECT_EQ(all.response_ns, counted.response_ns);
}

TEST(Measurement, KeepsAtMostFortyBatchesHoweverLongTheRun) {
  model::WorldSpec spec = worlds::small({worlds::service("queue", "store", 0, {}), worlds::service("users", "denominator", 0, {0})});
  spec.services[0].service_time.kind = model::DistributionSpec::Kind::exponential;
  spec.services[1].requests_per_second = 20;
  model::World world(spec);
  model::Measurement measurement;
  const auto bytes = [&measurement] {
    std::size_t sum = 0;
    for (const auto& mark : measurement.whole().marks()) {
      for (const model::GroupTotals& group : mark->groups) sum += group.response.bytes();
    }
    return sum;
  };
  for (int t = 1; t <= 3'000; ++t) {
    model::run_measured(world, t * sim::second, measurement);
    const model::Marks& marks = measurement.whole().marks();
    ASSERT_LE(marks.size(), model::Batches::batches_max + 1);
    if (t >= 40) {
      ASSERT_GT(marks.size(), model::Batches::batches_max / 2);
    }
    for (std::size_t i = 1; i < marks.size(); ++i) ASSERT_EQ(marks[i]->at - marks[i - 1]->at, measurement.whole().length());
    ASSERT_EQ(marks.front()->at, 0);
    ASSERT_GT(marks.back()->at + measurement.whole().length(), world.now());
  }
  EXPECT_EQ(measurement.whole().length(), 128 * sim::second);
  // Two bytes a bucket and at most 4 for its count; exponential times of one mean fill 13 octaves at most.
  EXPECT_LT(bytes(), (model::Batches::batches_max + 1) * 2 * 13 * 128 * 6);
}

TEST(Measurement, BeginsAnewWhenSomethingChanges) {
  model::World world(worlds::spec_of("netflixoss"));
  model::Measurement measurement;
  model::run_measured(world, 5'500 * sim::millisecond, measurement);
  EXPECT_EQ(measurement.recent().marks().front()->at, 0);
  world.set_traffic(*world.find_service("www"), 500);
  model::run_measured(world, 20 * sim::second, measurement);
  EXPECT_EQ(measurement.recent().marks().front()->at, 6 * sim::second);
  EXPECT_EQ(measurement.recent().marks().size(), 15U);
  EXPECT_EQ(measurement.whole().marks().front()->at, 0);
  // It is the same value where both have a boundary.
  EXPECT_EQ(measurement.whole().marks().back(), measurement.recent().marks().back());
}

TEST(Measurement, CapacityIsThatOfTheInstancesThatServe) {
  model::World world(worlds::spec_of("netflixoss"));
  model::Measurement measurement;
  const std::uint32_t service = *world.find_service("homepage");
  const auto capacity = [&] {
    std::uint64_t sum = 0;
    for (const std::uint32_t g : world.shared().services[service].groups) sum += measurement.whole().marks().back()->groups[g].capacity_ns;
    return sum;
  };
  const std::vector<model::InstanceId> instances = worlds::instances_of(world, "homepage");
  const std::uint64_t workers = world.instance(instances[0]).workers;
  model::run_measured(world, 3 * sim::second, measurement);
  EXPECT_EQ(capacity(), 3 * sim::second * instances.size() * workers);
  world.kill(instances[0]);
  model::run_measured(world, 5 * sim::second, measurement);
  EXPECT_EQ(capacity(), 3 * sim::second * instances.size() * workers + 2 * sim::second * (instances.size() - 1) * workers);
  for (std::size_t i = 1; i < instances.size(); ++i) world.kill(instances[i]);
  const std::uint64_t before = capacity();
  model::run_measured(world, 9 * sim::second, measurement);
  EXPECT_EQ(capacity(), before);
}

/// M/M/1 with services of 1 ms on average; the network takes 0.1 ms each way.
struct MM1 {
  model::World world;
  model::Measurement measurement;
  double load;

  MM1(double rho, std::uint64_t seed, int seconds) : world(spec_of(rho, seed)), load(rho) {
    model::run_measured(world, seconds * sim::second, measurement);
  }
  std::vector<std::uint32_t> queue() const { return world.shared().services[*world.find_service("queue")].groups; }
  static model::WorldSpec spec_of(double rho, std::uint64_t seed) {
    model::WorldSpec spec =
        worlds::small({worlds::service("queue", "store", 0, {}), worlds::service("users", "denominator", 0, {0})}, seed);
    spec.services[0].service_time.kind = model::DistributionSpec::Kind::exponential;
    spec.services[0].concurrency = 1;
    spec.services[1].requests_per_second = 1'000 * rho;
    return spec;
  }
};

Interval quantile_ms(const model::Period& period, const std::vector<std::uint32_t>& groups, double p, double confidence) {
  return model::response_quantiles_ms(period, groups, std::vector<double>{p}, confidence)[0];
}

TEST(Figures, HoldForAQueue) {
  const MM1 q(0.7, 11, 180);
  const std::vector<std::uint32_t> queue = q.queue();
  const std::vector<std::uint32_t> users = model::user_groups(q.world.shared());
  ASSERT_EQ(users, q.world.shared().services[*q.world.find_service("users")].groups);
  const model::Period period = model::steady_period(q.measurement.recent().marks(), users);
  ASSERT_GE(period.batches(), model::batches_min);
  EXPECT_TRUE(period.warm_up_over);
  EXPECT_EQ(period.to(), 176 * sim::second);
  const double sure = 0.9999;
  const model::GroupFigures f = model::group_figures(period, queue, sure);
  const double stay_ms = 1 / (1 - q.load);
  EXPECT_TRUE(f.rate.contains(700)) << f.rate.low << " " << f.rate.high;
  EXPECT_TRUE(f.utilisation.contains(0.7)) << f.utilisation.low << " " << f.utilisation.high;
  EXPECT_TRUE(f.service_mean_ms.contains(stay_ms)) << f.service_mean_ms.low << " " << f.service_mean_ms.high;
  EXPECT_TRUE(f.mean_ms.contains(stay_ms + 0.2)) << f.mean_ms.low << " " << f.mean_ms.high;
  EXPECT_TRUE(f.in_flight.contains(q.load / (1 - q.load))) << f.in_flight.low << " " << f.in_flight.high;
  EXPECT_TRUE(f.queued.contains(q.load * q.load / (1 - q.load))) << f.queued.low << " " << f.queued.high;
  EXPECT_NEAR(f.network_mean_ms.value, 0.2, 1e-9);
  EXPECT_TRUE(f.error_share.contains(0));
  EXPECT_TRUE(f.error_rate.contains(0));
  // Not merely wide: what Whitt's asymptotic variance of M/M/1 says, with the fewest batches, and three times for chance.
  const double arrivals = 700 * sim::to_seconds(period.to() - period.from());
  const double error = std::sqrt(2 * (1 + q.load) / ((1 - q.load) * (1 - q.load) * arrivals));
  EXPECT_LT(f.service_mean_ms.half_width(), 3 * model::student_quantile((1 + sure) / 2, model::batches_min - 1) * error * stay_ms);
  for (const double p : {0.5, 0.9, 0.99, 0.999}) {
    const Interval i = quantile_ms(period, queue, p, sure);
    EXPECT_TRUE(i.contains(0.2 - sim::log(1 - p) * stay_ms)) << p << ": " << i.low << " " << i.high << " " << model::name_of(i.doubt);
  }
  const model::GroupFigures seen = model::group_figures(period, users, sure);
  EXPECT_TRUE(seen.mean_ms.contains(stay_ms + 0.2));
  EXPECT_TRUE(seen.rate.contains(700));
  const model::LinkFigures link = model::link_figures(period, std::vector<std::uint32_t>{0}, sure);
  EXPECT_TRUE(link.rate.contains(700));
  EXPECT_TRUE(link.mean_ms.contains(stay_ms + 0.2));
  EXPECT_NEAR(link.mean_ms.value / f.mean_ms.value, 1, 1e-9);
}

TEST(Figures, AQueueThatGrowsHasNoInterval) {
  const MM1 q(1.3, 5, 25);
  const std::vector<std::uint32_t> queue = q.queue();
  const model::Period period = model::period_from(q.measurement.whole().marks(), 0);
  EXPECT_EQ(model::group_figures(period, queue, 0.95).service_mean_ms.doubt, Doubt::correlated);
  EXPECT_FALSE(model::steady_period(q.measurement.whole().marks(), queue).warm_up_over);
}

TEST(Figures, SayWhatIsMissing) {
  const MM1 q(0.5, 5, 15);
  const std::vector<std::uint32_t> queue = q.queue();
  const model::Period late = model::period_from(q.measurement.whole().marks(), 6 * sim::second);
  EXPECT_EQ(late.batches(), 9U);
  EXPECT_EQ(model::group_figures(late, queue, 0.95).rate.doubt, Doubt::few_batches);
  EXPECT_EQ(quantile_ms(late, queue, 0.5, 0.95).doubt, Doubt::few_batches);
  EXPECT_GT(quantile_ms(late, queue, 0.5, 0.95).value, 0);
  const model::Period enough = model::period_from(q.measurement.whole().marks(), 5 * sim::second);
  EXPECT_TRUE(model::group_figures(enough, queue, 0.95).rate.known());
  EXPECT_TRUE(quantile_ms(enough, queue, 0.95, 0.95).known());
  EXPECT_EQ(quantile_ms(enough, queue, 0.99, 0.95).doubt, Doubt::few_values);  // 50 of 5,000 beyond
  EXPECT_EQ(quantile_ms(enough, queue, 0.01, 0.95).doubt, Doubt::few_values);
  const model::Period never = model::period_from(q.measurement.whole().marks(), 16 * sim::second);
  EXPECT_EQ(never.batches(), 0U);
  EXPECT_EQ(model::group_figures(never, queue, 0.95).mean_ms.doubt, Doubt::nothing);
  EXPECT_EQ(quantile_ms(never, queue, 0.5, 0.95).doubt, Doubt::nothing);
}

/// A period of 20 batches of an M/M/1 queue's response times (Lindley's recursion), made without a World.
model::Period lindley(double rho, int values, std::uint64_t seed) {
  model::Period period;
  model::Histogram responses;
  std::uint64_t n = 0;
  const auto exponential = [&] {
    return -sim::log((static_cast<double>(sim::draw(seed, 0, sim::Purpose::load, n++) >> 12) + 0.5) * 0x1p-52);
  };
  double wait = 0;
  for (int i = 0; i < 500; ++i) wait = std::max(0.0, wait + exponential() - exponential() / rho);
  for (int batch = 0; batch <= 20; ++batch) {
    for (int i = 0; batch > 0 && i < values; ++i) {
      const double service = exponential();
      responses.add(sim::from_ms(wait + service));
      wait = std::max(0.0, wait + service - exponential() / rho);
    }
    auto mark = std::make_shared<model::Totals>();
    mark->at = batch * sim::second;
    mark->groups.resize(1);
    mark->groups[0].response = model::PackedHistogram(responses);
    mark->groups[0].replies = responses.count();
    period.marks.push_back(std::move(mark));
  }
  return period;
}

TEST(Figures, ContainTheTruthAsOftenAsTheySay) {
  const double rho = 0.5;
  const std::vector<std::uint32_t> group = {0};
  const int runs = 250;
  const std::vector<double> shares = {0.05, 0.5, 0.95, 0.99};
  std::vector<int> hits(shares.size()), given(shares.size());
  int mean_hits = 0, mean_given = 0;
  for (std::uint64_t run = 0; run < runs; ++run) {
    const model::Period period = lindley(rho, 1'500, run);
    const Interval mean = model::group_figures(period, group, 0.95).mean_ms;
    mean_hits += mean.contains(1 / (1 - rho)) ? 1 : 0;
    mean_given += mean.known() ? 1 : 0;
    const std::vector<Interval> quantiles = model::response_quantiles_ms(period, group, shares, 0.95);
    for (std::size_t i = 0; i < shares.size(); ++i) {
      hits[i] += quantiles[i].contains(-sim::log(1 - shares[i]) / (1 - rho)) ? 1 : 0;
      given[i] += quantiles[i].known() ? 1 : 0;
    }
  }
  const auto expect = [](int hit, int of, const std::string& what) {
    EXPECT_GT(of, runs * 9 / 10) << what;
    EXPECT_NEAR(static_cast<double>(hit) / of, 0.95, 4 * std::sqrt(0.95 * 0.05 / of)) << what;
  };
  expect(mean_hits, mean_given, "mean");
  for (std::size_t i = 0; i < shares.size(); ++i) expect(hits[i], given[i], std::to_string(shares[i]));
}

RC_GTEST_PROP(PackedHistogram, HoldsWhatTheHistogramHeld, ()) {
  const auto values = *rc::gen::container<std::vector<sim::Time>>(
      rc::gen::map(rc::gen::pair(rc::gen::inRange<int>(0, 50), rc::gen::inRange<sim::Time>(0, 1000)),
                   [](const auto& p) { return p.second << p.first; }));
  model::Histogram histogram;
  for (const sim::Time v : values) {
    for (sim::Time i = 0; i <= v % 300; ++i) histogram.add(v);  // counts of one byte and of two
  }
  const model::PackedHistogram packed(histogram);
  RC_ASSERT(packed.count() == histogram.count());
  RC_ASSERT(packed.sum_ns() == histogram.sum_ns());
  const std::vector<sim::Time> limits = {0, 100, sim::microsecond, sim::millisecond, sim::millisecond, sim::second, sim::never};
  std::vector<std::uint64_t> counts(limits.size(), 7);
  packed.add_counts_at_most(limits, counts);
  for (std::size_t i = 0; i < limits.size(); ++i) RC_ASSERT(counts[i] == 7 + histogram.count_at_most(limits[i]));
  model::Histogram twice = histogram;
  packed.add_to(twice);
  histogram.merge(model::Histogram(histogram));
  RC_ASSERT(twice == histogram);
  model::Histogram empty;
  packed.add_to(empty);
  RC_ASSERT(model::PackedHistogram(empty) == packed);
}

}  // namespace
