// What the parameters of faults do that are not looked at where the fault itself is: each value of a choice, each figure with its formula.

#include <cmath>

#include "chaos/support.h"
#include "operations/operations.h"

namespace {

using trial::expect_share;
using trial::on;
using trial::Seen;
using trial::Trial;
using trial::usual_ms;

constexpr sim::Time period = 20 * sim::second;

Seen seen_with(const chaos::FaultRequest& request, const model::WorldSpec& spec = trial::spec()) {
  Trial trial(spec);
  trial.see(sim::second);
  trial::start(trial.world, request);
  return trial.see(period);
}

std::uint64_t longer_than(const Seen& seen, double ms) {
  return seen.count - seen.response.count_at_most(sim::from_ms(ms));
}

/// Half of all are below the median: ln 2 of the mean; 1 / sqrt(1 + 1) of it; 2^(1 / 2.5) times what is least, (2.5 - 1) / 2.5 of it.
TEST(FaultParameter, TimesHaveTheirDistributions) {
  const std::pair<const char*, double> medians[] = {{"exponential", 0.693147}, {"lognormal", 0.707107}, {"pareto", 0.6 * 1.319508}};
  for (const auto& [distribution, median] : medians) {
    for (const char* type : {"service.latency", "network.latency"}) {
      chaos::FaultRequest request = on(type, "db", {{"latencyMs", 50.0}, {"jitterMs", 0.0}, {"distribution", std::string(distribution)}});
      if (request.type == "network.latency") request.direction = model::Direction::from;  // one of the two messages
      const Seen seen = seen_with(request);
      expect_share(0.5, seen.response.count_at_most(sim::from_ms(usual_ms + 50 * median)), seen.count, std::string(type) + distribution);
    }
  }
}

TEST(FaultParameter, ErrorsMayBeSilentAndOfSomeRequests) {
  model::WorldSpec spec = trial::spec();
  spec.services[1].timeout = 100 * sim::millisecond;
  const Seen silent = seen_with(on("service.error", "web", {{"rate", 0.3}, {"kind", std::string("silent")}}), spec);
  expect_share(0.3, longer_than(silent, 90), silent.count, "a time-out");
  expect_share(0.09, silent.failed, silent.count, "and another, of the one who is asked then");
  for (const auto& [requests, share] : {std::pair{"gets", 2.0 / 3}, {"puts", 1.0 / 3}}) {
    const Seen seen = seen_with(on("service.error", "web", {{"rate", 1.0}, {"requests", std::string(requests)}}));
    expect_share(share, seen.failed, seen.count, requests);
  }
}

TEST(FaultParameter, ADiskMayBeSlowForReadsOrForAll) {
  for (const auto& [operations, share] : {std::pair{"reads", 2.0 / 3}, {"all", 1.0}}) {
    const Seen seen = seen_with(on("instance.diskSlow", "db", {{"latencyMs", 40.0}, {"operations", std::string(operations)}}));
    expect_share(share, longer_than(seen, 20), seen.count, operations);
  }
}

TEST(FaultParameter, APartitionMayLeaveUsersOrNot) {
  model::WorldSpec spec = trial::spec();
  spec.services[1].timeout = 100 * sim::millisecond;
  for (const bool cut : {false, true}) {
    chaos::FaultRequest request;
    request.type = "network.partition";
    request.selector.regions = {"us-east-1"};
    request.parameters = {{"users", std::string(cut ? "cut" : "stay")}};
    const Seen seen = seen_with(request, spec);
    EXPECT_GT(seen.count, 1'000U);
    EXPECT_NEAR(static_cast<double>(seen.failed), cut ? static_cast<double>(seen.count) : 0, cut ? 2 : 0) << "what was under way";
  }
}

/// Six connections to the db, one of each web, are renewed at times of their own within the ten seconds.
TEST(FaultParameter, ConnectionsOutliveTheirCertificate) {
  Trial trial;
  trial::start(trial.world, on("certificate.expire", "db", {{"connectionsLastMs", 10'000.0}}));
  long failing = 0;
  bool some = false;
  for (int t = 0; t < 10; ++t) {
    const Seen seen = trial.see(sim::second);
    const long now = std::lround(6 * seen.failed_share());
    EXPECT_GE(now + 1, failing);
    failing = now;
    some = some || (now > 0 && now < 6);
  }
  EXPECT_TRUE(some) << "one after the other";
  const Seen seen = trial.see(period);
  EXPECT_EQ(seen.failed, seen.count);
}

TEST(FaultParameter, WithoutConnectionsNothingIsCalled) {
  model::WorldSpec spec = trial::spec();
  spec.services[0].timeout = 100 * sim::millisecond;
  Trial trial(spec);
  trial.see(sim::second);
  trial::start(trial.world, on("pool.exhaust", "web", {{"connections", 0.0}}));
  trial.see(sim::second);
  const std::uint64_t before = worlds::cells_of(trial.world, "db").requests;
  const Seen seen = trial.see(period);
  EXPECT_EQ(seen.failed, seen.count);
  EXPECT_EQ(worlds::cells_of(trial.world, "db").requests, before);
}

/// It is looked every second whose memory is full. So each crash is of one that got as many requests, and at most as many more as a second
/// brings.
TEST(FaultParameter, AMemoryMayLeakWithRequests) {
  constexpr std::uint64_t full_after = 200;
  Trial trial;
  trial.world.count_instances(true);
  trial::start(trial.world, on("memory.leak", "web", {{"fullAfterMs", 0.0}, {"fullAfterRequests", static_cast<double>(full_after)}}));
  const std::vector<model::InstanceId> all = worlds::instances_of(trial.world, "web");
  std::uint64_t crashes = 0;
  for (int t = 1; t <= 60; ++t) {
    trial.see(sim::second);
    for (const model::InstanceId id : all) {
      const bool up = trial.world.instance(id).state == model::InstanceState::up;
      EXPECT_LT(trial.world.count_of(id).requests, up ? full_after : 1) << t;
      crashes += up ? 0U : 1U;  // it takes a second until it is up again
    }
  }
  const auto requests = static_cast<double>(worlds::cells_of(trial.world, "web").requests);
  EXPECT_LE(static_cast<double>(crashes), requests / static_cast<double>(full_after));
  // Of the six each has at the end got less than it takes.
  EXPECT_GE(static_cast<double>(crashes), requests / (static_cast<double>(full_after) + trial::rate) - 6);
}

TEST(FaultParameter, ABadVersionMayBeSlowAndLeak) {
  Trial trial;
  trial::start(trial.world, on("deploy.badVersion", "web", {{"rate", 0.0}, {"factor", 3.0}, {"fullAfterMs", 10'000.0}}));
  operations::scale(trial.world, {"web", 12U, {}});
  trial.see(2 * sim::second);  // the new ones are up since 1 s, and a tenth of their memory is used
  const Seen seen = trial.see(4 * sim::second);
  EXPECT_EQ(seen.failed, 0U);
  expect_share(0.5, longer_than(seen, usual_ms + 1), seen.count, "the new half takes three times 1 ms");
  trial.see(4'500 * sim::millisecond);
  EXPECT_EQ(worlds::in_state(trial.world, "web", model::InstanceState::up), 12U);
  trial.see(700 * sim::millisecond);  // 11.2 s
  EXPECT_EQ(worlds::in_state(trial.world, "web", model::InstanceState::starting), 6U);
  EXPECT_EQ(worlds::in_state(trial.world, "web", model::InstanceState::up), 6U) << "those that were there";
}

/// Of four messages of a request to the zone each is lost with its chance, and sent again 200 ms later.
TEST(FaultParameter, AGrayZoneLosesMessages) {
  chaos::FaultRequest request;
  request.type = "zone.gray";
  request.selector.zones = {"us-east-1.zoneB"};
  request.parameters = {{"latencyMs", 1.0}, {"jitterMs", 0.0}, {"lossPercent", 5.0}};
  const Seen seen = seen_with(request);
  EXPECT_EQ(seen.failed, 0U);
  expect_share((1 - std::pow(0.95, 4)) / 3, longer_than(seen, 100), seen.count, "one of three zones");
}

}  // namespace
