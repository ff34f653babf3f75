// A monkey that misses no moment: three services, and each of their instances killed at every time at which anything happens, and halfway
// to the next.

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "model/swarm/watch.h"
#include "support/arrivals.h"
#include "support/worlds.h"

namespace {

using Arrivals = model::LoadSpec::Arrivals;

constexpr sim::Time watched = 40 * sim::millisecond;  ///< the monkey comes in this time
constexpr sim::Time load_ends = 60 * sim::millisecond;
constexpr sim::Time replaced_after = 50 * sim::millisecond;
constexpr sim::Time start_up = 100 * sim::millisecond;
constexpr double requests_per_second = 300;

const char* const services[] = {"front", "middle", "back"};

model::WorldSpec three_services() {
  std::vector<model::ServiceSpec> specs{worlds::service("users", "denominator", 1, {1}), worlds::service("front", "zuul", 3, {2}, 2),
                                        worlds::service("middle", "karyon", 3, {3}, 3), worlds::service("back", "store", 3, {}, 1)};
  specs[0].load = worlds::shared(worlds::open_load(Arrivals::poisson, requests_per_second));
  for (std::size_t i = 1; i < specs.size(); ++i) {
    specs[i].concurrency = 2;
    specs[i].start_up = start_up;
    specs[i].replace_after = replaced_after;
  }
  return worlds::small(std::move(specs));
}

/// When something happens while nobody is killed, and halfway between.
std::vector<sim::Time> moments() {
  model::World world(three_services());
  std::vector<model::HandledEvent> events;
  world.shards().front().record_to(&events);
  world.run_until(watched);
  std::vector<sim::Time> times{0};
  for (const model::HandledEvent& event : events) {
    if (event.time == times.back()) continue;
    times.push_back(times.back() + (event.time - times.back()) / 2);
    times.push_back(event.time);
  }
  return times;
}

/// Runs until the load is over and everything that follows from it.
void run_to_the_end(model::World& world, swarm::Watch& watch) {
  watch.advance(load_ends);
  world.set_traffic(*world.find_service("users"), 0);
  watch.advance(world.now() + 2 * sim::second);
}

void kill_at(sim::Time time, const std::string& service, std::size_t nth, std::uint64_t sent_without) {
  SCOPED_TRACE(service + " " + std::to_string(nth) + " at " + std::to_string(time) + " ns");
  model::World world(three_services());
  swarm::Watch watch(world, true, false);
  watch.advance(time);
  const model::InstanceId victim = worlds::instances_of(world, service)[nth];
  watch.note_instances();
  world.kill(victim);
  ASSERT_NO_FATAL_FAILURE(watch.look());
  run_to_the_end(world, watch);
  ASSERT_NO_FATAL_FAILURE(watch.look_at_the_end());
  ASSERT_EQ(worlds::requests_of(world).sent, sent_without) << "users come whatever happens";
  const model::WorldSpec wanted = three_services();
  for (const char* name : services) {
    const model::ServiceSpec& spec = wanted.services[*world.find_service(name)];
    const std::vector<model::InstanceId> there = worlds::instances_of(world, name);
    const auto up = std::count_if(there.begin(), there.end(),
                                  [&](model::InstanceId id) { return world.instance(id).state == model::InstanceState::up; });
    ASSERT_EQ(up, static_cast<std::ptrdiff_t>(spec.count)) << name;
  }
}

TEST(ExhaustiveMonkey, KillsEveryInstanceAtAndBetweenAllEvents) {
  const std::vector<sim::Time> times = moments();
  ASSERT_GT(times.size(), 150U);
  model::World calm(three_services());
  swarm::Watch watch(calm, true, false);
  run_to_the_end(calm, watch);
  ASSERT_NO_FATAL_FAILURE(watch.look_at_the_end());
  const std::uint64_t sent = worlds::requests_of(calm).sent;
  ASSERT_EQ(worlds::requests_of(calm).failed, 0U);
  for (const char* service : services) {
    const std::size_t count = worlds::instances_of(calm, service).size();
    for (std::size_t nth = 0; nth < count; ++nth) {
      for (const sim::Time time : times) ASSERT_NO_FATAL_FAILURE(kill_at(time, service, nth, sent));
    }
  }
}

}  // namespace
