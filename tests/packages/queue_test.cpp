// A broker: messages wait, are taken, acknowledged, taken again, and die; consumers come, go and fail.

#include <gtest/gtest.h>

#include <cmath>

#include "support/arrivals.h"

namespace {

using worlds::service;

enum : std::uint32_t { worker, broker, users, below };

/// users -> broker -> worker, each message 10 ms of work on one of its workers; 0.1 ms each way. Puts, `rate` of them a second, evenly.
model::WorldSpec line(double rate, const model::QueueSpec& queue = {}, std::uint32_t workers = 1) {
  model::WorldSpec spec = worlds::small(
      {service("worker", "monolith", 1, {}, 10), service("broker", "queue", 1, {}), service("users", "denominator", 0, {broker})});
  spec.services[worker].concurrency = workers;
  spec.services[worker].consumes = {{broker, "", 0}};
  spec.services[broker].queue = queue;
  model::LoadSpec load = worlds::open_load(model::LoadSpec::Arrivals::deterministic, rate);
  load.mix = {{"put", model::Verb::put, model::RequestSpec::Key::fresh, 1, model::usual_priority, {}}};
  spec.services[users].load = worlds::shared(load);
  return spec;
}

model::QueueSpec topic(sim::Time visibility, std::uint32_t max_receives, bool returns_failures = false) {
  model::QueueSpec queue;
  queue.topics.front().visibility = visibility;
  queue.topics.front().max_receives = max_receives;
  queue.topics.front().returns_failures = returns_failures;
  return queue;
}

model::Histogram times_of(const model::World& world, std::uint32_t subscription = 0) {
  model::Histogram sum;
  for (const model::Shard& shard : world.shards()) sum.merge(shard.queue(subscription).end_to_end());
  return sum;
}

/// Of one subscription, all shards together; the invariant holds whenever it is looked at.
model::QueueCount count_of(const model::World& world, std::uint32_t subscription = 0) {
  model::QueueCount sum;
  for (const model::Shard& shard : world.shards()) sum.add(shard.queue(subscription).count());
  EXPECT_EQ(sum.published, sum.acknowledged + sum.dead + sum.waiting + sum.in_flight);
  EXPECT_EQ(times_of(world, subscription).count(), sum.acknowledged);
  return sum;
}

TEST(Queue, AMessageIsTakenAtOnceAndAcknowledged) {
  model::World world(line(50));
  world.run_until(10 * sim::second);
  world.set_traffic(users, 0);
  world.run_until(11 * sim::second);
  const model::QueueCount count = count_of(world);
  EXPECT_EQ(count.published, worlds::requests_of(world).succeeded);
  EXPECT_EQ(count.acknowledged, count.published);
  EXPECT_EQ(count.delivered, count.published);
  EXPECT_EQ(count.redelivered + count.dead + count.rejected, 0U);
  // Long polling: one way to the worker, 10 ms of work, one way back.
  EXPECT_EQ(times_of(world).sum_ns(), count.published * static_cast<std::uint64_t>(10'200 * sim::microsecond));
  // Who puts a message does not wait for who takes it: 0.1 ms there, 1 ms, 0.1 ms back.
  EXPECT_EQ(worlds::cells_of(world, "broker").response.sum_ns(), count.published * static_cast<std::uint64_t>(1'200 * sim::microsecond));
  EXPECT_EQ(worlds::calls_in_flight(world), 0U);
}

TEST(Queue, AnIdleConsumerCostsNoEvents) {
  model::World world(line(0));
  world.run_until(sim::second);
  const std::uint64_t before = world.events();
  world.run_until(1'000 * sim::second);
  EXPECT_EQ(world.events(), before);
}

TEST(Queue, HasAsManyInHandAsThereAreWorkers) {
  for (const std::uint32_t workers : {1U, 3U}) {
    model::World world(line(1'000, {}, workers));
    world.run_until(sim::second);
    EXPECT_EQ(count_of(world).in_flight, workers);
    EXPECT_EQ(world.instance(worlds::instances_of(world, "worker")[0]).queued, 0U) << "a message does not wait at its consumer";
  }
  model::WorldSpec spec = line(1'000);
  spec.services[worker].consumes[0].at_once = 5;
  model::World world(spec);
  world.run_until(sim::second);
  EXPECT_EQ(count_of(world).in_flight, 5U);
}

/// Drain time = backlog / (capacity - arrival rate). One worker takes a message every 10.2 ms: 98 a second; 50 come; it is away for 20 s.
TEST(Queue, DrainsItsBacklogAtTheRateThatIsLeft) {
  const double rate = 50, capacity = 1 / 0.0102;
  model::World world(line(rate));
  world.run_until(10 * sim::second);
  const std::vector<model::InstanceId> all = worlds::instances_of(world, "worker");
  world.hold_down(all, model::Reach::refuse);
  world.run_until(30 * sim::second);
  const auto backlog = static_cast<double>(count_of(world).waiting);
  EXPECT_NEAR(backlog, rate * 20, 1.5);  // one was in hand, one is on its way
  const sim::Time oldest = world.now() - world.shards()[0].queue(0).oldest();
  EXPECT_NEAR(sim::to_ms(oldest), 20'000, 1'000 / rate + 11);
  world.release(all, model::Reach::refuse);
  const double expected = backlog / (capacity - rate);
  sim::Time empty = 0;
  while (empty == 0 && world.now() < 120 * sim::second) {
    world.run_until(world.now() + 10 * sim::millisecond);
    if (count_of(world).waiting == 0) empty = world.now();
  }
  // Whole messages: the backlog and what comes meanwhile are known to one each, and there is a look every 10 ms.
  EXPECT_NEAR(sim::to_seconds(empty) - 30, expected, 2 / (capacity - rate) + 0.01);
}

TEST(Queue, WhatIsNotAcknowledgedInTimeIsThereAgain) {
  model::World world(line(1, topic(5 * sim::second, 0)));
  world.run_until(1'005 * sim::millisecond);  // the message of 1 s is in hand
  ASSERT_EQ(count_of(world).in_flight, 1U);
  const sim::Time taken = 1'001'200 * sim::microsecond - 100 * sim::microsecond;  // 0.1 ms there, 1 ms of work
  world.set_traffic(users, 0);
  const std::vector<model::InstanceId> all = worlds::instances_of(world, "worker");
  world.hold_down(all, model::Reach::blackhole);
  world.run_until(2 * sim::second);
  world.release(all, model::Reach::blackhole);
  world.run_until(taken + 5 * sim::second - 1);
  EXPECT_EQ(count_of(world).in_flight, 1U) << "nobody knows that its consumer has died";
  EXPECT_EQ(count_of(world).delivered, 1U);
  world.run_until(taken + 5 * sim::second + 1);
  EXPECT_EQ(count_of(world).delivered, 2U);
  world.run_until(10 * sim::second);
  const model::QueueCount count = count_of(world);
  EXPECT_EQ(count.redelivered, 1U);
  EXPECT_EQ(count.acknowledged, 1U);
}

/// A consumer that fails: again after the visibility time-out, or at once when it says so; dead after as many times as the document says.
TEST(Queue, TheDeadGoToTheirTopic) {
  for (const bool at_once : {false, true}) {
    model::QueueSpec queue = topic(sim::second, 3, at_once);
    queue.topics.front().name = "orders";
    queue.topics.front().dead_letters = "failed";
    queue.topics.push_back({.name = "failed"});
    model::WorldSpec spec = line(10, queue);
    spec.services[worker].error_rate = 1;
    model::World world(spec);
    world.run_until(5 * sim::second);
    world.set_traffic(users, 0);
    world.run_until(20 * sim::second);
    const model::QueueCount orders = count_of(world, 0), failed = count_of(world, 1);
    EXPECT_GT(orders.published, 40U);
    EXPECT_EQ(orders.dead, orders.published);
    EXPECT_EQ(orders.delivered, 3 * orders.published);
    EXPECT_EQ(orders.redelivered, 2 * orders.published);
    EXPECT_EQ(failed.published, orders.dead);
    EXPECT_EQ(failed.waiting, orders.dead);
    // The first was put at 0.1 s; it is dead after three tries: two visibility time-outs and one to know of the third, or at once.
    EXPECT_NEAR(sim::to_ms(world.shards()[0].queue(1).oldest()), 100, 110) << "as old as it was";
  }
}

TEST(Queue, ReturnsAtOnceWhatFailsWhenToldSo) {
  for (const bool at_once : {false, true}) {
    model::WorldSpec spec = line(1, topic(sim::second, 3, at_once));
    spec.services[worker].error_rate = 1;
    model::World world(spec);
    world.run_until(1'500 * sim::millisecond);
    EXPECT_EQ(count_of(world).dead, at_once ? 1U : 0U);
    world.set_traffic(users, 0);
    // Put at 1 s, there after 1.1 ms; three times the visibility time-out, at the least.
    world.run_until(4'001 * sim::millisecond);
    EXPECT_EQ(count_of(world).dead, at_once ? 1U : 0U);
    world.run_until(4'100 * sim::millisecond);
    EXPECT_EQ(count_of(world).dead, 1U);
  }
}

TEST(Queue, RejectsWhatItHasNoRoomFor) {
  model::QueueSpec queue;
  queue.topics.front().depth_limit = 25;
  model::WorldSpec spec = line(200, queue);
  spec.services[worker].consumes.clear();
  model::World world(spec);
  world.run_until(sim::second);
  world.set_traffic(users, 0);
  world.run_until(2 * sim::second);
  const model::QueueCount count = count_of(world);
  EXPECT_EQ(count.waiting, 25U);
  EXPECT_EQ(count.published, 25U);
  EXPECT_EQ(count.rejected, worlds::requests_of(world).failed);
  EXPECT_EQ(worlds::requests_of(world).succeeded, 25U);
}

/// Each service that takes from a topic gets every message; the instances of one share them.
TEST(Queue, EveryServiceGetsEachMessageOnce) {
  model::WorldSpec spec = line(50);
  spec.services.push_back(service("mailer", "monolith", 3, {}, 5));
  spec.services.back().consumes = {{broker, "messages", 1}};
  model::World world(spec);
  world.run_until(10 * sim::second);
  world.set_traffic(users, 0);
  world.run_until(11 * sim::second);
  const std::uint64_t sent = worlds::requests_of(world).sent;
  EXPECT_EQ(count_of(world, 0).acknowledged, sent);
  EXPECT_EQ(count_of(world, 1).acknowledged, sent);
  world.count_instances(true);
  EXPECT_EQ(worlds::cells_of(world, "mailer").requests, sent);
}

TEST(Queue, TopicsAreApart) {
  model::QueueSpec queue;
  queue.topics = {{.name = "a"}, {.name = "b"}};
  model::WorldSpec spec = line(50, queue);
  spec.services[worker].consumes = {{broker, "b", 0}};
  model::World to_first(spec);
  to_first.run_until(sim::second);
  spec.services[users].calls = {model::DependencySpec{}};
  spec.services[users].calls[0].topic = "b";
  model::World to_second(spec);
  to_second.run_until(sim::second);
  // Subscription 0 is what the worker takes from b; 1 is a, which nobody takes from.
  EXPECT_EQ(count_of(to_first, 0).published, 0U);
  EXPECT_GT(count_of(to_first, 1).waiting, 40U);
  EXPECT_GT(count_of(to_second, 0).acknowledged, 40U);
  EXPECT_EQ(count_of(to_second, 1).published, 0U);
}

/// A message is processed as any request: its consumer calls what it depends on, and fails when that does.
TEST(Queue, ConsumersCallWhatTheyDependOn) {
  model::WorldSpec spec = line(20, topic(500 * sim::millisecond, 2));
  spec.services.push_back(service("below", "store", 3, {}, 2));
  spec.services[worker].dependencies = {below};
  model::World world(spec);
  world.run_until(2 * sim::second);
  EXPECT_EQ(worlds::cells_of(world, "below").requests, count_of(world).delivered);
  EXPECT_EQ(count_of(world).redelivered, 0U);
  world.hold_down(worlds::instances_of(world, "below"), model::Reach::refuse);
  world.run_until(4 * sim::second);
  world.set_traffic(users, 0);
  world.run_until(6 * sim::second);
  EXPECT_NEAR(static_cast<double>(count_of(world).dead), 40, 1);
}

TEST(Queue, OutlivesItsBrokersInstances) {
  model::WorldSpec spec = line(100, topic(sim::second, 0), 2);
  spec.services[broker].count = 3;
  model::World world(spec);
  world.run_until(sim::second);
  const std::vector<model::InstanceId> brokers = worlds::instances_of(world, "broker");
  world.kill(brokers[0]);  // whom the worker is nearest to: both are in zone A
  world.run_until(3 * sim::second);
  world.hold_down({brokers[1], brokers[2]}, model::Reach::refuse);
  const model::QueueCount held = count_of(world);
  world.run_until(4 * sim::second);
  EXPECT_EQ(count_of(world).published, held.published) << "nobody is there to take one";
  EXPECT_LE(count_of(world).delivered, held.delivered + 2) << "nor to hand one out";
  world.release({brokers[1], brokers[2]}, model::Reach::refuse);
  world.run_until(6 * sim::second);
  world.set_traffic(users, 0);
  world.run_until(10 * sim::second);
  const model::QueueCount count = count_of(world);
  EXPECT_EQ(count.acknowledged, count.published);
  EXPECT_GE(count.published, worlds::requests_of(world).succeeded);
}

TEST(Queue, ScalesAndDrainsItsConsumersAsAnyService) {
  model::World world(line(150, topic(sim::second, 0)));
  world.run_until(2 * sim::second);
  EXPECT_GT(count_of(world).waiting, 90U);
  const std::uint32_t profile = world.shared().services[worker].current_profile;
  const std::uint32_t place = world.shared().groups[world.shared().services[worker].groups[1]].location;
  for (int i = 0; i < 3; ++i) world.start_instance(worker, place, profile);
  world.run_until(10 * sim::second);
  EXPECT_EQ(count_of(world).waiting, 0U);
  for (const model::InstanceId id : worlds::instances_of(world, "worker")) {
    if (world.instance(id).state == model::InstanceState::up && worlds::in_state(world, "worker", model::InstanceState::up) > 1)
      world.retire(id);
  }
  world.run_until(15 * sim::second);
  EXPECT_EQ(worlds::instances_of(world, "worker").size(), 1U);
  EXPECT_EQ(count_of(world).redelivered, 0U) << "who says Goodbye finishes what it has in hand";
  EXPECT_GT(count_of(world).waiting, 200U);
}

/// A broker of each region, and consumers that know them all: the same on one thread and on several is what the swarm looks at.
TEST(Queue, AConsumerThatKnowsAllRegionsTakesFromAll) {
  model::WorldSpec spec = line(60, {}, 4);
  spec.regions.push_back({"us-west-2", {"zoneA", "zoneB", "zoneC"}, {"54.245", "54.244", "54.214"}});
  spec.network.between_ms = {{0, 30}, {30, 0}};
  spec.services[broker].regions = 2;
  spec.services[worker].everywhere = true;
  model::World world(spec);
  world.run_until(5 * sim::second);
  world.set_traffic(users, 0);
  world.run_until(6 * sim::second);
  EXPECT_EQ(count_of(world).acknowledged, worlds::requests_of(world).sent);
  for (const model::Shard& shard : world.shards()) EXPECT_GT(shard.queue(0).count().acknowledged, 100U);
}

TEST(Queue, ACopyGoesOnIdentically) {
  model::WorldSpec spec = line(150, topic(200 * sim::millisecond, 3));
  spec.services[worker].error_rate = 0.3;
  model::World world(spec);
  world.run_until(3 * sim::second);
  model::World copy(world);
  world.run_until(6 * sim::second);
  copy.run_until(6 * sim::second);
  EXPECT_EQ(copy.fingerprint(), world.fingerprint());
  EXPECT_EQ(count_of(copy).acknowledged, count_of(world).acknowledged);
  EXPECT_GT(count_of(world).dead, 0U);
}

}  // namespace
