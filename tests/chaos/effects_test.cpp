// What single faults do, measured against what they say.

#include "chaos/list.h"
#include "chaos/support.h"
#include "operations/operations.h"

namespace {

using trial::expect_share;
using trial::expect_time;
using trial::on;
using trial::Seen;
using trial::Trial;
using trial::usual_ms;

constexpr sim::Time period = 20 * sim::second;

Seen seen_with(const chaos::FaultRequest& request, sim::Time length = period) {
  Trial trial;
  trial.see(sim::second);
  trial::start(trial.world, request);
  return trial.see(length);
}

chaos::FaultRequest between(const std::string& type, const std::string& from, const std::string& to,
                            const model::Parameters& parameters = {}) {
  chaos::FaultRequest request = on(type, from, parameters);
  request.target.emplace();
  request.target->services = {to};
  return request;
}

TEST(FaultEffect, NothingIsAsUsual) {
  Trial trial;
  const Seen seen = trial.see(period);
  EXPECT_EQ(seen.failed, 0U);
  expect_time(seen.response.quantile(0.5), usual_ms, "usual");
}

TEST(FaultEffect, LatencyIsAddedWithAChance) {
  const Seen seen = seen_with(on("service.latency", "db", {{"latencyMs", 50.0}, {"probability", 0.3}}));
  expect_share(0.3, seen.count - seen.response.count_at_most(sim::from_ms(20)), seen.count, "delayed");
  expect_time(seen.response.quantile(0.95), usual_ms + 50, "delayed");
  const Seen varied = seen_with(on("service.latency", "db", {{"latencyMs", 50.0}, {"jitterMs", 50.0}}));
  expect_share(0.5, varied.response.count_at_most(sim::from_ms(usual_ms + 50)), varied.count, "evenly around the mean");
}

TEST(FaultEffect, SlowIsAFactor) {
  expect_time(seen_with(on("instance.slow", "db", {{"factor", 5.0}})).response.quantile(0.5), usual_ms + 4, "five times 1 ms");
}

TEST(FaultEffect, StressTakesWhatOnlyTheBusyMiss) {
  expect_time(seen_with(on("cpu.stress", "db", {{"percent", 90.0}})).response.quantile(0.5), usual_ms, "of 1000 workers 100 are left");
  model::WorldSpec narrow = trial::spec();
  narrow.services[0].concurrency = 1;
  Trial trial(narrow);
  trial::start(trial.world, on("cpu.stress", "db", {{"percent", 50.0}}));
  expect_time(trial.see(period).response.quantile(0.1), usual_ms + 1, "half of one worker");
}

TEST(FaultEffect, APauseLetsAllWait) {
  Trial trial;
  trial.see(sim::second);
  chaos::FaultRequest request = on("instance.pause", "db");
  request.duration = 3 * sim::second;
  trial::start(trial.world, request);
  const Seen during = trial.see(2'900 * sim::millisecond);
  EXPECT_LE(during.count, 2U);  // of those that were there already
  const Seen after = trial.see(period);
  EXPECT_EQ(after.failed, 0U);
  EXPECT_LE(sim::to_ms(after.response.quantile(1)), 3'030);
  expect_share(
      0.5, after.response.since(model::Histogram{}).count_at_most(sim::from_ms(3'000)) - after.response.count_at_most(sim::from_ms(1'500)),
      static_cast<std::uint64_t>(3 * trial::rate), "they came evenly and were answered at once");
}

TEST(FaultEffect, TimeOutsOfCallersGoOnInAPause) {
  model::WorldSpec spec = trial::spec();
  spec.services[0].timeout = 100 * sim::millisecond;
  Trial trial(spec);
  trial.see(sim::second);
  trial::start(trial.world, on("instance.pause", "db"));
  const Seen seen = trial.see(period);
  EXPECT_GE(seen.failed + 5, seen.count);
  EXPECT_LE(sim::to_ms(seen.response.quantile(1)), 2 * 100 + 10);  // one more try
}

TEST(FaultEffect, ErrorsComeAtTheirRate) {
  for (const char* kind : {"error", "rejected"}) {
    const Seen seen = seen_with(on("service.error", "web", {{"rate", 0.3}, {"kind", std::string(kind)}}));
    expect_share(0.3, seen.failed, seen.count, kind);
  }
  // Who is refused is tried once elsewhere.
  const Seen refused = seen_with(on("service.error", "web", {{"rate", 0.3}, {"kind", std::string("refused")}}));
  expect_share(0.09, refused.failed, refused.count, "refused");
}

TEST(FaultEffect, AFullDiskFailsPutsAlone) {
  Trial trial;
  trial.see(sim::second);
  trial::start(trial.world, on("instance.diskFull", "db"));
  const Seen seen = trial.see(period);
  expect_share(1.0 / 3, seen.failed, seen.count, "a third of the requests are puts");
}

TEST(FaultEffect, ASlowDiskDelaysWhatItIsAskedFor) {
  const Seen seen = seen_with(on("instance.diskSlow", "db", {{"latencyMs", 40.0}, {"operations", std::string("writes")}}));
  expect_share(1.0 / 3, seen.count - seen.response.count_at_most(sim::from_ms(20)), seen.count, "a third of the requests are puts");
}

TEST(FaultEffect, ABrownOutIsSlowAndFails) {
  const Seen seen = seen_with(on("service.brownout", "db", {{"factor", 3.0}, {"rate", 0.2}}));
  expect_share(0.2, seen.failed, seen.count, "failed");
  expect_time(seen.response.quantile(0.8), usual_ms + 2, "three times 1 ms");
}

TEST(FaultEffect, ABadConfigurationSpreads) {
  Trial trial;
  trial::start(trial.world, on("config.badPush", "web", {{"spreadMs", 6'000.0}}));
  for (int second = 0; second <= 8; ++second) {
    trial.see(second == 0 ? 0 : sim::second);
    std::size_t reached = 0;
    for (const model::InstanceId id : worlds::instances_of(trial.world, "web")) reached += trial.world.instance(id).impaired ? 1U : 0U;
    EXPECT_EQ(reached, static_cast<std::size_t>(std::min(6, second))) << second;
  }
  const Seen seen = trial.see(sim::second);
  EXPECT_EQ(seen.failed, seen.count);
}

TEST(FaultEffect, WhoIsTerminatedIsReplacedAtTheEnd) {
  Trial trial;
  chaos::FaultRequest request = on("instance.terminate", "web");
  request.selector.mode = model::Selector::Mode::count;
  request.selector.value = 2;
  request.duration = 5 * sim::second;
  trial::start(trial.world, request);
  EXPECT_EQ(worlds::in_state(trial.world, "web", model::InstanceState::up), 4U);
  trial.see(5'500 * sim::millisecond);
  EXPECT_EQ(worlds::in_state(trial.world, "web", model::InstanceState::starting), 2U);
  trial.see(sim::second);
  EXPECT_EQ(worlds::in_state(trial.world, "web", model::InstanceState::up), 6U);
}

TEST(FaultEffect, ASlowStartTakesItsFactor) {
  Trial trial;
  trial::start(trial.world, on("instance.slowStart", "web", {{"startUpFactor", 4.0}, {"warmUpFactor", 1.0}}));
  operations::scale(trial.world, {"web", 9U, {}});
  trial.see(3'900 * sim::millisecond);
  EXPECT_EQ(worlds::in_state(trial.world, "web", model::InstanceState::up), 6U);
  trial.see(200 * sim::millisecond);
  EXPECT_EQ(worlds::in_state(trial.world, "web", model::InstanceState::up), 9U);
}

TEST(FaultEffect, ALeakEndsInARestartAgainAndAgain) {
  Trial trial;
  chaos::FaultRequest request = on("memory.leak", "web", {{"fullAfterMs", 10'000.0}, {"collector", 1.0}});
  trial::start(trial.world, request);
  trial.see(5 * sim::second);
  // Half of the memory is used: the work takes 1 + 1 * 0.5 / 0.5 times as long.
  expect_time(trial.see(100 * sim::millisecond).response.quantile(0.5), usual_ms + 1, "half full");
  trial.see(5'100 * sim::millisecond);
  EXPECT_EQ(worlds::in_state(trial.world, "web", model::InstanceState::starting), 6U);
  trial.see(sim::second);
  EXPECT_EQ(worlds::in_state(trial.world, "web", model::InstanceState::up), 6U);
  trial.see(10'300 * sim::millisecond);  // 21.5 s: up at 11, full at 21
  EXPECT_EQ(worlds::in_state(trial.world, "web", model::InstanceState::starting), 6U);
}

TEST(FaultEffect, APoolThatIsExhaustedLimitsWhatIsDone) {
  model::WorldSpec spec = trial::spec();
  spec.services[0].service_time.mean_ms = 99.8;
  Trial trial(spec);
  trial.see(sim::second);
  trial::start(trial.world, on("pool.exhaust", "web", {{"connections", 1.0}}));
  trial.see(sim::second);
  const std::uint64_t before = worlds::cells_of(trial.world, "db").requests;
  trial.see(period);
  // Six of them, one connection each, 100 ms a call.
  EXPECT_NEAR(static_cast<double>(worlds::cells_of(trial.world, "db").requests - before), 6 * 10 * sim::to_seconds(period), 6);
}

TEST(FaultEffect, AWrongClockIsAhead) {
  Trial trial;
  trial::start(trial.world, on("instance.clockSkew", "db", {{"offsetMs", -250.0}}));
  for (const model::InstanceId id : worlds::instances_of(trial.world, "db")) {
    EXPECT_EQ(trial.world.shared().clock_of(id), -250 * sim::millisecond);
  }
  EXPECT_EQ(trial.world.shared().clock_of(worlds::instances_of(trial.world, "web")[0]), 0);
}

TEST(FaultEffect, DependenciesVanishAreRefusedOrReset) {
  model::WorldSpec spec = trial::spec();
  spec.services[0].timeout = 500 * sim::millisecond;
  const auto seen_in = [&](const std::string& type, std::uint64_t& served) {
    Trial trial(spec);
    trial.see(sim::second);
    trial::start(trial.world, between(type, "web", "db"));
    const std::uint64_t before = worlds::cells_of(trial.world, "db").requests;
    const Seen seen = trial.see(period);
    served = worlds::cells_of(trial.world, "db").requests - before;
    EXPECT_GE(seen.failed + 3, seen.count) << type;
    return seen;
  };
  std::uint64_t served = 0;
  expect_time(seen_in("dependency.blackhole", served).response.quantile(0.5), 2 * (1.2 + 500),
              "users try another web, each asks the db of its zone in vain until its time is up");
  EXPECT_LE(served, 2U);
  expect_time(seen_in("dependency.refuse", served).response.quantile(0.5), 2 * (1.2 + 0.2),
              "users try another web, each hears at once, there and back");
  EXPECT_LE(served, 2U);
  const Seen reset = seen_in("dependency.reset", served);
  expect_time(reset.response.quantile(0.5), usual_ms, "as long as ever");
  EXPECT_NEAR(static_cast<double>(served), static_cast<double>(reset.count), 3);
}

TEST(FaultEffect, APartitionHasDirectionsAndParts) {
  model::WorldSpec spec = trial::spec();
  spec.services[0].timeout = 100 * sim::millisecond;
  const auto served_in = [&](model::Direction direction, double percent, Seen& seen) {
    Trial trial(spec);
    trial.see(sim::second);
    chaos::FaultRequest request = between("network.partition", "web", "db", {{"percent", percent}});
    request.direction = direction;
    trial::start(trial.world, request);
    const std::uint64_t before = worlds::cells_of(trial.world, "db").requests;
    seen = trial.see(period);
    return worlds::cells_of(trial.world, "db").requests - before;
  };
  Seen seen;
  EXPECT_LE(served_in(model::Direction::both, 100, seen), 2U);
  EXPECT_GE(seen.failed + 3, seen.count);
  EXPECT_LE(served_in(model::Direction::to, 100, seen), 2U);
  EXPECT_GE(seen.failed + 3, seen.count);
  EXPECT_GE(served_in(model::Direction::from, 100, seen), seen.count);  // they are served, and nobody hears of it
  EXPECT_GE(seen.failed + 3, seen.count);
  served_in(model::Direction::both, 0, seen);
  EXPECT_EQ(seen.failed, 0U);
  served_in(model::Direction::both, 50, seen);
  EXPECT_GT(seen.count, seen.failed);
  EXPECT_GT(seen.response.quantile(1), 100 * sim::millisecond);
}

TEST(FaultEffect, MessagesTakeLongerInTheirDirection) {
  for (const auto& [direction, ways] : {std::pair{model::Direction::both, 2}, {model::Direction::to, 1}, {model::Direction::from, 1}}) {
    chaos::FaultRequest request = between("network.latency", "web", "db", {{"latencyMs", 20.0}, {"jitterMs", 0.0}});
    request.direction = direction;
    expect_time(seen_with(request).response.quantile(0.5), usual_ms + 20 * ways, "ways: " + std::to_string(ways));
  }
}

TEST(FaultEffect, ALossCostsATimeOut) {
  const Seen seen = seen_with(between("network.loss", "web", "db", {{"percent", 10.0}}));
  const double late = static_cast<double>(seen.count - seen.response.count_at_most(sim::from_ms(100))) / static_cast<double>(seen.count);
  EXPECT_NEAR(late, 1 - 0.9 * 0.9, trial::width(0.19, seen.count));  // one of two messages
  const double later = static_cast<double>(seen.count - seen.response.count_at_most(sim::from_ms(500))) / static_cast<double>(seen.count);
  EXPECT_NEAR(later, 2 * 0.9 * 0.9 * 0.1 * 0.1 + 3 * 0.1 * 0.1 * 0.1 * 0.1 * 0 + 0.1 * 0.1 * 0.1 * 2, trial::width(0.02, seen.count));
}

TEST(FaultEffect, ABandwidthIsATimePerByte) {
  const Seen seen = seen_with(between("network.bandwidth", "web", "db", {{"megabitsPerSecond", 8.0}, {"messageBytes", 10'000.0}}));
  expect_time(seen.response.quantile(0.5), usual_ms + 2 * 10, "10,000 bytes at 1 byte a microsecond, twice");
}

TEST(FaultEffect, DuplicatesAreServedTwice) {
  Trial trial;
  trial.see(sim::second);
  trial::start(trial.world, between("network.duplicate", "web", "db", {{"percent", 50.0}}));
  const std::uint64_t before = worlds::cells_of(trial.world, "db").requests;
  const Seen seen = trial.see(period);
  EXPECT_EQ(seen.failed, 0U);
  expect_share(0.5, worlds::cells_of(trial.world, "db").requests - before - seen.count, seen.count, "twice");
}

TEST(FaultEffect, NamesAreKnownUntilTheyExpire) {
  chaos::FaultRequest request = between("dns.failure", "web", "db", {{"ttlMs", 10'000.0}});
  Trial trial;
  trial::start(trial.world, request);
  std::size_t failing = 0;
  for (int second = 0; second < 10; ++second) {
    const Seen seen = trial.see(sim::second);
    const std::size_t now = static_cast<std::size_t>(std::lround(6 * seen.failed_share()));
    EXPECT_GE(now + 1, failing);  // one caller after the other
    failing = now;
  }
  const Seen seen = trial.see(sim::second);
  EXPECT_EQ(seen.failed, seen.count);
  expect_time(seen.response.quantile(0.5), 1.2, "at once");
}

TEST(FaultEffect, AnExpiredCertificateTurnsAllAway) {
  const Seen seen = seen_with(on("certificate.expire", "db"));
  EXPECT_GE(seen.failed + 3, seen.count);
}

std::uint64_t served_by(const model::World& world, model::InstanceId id) {
  return world.count_of(id).requests;
}

TEST(FaultEffect, WhoStartsWhileTheRegistryIsOutIsNotAsked) {
  for (const std::string type : {"registry.outage", "registry.stale"}) {
    Trial trial;
    trial.world.count_instances(true);
    chaos::FaultRequest request;
    request.type = type;
    request.selector.regions = {"us-east-1"};
    request.duration = 10 * sim::second;
    trial::start(trial.world, request);
    const std::vector<model::InstanceId> old = worlds::instances_of(trial.world, "db");
    operations::scale(trial.world, {"db", 4U, {}});
    operations::kill(trial.world, trial.world.name_of(old[0]));
    const Seen during = trial.see(9 * sim::second);
    EXPECT_EQ(during.failed, 0U) << type;  // tried elsewhere
    EXPECT_GT(during.response.count_at_most(sim::from_ms(usual_ms + 0.1)), during.count / 2) << type;
    EXPECT_GT(during.response.quantile(0.9), sim::from_ms(usual_ms + 0.15)) << type << ": the dead one is still asked";
    const std::vector<model::InstanceId> present = worlds::instances_of(trial.world, "db");
    for (const model::InstanceId id : present) {
      const bool fresh = std::find(old.begin(), old.end(), id) == old.end();
      EXPECT_TRUE(!fresh || served_by(trial.world, id) == 0) << type;
    }
    trial.see(20 * sim::second);
    for (const model::InstanceId id : worlds::instances_of(trial.world, "db")) {
      EXPECT_TRUE(trial.world.instance(id).state != model::InstanceState::up || served_by(trial.world, id) > 0) << type;
    }
  }
}

TEST(FaultEffect, ASplitRegistryKnowsItsOwnSide) {
  model::WorldSpec spec = trial::spec();
  spec.services[1].package = packages::find("monolith");  // which asks all zones
  Trial trial(spec);
  chaos::FaultRequest request;
  request.type = "registry.split";
  request.selector.zones = {"us-east-1.zoneA"};
  trial::start(trial.world, request);
  EXPECT_EQ(std::get<model::Refusal>(chaos::start_fault(trial.world, request)).kind, model::Refusal::Kind::conflict);
  operations::scale(trial.world, {"db", {}, {{"us-east-1.zoneA", 2}}});
  trial.see(5 * sim::second);
  const std::uint32_t db = *trial.world.find_service("db");
  for (const model::InstanceId id : worlds::instances_of(trial.world, "web")) {
    const bool near = trial.world.name_of(id).find("zoneA") != std::string::npos;
    EXPECT_EQ(trial.world.believed_by(id, db, 0, 100).size(), near ? 4U : 3U);
  }
  chaos::stop_fault(trial.world, trial.world.faults()[0].id);
  for (const model::InstanceId id : worlds::instances_of(trial.world, "web")) {
    EXPECT_EQ(trial.world.believed_by(id, db, 0, 100).size(), 4U);
  }
}

TEST(FaultEffect, AGrayZoneIsSlowAndInUse) {
  chaos::FaultRequest request;
  request.type = "zone.gray";
  request.selector.zones = {"us-east-1.zoneB"};
  request.parameters = {{"latencyMs", 50.0}, {"jitterMs", 0.0}, {"lossPercent", 0.0}};
  Trial trial;
  trial.see(sim::second);
  trial::start(trial.world, request);
  const Seen seen = trial.see(period);
  EXPECT_EQ(seen.failed, 0U);
  expect_share(1.0 / 3, seen.count - seen.response.count_at_most(sim::from_ms(40)), seen.count, "one of three zones");
  EXPECT_EQ(worlds::in_state(trial.world, "web", model::InstanceState::up), 6U);
}

TEST(FaultEffect, AStalledQueueHoldsItsMessages) {
  Trial trial(worlds::spec_of("queue"), "www");
  trial.see(10 * sim::second);
  chaos::FaultRequest request = on("queue.stall", "orders");
  request.duration = 10 * sim::second;
  trial::start(trial.world, request);
  const auto delivered = [&] {
    std::uint64_t sum = 0;
    for (std::uint32_t q = 0; q < trial.world.shared().subscriptions.size(); ++q) sum += trial.world.shards()[0].queue(q).count().delivered;
    return sum;
  };
  const std::uint64_t before = delivered();
  const Seen seen = trial.see(9'900 * sim::millisecond);
  EXPECT_EQ(delivered(), before);
  EXPECT_GT(seen.count, 0U);
  trial.see(sim::second);
  EXPECT_GT(delivered(), before);
}

TEST(FaultEffect, AFlushedCacheGetsItsRatioBack) {
  model::WorldSpec spec = trial::spec();
  spec.services[0].hit_ratio = 1;
  const auto misses = [](const model::World& world) {
    std::uint64_t sum = 0;
    for (const model::Shard& shard : world.shards()) {
      for (const model::CellCount& cell : shard.cell_counts()) sum += cell.misses;
    }
    return sum;
  };
  Trial trial(spec);
  trial.see(sim::second);
  EXPECT_EQ(misses(trial.world), 0U);
  trial::start(trial.world, on("cache.flush", "db", {{"keys", 100.0}}));
  trial.see(60 * sim::second);
  // Three of them, each with 100 keys that are missed once: sum over n of (1 - 1/100)^n is 100.
  EXPECT_NEAR(static_cast<double>(misses(trial.world)), 300, 5 * std::sqrt(300));
}

TEST(FaultEffect, ASecondaryLagsBehind) {
  Trial trial(worlds::spec_of("primary"), "www");
  const auto behind = [&](const char* service) {
    sim::Time most = 0;
    for (const model::InstanceId id : worlds::instances_of(trial.world, service)) {
      const std::uint32_t set = trial.world.shared().groups[trial.world.instance(id).group].set;
      if (trial.world.is_primary(id)) continue;
      trial.world.shards()[0].replica_log(set).is_stale(id, 0, *trial.world.shared().services[*trial.world.find_service(service)].primary,
                                                        trial.world.shared().seed, trial.world.now());  // brings it to where it is
      most = std::max(most, trial.world.shards()[0].replica_log(set).behind(id, trial.world.now()).time);
    }
    return most;
  };
  trial.see(20 * sim::second);
  EXPECT_LT(behind("profiles"), sim::second);
  trial::start(trial.world, on("datastore.replicaLag", "profiles", {{"lagMs", 5'000.0}}));
  trial.see(20 * sim::second);
  EXPECT_GT(behind("profiles"), 4 * sim::second);
  EXPECT_LE(behind("profiles"), 6 * sim::second);
  EXPECT_LT(behind("accounts"), sim::second);
}

TEST(FaultEffect, CapacityThatIsDeniedIsLookedForElsewhere) {
  Trial trial;
  chaos::FaultRequest request;
  request.type = "capacity.denied";
  request.selector.zones = {"us-east-1.zoneB"};
  trial::start(trial.world, request);
  operations::scale(trial.world, {"web", 12U, {}});
  std::map<std::string, int> by_zone;
  for (const model::InstanceId id : worlds::instances_of(trial.world, "web")) {
    ++by_zone[trial.world.shared().locations[trial.world.shared().groups[trial.world.instance(id).group].location].id];
  }
  EXPECT_EQ(by_zone["us-east-1.zoneB"], 2);
  EXPECT_EQ(by_zone["us-east-1.zoneA"], 5);
  request.selector.zones = {"us-east-1.zoneA", "us-east-1.zoneC"};
  trial::start(trial.world, request);
  operations::scale(trial.world, {"web", 15U, {}});
  EXPECT_EQ(worlds::instances_of(trial.world, "web").size(), 12U);
}

TEST(FaultEffect, WhatStartsIsBad) {
  Trial trial;
  trial::start(trial.world, on("deploy.badVersion", "web", {{"rate", 1.0}, {"factor", 1.0}}));
  trial.see(sim::second);
  EXPECT_EQ(trial.see(sim::second).failed, 0U);
  operations::scale(trial.world, {"web", 12U, {}});
  trial.see(5 * sim::second);
  const Seen seen = trial.see(period);
  expect_share(0.5, seen.failed, seen.count, "six of twelve");
}

TEST(FaultEffect, ASurgeIsAFactorOnTheLoad) {
  const Seen seen = seen_with(on("load.surge", "users", {{"factor", 3.0}}));
  EXPECT_NEAR(static_cast<double>(seen.count), 3 * trial::rate * sim::to_seconds(period),
              5 * std::sqrt(3 * trial::rate * sim::to_seconds(period)));
}

TEST(FaultEffect, OnlyTheSelectionIsHit) {
  chaos::FaultRequest request = on("instance.slow", "db", {{"factor", 50.0}});
  request.selector.zones = {"us-east-1.zoneB"};
  Trial trial;
  trial.see(sim::second);
  trial::start(trial.world, request);
  for (const model::Service& service : trial.world.shared().services) {
    for (const model::InstanceId id : worlds::instances_of(trial.world, service.name)) {
      const bool there = service.name == "db" && trial.world.name_of(id).find("zoneB") != std::string::npos;
      EXPECT_EQ(trial.world.instance(id).impaired, there) << trial.world.name_of(id);
    }
  }
  const Seen seen = trial.see(period);
  expect_share(1.0 / 3, seen.count - seen.response.count_at_most(sim::from_ms(10)), seen.count, "who asks in that zone");
}

}  // namespace
