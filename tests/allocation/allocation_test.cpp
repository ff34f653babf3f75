// In the steady state an event allocates nothing.

#include <gtest/gtest.h>

#include "counted.h"
#include "support/registry.h"

namespace {

struct Case {
  const char* architecture;
  std::uint32_t scale_percent;
  std::uint32_t regions;
  double rate;
  bool sheds = false;     ///< every service, by every rule
  bool hindered = false;  ///< every instance, by faults of every kind that lasts
};

/// Work, arrivals and messages.
model::Imposition some_of_everything() {
  model::Imposition on;
  on.fault = 1;
  on.work.added = sim::Distribution::log_normal(sim::millisecond, 1);
  on.work.chance = sim::threshold(0.5);
  on.work.factor = 1.5;
  on.work.stress = 0.2;
  on.arrival.mishap = model::Mishap::error;
  on.arrival.chance = sim::threshold(0.05);
  on.leak.per_request = 1e-9;
  on.clock = sim::millisecond;
  on.connections = 1'000;
  on.cold_keys = 1'000;
  on.path.added = sim::Distribution::exponential(sim::millisecond);
  on.path.chance = sim::threshold(0.5);
  on.path.loss = sim::threshold(0.02);
  on.path.again = 20 * sim::millisecond;
  on.path.ns_per_byte = 1;
  on.path.bytes = 1'000;
  on.path.twice = sim::threshold(0.02);
  return on;
}

class Steady : public testing::TestWithParam<Case> {};

// Pools and queues grow to the largest number that was ever there, histograms by an octave when a record is set, which happens ever more
// rarely. So after the first third each histogram may grow once more; an allocation for one event of a hundred would be seen at once.
TEST_P(Steady, AllocatesNothingPerEvent) {
  model::WorldSpec spec = worlds::spec_of(GetParam().architecture, {1, GetParam().scale_percent, GetParam().regions});
  spec.trace_sample_rate = 0.01;
  model::World world(spec);
  if (GetParam().rate > 0) world.set_traffic(*world.find_service("www"), GetParam().rate);
  if (GetParam().sheds) {
    const model::Shedding shedding{
        .limit = policies::EnvoyGradientSpec{}, .shares = model::Shedding::Shares{0.5, 0.3}, .utilisation = policies::UtilisationSpec{}};
    for (std::uint32_t s = 0; s < world.shared().services.size(); ++s) {
      if (!world.shared().services[s].package->load_source) world.set_shedding(s, shedding);
    }
  }
  if (GetParam().hindered) {
    const std::uint32_t place = world.impose(some_of_everything());
    for (const model::Group& group : world.shared().groups) world.touch(place, group.members, model::side_a | model::side_b);
  }
  const auto run = [&world](int seconds) {
    for (int i = 0; i < 10 * seconds; ++i) {
      world.run_until(world.now() + 100 * sim::millisecond);
      for (model::Shard& shard : world.shards()) shard.spans().clear();
    }
  };
  run(10);
  const std::uint64_t events = world.events();
  const std::uint64_t before = allocations();
  run(20);
  const std::uint64_t handled = world.events() - events;
  const std::uint64_t histograms = 3 * world.shared().cells.size() * world.shards().size();
  // What a node of a cluster knows of versions, a ring and a table, doubles at most twice while the number of writes triples.
  std::uint64_t doubled = 0;
  for (const model::Service& service : world.shared().services) {
    if (service.replication) doubled += 2 * 2 * service.desired;
  }
  ASSERT_GT(handled, 100 * (histograms + doubled));
  EXPECT_LE(allocations() - before, histograms + doubled) << handled << " events";
}

INSTANTIATE_TEST_SUITE_P(Worlds, Steady,
                         testing::Values(Case{"netflixoss", 100, 1, 2'000}, Case{"netflixoss", 2'000, 1, 20'000},
                                         Case{"cassandra", 100, 2, 1'000}, Case{"fanout", 100, 1, 0}, Case{"queue", 100, 1, 100},
                                         Case{"primary", 100, 1, 1'000}, Case{"quorum", 100, 2, 1'000}, Case{"fsm", 10'000, 1, 0},
                                         Case{"serverless", 100, 1, 0}, Case{"netflixoss", 100, 2, 2'000, true},
                                         Case{"netflixoss", 100, 2, 2'000, false, true}),
                         [](const auto& i) {
                           return std::string(i.param.architecture) + "_" + std::to_string(i.param.scale_percent) + "_percent" +
                                  (i.param.sheds ? "_shedding" : "") + (i.param.hindered ? "_faults" : "");
                         });

/// Whoever calls looks back into the logs of what it calls; that is no reason to allocate.
TEST(Views, OfAListThatChangesAllocateNothing) {
  model::World world(worlds::registered(worlds::registry("eureka-default"), 30, 30, 1, 1'000));
  const auto run = [&world](int seconds) {
    for (int i = 0; i < 10 * seconds; ++i) {
      world.run_until(world.now() + 100 * sim::millisecond);
      for (model::Shard& shard : world.shards()) shard.spans().clear();
    }
  };
  run(30);
  world.retire(worlds::instances_of(world, "data")[0]);
  run(20);
  ASSERT_GT(world.shared().views.settled, world.now() + 60 * sim::second);
  const std::uint64_t events = world.events();
  const std::uint64_t before = allocations();
  run(40);
  const std::uint64_t histograms = 3 * world.shared().cells.size() * world.shards().size();
  ASSERT_GT(world.events() - events, 100 * histograms);
  EXPECT_LE(allocations() - before, histograms);
}

TEST(Allocations, AreCounted) {
  const std::uint64_t before = allocations();
  std::vector<int> some(100);
  EXPECT_EQ(some.size(), 100U);
  EXPECT_GE(allocations() - before, 1U);
}

}  // namespace
