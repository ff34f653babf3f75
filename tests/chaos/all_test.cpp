// What holds for every type of fault: none can be forgotten, they are read from the list.

#include "chaos/list.h"
#include "chaos/support.h"
#include "operations/operations.h"
#include "run/thread_team.h"

namespace {

using chaos::FaultRequest;
using chaos::FaultType;

/// A system that has whatever the type is about.
model::WorldSpec world_for(const FaultType& type) {
  const bool two_regions = type.type == "region.isolate";
  return worlds::spec_of(std::string(type.example_architecture), {.regions = two_regions ? 2U : 1U});
}

std::string service_for(const FaultType& type) {
  if (type.type == "queue.stall") return "orders";
  if (type.suits_what.find("load") != std::string_view::npos) return "www";
  if (type.type.find("datastore") == 0 || type.type.find("disk") != std::string_view::npos) return "cassSubscriber";
  if (type.type == "cache.flush") return "evcacheSubscriber";
  return "homepage";
}

FaultRequest request_for(const FaultType& type) {
  FaultRequest request;
  request.type = type.type;
  switch (type.scope) {
    case chaos::Scope::any:
    case chaos::Scope::services:
      request.selector.services = {service_for(type)};
      break;
    case chaos::Scope::instances:
      request.selector.instances = {"netflixoss.us-east-1.zoneA.homepage15"};
      break;
    case chaos::Scope::zones:
      request.selector.zones = {"us-east-1.zoneB"};
      break;
    case chaos::Scope::regions:
      request.selector.regions = {"us-east-1"};
      break;
  }
  return request;
}

TEST(EveryFault, IsThereWithADescription) {
  const char* const names[] = {
      "instance.terminate", "instance.pause",    "instance.slow",        "instance.slowStart",   "instance.clockSkew",
      "instance.diskFull",  "instance.diskSlow", "cpu.stress",           "memory.leak",          "pool.exhaust",
      "service.error",      "service.latency",   "service.brownout",     "dependency.blackhole", "dependency.refuse",
      "dependency.reset",   "network.partition", "network.latency",      "network.loss",         "network.bandwidth",
      "network.duplicate",  "dns.failure",       "registry.outage",      "registry.stale",       "registry.split",
      "zone.outage",        "zone.gray",         "region.outage",        "region.isolate",       "datastore.nodeDown",
      "cache.flush",        "queue.stall",       "datastore.replicaLag", "capacity.denied",      "autoscaler.freeze",
      "deploy.freeze",      "deploy.badVersion", "config.badPush",       "certificate.expire",   "load.surge",
      "instance.outage",    "service.outage",    "instance.latency",     "zone.latency",         "region.latency"};
  for (const char* name : names) EXPECT_NE(chaos::find(name), nullptr) << name;
  EXPECT_EQ(chaos::all().size(), std::size(names));
  for (const FaultType& type : chaos::all()) {
    EXPECT_GT(type.description.size(), 20U) << type.type;
    EXPECT_GT(type.stands_for.size(), 5U) << type.type;
    EXPECT_NE(type.example.find(type.type), std::string_view::npos) << type.type;
    EXPECT_EQ(type.suits == nullptr, type.suits_what.empty()) << type.type;
    std::vector<model::Problem> problems;
    EXPECT_EQ(model::complete(type.parameters(), {}, problems).size(), type.parameters().size()) << type.type;
    EXPECT_TRUE(problems.empty()) << type.type;  // defaults are within their bounds
  }
}

TEST(EveryFault, LeavesNothingBehindWhenItEndsOrIsStopped) {
  for (const FaultType& type : chaos::all()) {
    for (const bool stop : {true, false}) {
      model::World world(world_for(type));
      world.run_until(sim::second);
      const model::Overlays overlays = world.overlays();
      const model::Denials denials = world.denials();
      const std::uint64_t wires = world.wire_count();
      const std::uint64_t instances = world.instance_count();
      FaultRequest request = request_for(type);
      request.duration = 5 * sim::second;
      const std::string id = trial::start(world, request);
      if (type.type == "deploy.badVersion") operations::scale(world, {"homepage", 30U, {}});
      const bool kills = type.type == "instance.terminate";
      EXPECT_TRUE(kills || world.overlays() != overlays || world.denials() != denials) << type.type;
      world.run_until(4 * sim::second);
      if (stop) {
        EXPECT_FALSE(chaos::stop_fault(world, id).has_value()) << type.type;
      }
      world.run_until(6 * sim::second);
      EXPECT_TRUE(world.overlays() == overlays) << type.type;
      EXPECT_TRUE(world.denials() == denials) << type.type;
      EXPECT_TRUE(world.faults()[0].ended.has_value()) << type.type;
      EXPECT_TRUE(world.shared().burden_of.empty() && world.shared().impositions.empty()) << type.type;
      if (type.type == "deploy.badVersion") continue;  // there are more of them now
      world.run_until(60 * sim::second);
      EXPECT_EQ(world.wire_count(), wires) << type.type;
      EXPECT_EQ(world.instance_count(), instances) << type.type;
    }
  }
}

/// The minute after it is as in a run that never had it: as many failures, and as many responses within the times of that run, as far as
/// chance goes.
TEST(EveryFault, IsForgottenWhenItIsOver) {
  std::map<std::string, trial::Seen> without;
  for (const FaultType& type : chaos::all()) {
    const std::string name(type.example_architecture);
    const auto seen = [&](bool with) {
      trial::Trial trial(world_for(type), "www");
      trial.see(2 * sim::second);
      FaultRequest request = request_for(type);
      request.duration = 8 * sim::second;
      if (with) trial::start(trial.world, request);
      trial.see(48 * sim::second);  // the fault, and what its time-outs and start-ups take
      return trial.see(20 * sim::second);
    };
    const std::string key = name + (type.type == "region.isolate" ? "2" : "");
    if (without.count(key) == 0) without[key] = seen(false);
    const trial::Seen& base = without[key];
    const trial::Seen after = seen(true);
    const std::uint64_t count = std::min(base.count, after.count);
    ASSERT_GT(count, 1'000U) << type.type;
    EXPECT_NEAR(static_cast<double>(after.count), static_cast<double>(base.count), 5 * std::sqrt(2.0 * static_cast<double>(base.count)))
        << type.type;
    EXPECT_NEAR(after.failed_share(), base.failed_share(), std::sqrt(2) * trial::width(base.failed_share(), count)) << type.type;
    for (const double p : {0.5, 0.95}) {
      const std::uint64_t within = after.response.count_at_most(base.response.quantile(p));
      const double own = static_cast<double>(base.response.count_at_most(base.response.quantile(p))) / static_cast<double>(base.count);
      EXPECT_NEAR(static_cast<double>(within) / static_cast<double>(after.count), own, std::sqrt(2) * trial::width(p, count))
          << type.type << " p" << p;
    }
  }
}

/// Two that overlap, ended in either order: the second is alone what it is alone.
TEST(EveryFault, OverlapsWithAnother) {
  for (const FaultType& type : chaos::all()) {
    for (const bool first_ends_first : {true, false}) {
      model::World world(world_for(type));
      world.run_until(sim::second);
      const model::Overlays before = world.overlays();
      FaultRequest other = request_for(*chaos::find("zone.latency"));
      const std::string first = trial::start(world, other);
      const std::string second = trial::start(world, request_for(type));
      world.run_until(2 * sim::second);
      chaos::stop_fault(world, first_ends_first ? first : second);
      EXPECT_FALSE(world.overlays() == before && world.denials() == model::World(world_for(type)).denials() &&
                   type.type != "instance.terminate" && type.type != "deploy.badVersion")
          << type.type;
      world.run_until(3 * sim::second);
      chaos::stop_fault(world, first_ends_first ? second : first);
      EXPECT_TRUE(world.overlays() == before) << type.type;
    }
  }
}

/// At any number of threads, and a copy made while it is on goes on as the original.
TEST(EveryFault, IsDeterministic) {
  run::ThreadTeam team(2);
  for (const FaultType& type : chaos::all()) {
    const auto spec = worlds::spec_of(std::string(type.example_architecture), {.regions = 2});
    FaultRequest request = request_for(type);
    request.duration = 4 * sim::second;
    request.ramp = {model::Ramp::Shape::linear, sim::second, sim::second};
    request.jitter = 0.5;
    model::World one(spec);
    model::World two(spec);
    two.run_by(&team);
    for (model::World* world : {&one, &two}) {
      world->run_until(sim::second);
      trial::start(*world, request);
      world->run_until(3 * sim::second);
    }
    model::World copy(one);
    for (model::World* world : {&one, &two, &copy}) world->run_until(8 * sim::second);
    EXPECT_EQ(one.fingerprint(), two.fingerprint()) << type.type;
    EXPECT_EQ(one.fingerprint(), copy.fingerprint()) << type.type;
    EXPECT_EQ(worlds::requests_of(one).failed, worlds::requests_of(two).failed) << type.type;
  }
}

}  // namespace
