// What a service turns down as it arrives: small runs from traces, in which every time is known. Every way takes 1 ms, every request is
// traced.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "support/arrivals.h"

namespace {

using model::Shedding;
using testing::ElementsAre;

/// A service with one instance whose workers take 10 ms, and users who ask it at these times, in ms; each time with a priority.
model::WorldSpec asked(const std::optional<Shedding>& shedding, const std::vector<std::pair<double, std::uint8_t>>& times,
                       std::uint32_t workers = 1) {
  model::ServiceSpec front = worlds::service("front", "store", 0, {}, 10);
  front.concurrency = workers;
  front.shedding = shedding;
  model::ServiceSpec users = worlds::service("users", "denominator", 0, {0});
  model::LoadSpec load;
  load.arrivals = model::LoadSpec::Arrivals::trace;
  load.mix.clear();
  for (std::uint8_t priority = 0; priority < model::priorities; ++priority) {
    model::RequestSpec kind;
    kind.priority = priority;
    load.mix.push_back(kind);
  }
  for (const auto& [ms, priority] : times) load.trace.push_back({sim::from_ms(ms), priority});
  users.load = worlds::shared(load);
  model::WorldSpec spec = worlds::small({front, users});
  spec.network = {1, 1, 1, 0, {{0}}};
  spec.trace_sample_rate = 1;
  return spec;
}

/// Of the calls to the service, in the order in which they were sent: response times in ms, negative when they were shed.
std::vector<double> responses(model::World& world) {
  std::vector<model::Span> spans;
  for (model::Shard& shard : world.shards()) {
    for (const model::Span& span : shard.spans()) {
      if (!span.root) spans.push_back(span);
    }
  }
  std::sort(spans.begin(), spans.end(), [](const auto& a, const auto& b) { return a.cs != b.cs ? a.cs < b.cs : a.span < b.span; });
  std::vector<double> result;
  for (const model::Span& span : spans) {
    if (span.shed) {
      EXPECT_EQ(span.status, model::Status::rejected);
      EXPECT_EQ(span.sr, span.ss);
    }
    result.push_back((span.shed ? -1 : 1) * sim::to_ms(span.cr - span.cs));
  }
  return result;
}

std::vector<double> responses(const model::WorldSpec& spec) {
  model::World world(spec);
  world.run_until(sim::second);
  return responses(world);
}

Shedding limited(const policies::ConcurrencySpec& limit) {
  return {.limit = limit, .shares = {}, .utilisation = {}};
}

Shedding by_use(const std::array<policies::ShedRange, policies::importances>& ranges, sim::Time window = 10 * sim::millisecond) {
  return {.limit = {}, .shares = {}, .utilisation = policies::UtilisationSpec{.window = window, .ranges = ranges}};
}

TEST(Shed, WhatIsOverTheLimitIsAnsweredAtOnce) {
  model::World world(asked(limited(policies::FixedLimit{2}), {{0, 3}, {1, 0}, {2, 3}, {3, 7}, {10, 3}}));
  world.run_until(sim::second);
  EXPECT_THAT(responses(world), ElementsAre(12, 21, -2, -2, 22)) << "when the last comes one is served";
  const model::CellCount cell = worlds::cells_of(world, "front");
  EXPECT_EQ(cell.requests, 5U) << "all of them arrived";
  EXPECT_EQ(cell.errors, 2U);
  EXPECT_THAT(cell.shed, ElementsAre(0, 1, 0, 1));
  EXPECT_EQ(worlds::requests_of(world).failed, 2U);
}

TEST(Shed, NothingWithoutIt) {
  EXPECT_THAT(responses(asked(std::nullopt, {{0, 3}, {1, 0}, {2, 3}})), ElementsAre(12, 21, 30));
}

TEST(Shed, AShareIsKeptForItsClass) {
  Shedding shedding = limited(policies::FixedLimit{4});
  shedding.shares = Shedding::Shares{0.5, 0, 0, 0.25};
  // Bulk takes all four places; critical ones may have two all the same, and degraded ones, without a share, one.
  EXPECT_THAT(
      responses(asked(shedding, {{0, 7}, {0.1, 6}, {0.2, 7}, {0.3, 7}, {0.4, 7}, {0.5, 0}, {0.6, 1}, {0.7, 0}, {0.8, 3}, {0.9, 2}}, 50)),
      ElementsAre(12, 12, 12, 12, -2, 12, 12, -2, 12, -2));
  // Who is answered gives the place back.
  EXPECT_THAT(responses(asked(shedding, {{0, 7}, {0, 7}, {0, 7}, {0, 7}, {1, 0}, {1, 0}, {13, 0}, {13, 0}, {13, 0}, {13, 7}, {13, 7}}, 50)),
              ElementsAre(12, 12, 12, 12, 12, 12, 12, 12, 12, 12, -2));
}

TEST(Shed, ABusyServerDropsTheLeastImportantFirst) {
  // One of two workers is busy from 1 ms on: after 10 ms 1 - 1/e of a half.
  const Shedding shedding = by_use({{{}, {0.35, 0.35}, {0.3, 0.3}, {0.001, 0.001}}});
  EXPECT_THAT(responses(asked(shedding, {{0, 0}, {10, 0}, {10, 2}, {10, 4}, {10, 6}, {200, 6}}, 2)), ElementsAre(12, 12, 12, -2, -2, 12))
      << "0.316, and nothing of it is left after 19 windows";
}

TEST(Shed, AGrowingShareIsDropped) {
  // Always a half of the workers busy, so a half of what comes is dropped between 0 and 1. 4 standard deviations: one in ten thousand.
  std::vector<std::pair<double, std::uint8_t>> times = {{0, 0}};
  for (int i = 0; i < 1'000; ++i) times.emplace_back(5'000 + i, 7);
  model::WorldSpec spec = asked(by_use({{{}, {}, {}, {0, 1}}}, sim::millisecond), times, 2);
  spec.services[0].service_time.mean_ms = 0;
  model::World world(spec);
  const std::uint32_t slow = worlds::slow_down(world, worlds::instances_of(world, "front"), 100 * sim::second);
  world.run_until(sim::second);
  world.lift(slow);
  world.run_until(10 * sim::second);
  EXPECT_NEAR(static_cast<double>(worlds::cells_of(world, "front").shed[3]), 500, 4 * std::sqrt(250.0));
}

TEST(Shed, TheLimitHearsHowLongTheyTook) {
  // Each that takes over 5 ms halves the limit; one that is turned down says nothing.
  const policies::AimdSpec aimd{.initial = 8, .min = 1, .max = 8, .backoff = 0.5, .timeout = 5 * sim::millisecond};
  EXPECT_THAT(responses(asked(limited(aimd), {{0, 3}, {20, 3}, {40, 3}, {60, 3}, {60.1, 3}, {60.2, 3}, {80, 3}, {80, 3}}, 50)),
              ElementsAre(12, 12, 12, 12, -2, -2, 12, -2));
  // It grows again by one for each that is quick while at least half is used.
  const policies::AimdSpec quick{.initial = 1, .min = 1, .max = 8, .backoff = 0.5, .timeout = 50 * sim::millisecond};
  EXPECT_THAT(
      responses(asked(limited(quick), {{0, 3}, {1, 3}, {20, 3}, {20, 3}, {20, 3}, {40, 3}, {40, 3}, {40, 3}, {40, 3}, {40, 3}}, 50)),
      ElementsAre(12, -2, 12, 12, -2, 12, 12, 12, 12, -2));
}

TEST(Shed, AFullQueueIsADrop) {
  const policies::AimdSpec aimd{.initial = 4, .min = 1, .max = 4, .backoff = 0.5, .timeout = sim::second};
  model::WorldSpec spec = asked(limited(aimd), {{0, 3}, {0.1, 3}, {0.2, 3}, {1, 3}}, 1);
  spec.services[0].queue_limit = 1;
  model::World world(spec);
  world.run_until(sim::second);
  EXPECT_THAT(responses(world), ElementsAre(12, 21.9, 2, -2)) << "the third finds no place in the queue, the fourth a limit of two";
}

// --- while it runs

TEST(Shed, ChangesWhileItRuns) {
  std::vector<std::pair<double, std::uint8_t>> times;
  for (int i = 0; i < 6; ++i) times.insert(times.end(), {{100.0 * i, 3}, {100.0 * i + 1, 3}, {100.0 * i + 2, 3}});
  model::World world(asked(std::nullopt, times, 50));
  world.run_until(102 * sim::millisecond + sim::millisecond / 2);
  world.set_shedding(0, limited(policies::FixedLimit{3}));  // two are there, another one comes
  world.run_until(150 * sim::millisecond);
  world.set_shedding(0, limited(policies::FixedLimit{2}));
  world.run_until(250 * sim::millisecond);
  world.set_shedding(0, limited(policies::FixedLimit{1}));
  world.run_until(350 * sim::millisecond);
  world.set_shedding(0, std::nullopt);
  world.run_until(sim::second);
  EXPECT_THAT(responses(world), ElementsAre(12, 12, 12, 12, 12, 12, 12, 12, -2, 12, -2, -2, 12, 12, 12, 12, 12, 12));
}

TEST(Shed, CountsWhatIsThereWhenItBegins) {
  model::World world(asked(std::nullopt, {{0, 7}, {0, 7}, {5, 7}, {5, 0}}, 50));
  world.run_until(3 * sim::millisecond);
  Shedding shedding = limited(policies::FixedLimit{2});
  shedding.shares = Shedding::Shares{0.5, 0, 0, 0.5};
  world.set_shedding(0, shedding);
  world.run_until(sim::second);
  EXPECT_THAT(responses(world), ElementsAre(12, 12, -2, 12)) << "bulk has two and may have one";
}

TEST(Shed, WhoComesBackHasForgotten) {
  const policies::AimdSpec aimd{.initial = 2, .min = 1, .max = 2, .backoff = 0.5, .timeout = 5 * sim::millisecond};
  std::vector<std::pair<double, std::uint8_t>> times = {{0, 3}, {100, 3}, {100, 3}};
  for (int i = 0; i < 3; ++i) times.emplace_back(1'500, 3);
  model::World world(asked(limited(aimd), times, 50));
  const std::vector<model::InstanceId> front = worlds::instances_of(world, "front");
  world.run_until(200 * sim::millisecond);
  world.hold_down(front, model::Reach::refuse);
  world.run_until(300 * sim::millisecond);
  world.release(front, model::Reach::refuse);
  world.run_until(2 * sim::second);
  EXPECT_THAT(responses(world), ElementsAre(12, 12, -2, 12, 12, -2));
}

TEST(Shed, WhatIsCancelledLeavesItsPlace) {
  model::WorldSpec spec = asked(limited(policies::FixedLimit{1}), {{0, 3}, {4, 3}, {8, 3}}, 1);
  model::DependencySpec call;
  call.policy = model::Policy{};
  call.policy->timeout = 5 * sim::millisecond;
  call.policy->cancel = true;
  spec.services[1].calls = {call};
  spec.services[0].shedding->shares = Shedding::Shares{0, 1, 0, 0};
  model::World world(spec);
  world.run_until(sim::second);
  EXPECT_EQ(worlds::cells_of(world, "front").shed[1], 1U) << "the first is there for 4 ms; so the third finds room";
  EXPECT_EQ(worlds::cells_of(world, "front").requests, 3U);
}

TEST(Shed, ALimitThatNobodyReachesChangesNothing) {
  // Neither for who serves, nor for who finds out that it does: registries, probes, callers that check by themselves.
  for (const model::DiscoveryKind kind : {model::DiscoveryKind::fixed, model::DiscoveryKind::leases, model::DiscoveryKind::probes}) {
    const auto fingerprint = [kind](const std::optional<Shedding>& shedding) {
      model::WorldSpec spec = worlds::small({worlds::service("front", "store", 6, {}, 1), worlds::service("users", "denominator", 0, {0})});
      spec.discovery.kind = kind;
      spec.services[0].shedding = shedding;
      spec.services[1].requests_per_second = 500;
      model::DependencySpec call;
      call.policy = model::Policy{};
      call.policy->timeout = sim::second;
      spec.services[1].calls = {call};
      model::World world(spec);
      world.run_until(10 * sim::second);
      call.policy->balancing.checks = true;
      call.policy->balancing.health = policies::HealthSpec::envoy(sim::second, sim::second / 2, 2, 2);
      world.set_policy(1, 0, call.policy);
      world.run_until(40 * sim::second);
      const std::vector<model::InstanceId> one = {worlds::instances_of(world, "front").front()};
      world.hold_down(one, model::Reach::refuse);
      world.run_until(60 * sim::second);
      world.release(one, model::Reach::refuse);
      world.run_until(100 * sim::second);
      EXPECT_GT(worlds::requests_of(world).succeeded, 40'000U);
      return world.fingerprint();
    };
    EXPECT_EQ(fingerprint(std::nullopt), fingerprint(limited(policies::FixedLimit{1'000'000}))) << static_cast<int>(kind);
  }
}

TEST(Shed, IsSaidAcrossRegions) {
  model::ServiceSpec front = worlds::service("front", "store", 0, {}, 10);
  front.regions = 2;
  front.shedding = limited(policies::FixedLimit{1});
  model::ServiceSpec users = worlds::service("users", "denominator", 0, {0});
  users.requests_per_second = 1'000;
  model::WorldSpec spec = worlds::small({front, users});
  spec.regions.push_back({"us-west-2", {"zoneA", "zoneB", "zoneC"}, {"54.245", "54.244", "54.214"}});
  spec.network.between_ms = {{0, 20}, {20, 0}};
  spec.trace_sample_rate = 1;
  model::World world(spec);
  world.run_until(3 * sim::second);
  std::array<std::uint64_t, 2> shed{}, spans{};
  for (model::Shard& shard : world.shards()) {
    for (const model::Span& span : shard.spans()) {
      if (!span.root && span.shed) ++spans[model::shard_of(span.target)];
    }
  }
  for (std::size_t s = 0; s < 2; ++s) {
    for (const model::CellCount& cell : world.shards()[s].cell_counts()) shed[s] += cell.shed[1];
    EXPECT_GT(spans[s], 500U);
    EXPECT_GE(shed[s], spans[s]);
    EXPECT_LE(shed[s] - spans[s], 100U) << "those whose answer is on its way";
  }
}

}  // namespace
