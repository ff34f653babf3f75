// A retry storm that outlives its cause (Bronson et al., Metastable Failures in Distributed Systems, HotOS 2021): one server, first come
// first served, callers who give up after 20 ms and try three times, and work that goes on when nobody waits for it any more.

#include <cmath>
#include <ostream>

#include "oracles/measured.h"

namespace {

constexpr double rate_of_service = 1000;  ///< a second
constexpr sim::Time patience = 20 * sim::millisecond;
constexpr std::uint32_t attempts = 3;

model::Policy usual() {
  model::Policy policy;
  policy.try_timeout = patience;
  policy.attempts = attempts;
  return policy;
}

model::WorldSpec server_asked(double rate, const model::Policy& policy, std::uint64_t seed = 1) {
  model::ServiceSpec server = oracle::queue("server", 1, 1000 / rate_of_service);
  server.queue_limit = 1'000'000;
  model::ServiceSpec users = worlds::service("users", "denominator", 0, {0});
  users.requests_per_second = rate;
  model::DependencySpec call;
  call.policy = policy;
  users.calls = {call};
  return worlds::small({server, users}, seed);
}

/// Nothing is served from now on for so long: one piece of work takes it.
void stop_serving(model::World& world, sim::Time length) {
  const std::vector<model::InstanceId> server = {world.shared().groups[world.shared().services[0].groups[0]].members[0]};
  world.add_latency(server, length);
  world.run_until(world.now() + 20 * sim::millisecond);
  world.add_latency(server, -length);
}

struct Rates {
  double load;     ///< requests that arrive at the server, a second
  double goodput;  ///< requests of users that are answered
};

Rates rates_between(model::World& world, sim::Time from, sim::Time to) {
  const auto arrived = [&world] {
    std::uint64_t sum = 0;
    for (const model::Shard& shard : world.shards()) {
      for (std::size_t c = 0; c < shard.cell_counts().size(); ++c) {
        const model::Cell& cell = world.shared().cells[c];
        if (world.shared().groups[cell.group].service == 0) sum += shard.cell_counts()[c].requests;
      }
    }
    return sum;
  };
  const auto answered = [&world] {
    std::uint64_t sum = 0;
    for (const model::Shard& shard : world.shards()) sum += shard.requests().succeeded;
    return sum;
  };
  world.run_until(from);
  const std::uint64_t arrived_before = arrived(), answered_before = answered();
  world.run_until(to);
  const double seconds = sim::to_seconds(to - from);
  return {static_cast<double>(arrived() - arrived_before) / seconds, static_cast<double>(answered() - answered_before) / seconds};
}

/// Five standard deviations of a Poisson stream's rate over so many seconds: less than one in a million is off by more.
double of_chance(double rate, double seconds) {
  return 5 * std::sqrt(rate / seconds);
}

TEST(Metastable, RecoversBelowTheThreshold) {
  // 3 * 300 < 1000: the backlog of 5 s shrinks by 100 a second and is gone after 45 s.
  for (const sim::Time outage : {1 * sim::second, 5 * sim::second}) {
    model::World world(server_asked(300, usual()));
    world.run_until(20 * sim::second);
    stop_serving(world, outage);
    const Rates rates = rates_between(world, 100 * sim::second, 120 * sim::second);
    EXPECT_NEAR(rates.goodput, 300, of_chance(300, 20));
    EXPECT_NEAR(rates.load, 300, of_chance(300, 20));
  }
}

TEST(Metastable, IsHealthyUntilSomethingHappens) {
  model::World world(server_asked(400, usual()));
  const Rates rates = rates_between(world, 20 * sim::second, 120 * sim::second);
  EXPECT_NEAR(rates.goodput, 400, of_chance(400, 100));
  EXPECT_NEAR(rates.load, 400, of_chance(400, 100));
}

TEST(Metastable, StaysDownAfterASecond) {
  model::World world(server_asked(400, usual()));
  world.run_until(20 * sim::second);
  stop_serving(world, 1 * sim::second);
  const Rates rates = rates_between(world, 100 * sim::second, 120 * sim::second);
  EXPECT_EQ(rates.goodput, 0);
  EXPECT_NEAR(rates.load, 1200, 3 * of_chance(400, 20));
}

TEST(Metastable, CancelledWorkBringsItBack) {
  model::Policy policy = usual();
  policy.cancel = true;
  model::World world(server_asked(400, policy));
  world.run_until(20 * sim::second);
  stop_serving(world, 1 * sim::second);
  const Rates rates = rates_between(world, 100 * sim::second, 120 * sim::second);
  EXPECT_NEAR(rates.goodput, 400, of_chance(400, 20));
}

TEST(Metastable, OneAttemptBringsItBack) {
  model::Policy policy = usual();
  policy.attempts = 1;
  model::World world(server_asked(400, policy));
  world.run_until(20 * sim::second);
  stop_serving(world, 1 * sim::second);
  const Rates rates = rates_between(world, 100 * sim::second, 120 * sim::second);
  EXPECT_NEAR(rates.goodput, 400, of_chance(400, 20));
}

}  // namespace
