// Copies in a Cassandra cluster: where they are, how many have to answer, what becomes of writes for those that are away.

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>

#include "support/arrivals.h"

namespace {

using model::Consistency;
using model::Verb;
using worlds::service;

/// users -> app, in the first region -> cass, with so many nodes in each of so many regions. Requests are what `mix` says, 100 a second.
model::WorldSpec cluster(std::uint32_t regions, std::uint32_t nodes, const model::Replication& replication,
                         std::vector<model::RequestSpec> mix, double rate = 100) {
  model::WorldSpec spec = worlds::small(
      {service("cass", "priamCassandra", nodes, {0}), service("app", "monolith", 3, {0}), service("users", "denominator", 0, {1})});
  if (regions == 2) {
    spec.regions.push_back({"us-west-2", {"zoneA", "zoneB", "zoneC"}, {"54.245", "54.244", "54.214"}});
    spec.network.between_ms = {{0, 30}, {30, 0}};
    spec.services[0].regions = 2;
    spec.services[0].everywhere = true;
  }
  spec.services[0].replication = replication;
  model::LoadSpec load = worlds::open_load(model::LoadSpec::Arrivals::poisson, rate);
  load.mix = std::move(mix);
  spec.services[2].load = worlds::shared(load);
  return spec;
}

model::RequestSpec request(Verb verb, std::optional<Consistency> level = {}) {
  return {verb == Verb::put ? "write" : "read", verb, model::RequestSpec::Key::fresh, 1, model::usual_priority, level};
}

std::string place_of(const model::World& world, model::InstanceId id) {
  return world.shared().locations[world.shared().groups[world.instance(id).group].location].id;
}

std::vector<model::InstanceId> nodes_in(const model::World& world, const std::string& prefix) {
  std::vector<model::InstanceId> found;
  for (const model::InstanceId id : worlds::instances_of(world, "cass")) {
    if (place_of(world, id).rfind(prefix, 0) == 0) found.push_back(id);
  }
  return found;
}

model::ReplicationCount counted(const model::World& world) {
  model::ReplicationCount sum;
  for (const model::Shard& shard : world.shards()) sum.add(shard.replication_count(0));
  return sum;
}

// --- the truth table

enum Loss { nothing, own_zone, two_own_zones, far_region, losses };
const char* const loss_names[] = {"nothing", "oneZone", "twoZones", "theOtherRegion"};

struct Row {
  Consistency level;
  bool one_region[3];   ///< factor 3: whether it survives the loss of nothing, of a zone, of two
  bool two_regions[4];  ///< factors 3 + 3: and of the other region
};

// By the documentation of Cassandra: with 3 + 3 copies QUORUM needs 4, LOCAL_QUORUM 2 here, EACH_QUORUM 2 and 2.
const Row truth[] = {
    {Consistency::one, {true, true, true}, {true, true, true, true}},
    {Consistency::two, {true, true, false}, {true, true, true, true}},
    {Consistency::three, {true, false, false}, {true, true, true, true}},
    {Consistency::quorum, {true, true, false}, {true, true, true, false}},
    {Consistency::local_one, {true, true, true}, {true, true, true, true}},
    {Consistency::local_quorum, {true, true, false}, {true, true, false, true}},
    {Consistency::each_quorum, {true, true, false}, {true, true, false, false}},
    {Consistency::all, {true, false, false}, {true, false, false, false}},
    {Consistency::any, {true, true, true}, {true, true, true, true}},
};

struct Case {
  Row row;
  std::uint32_t regions;
  Verb verb;
  Loss loss;
  bool survives() const { return regions == 1 ? row.one_region[loss] : row.two_regions[loss]; }
};

std::vector<Case> cases() {
  std::vector<Case> all;
  for (const Row& row : truth) {
    for (const std::uint32_t regions : {1U, 2U}) {
      for (const Verb verb : {Verb::get, Verb::put}) {
        if (verb == Verb::get && row.level == Consistency::any) continue;
        for (int loss = nothing; loss < losses; ++loss) {
          if (loss != far_region || regions == 2) all.push_back({row, regions, verb, static_cast<Loss>(loss)});
        }
      }
    }
  }
  return all;
}

class Levels : public testing::TestWithParam<Case> {};

TEST_P(Levels, SurviveWhatTheyCan) {
  const Case& c = GetParam();
  model::Replication replication;
  replication.read = replication.write = c.row.level;
  model::World world(cluster(c.regions, 3, replication, {request(c.verb)}));
  world.set_traffic(2, 0);
  std::vector<model::InstanceId> lost;
  const auto lose = [&](const char* place) {
    for (const model::InstanceId id : nodes_in(world, place)) lost.push_back(id);
  };
  if (c.loss == own_zone || c.loss == two_own_zones) lose("us-east-1.zoneA");
  if (c.loss == two_own_zones) lose("us-east-1.zoneB");
  if (c.loss == far_region) lose("us-west-2");
  world.hold_down(lost, model::Reach::blackhole);
  world.run_until(sim::second);
  world.set_traffic(2, 100);
  world.run_until(6 * sim::second);
  world.set_traffic(2, 0);
  world.run_until(8 * sim::second);
  const worlds::Sums sums = worlds::requests_of(world);
  EXPECT_GT(sums.sent, 300U);
  EXPECT_EQ(sums.in_flight(), 0U);
  EXPECT_EQ(sums.failed, c.survives() ? 0 : sums.sent);
  EXPECT_EQ(counted(world).unavailable, sums.failed);
  // Too few are known to be up: it says so without asking or waiting. An answer of another region takes 60 ms.
  const double slowest = static_cast<double>(worlds::cells_of(world, "cass").response.quantile(1)) / sim::millisecond;
  EXPECT_TRUE(c.survives() || slowest < 2) << slowest;
}

INSTANTIATE_TEST_SUITE_P(TruthTable, Levels, testing::ValuesIn(cases()), [](const auto& i) {
  const Case& c = i.param;
  return model::consistency_names()[static_cast<std::size_t>(c.row.level)] + "_in" + std::to_string(c.regions) +
         (c.verb == Verb::put ? "_writes_" : "_reads_") + loss_names[c.loss];
});

TEST(Replication, ARequestMayHaveALevelOfItsOwn) {
  model::Replication replication;
  replication.read = Consistency::all;
  model::World world(cluster(1, 3, replication, {request(Verb::get, Consistency::quorum)}));
  world.set_traffic(2, 0);
  world.hold_down(nodes_in(world, "us-east-1.zoneB"), model::Reach::refuse);
  world.run_until(sim::second);
  world.set_traffic(2, 100);
  world.run_until(5 * sim::second);
  EXPECT_EQ(worlds::requests_of(world).failed, 0U);
  // From now on as the service is set.
  model::LoadSpec plain = worlds::open_load(model::LoadSpec::Arrivals::poisson, 100);
  plain.mix = {request(Verb::get)};
  world.set_load(2, worlds::shared(plain));
  const std::uint64_t before = worlds::requests_of(world).sent;
  world.run_until(10 * sim::second);
  EXPECT_GE(worlds::requests_of(world).failed + 2, worlds::requests_of(world).sent - before);
}

TEST(Replication, UntilItIsKnownALossIsATimeOut) {
  model::Replication replication;
  replication.write = Consistency::all;
  model::WorldSpec spec = cluster(1, 3, replication, {request(Verb::put)});
  spec.registry_delay = 100 * sim::second;
  spec.services[0].timeout = 200 * sim::millisecond;
  model::World world(spec);
  world.hold_down(nodes_in(world, "us-east-1.zoneC"), model::Reach::blackhole);
  world.run_until(5 * sim::second);
  EXPECT_EQ(counted(world).unavailable, 0U);
  EXPECT_GE(worlds::cells_of(world, "app").response.quantile(0.1), 200 * sim::millisecond);
  EXPECT_GT(counted(world).hints_kept, 200U) << "what was not acknowledged is kept";
}

// --- where copies are

/// The zones, and the nodes, that each write reached, its coordinator's included.
void expect_copies(std::uint32_t nodes, std::uint32_t factor, std::size_t zones, std::size_t in_all) {
  model::Replication replication;
  replication.factor = factor;
  replication.write = Consistency::all;
  model::WorldSpec spec = cluster(1, nodes, replication, {request(Verb::put)});
  spec.trace_sample_rate = 1;
  model::World world(spec);
  world.run_until(5 * sim::second);
  world.set_traffic(2, 0);
  world.run_until(6 * sim::second);
  const std::uint32_t cass = *world.find_service("cass");
  const auto is_node = [&](model::InstanceId id) { return world.shared().groups[world.instance(id).group].service == cass; };
  std::map<std::uint64_t, std::set<model::InstanceId>> sent, coordinator;
  for (const model::Span& span : world.shards()[0].spans()) {
    if (span.root || !is_node(span.target)) continue;
    (is_node(span.source) ? sent : coordinator)[span.trace].insert(span.target);
  }
  EXPECT_GT(sent.size(), 300U);
  std::map<model::InstanceId, int> load;
  for (auto& [trace, copies] : sent) {
    if (copies.size() < in_all) copies.insert(coordinator[trace].begin(), coordinator[trace].end());
    std::set<std::string> places;
    for (const model::InstanceId id : copies) {
      places.insert(place_of(world, id));
      ++load[id];
    }
    ASSERT_EQ(copies.size(), in_all);
    ASSERT_EQ(places.size(), zones);
  }
  // Every node has its share.
  const double n = static_cast<double>(sent.size()), share = static_cast<double>(in_all) / nodes;
  ASSERT_EQ(load.size(), nodes);
  for (const auto& [id, count] : load) EXPECT_NEAR(count / n, share, 5 * std::sqrt(share * (1 - share) / n) + 1e-9);
}

TEST(Replication, CopiesAreInAsManyZonesAsThereAre) {
  expect_copies(12, 3, 3, 3);
  expect_copies(12, 2, 2, 2);
  expect_copies(12, 6, 3, 6);
  expect_copies(3, 3, 3, 3);
}

// --- speculative retry

TEST(Replication, SpeculationAsksOneMore) {
  const auto slowest_ms = [](sim::Time speculative, std::uint64_t& speculated) {
    model::Replication replication;
    replication.read = Consistency::quorum;
    replication.speculative = speculative;
    model::World world(cluster(1, 3, replication, {request(Verb::get)}));
    // The app of zone C asks its own node first, which is slow for itself; those of A and B now and then ask it for its copy.
    worlds::slow_down(world, nodes_in(world, "us-east-1.zoneA"), 80 * sim::millisecond);
    world.hold_down({worlds::instances_of(world, "app")[0]}, model::Reach::refuse);
    world.run_until(20 * sim::second);
    EXPECT_EQ(worlds::requests_of(world).failed, 0U);
    speculated = counted(world).speculated;
    return static_cast<double>(worlds::cells_of(world, "app").service.quantile(0.999)) / sim::millisecond;
  };
  std::uint64_t speculated = 0;
  const double without = slowest_ms(0, speculated);
  EXPECT_EQ(speculated, 0U);
  EXPECT_GT(without, 80);
  const double with = slowest_ms(10 * sim::millisecond, speculated);
  EXPECT_GT(speculated, 300U);
  // 1 ms at the app, 1 ms at the coordinator, 10 ms of patience, 1 ms at the third; 0.1 ms each of four ways.
  EXPECT_NEAR(with, 13.4, 0.2);
}

/// At the p99 of the coordinator's recent reads about one in a hundred asks one more: buckets are a fifth wide, so fewer by what an
/// exponential time is less likely to be over 1.2 times as long.
TEST(Replication, SpeculatesAtAQuantileOfRecentReads) {
  model::Replication replication;
  replication.read = Consistency::quorum;
  replication.speculative_quantile = 0.99;
  model::WorldSpec spec = cluster(1, 3, replication, {request(Verb::get)}, 1'000);
  spec.services[0].service_time.kind = model::DistributionSpec::Kind::exponential;
  spec.services[0].service_time.mean_ms = 5;
  spec.services[0].timeout = 2 * sim::second;
  model::World world(spec);
  world.run_until(2 * sim::second);
  EXPECT_EQ(counted(world).speculated, 0U) << "at first it waits for half of the time-out";
  world.run_until(20 * sim::second);
  const std::uint64_t before = counted(world).speculated;
  world.run_until(220 * sim::second);
  const double reads = 200'000, share = static_cast<double>(counted(world).speculated - before) / reads;
  const double least = std::pow(0.01, 1.2);
  // The quantile itself comes from some 20,000 reads of a node, its weight a minute's: 1 % of it known to a standard deviation of 7 %.
  EXPECT_LT(share, 0.01 * (1 + 4 * 0.07));
  EXPECT_GT(share, least * (1 - 4 * 0.07));
  // When all get slower nobody knows better for a while, then it is one in a hundred again.
  worlds::slow_down(world, nodes_in(world, "us-east-1"), 50 * sim::millisecond);
  world.run_until(221 * sim::second);
  const std::uint64_t slower = counted(world).speculated;
  EXPECT_GT(slower - before, 800U);
  world.run_until(900 * sim::second);
  const std::uint64_t later = counted(world).speculated;
  world.run_until(910 * sim::second);
  EXPECT_LT(static_cast<double>(counted(world).speculated - later) / 10'000, 0.01 * 1.4);
}

// --- read repair

/// Keys that are put while a node is away and nobody keeps hints: reads of all copies find each of them once.
TEST(ReadRepair, GivesTheNewestToCopiesThatLackIt) {
  for (const bool repair : {true, false}) {
    model::Replication replication;
    replication.read = Consistency::all;
    replication.hint_window = 0;
    replication.read_repair = repair;
    model::World world(cluster(1, 3, replication, {request(Verb::put)}));
    world.run_until(sim::second);
    const std::vector<model::InstanceId> lost = nodes_in(world, "us-east-1.zoneB");
    world.hold_down(lost, model::Reach::refuse);
    world.run_until(1'200 * sim::millisecond);
    const std::uint64_t before = worlds::requests_of(world).sent;
    world.run_until(5 * sim::second);
    const std::uint64_t missed = worlds::requests_of(world).sent - before;
    world.set_traffic(2, 0);
    world.run_until(6 * sim::second);
    world.release(lost, model::Reach::refuse);
    world.run_until(7 * sim::second);
    const std::uint64_t reads_from = worlds::cells_of(world, "cass").requests;
    model::LoadSpec reads = worlds::open_load(model::LoadSpec::Arrivals::poisson, 200);
    reads.mix = {{"read", Verb::get, model::RequestSpec::Key::known, 1, model::usual_priority, {}}};
    world.set_load(2, worlds::shared(reads));
    world.run_until(107 * sim::second);
    const model::ReplicationCount first = counted(world);
    EXPECT_GT(first.compared, 19'000U);
    EXPECT_EQ(worlds::requests_of(world).failed, 0U) << "no key is missing";
    if (repair) {
      // 40 reads of each key: every one has been found. A write or two were on their way to the node when it fell, or when it was known.
      EXPECT_NEAR(static_cast<double>(first.repaired), static_cast<double>(missed), 25);
      EXPECT_EQ(first.stale, first.repaired);
      world.run_until(200 * sim::second);
      EXPECT_EQ(counted(world).repaired, first.repaired) << "once each";
      // Three ways and three pieces of work of 1 ms in a row: the coordinator's, the other copies', the one that takes what it lacked.
      const double slowest = static_cast<double>(worlds::cells_of(world, "app").service.quantile(1)) / sim::millisecond;
      EXPECT_NEAR(slowest, 1 + 0.1 + 1 + 1.2 + 1.2 + 0.1, 0.05);
      EXPECT_GT(worlds::cells_of(world, "cass").requests - reads_from, 3 * first.compared + first.repaired - 10) << "one write for each";
    } else {
      const double share = static_cast<double>(missed) / static_cast<double>(worlds::requests_of(world).sent - first.compared);
      EXPECT_NEAR(static_cast<double>(first.repaired) / static_cast<double>(first.compared), share, 0.05) << "again and again";
      const double slowest = static_cast<double>(worlds::cells_of(world, "app").service.quantile(1)) / sim::millisecond;
      EXPECT_LT(slowest, 4);
    }
  }
}

TEST(ReadRepair, OneAnswerShowsNothing) {
  model::Replication replication;
  replication.hint_window = 0;
  model::World world(cluster(1, 3, replication, {request(Verb::put), {"read", Verb::get, model::RequestSpec::Key::known, 1, 3, {}}}));
  world.hold_down(nodes_in(world, "us-east-1.zoneB"), model::Reach::refuse);
  world.run_until(5 * sim::second);
  world.release(nodes_in(world, "us-east-1.zoneB"), model::Reach::refuse);
  world.run_until(10 * sim::second);
  EXPECT_EQ(counted(world).compared, 0U);
  EXPECT_EQ(counted(world).repaired, 0U);
}

/// A write that is kept for a copy has the time of the write: a later one is not overwritten by it, and a repair finds nothing after it.
TEST(ReadRepair, HintsMendWhatWasMissed) {
  model::Replication replication;
  replication.read = Consistency::all;
  replication.hint_kib_per_second = 100'000;
  model::World world(cluster(1, 3, replication, {request(Verb::put)}));
  const std::vector<model::InstanceId> lost = nodes_in(world, "us-east-1.zoneB");
  world.hold_down(lost, model::Reach::refuse);
  world.run_until(5 * sim::second);
  world.set_traffic(2, 0);
  world.run_until(6 * sim::second);
  world.release(lost, model::Reach::refuse);
  world.run_until(60 * sim::second);
  ASSERT_EQ(counted(world).hints_sent, counted(world).hints_kept);
  model::LoadSpec reads = worlds::open_load(model::LoadSpec::Arrivals::poisson, 200);
  reads.mix = {{"read", Verb::get, model::RequestSpec::Key::known, 1, model::usual_priority, {}}};
  world.set_load(2, worlds::shared(reads));
  world.run_until(100 * sim::second);
  EXPECT_GT(counted(world).compared, 7'000U);
  EXPECT_EQ(counted(world).repaired, 0U);
}

/// Copies in another region answer and are mended over the same messages.
TEST(ReadRepair, OverRegions) {
  model::Replication replication;
  replication.read = Consistency::all;
  replication.hint_window = 0;
  model::World world(cluster(2, 3, replication, {request(Verb::put)}));
  const std::vector<model::InstanceId> lost = nodes_in(world, "us-west-2.zoneB");
  world.hold_down(lost, model::Reach::refuse);
  world.run_until(5 * sim::second);
  world.set_traffic(2, 0);
  world.run_until(6 * sim::second);
  world.release(lost, model::Reach::refuse);
  world.run_until(7 * sim::second);
  model::LoadSpec reads = worlds::open_load(model::LoadSpec::Arrivals::poisson, 200);
  reads.mix = {{"read", Verb::get, model::RequestSpec::Key::known, 1, model::usual_priority, {}}};
  world.set_load(2, worlds::shared(reads));
  world.run_until(107 * sim::second);
  const std::uint64_t first = counted(world).repaired;
  EXPECT_GT(first, 400U);
  world.run_until(150 * sim::second);
  EXPECT_EQ(counted(world).repaired, first);
  EXPECT_EQ(worlds::requests_of(world).failed, 0U);
}

// --- hints

/// The example of Cassandra's documentation: 100 Mb/s for ten minutes are 7 GiB, which are delivered in about two hours.
TEST(Hints, AreReplayedAsTheDocumentedExampleHasIt) {
  model::Replication replication;
  replication.hint_bytes = 100'000;
  model::World world(cluster(1, 3, replication, {request(Verb::put)}, 125));
  const std::vector<model::InstanceId> lost = nodes_in(world, "us-east-1.zoneB");
  world.hold_down(lost, model::Reach::refuse);
  world.run_until(600 * sim::second);
  world.set_traffic(2, 0);
  world.release(lost, model::Reach::refuse);
  const model::ReplicationCount kept = counted(world);
  const double bytes = static_cast<double>(kept.hints_kept) * 100'000;
  EXPECT_NEAR(bytes / (1 << 30), 7, 0.1);  // 6.98 and what a Poisson stream of 75,000 is off
  EXPECT_EQ(kept.hints_sent, 0U);

  // Two others deliver, each at half the pace, which leaves 1024 KiB/s; they have about half of it each.
  const double seconds = bytes / (1'024 * 1'024);
  EXPECT_NEAR(seconds / 3'600, 2, 0.03);
  const double uneven = 4 * std::sqrt(0.25 / static_cast<double>(kept.hints_kept)) * 2;
  const double look = 10.1;  // a node looks every 10 s who is back, and is told 0.1 s late
  const auto run_for = [&](double more) { world.run_until(600 * sim::second + sim::from_ms(more * 1'000)); };
  run_for(seconds / 2);
  const double pace = 1'024 * 1'024 / 100'000.0;
  EXPECT_NEAR(static_cast<double>(counted(world).hints_sent), static_cast<double>(kept.hints_kept) / 2, look * pace);
  run_for(seconds * (1 - uneven));
  EXPECT_LT(counted(world).hints_sent, kept.hints_kept);
  run_for(seconds * (1 + uneven) + look);
  // A write that was on its way when the node came back may have been kept after that.
  EXPECT_EQ(counted(world).hints_sent, counted(world).hints_kept);
  EXPECT_LE(counted(world).hints_kept, kept.hints_kept + 2);
  world.run_until(world.now() + sim::second);
  EXPECT_EQ(worlds::calls_in_flight(world), 0U);
}

TEST(Hints, AreKeptForTheWindowAlone) {
  model::Replication replication;
  replication.hint_window = 60 * sim::second;
  model::World world(cluster(1, 3, replication, {request(Verb::put)}));
  world.run_until(sim::second);
  world.hold_down(nodes_in(world, "us-east-1.zoneA"), model::Reach::refuse);
  world.run_until(61 * sim::second);
  const std::uint64_t in_window = counted(world).hints_kept;
  EXPECT_NEAR(static_cast<double>(in_window), 6'000, 5 * std::sqrt(6'000));
  world.run_until(121 * sim::second);
  EXPECT_LT(counted(world).hints_kept - in_window, 20U) << "each coordinator counts from its own first write";
  EXPECT_NEAR(static_cast<double>(counted(world).hints_dropped), 6'000, 5 * std::sqrt(6'000));
}

TEST(Hints, OutliveTheirNodeAndNotTheOneTheyAreFor) {
  model::World world(cluster(1, 3, {}, {request(Verb::put)}));
  const model::InstanceId a = nodes_in(world, "us-east-1.zoneA")[0], b = nodes_in(world, "us-east-1.zoneB")[0];
  world.hold_down({a}, model::Reach::refuse);
  world.run_until(20 * sim::second);
  world.set_traffic(2, 0);
  world.run_until(21 * sim::second);
  // One of the two that keep them falls, then all come back.
  world.hold_down({b}, model::Reach::refuse);
  world.release({a}, model::Reach::refuse);
  world.run_until(60 * sim::second);
  const std::uint64_t first = counted(world).hints_sent;
  EXPECT_GT(first, 500U);
  EXPECT_LT(first, counted(world).hints_kept);
  world.release({b}, model::Reach::refuse);
  world.run_until(120 * sim::second);
  EXPECT_EQ(counted(world).hints_sent, counted(world).hints_kept);

  world.kill(a);
  world.set_traffic(2, 100);
  world.run_until(125 * sim::second);
  const std::uint64_t lost = counted(world).hints_kept - counted(world).hints_sent;
  EXPECT_GT(lost, 300U);
  world.run_until(150 * sim::second);
  EXPECT_GE(counted(world).hints_dropped, lost) << "it is never coming back";
}

TEST(Hints, ACopyOfTheWorldHasThem) {
  model::World world(cluster(1, 3, {}, {request(Verb::put)}));
  const std::vector<model::InstanceId> lost = nodes_in(world, "us-east-1.zoneB");
  world.hold_down(lost, model::Reach::refuse);
  world.run_until(20 * sim::second);
  world.release(lost, model::Reach::refuse);
  model::World copy(world);
  for (model::World* each : {&world, &copy}) each->run_until(60 * sim::second);
  EXPECT_GT(counted(copy).hints_sent, 0U);
  EXPECT_EQ(copy.fingerprint(), world.fingerprint());
}

}  // namespace
