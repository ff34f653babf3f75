// The timeout and retry story: json_arch/timeouts-*, each as it says of itself. The network takes the same time for every message, so times
// without a queue are known to the nanosecond.

#include <cmath>
#include <map>
#include <set>

#include "oracles/measured.h"

namespace {

constexpr double rate = 200;  ///< requests a second, half of which need the service that has trouble
constexpr double minute = 60;
/// users to edge and back, and edge's own work; edge to middle and back, and middle's.
constexpr double to_edge_ms = 2 * 5 + 1, to_middle_ms = 2 * 0.2 + 2, to_back_ms = 2 * 0.2;

double sum_of(const model::World& world, std::uint64_t model::RequestCount::*member) {
  std::uint64_t sum = 0;
  for (const model::Shard& shard : world.shards()) sum += shard.requests().*member;
  return static_cast<double>(sum);
}

std::uint64_t requests(const model::World& world, const std::string& service) {
  return worlds::cells_of(world, service).requests;
}

/// So few that nobody waits for anybody, for a minute, until all is over.
model::World calm(const std::string& architecture) {
  model::WorldSpec spec = worlds::spec_of(architecture);
  spec.trace_sample_rate = 1;
  model::World world(spec);
  world.set_traffic(*world.find_service("users"), 2);
  world.run_until(60 * sim::second);
  world.set_traffic(*world.find_service("users"), 0);
  world.run_until(200 * sim::second);
  EXPECT_EQ(worlds::requests_of(world).in_flight(), 0U);
  EXPECT_EQ(worlds::calls_in_flight(world), 0U);
  return world;
}

/// How long requests of users took that ended like that, in ms to the microsecond.
std::set<double> times(model::World& world, bool failed) {
  std::set<double> found;
  for (model::Shard& shard : world.shards()) {
    for (const model::Span& span : shard.spans()) {
      if (span.root && model::failed(span.status) == failed) found.insert(std::round(sim::to_ms(span.cr - span.cs) * 1e3) / 1e3);
    }
  }
  return found;
}

struct Rates {
  double good;    ///< requests of users that are answered
  double middle;  ///< requests that arrive there
  double back;
  double useless;  ///< answers of middle that nobody waits for
};

/// Of a minute after the first one, as the document is.
Rates rates(const model::WorldSpec& spec) {
  model::World world(spec);
  world.run_until(60 * sim::second);
  const double good = sum_of(world, &model::RequestCount::succeeded);
  const std::uint64_t middle = requests(world, "middle"), back = requests(world, "back");
  const std::uint64_t useless = worlds::cells_of(world, "middle").useless;
  world.run_until(120 * sim::second);
  return {(sum_of(world, &model::RequestCount::succeeded) - good) / minute,
          static_cast<double>(requests(world, "middle") - middle) / minute, static_cast<double>(requests(world, "back") - back) / minute,
          static_cast<double>(worlds::cells_of(world, "middle").useless - useless) / minute};
}

Rates rates(const std::string& architecture) {
  return rates(worlds::spec_of(architecture));
}

// --- 1: the same time-out everywhere

TEST(TimeoutStory, DefaultsMultiply) {
  model::World world = calm("timeouts-1-defaults");
  const std::uint64_t failed = worlds::requests_of(world).failed;
  EXPECT_GT(failed, 30U);
  EXPECT_EQ(requests(world, "middle"), 3 * failed);
  EXPECT_EQ(requests(world, "back"), 9 * failed);
  EXPECT_EQ(worlds::cells_of(world, "middle").useless, 3 * failed) << "all of it for callers who have gone";
  EXPECT_EQ(times(world, true), (std::set<double>{to_edge_ms + 3 * 2'000}));
  EXPECT_EQ(times(world, false), (std::set<double>{to_edge_ms + 2 * 0.2 + 10}));
}

TEST(TimeoutStory, DefaultsStopTheEdge) {
  // All threads of edge are always taken. Half of the requests hold one for 6 s, half for 10.4 ms and what the network takes: so many are
  // done in a minute, give or take what renewals of such times vary, and half of those are good.
  const double slow = 6.001, quick = 0.0114, threads = 300;
  const double mean = (slow + quick) / 2, variance = (slow - quick) * (slow - quick) / 4;
  const double done = threads * minute / mean;
  const double deviation = std::sqrt(threads * minute * variance / (mean * mean * mean) / 4 + done / 4);
  const Rates found = rates("timeouts-1-defaults");
  EXPECT_NEAR(found.good, done / 2 / minute, 5 * deviation / minute);
  EXPECT_LT(found.good, rate / 2 * 0.6) << "of those who only want the catalogue many are turned away";
}

TEST(TimeoutStory, FiveLayersMake243) {
  model::World world = calm("timeouts-1-layers");
  const std::uint64_t sent = worlds::requests_of(world).sent;
  EXPECT_GT(sent, 60U);
  EXPECT_EQ(worlds::requests_of(world).failed, sent);
  EXPECT_EQ(requests(world, "layer4"), 3 * sent);
  EXPECT_EQ(requests(world, "layer3"), 9 * sent);
  EXPECT_EQ(requests(world, "layer2"), 27 * sent);
  EXPECT_EQ(requests(world, "layer1"), 81 * sent);
  EXPECT_EQ(requests(world, "bottom"), 243 * sent);
}

// --- 2: the last service is only slow

TEST(TimeoutStory, SlownessTurnsIntoUselessWork) {
  const model::WorldSpec story = worlds::spec_of("timeouts-2-slow");
  model::WorldSpec patient = story, quick = story;
  for (model::ServiceSpec& service : patient.services) {
    for (model::DependencySpec& call : service.calls) {
      if (call.policy) call.policy->attempts = 1;
    }
  }
  quick.services[0].service_time = model::DistributionSpec{};
  quick.services[0].service_time.mean_ms = 50;
  ASSERT_EQ(quick.services[0].name, "back");
  const Rates before = rates(quick), once = rates(patient), again = rates(story);
  // Before it got slow everybody is served, by one call each.
  EXPECT_NEAR(before.good, rate, 5 * std::sqrt(rate / minute));
  EXPECT_NEAR(before.middle, rate / 2, 5 * std::sqrt(rate / 2 / minute));
  EXPECT_NEAR(before.back, rate / 2, 5 * std::sqrt(rate / 2 / minute));
  // Without retries those are lost that take more than 2 s; with them, most of all.
  EXPECT_NEAR(once.back, rate / 2, 5 * std::sqrt(rate / 2 / minute));
  EXPECT_GT(again.back, 2 * once.back) << "load rises";
  EXPECT_GT(again.middle, 1.5 * once.middle);
  EXPECT_LT(again.good, 0.7 * once.good) << "goodput falls";
  // More of what middle answers is for callers who have gone than for those who wait.
  EXPECT_GT(again.useless, again.good - before.good / 2);
  EXPECT_GT(again.useless, 2 * once.useless);
  EXPECT_EQ(before.useless, 0);
}

// --- 3: budgeted from the edge

TEST(TimeoutStory, ABudgetFailsFastAndDoesNothingInVain) {
  model::World world = calm("timeouts-3-budget");
  const std::uint64_t failed = worlds::requests_of(world).failed;
  EXPECT_GT(failed, 30U);
  EXPECT_EQ(requests(world, "middle"), failed);
  EXPECT_EQ(requests(world, "back"), 2 * failed);
  for (const model::Service& service : world.shared().services)
    EXPECT_EQ(worlds::cells_of(world, service.name).useless, 0U) << service.name;
  EXPECT_EQ(worlds::cells_of(world, "back").cancelled, 2 * failed);
  EXPECT_EQ(times(world, true), (std::set<double>{to_edge_ms + to_middle_ms + 2 * 1'000}));
  // And at full load everybody is served who only wants the catalogue.
  EXPECT_NEAR(rates("timeouts-3-budget").good, rate / 2, 5 * std::sqrt(rate / 2 / minute));
}

// --- 4: the retry goes to another one

TEST(TimeoutStory, FailoverIsASecondLateAndCostsNothing) {
  model::World world = calm("timeouts-4-failover");
  const worlds::Sums users = worlds::requests_of(world);
  EXPECT_EQ(users.failed, 0U);
  const std::uint64_t needed = requests(world, "middle");
  EXPECT_GT(needed, 30U);
  EXPECT_LT(needed, users.sent);
  EXPECT_EQ(requests(world, "back-1"), needed);
  EXPECT_EQ(requests(world, "back-2"), needed) << "no more than there are";
  EXPECT_EQ(worlds::cells_of(world, "middle").useless + worlds::cells_of(world, "back-2").useless, 0U);
  const double usual = to_edge_ms + to_middle_ms + to_back_ms + 50;
  EXPECT_EQ(times(world, false), (std::set<double>{to_edge_ms + 2 * 0.2 + 10, usual + 1'000}));
}

TEST(TimeoutStory, SoIsFailoverToAnotherInstance) {
  // One of three instances is silent and nobody has noticed: a third of the calls go there first.
  model::ServiceSpec back = worlds::service("back", "store", 3, {}, 50), users = worlds::service("users", "denominator", 0, {0});
  model::DependencySpec call;
  call.policy = model::Policy{};
  call.policy->try_timeout = sim::second;
  call.policy->attempts = 2;
  users.calls = {call};
  users.requests_per_second = 100;
  model::WorldSpec spec = worlds::small({back, users});
  spec.registry_delay = 1'000 * sim::second;
  spec.trace_sample_rate = 1;
  model::World world(spec);
  world.hold_down({worlds::instances_of(world, "back").front()}, model::Reach::blackhole);
  world.run_until(60 * sim::second);
  world.set_traffic(1, 0);
  world.run_until(70 * sim::second);
  const worlds::Sums sums = worlds::requests_of(world);
  EXPECT_EQ(sums.failed, 0U);
  EXPECT_EQ(sums.in_flight(), 0U);
  EXPECT_EQ(requests(world, "back"), sums.sent) << "of those that are there each request reaches one";
  EXPECT_EQ(times(world, false), (std::set<double>{50.2, 1'050.2}));
  std::uint64_t retries = 0;
  for (const model::Shard& shard : world.shards()) {
    for (const model::PolicyCount& count : shard.policy_counts()) retries += count.retries;
  }
  const double n = static_cast<double>(sums.sent);
  EXPECT_NEAR(static_cast<double>(retries) / n, 1.0 / 3, 4 * std::sqrt(2.0 / 9 / n));
}

}  // namespace
