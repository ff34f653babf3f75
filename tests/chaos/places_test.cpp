// Faults that take instances, services, zones and regions away, slow them, or cut them off: what is asked of whom meanwhile.

#include "chaos/support.h"

namespace {

using trial::expect_share;
using trial::expect_time;
using trial::on;
using trial::Seen;
using trial::Trial;
using trial::usual_ms;

constexpr sim::Time period = 20 * sim::second;
constexpr sim::Time known = 2 * sim::second;  ///< by then all know who has gone or come

std::string place_of(const model::World& world, model::InstanceId id) {
  return world.shared().locations[world.shared().groups[world.instance(id).group].location].id;
}

/// What instances of a service in a place were asked for, and what they answered.
struct Asked {
  std::uint64_t requests = 0, replies = 0, errors = 0;
  Asked operator-(const Asked& o) const { return {requests - o.requests, replies - o.replies, errors - o.errors}; }
};

/// `place`: how its name begins; "": all of them.
Asked asked(const model::World& world, const std::string& service, const std::string& place = "") {
  const std::uint32_t index = *world.find_service(service);
  Asked sum;
  for (const model::Shard& shard : world.shards()) {
    for (std::size_t c = 0; c < world.shared().cells.size(); ++c) {
      const model::Group& group = world.shared().groups[world.shared().cells[c].group];
      if (group.service != index || world.shared().locations[group.location].id.rfind(place, 0) != 0) continue;
      sum.requests += shard.cell_counts()[c].requests;
      sum.replies += shard.cell_counts()[c].replies;
      sum.errors += shard.cell_counts()[c].errors;
    }
  }
  return sum;
}

chaos::FaultRequest on_place(const std::string& type, const model::Parameters& parameters,
                             std::vector<std::string> model::SelectorParts::*places, const std::string& place) {
  chaos::FaultRequest request;
  request.type = type;
  request.selector.*places = {place};
  request.parameters = parameters;
  return request;
}

chaos::FaultRequest in_zone(const std::string& type, const model::Parameters& parameters = {}) {
  return on_place(type, parameters, &model::SelectorParts::zones, "us-east-1.zoneB");
}

chaos::FaultRequest in_region(const std::string& type, const model::Parameters& parameters = {}) {
  return on_place(type, parameters, &model::SelectorParts::regions, "us-east-1");
}

// --- outages

/// Who is refused hears so after a way there and back, who hears nothing when its time is up; each asks another one.
TEST(Outage, OfAnInstanceLeavesItsPartToTheOthers) {
  for (const std::string mode : {"fail", "blackhole"}) {
    model::WorldSpec spec = trial::spec();
    for (model::ServiceSpec& service : spec.services) service.timeout = 500 * sim::millisecond;
    Trial trial(spec);
    trial.world.count_instances(true);
    trial.see(sim::second);
    const model::InstanceId gone = worlds::instances_of(trial.world, "web")[0];
    chaos::FaultRequest request;
    request.type = "instance.outage";
    request.selector.instances = {trial.world.name_of(gone)};
    request.parameters = {{"mode", mode}};
    request.duration = period;
    trial::start(trial.world, request);
    EXPECT_EQ(worlds::in_state(trial.world, "web", model::InstanceState::down), 1U);
    const Seen at_first = trial.see(known);
    EXPECT_EQ(at_first.failed, 0U);
    // But for what it had in hand: 200 / 6 requests a second are there for 2.2 ms.
    const double longest = usual_ms + (mode == "fail" ? 0.2 : 500);
    EXPECT_GE(at_first.response.count_at_most(sim::from_ms(longest * 1.01)) + 2, at_first.count) << mode;
    EXPECT_LT(at_first.response.count_at_most(sim::from_ms(longest * 0.99)), at_first.count) << mode;
    const Seen later = trial.see(period - known);
    EXPECT_EQ(later.failed, 0U);
    expect_time(later.response.quantile(1), usual_ms, "nobody asks it any more");
    EXPECT_EQ(trial.world.count_of(gone).requests, 0U) << mode << ": it begins anew";
    trial.see(known);
    const std::uint64_t again = trial.world.count_of(gone).requests;
    const Seen after = trial.see(period);
    EXPECT_EQ(after.failed, 0U);
    expect_share(1.0 / 6, trial.world.count_of(gone).requests - again, after.count, "its part again");
  }
}

TEST(Outage, OfAServiceIsOneOfAllThatNeedIt) {
  for (const std::string mode : {"fail", "blackhole"}) {
    Trial trial;
    trial.see(sim::second);
    chaos::FaultRequest request = on("service.outage", "db", {{"mode", mode}});
    request.duration = period;
    trial::start(trial.world, request);
    EXPECT_EQ(worlds::in_state(trial.world, "db", model::InstanceState::down), 3U);
    EXPECT_EQ(worlds::in_state(trial.world, "web", model::InstanceState::up), 6U);
    trial.see(known);
    const Asked before = asked(trial.world, "db");
    const Seen seen = trial.see(period - known);
    EXPECT_EQ((asked(trial.world, "db") - before).requests, 0U) << mode;
    EXPECT_EQ(seen.failed, seen.count) << mode;
    expect_time(seen.response.quantile(0.5), 1.2, "web knows that there is nobody to ask");
    trial.see(known);
    const Seen after = trial.see(period);
    EXPECT_EQ(after.failed, 0U) << mode;
    expect_time(after.response.quantile(0.99), usual_ms, mode);
  }
}

TEST(Outage, OfAZoneLeavesTheOthersAsTheyAre) {
  Trial trial;
  trial.see(sim::second);
  chaos::FaultRequest request = in_zone("zone.outage");
  request.duration = period;
  trial::start(trial.world, request);
  for (const std::string service : {"web", "db"}) {
    for (const model::InstanceId id : worlds::instances_of(trial.world, service)) {
      const bool there = place_of(trial.world, id) == "us-east-1.zoneB";
      EXPECT_EQ(trial.world.instance(id).state, there ? model::InstanceState::down : model::InstanceState::up);
    }
  }
  trial.see(known);
  const Asked before = asked(trial.world, "web", "us-east-1.zoneB");
  const Seen seen = trial.see(period - known);
  EXPECT_EQ(seen.failed, 0U);
  EXPECT_EQ((asked(trial.world, "web", "us-east-1.zoneB") - before).requests, 0U);
  trial.see(known);
  const Asked again = asked(trial.world, "web", "us-east-1.zoneB");
  const Seen after = trial.see(period);
  expect_share(1.0 / 3, (asked(trial.world, "web", "us-east-1.zoneB") - again).requests, after.count, "its part again");
}

/// users -> a balancer in each region -> web in its zones -> db in its zones; 40 ms between the regions, and no call over them.
model::WorldSpec two_regions() {
  model::WorldSpec spec = worlds::small({worlds::service("db", "store", 3, {}), worlds::service("web", "karyon", 6, {0}),
                                         worlds::service("elb", "elb", 0, {1}), worlds::service("users", "denominator", 0, {2})});
  spec.regions.push_back({"eu-west-1", {"zoneA", "zoneB", "zoneC"}, {"176.34", "176.35", "176.36"}});
  spec.network.between_ms = {{0, 40}, {40, 0}};
  for (std::size_t s = 0; s < 3; ++s) {
    spec.services[s].regions = 2;
    spec.services[s].timeout = 500 * sim::millisecond;
  }
  spec.services[3].requests_per_second = trial::rate;
  return spec;
}

TEST(Outage, OfARegionLeavesItsUsersToTheOther) {
  Trial trial(two_regions());
  trial.see(sim::second);
  chaos::FaultRequest request = in_region("region.outage");
  request.duration = period;
  trial::start(trial.world, request);
  EXPECT_EQ(worlds::in_state(trial.world, "web", model::InstanceState::down), 6U);
  trial.see(known);
  const Asked near = asked(trial.world, "elb", "us-east-1"), far = asked(trial.world, "elb", "eu-west-1");
  const Seen seen = trial.see(period - known);
  EXPECT_EQ(seen.failed, 0U);
  EXPECT_EQ((asked(trial.world, "elb", "us-east-1") - near).requests, 0U);
  EXPECT_NEAR(static_cast<double>((asked(trial.world, "elb", "eu-west-1") - far).requests), static_cast<double>(seen.count), 3);
  trial.see(known);
  const Asked again = asked(trial.world, "elb", "us-east-1");
  const Seen after = trial.see(period);
  EXPECT_EQ(after.failed, 0U);
  expect_share(0.5, (asked(trial.world, "elb", "us-east-1") - again).requests, after.count, "its part again");
}

// --- latency

TEST(PlaceLatency, IsThatOfTheInstanceTheZoneOrTheRegion) {
  const model::Parameters parameters{{"latencyMs", 50.0}};
  chaos::FaultRequest one;
  one.type = "instance.latency";
  one.selector.instances = {Trial().world.name_of(worlds::instances_of(Trial().world, "db")[0])};
  one.parameters = parameters;
  struct Case {
    chaos::FaultRequest request;
    double share, added_ms;
  };
  for (const Case& c : {Case{one, 1.0 / 3, 50}, Case{in_zone("zone.latency", parameters), 1.0 / 3, 100},
                        Case{in_region("region.latency", parameters), 1, 100}}) {
    Trial trial;
    trial.see(sim::second);
    chaos::FaultRequest request = c.request;
    request.duration = period;
    trial::start(trial.world, request);
    const Seen seen = trial.see(period - 200 * sim::millisecond);
    EXPECT_EQ(seen.failed, 0U);
    expect_share(c.share, seen.count - seen.response.count_at_most(sim::from_ms(20)), seen.count, request.type);
    expect_time(seen.response.quantile(1), usual_ms + c.added_ms, request.type);
    if (c.share < 1) expect_time(seen.response.quantile(0.5), usual_ms, request.type + ": the others");
    trial.see(sim::second);
    expect_time(trial.see(period).response.quantile(1), usual_ms, request.type + " is over");
  }
}

TEST(PlaceLatency, OfARegionIsNoneOfTheOther) {
  Trial trial(two_regions());
  trial.see(sim::second);
  trial::start(trial.world, in_region("region.latency", {{"latencyMs", 50.0}}));
  const Seen seen = trial.see(period);
  EXPECT_EQ(seen.failed, 0U);
  expect_share(0.5, seen.count - seen.response.count_at_most(sim::from_ms(50)), seen.count, "half of the users are there");
}

// --- isolation

TEST(Isolation, WhatNeedsNoOtherRegionGoesOnAsItWas) {
  Trial with(two_regions()), without(two_regions());
  for (Trial* trial : {&with, &without}) trial->see(sim::second);
  trial::start(with.world, in_region("region.isolate"));
  const Seen seen = with.see(period), usual = without.see(period);
  EXPECT_EQ(seen.count, usual.count);
  EXPECT_EQ(seen.failed, 0U);
  EXPECT_EQ(seen.response, usual.response) << "to the nanosecond";
}

/// users -> web in both regions -> db in the first one alone, which is called from everywhere.
TEST(Isolation, CallersElsewhereReachNothingAndThoseInsideGoOn) {
  model::WorldSpec spec = two_regions();
  spec.services.erase(spec.services.begin() + 2);
  spec.services[0].regions = 1;
  spec.services[0].everywhere = true;
  spec.services[1].package = packages::find("monolith");  // which asks all zones
  spec.services[2].dependencies = {1};
  Trial trial(spec);
  trial.see(known);
  chaos::FaultRequest request = in_region("region.isolate");
  request.duration = period;
  trial::start(trial.world, request);
  trial.see(known);
  const Asked near = asked(trial.world, "web", "us-east-1"), far = asked(trial.world, "web", "eu-west-1"), db = asked(trial.world, "db");
  trial.see(period - known - 100 * sim::millisecond);
  const Asked inside = asked(trial.world, "web", "us-east-1") - near, outside = asked(trial.world, "web", "eu-west-1") - far;
  EXPECT_GT(inside.replies, 1'000U);
  EXPECT_EQ(inside.errors, 0U);
  EXPECT_GT(outside.replies, 1'000U);
  EXPECT_EQ(outside.errors, outside.replies);
  EXPECT_NEAR(static_cast<double>((asked(trial.world, "db") - db).requests), static_cast<double>(inside.requests), 2)
      << "those inside alone are served; one may be on its way at either end";
  trial.see(known);
  const Seen after = trial.see(period);
  EXPECT_EQ(after.failed, 0U);
  expect_share(0.5, after.count - after.response.count_at_most(sim::from_ms(50)), after.count, "who asks from over there waits for 80 ms");
}

/// Users outside are cut off, too: they ask the region in vain until their time is up, then the other one.
TEST(Isolation, MayCutUsersOff) {
  Trial trial(two_regions());
  trial.see(sim::second);
  chaos::FaultRequest request = in_region("region.isolate", {{"users", std::string("cut")}});
  request.duration = period;
  trial::start(trial.world, request);
  trial.see(sim::second);
  const Asked near = asked(trial.world, "elb", "us-east-1");
  const Seen seen = trial.see(period - sim::second);
  EXPECT_EQ((asked(trial.world, "elb", "us-east-1") - near).requests, 0U);
  EXPECT_EQ(seen.failed, 0U);
  expect_share(0.5, seen.count - seen.response.count_at_most(sim::from_ms(250)), seen.count, "half of them begin there");
  EXPECT_NEAR(sim::to_ms(seen.response.quantile(1)), 500 + usual_ms + 2, 5) << "with the balancer's part";
  trial.see(sim::second);
  const Seen after = trial.see(period);
  EXPECT_EQ(after.failed, 0U);
  EXPECT_LT(after.response.quantile(1), 10 * sim::millisecond);
}

}  // namespace
