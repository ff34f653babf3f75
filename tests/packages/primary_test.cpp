// A primary and its secondaries: where writes and reads go, what lags, who is next, what is lost.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "support/arrivals.h"

namespace {

using model::InstanceId;
using model::Verb;
using worlds::service;

enum : std::uint32_t { database, app, users };

model::DistributionSpec constant(double ms) {
  model::DistributionSpec spec;
  spec.mean_ms = ms;
  return spec;
}

/// Without waiting for secondaries, a lag of 50 ms; 3 s until the loss of the primary is known, 2 s more until there is another.
model::PrimarySpec asynchronous() {
  model::PrimarySpec spec;
  spec.lag = constant(50);
  spec.detection = constant(3'000);
  spec.failover = constant(2'000);
  return spec;
}

model::RequestSpec request(Verb verb, double weight = 1, model::RequestSpec::Key key = model::RequestSpec::Key::fresh) {
  return {verb == Verb::put ? "write" : "read", verb, key, weight, model::usual_priority, {}};
}

/// users -> app -> database, three of each; every piece of work 1 ms, every way 0.1 ms.
model::WorldSpec set_of_three(const model::PrimarySpec& primary, std::vector<model::RequestSpec> mix, double rate = 100) {
  model::WorldSpec spec = worlds::small({service("database", "primary", 3, {database}), service("app", "monolith", 3, {database}),
                                         service("users", "denominator", 0, {app})});
  spec.services[database].primary = primary;
  model::LoadSpec load = worlds::open_load(model::LoadSpec::Arrivals::poisson, rate);
  load.mix = std::move(mix);
  spec.services[users].load = worlds::shared(load);
  return spec;
}

const model::ReplicaSet& set_of(const model::World& world) {
  return world.shared().sets.at(0);
}

const model::PrimaryCount& count_of(const model::World& world) {
  return world.shards()[0].replica_log(0).count();
}

std::vector<model::Occurrence> elections(model::World& world) {
  std::vector<model::Occurrence> found;
  for (model::Occurrence& occurrence : world.take_occurrences()) {
    if (occurrence.type.rfind("primary.", 0) == 0) found.push_back(std::move(occurrence));
  }
  return found;
}

std::uint64_t asked(const model::World& world, InstanceId id) {
  return world.count_of(id).requests;
}

TEST(Primary, WritesGoToThePrimaryAlone) {
  model::World world(set_of_three(asynchronous(), {request(Verb::put)}));
  world.count_instances(true);
  world.run_until(10 * sim::second);
  const InstanceId primary = set_of(world).primary;
  EXPECT_EQ(primary, worlds::instances_of(world, "database")[0]) << "the first of them, at first";
  for (const InstanceId id : worlds::instances_of(world, "database")) EXPECT_EQ(asked(world, id) > 0, id == primary);
  EXPECT_EQ(worlds::requests_of(world).failed, 0U);
  EXPECT_EQ(count_of(world).refused, 0U);
  EXPECT_GT(count_of(world).writes, 900U);
}

TEST(Primary, ReadsGoWhereTheDocumentSays) {
  for (const auto from : {model::ReadFrom::primary, model::ReadFrom::secondary, model::ReadFrom::nearest}) {
    model::PrimarySpec spec = asynchronous();
    spec.read_from = from;
    model::World world(set_of_three(spec, {request(Verb::get)}));
    world.count_instances(true);
    world.run_until(10 * sim::second);
    const InstanceId primary = set_of(world).primary;
    for (const InstanceId id : worlds::instances_of(world, "database")) {
      const bool expected = from == model::ReadFrom::nearest || (from == model::ReadFrom::primary) == (id == primary);
      EXPECT_EQ(asked(world, id) > 0, expected) << static_cast<int>(from);
    }
    EXPECT_EQ(worlds::requests_of(world).failed, 0U);
    if (from != model::ReadFrom::secondary) continue;
    world.hold_down({worlds::instances_of(world, "database")[1], worlds::instances_of(world, "database")[2]}, model::Reach::refuse);
    world.run_until(11 * sim::second);
    const std::uint64_t failed = worlds::requests_of(world).failed;
    world.run_until(12 * sim::second);
    EXPECT_EQ(worlds::requests_of(world).failed, failed) << "the primary answers when there is nobody else";
  }
}

/// One key, written at Poisson rate λ; a secondary that lags by L has a write of the last L still to come with chance 1 - exp(-λL).
TEST(Primary, ReadsOfSecondariesAreStaleAsOftenAsTheLagSays) {
  model::PrimarySpec spec = asynchronous();
  spec.read_from = model::ReadFrom::secondary;
  model::World world(set_of_three(
      spec, {request(Verb::put, 1, model::RequestSpec::Key::fixed), request(Verb::get, 9, model::RequestSpec::Key::fixed)}, 100));
  world.run_until(1'000 * sim::second);
  const model::PrimaryCount& count = count_of(world);
  const double writes = static_cast<double>(count.writes) / 1'000;
  const double expected = 1 - std::exp(-writes * 0.05);
  const auto reads = static_cast<double>(count.secondary_reads);
  ASSERT_GT(reads, 80'000);
  // A write decides about the reads of 50 ms, 4.5 on average: so many fewer are independent. Four standard deviations.
  const double sigma = std::sqrt(expected * (1 - expected) / (reads / (1 + 90 * 0.05)));
  EXPECT_NEAR(static_cast<double>(count.stale_reads) / reads, expected, 4 * sigma);
  const model::Histogram& lag = world.shards()[0].replica_log(0).lag();
  EXPECT_EQ(lag.quantile(0.5), lag.quantile(0.999)) << "the lag is always the same";
  EXPECT_NEAR(lag.mean_ns(), 50e6, 1);
}

/// A secondary that applies 80 writes a second and gets 100 falls behind by 20 a second.
TEST(Primary, ASecondaryThatIsTooSlowFallsBehind) {
  model::PrimarySpec spec = asynchronous();
  spec.apply = 12'500 * sim::microsecond;
  model::WorldSpec world_spec = set_of_three(spec, {request(Verb::put)});
  model::LoadSpec load = *world_spec.services[users].load;
  load.arrivals = model::LoadSpec::Arrivals::deterministic;
  world_spec.services[users].load = worlds::shared(load);
  model::World world(world_spec);
  world.run_until(100 * sim::second);
  // A write brings it to where it is: ask for one, then look.
  const model::ReplicaLog::Behind behind = world.shards()[0].replica_log(0).behind(worlds::instances_of(world, "database")[1], world.now());
  EXPECT_NEAR(static_cast<double>(behind.writes), 20 * 100, 10);
  EXPECT_NEAR(sim::to_seconds(behind.time), 20, 0.2);
}

/// Dead, 3 s until that is known, 2 s until there is another: writes fail for 5 s, and none after that.
TEST(Primary, AnotherTakesOverWhenItIsGone) {
  model::World world(set_of_three(asynchronous(), {request(Verb::put)}, 1'000));
  world.run_until(10 * sim::second);
  const InstanceId old = set_of(world).primary;
  world.take_occurrences();
  world.kill(old);
  world.run_until(13 * sim::second - 1);
  EXPECT_EQ(set_of(world).primary, old) << "nobody knows yet";
  const worlds::Sums known = worlds::requests_of(world);
  EXPECT_EQ(known.failed, known.sent - known.succeeded - known.in_flight());
  world.run_until(13 * sim::second);
  EXPECT_EQ(set_of(world).primary, model::no_instance);
  world.run_until(15 * sim::second - 1);
  EXPECT_EQ(set_of(world).primary, model::no_instance);
  world.run_until(15 * sim::second);
  EXPECT_NE(set_of(world).primary, old);
  EXPECT_NE(set_of(world).primary, model::no_instance);
  world.run_until(15'100 * sim::millisecond);
  const std::uint64_t failed = worlds::requests_of(world).failed;
  EXPECT_NEAR(static_cast<double>(failed), 5'000, 4 * std::sqrt(5'000));
  world.run_until(30 * sim::second);
  EXPECT_EQ(worlds::requests_of(world).failed, failed);
  const std::vector<model::Occurrence> told = elections(world);
  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(told[0].type, "primary.lost");
  EXPECT_EQ(told[0].at, 13 * sim::second);
  EXPECT_EQ(told[1].type, "primary.elected");
  EXPECT_EQ(told[1].at, 15 * sim::second);
  EXPECT_EQ(told[1].subject_id, world.name_of(set_of(world).primary));
  EXPECT_EQ(told[1].data.at(0), std::pair(std::string("lostWrites"), std::to_string(count_of(world).lost)));
  EXPECT_EQ(set_of(world).without, 2 * sim::second);
  EXPECT_EQ(set_of(world).elections, 1U);
}

/// What the secondaries had not got is lost: a lag of 50 ms at 1,000 writes a second.
TEST(Primary, LosesWhatItHadNotSent) {
  for (const bool blip : {false, true}) {
    model::World world(set_of_three(asynchronous(), {request(Verb::put)}, 1'000));
    world.run_until(10 * sim::second);
    const InstanceId old = set_of(world).primary;
    world.hold_down({old}, model::Reach::blackhole);
    world.run_until((blip ? 12 : 60) * sim::second);
    world.release({old}, model::Reach::blackhole);
    world.run_until(70 * sim::second);
    EXPECT_EQ(set_of(world).primary == old, blip) << "who comes back before anybody knows stays";
    EXPECT_EQ(world.instance(old).state, model::InstanceState::up);
    EXPECT_NEAR(static_cast<double>(count_of(world).lost), blip ? 0 : 50, blip ? 0 : 4 * std::sqrt(50));
    // As a secondary it follows: what it had alone is gone, what it missed it gets.
    world.set_traffic(users, 0);
    world.run_until(71 * sim::second);
    EXPECT_EQ(count_of(world).copied_anew, 0U);
    model::World copy(world);
    copy.set_traffic(users, 10);
    copy.run_until(72 * sim::second);
    EXPECT_LE(copy.shards()[0].replica_log(0).behind(old, copy.now()).writes, 5U);
  }
}

/// Semi-synchronous: a write is answered when a secondary has it, so none that was answered is lost.
TEST(Primary, LosesNothingThatWasAcknowledged) {
  for (const std::uint32_t acknowledgements : {1U, 2U, model::PrimarySpec::majority_acknowledges}) {
    model::PrimarySpec spec = asynchronous();
    spec.acknowledgements = acknowledgements;
    spec.goes_on = false;
    model::World world(set_of_three(spec, {request(Verb::put)}, 1'000));
    world.run_until(10 * sim::second);
    EXPECT_EQ(worlds::requests_of(world).failed, 0U);
    // 0.1 ms there, 1 ms; 0.1 ms to the secondary, 1 ms, 0.1 ms back; 0.1 ms back.
    EXPECT_NEAR(sim::to_ms(worlds::cells_of(world, "database").response.quantile(1)), 2.4, 2.4 / 128) << "as the histogram knows it";
    world.kill(set_of(world).primary);
    world.run_until(20 * sim::second);
    EXPECT_EQ(count_of(world).lost, 0U);
    EXPECT_NE(set_of(world).primary, model::no_instance);
    // Two are left: one may acknowledge, two are not there.
    const worlds::Sums before = worlds::requests_of(world);
    world.run_until(21 * sim::second);
    const worlds::Sums after = worlds::requests_of(world);
    if (acknowledgements == 2) {
      EXPECT_EQ(after.succeeded, before.succeeded);
      EXPECT_GT(count_of(world).unacknowledged, 0U);
    } else {
      EXPECT_EQ(after.failed, before.failed);
      EXPECT_GT(after.succeeded, before.succeeded + 900);
    }
  }
}

TEST(Primary, GoesOnWithoutSecondariesWhenTheDocumentSaysSo) {
  for (const bool goes_on : {false, true}) {
    model::PrimarySpec spec = asynchronous();
    spec.acknowledgements = 1;
    spec.goes_on = goes_on;
    model::World world(set_of_three(spec, {request(Verb::put)}));
    const std::vector<InstanceId> all = worlds::instances_of(world, "database");
    world.hold_down({all[1], all[2]}, model::Reach::refuse);
    world.run_until(10 * sim::second);
    EXPECT_EQ(worlds::requests_of(world).succeeded > 900, goes_on);
    EXPECT_EQ(worlds::requests_of(world).failed > 900, !goes_on);
  }
}

TEST(Primary, NeedsAMajorityWhenTheDocumentSaysSo) {
  for (const bool majority : {false, true}) {
    model::PrimarySpec spec = asynchronous();
    spec.needs_majority = majority;
    model::World world(set_of_three(spec, {request(Verb::put)}));
    const std::vector<InstanceId> all = worlds::instances_of(world, "database");
    world.run_until(sim::second);
    world.hold_down({all[1], all[2]}, model::Reach::blackhole);  // two of three zones
    world.run_until(4 * sim::second);
    EXPECT_EQ(set_of(world).primary == model::no_instance, majority) << "it steps down";
    world.run_until(60 * sim::second);
    EXPECT_EQ(set_of(world).primary == model::no_instance, majority);
    world.release({all[2]}, model::Reach::blackhole);
    world.run_until(62 * sim::second);
    EXPECT_EQ(set_of(world).primary, all[0]) << "it has most";
    EXPECT_EQ(count_of(world).lost, 0U);
  }
}

/// One that says Goodbye hands over: nobody has to find out, nothing is lost.
TEST(Primary, HandsOverWhenItGoes) {
  model::World world(set_of_three(asynchronous(), {request(Verb::put)}, 1'000));
  world.run_until(10 * sim::second);
  const InstanceId old = set_of(world).primary;
  world.retire(old);
  EXPECT_EQ(set_of(world).primary, model::no_instance);
  world.run_until(12 * sim::second);
  EXPECT_NE(set_of(world).primary, model::no_instance);
  EXPECT_NE(set_of(world).primary, old);
  world.run_until(20 * sim::second);
  EXPECT_EQ(count_of(world).lost, 0U);
  EXPECT_NEAR(static_cast<double>(worlds::requests_of(world).failed), 2'000, 4 * std::sqrt(2'000));
}

TEST(Primary, TheMostRecentSecondaryIsNext) {
  model::World world(set_of_three(asynchronous(), {request(Verb::put)}, 1'000));
  const std::vector<InstanceId> all = worlds::instances_of(world, "database");
  world.run_until(sim::second);
  world.hold_down({all[1]}, model::Reach::refuse);
  world.run_until(20 * sim::second);
  world.hold_down({all[0]}, model::Reach::refuse);
  world.release({all[1]}, model::Reach::refuse);  // it lacks 19 s of writes, and the primary is not there to give them
  world.run_until(30 * sim::second);
  EXPECT_EQ(set_of(world).primary, all[2]);
}

/// Who gets the place of one that is dead is not primary for that, however long nobody knows.
TEST(Primary, IsNotWhoHasItsPlace) {
  model::PrimarySpec spec = asynchronous();
  spec.detection = constant(60'000);
  model::World world(set_of_three(spec, {request(Verb::put)}));
  world.run_until(10 * sim::second);
  const InstanceId old = set_of(world).primary;
  world.kill(old);
  world.run_until(25 * sim::second);  // it has been removed
  const model::Group& group = world.shared().groups[set_of(world).primary_group];
  const InstanceId next = world.start_instance(database, group.location, world.shared().services[database].current_profile);
  ASSERT_EQ(next, old) << "the same slot";
  world.run_until(40 * sim::second);
  ASSERT_EQ(world.instance(next).state, model::InstanceState::up);
  EXPECT_FALSE(world.is_primary(next));
  EXPECT_EQ(worlds::requests_of(world).succeeded, count_of(world).writes);
  const std::uint64_t before = worlds::requests_of(world).succeeded;
  world.run_until(69 * sim::second);
  EXPECT_EQ(worlds::requests_of(world).succeeded, before) << "it is asked, and refuses";
  EXPECT_GT(count_of(world).refused, 1'000U);
  world.run_until(75 * sim::second);
  EXPECT_TRUE(world.is_primary(set_of(world).primary));
  EXPECT_GT(worlds::requests_of(world).succeeded, before);
}

TEST(Primary, SharedStorageLosesNothing) {
  model::PrimarySpec spec = asynchronous();
  spec.shared_storage = true;
  model::World world(set_of_three(spec, {request(Verb::put)}, 1'000));
  world.run_until(10 * sim::second);
  world.kill(set_of(world).primary);
  world.run_until(20 * sim::second);
  EXPECT_EQ(set_of(world).elections, 1U);
  EXPECT_EQ(count_of(world).lost, 0U);
}

/// Each region has a set of its own.
TEST(Primary, OfEveryRegion) {
  model::WorldSpec spec = set_of_three(asynchronous(), {request(Verb::put)});
  spec.regions.push_back({"us-west-2", {"zoneA", "zoneB", "zoneC"}, {"54.245", "54.244", "54.214"}});
  spec.network.between_ms = {{0, 30}, {30, 0}};
  for (const std::uint32_t s : {database, app}) spec.services[s].regions = 2;
  model::World world(spec);
  ASSERT_EQ(world.shared().sets.size(), 2U);
  for (std::uint32_t set = 0; set < 2; ++set) EXPECT_EQ(model::shard_of(world.shared().sets[set].primary), set);
  world.run_until(10 * sim::second);
  world.kill(world.shared().sets[1].primary);
  world.run_until(20 * sim::second);
  EXPECT_EQ(world.shared().sets[0].elections, 0U);
  EXPECT_EQ(world.shared().sets[1].elections, 1U);
  for (std::uint32_t set = 0; set < 2; ++set) EXPECT_GT(world.shards()[set].replica_log(set).count().writes, 200U);
}

/// The presets: how long writes fail when the primary is killed.
TEST(Primary, PresetsTakeAsLongAsTheirSourcesSay) {
  const struct {
    const char* name;
    double from_s, to_s;
    bool loses;
  } expected[] = {{"mongodb", 12, 12, false}, {"rdsMultiAz", 60, 120, false}, {"aurora", 10, 30, false}, {"mysql", 10, 30, true}};
  ASSERT_EQ(model::primary_preset_names().size(), std::size(expected));
  for (std::size_t p = 0; p < std::size(expected); ++p) {
    ASSERT_EQ(model::primary_preset_names()[p], expected[p].name);
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
      model::WorldSpec spec = set_of_three(model::primary_preset(p), {request(Verb::put)}, 1'000);
      spec.seed = seed;
      model::World world(spec);
      world.run_until(sim::second);
      const InstanceId old = set_of(world).primary;
      world.kill(old);
      while (set_of(world).elections == 0 && world.now() < 200 * sim::second) world.run_until(world.now() + 10 * sim::millisecond);
      EXPECT_GE(sim::to_seconds(world.now()) - 1, expected[p].from_s - 0.001) << expected[p].name;
      EXPECT_LE(sim::to_seconds(world.now()) - 1, expected[p].to_s + 0.01) << expected[p].name;
      EXPECT_EQ(count_of(world).lost > 0, expected[p].loses) << expected[p].name;
    }
  }
}

TEST(Primary, ACopyGoesOnIdentically) {
  model::PrimarySpec spec = model::primary_preset(0);
  spec.read_from = model::ReadFrom::nearest;
  model::World world(set_of_three(spec, {request(Verb::put), request(Verb::get, 3, model::RequestSpec::Key::known)}));
  world.run_until(5 * sim::second);
  world.kill(set_of(world).primary);
  world.run_until(9 * sim::second);
  model::World copy(world);
  world.run_until(30 * sim::second);
  copy.run_until(30 * sim::second);
  EXPECT_EQ(copy.fingerprint(), world.fingerprint());
  EXPECT_EQ(set_of(copy).primary, set_of(world).primary);
  EXPECT_EQ(count_of(copy).stale_reads, count_of(world).stale_reads);
  EXPECT_GT(count_of(world).secondary_reads, 0U);
}

}  // namespace
