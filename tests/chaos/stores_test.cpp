// Faults on data stores, and on the clocks that they go by: copies that are missing or late, a primary that is gone, writes that are kept.

#include "chaos/support.h"
#include "support/arrivals.h"

namespace {

using model::Consistency;
using model::Verb;
using trial::expect_share;
using trial::expect_time;
using trial::on;
using trial::Seen;
using trial::Trial;

constexpr sim::Time period = 20 * sim::second;
constexpr sim::Time known = 2 * sim::second;  ///< by then all know who has gone or come

/// users -> app -> store, three of each, one of each in a zone; 1 ms for a piece of work and 0.1 ms for a way. Gets and puts alike.
model::WorldSpec with_store(const std::string& package, const std::vector<Verb>& verbs) {
  model::WorldSpec spec = worlds::small({worlds::service("store", package, 3, {0}), worlds::service("app", "monolith", 3, {0}),
                                         worlds::service("users", "denominator", 0, {1})});
  model::LoadSpec load = worlds::open_load(model::LoadSpec::Arrivals::poisson, trial::rate);
  load.mix.clear();
  for (const Verb verb : verbs) load.mix.push_back({verb == Verb::put ? "write" : "read", verb, model::RequestSpec::Key::fresh, 1, 3, {}});
  spec.services[2].load = worlds::shared(load);
  return spec;
}

model::WorldSpec cluster(Consistency level, const std::vector<Verb>& verbs = {Verb::get, Verb::put}) {
  model::WorldSpec spec = with_store("priamCassandra", verbs);
  spec.services[0].replication.emplace();
  spec.services[0].replication->read = spec.services[0].replication->write = level;
  spec.services[0].replication->hint_kib_per_second = 100'000;
  return spec;
}

model::ReplicationCount counted(const model::World& world) {
  return world.shards()[0].replication_count(0);
}

chaos::FaultRequest one_node_down() {
  chaos::FaultRequest request = on("datastore.nodeDown", "store");
  request.selector.mode = model::Selector::Mode::one;
  request.duration = period;
  return request;
}

TEST(NodeDown, AQuorumOfThreeGoesOnWithTwoAndKeepsTheThirdsWrites) {
  // There, 1 ms at the app, there, 1 ms at the coordinator, there, 1 ms at another copy, and three ways back.
  constexpr double quorum_ms = 3 + 6 * 0.1;
  Trial trial(cluster(Consistency::quorum, {Verb::put}));
  trial.world.count_instances(true);
  expect_time(trial.see(known).response.quantile(1), quorum_ms, "with three");
  trial::start(trial.world, one_node_down());
  EXPECT_EQ(trial.world.faults()[0].targets, 1U);
  EXPECT_EQ(worlds::in_state(trial.world, "store", model::InstanceState::down), 1U);
  EXPECT_EQ(worlds::in_state(trial.world, "app", model::InstanceState::up), 3U) << "they are no data stores";
  model::InstanceId gone = model::no_instance;
  for (const model::InstanceId id : worlds::instances_of(trial.world, "store")) {
    if (trial.world.instance(id).state == model::InstanceState::down) gone = id;
  }
  trial.see(known);
  const std::uint64_t kept = counted(trial.world).hints_kept;
  const Seen seen = trial.see(period - known - 100 * sim::millisecond);
  EXPECT_EQ(seen.failed, 0U);
  expect_time(seen.response.quantile(0.01), quorum_ms, "with two");
  expect_time(seen.response.quantile(1), quorum_ms, "with two");
  EXPECT_NEAR(static_cast<double>(counted(trial.world).hints_kept - kept), static_cast<double>(seen.count), 3) << "one for each";
  EXPECT_EQ(counted(trial.world).hints_sent, 0U);
  EXPECT_EQ(counted(trial.world).unavailable, 0U);
  const std::uint64_t before = trial.world.count_of(gone).requests;
  trial.see(21 * sim::second);  // a node looks every 10 s who is back, and has kept something for it 10 s before
  EXPECT_EQ(counted(trial.world).hints_sent, counted(trial.world).hints_kept) << "it has caught up";
  EXPECT_GE(trial.world.count_of(gone).requests - before, counted(trial.world).hints_sent);
  const std::uint64_t all = counted(trial.world).hints_kept;
  const Seen after = trial.see(period);
  EXPECT_EQ(after.failed, 0U);
  expect_time(after.response.quantile(1), quorum_ms, "with three again");
  EXPECT_EQ(counted(trial.world).hints_kept, all) << "nothing is kept any more";
}

TEST(NodeDown, AllOfThreeFailsWithTwo) {
  Trial trial(cluster(Consistency::all));
  trial.see(known);
  trial::start(trial.world, one_node_down());
  trial.see(known);
  const std::uint64_t before = counted(trial.world).unavailable;
  const Seen seen = trial.see(period - known - 100 * sim::millisecond);
  EXPECT_EQ(seen.failed, seen.count);
  EXPECT_NEAR(static_cast<double>(counted(trial.world).unavailable - before), static_cast<double>(seen.count), 3);
  expect_time(seen.response.quantile(0.5), 2 + 4 * 0.1, "too few are known to be up: at once");
  trial.see(known);
  EXPECT_EQ(trial.see(period).failed, 0U);
}

/// Its loss is known after 3 s, and another is primary 2 s later; until then nobody takes writes.
TEST(NodeDown, APrimaryIsReplaced) {
  model::WorldSpec spec = with_store("primary", {Verb::put});
  spec.services[0].primary.emplace();
  spec.services[0].primary->lag.mean_ms = 50;
  spec.services[0].primary->detection.mean_ms = 3'000;
  spec.services[0].primary->failover.mean_ms = 2'000;
  Trial trial(spec);
  EXPECT_EQ(trial.see(known).failed, 0U);
  const model::InstanceId first = trial.world.shared().sets[0].primary;
  chaos::FaultRequest request;
  request.type = "datastore.nodeDown";
  request.selector.instances = {trial.world.name_of(first)};
  request.duration = period;
  trial::start(trial.world, request);
  const Seen without = trial.see(4'990 * sim::millisecond);
  EXPECT_EQ(without.failed, without.count);
  EXPECT_GT(without.count, 800U);
  trial.see(100 * sim::millisecond);
  EXPECT_EQ(trial.see(period).failed, 0U);
  EXPECT_NE(trial.world.shared().sets[0].primary, first);
  EXPECT_EQ(trial.world.shared().sets[0].elections, 1U) << "when it is back it follows";
  EXPECT_EQ(worlds::in_state(trial.world, "store", model::InstanceState::up), 3U);
}

/// Three copies here, three in a region that nobody reaches: a local quorum goes on, and each write is kept for each of the three.
TEST(Isolation, WritesDoNotReachTheOtherRegionUntilItIsOver) {
  model::WorldSpec spec = cluster(Consistency::local_quorum, {Verb::put});
  spec.regions.push_back({"eu-west-1", {"zoneA", "zoneB", "zoneC"}, {"176.34", "176.35", "176.36"}});
  spec.network.between_ms = {{0, 40}, {40, 0}};
  spec.services[0].regions = 2;
  spec.services[0].everywhere = true;
  spec.services[0].timeout = 500 * sim::millisecond;
  Trial trial(spec);
  trial.world.count_instances(true);
  const std::vector<model::InstanceId> nodes = worlds::instances_of(trial.world, "store");
  const auto asked_over_there = [&] {
    std::uint64_t sum = 0;
    for (const model::InstanceId id : nodes) sum += model::shard_of(id) == 0 ? 0 : trial.world.count_of(id).requests;
    return sum;
  };
  const auto kept_and_sent = [&] {
    model::ReplicationCount sum;
    for (const model::Shard& shard : trial.world.shards()) sum.add(shard.replication_count(0));
    return std::pair{sum.hints_kept, sum.hints_sent};
  };
  ASSERT_EQ(nodes.size(), 6U);
  expect_time(trial.see(known).response.quantile(1), 3 + 6 * 0.1, "as in one region");
  chaos::FaultRequest request;
  request.type = "region.isolate";
  request.selector.regions = {"eu-west-1"};
  request.duration = period;
  trial::start(trial.world, request);
  trial.see(sim::second);
  const std::uint64_t before = asked_over_there();
  const auto [kept, sent] = kept_and_sent();
  const Seen seen = trial.see(period - sim::second - 100 * sim::millisecond);
  EXPECT_EQ(seen.failed, 0U);
  expect_time(seen.response.quantile(1), 3 + 6 * 0.1, "nobody waits for them");
  EXPECT_EQ(asked_over_there(), before);
  EXPECT_EQ(sent, 0U);
  // What was sent half a second before each end is kept then.
  const double at_the_ends = 0.5 * trial::rate;
  EXPECT_NEAR(static_cast<double>(kept_and_sent().first - kept), 3.0 * static_cast<double>(seen.count), 3 * 5 * std::sqrt(2 * at_the_ends));
  trial.see(25 * sim::second);
  EXPECT_EQ(kept_and_sent().first, kept_and_sent().second) << "all of it is delivered";
  EXPECT_GE(asked_over_there() - before, kept_and_sent().second);
}

/// Who coordinates waits for the late copy when it needs all three; a node that coordinates itself is not late for itself.
TEST(ReplicaLag, IsWhatWritesWaitForThatNeedTheCopy) {
  const auto slow_share = [](Consistency level, const std::vector<Verb>& verbs) {
    Trial trial(cluster(level, verbs));
    trial.see(known);
    chaos::FaultRequest request = on("datastore.replicaLag", "store", {{"lagMs", 500.0}});
    request.selector.zones = {"us-east-1.zoneB"};
    request.duration = period;
    trial::start(trial.world, request);
    const Seen seen = trial.see(period - sim::second);
    EXPECT_EQ(seen.failed, 0U);
    const std::uint64_t slow = seen.count - seen.response.count_at_most(500 * sim::millisecond);
    if (slow > 0) expect_time(seen.response.quantile(1), 3 + 6 * 0.1 + 500, "by as much");
    trial.see(2 * sim::second);
    EXPECT_LT(trial.see(period).response.quantile(1), 4 * sim::millisecond) << "as ever";
    return std::pair{slow, seen.count};
  };
  const auto [puts, all_puts] = slow_share(Consistency::all, {Verb::put});
  expect_share(2.0 / 3, puts, all_puts, "those of the other two zones");
  EXPECT_EQ(slow_share(Consistency::all, {Verb::get}).first, 0U) << "reads do not wait for writes";
  EXPECT_EQ(slow_share(Consistency::quorum, {Verb::put}).first, 0U) << "two others are enough";
}

/// Requests bring the time by which they must be done, and a server that has others to do first drops those that are late by its own clock.
/// Whose clock is far ahead drops all that had to wait: of Poisson arrivals at one worker that is a / (1 + a) (Erlang's loss formula), with
/// a = arrivals in the time of one piece of work.
TEST(ClockSkew, IsTheEndOfDeadlinesThatAreNotOverYet) {
  model::WorldSpec spec = trial::spec();
  constexpr double work_ms = 10;
  spec.services[0].service_time.mean_ms = work_ms;
  spec.services[0].concurrency = 1;
  model::Policy policy;
  policy.timeout = policy.try_timeout = 2 * sim::second;
  policy.pass_deadline = policy.check_at_dequeue = true;
  spec.services[1].calls.resize(1);
  spec.services[1].calls[0].policy = policy;
  spec.services[2].calls.resize(1);
  spec.services[2].calls[0].policy = model::Policy();  // users do not try again
  const auto seen_with = [&](const std::string& service, double offset_ms) {
    Trial trial(spec);
    trial.see(known);
    chaos::FaultRequest request = on("instance.clockSkew", service, {{"offsetMs", offset_ms}});
    request.duration = 100 * sim::second;
    trial::start(trial.world, request);
    Seen seen = trial.see(100 * sim::second);
    trial.see(sim::second);
    EXPECT_EQ(trial.see(period).failed, 0U) << "clocks are right again";
    return seen;
  };
  const double a = trial::rate / 3 * work_ms / 1'000;
  const Seen ahead = seen_with("db", 5'000);
  // Who is dropped depends on who came before: a busy period, of 1 / (1 - loss) requests, is one draw.
  const double loss = a / (1 + a);
  EXPECT_NEAR(ahead.failed_share(), loss, trial::width(loss, static_cast<std::uint64_t>(static_cast<double>(ahead.count) * (1 - loss))));
  EXPECT_EQ(seen_with("db", -5'000).failed, 0U) << "there is time enough, it thinks";
  EXPECT_NEAR(seen_with("web", -5'000).failed_share(), loss, trial::width(loss, static_cast<std::uint64_t>(12'000))) << "as those who call";
}

/// All writes of one key come to the node of zone A. While its clock is an hour behind they have the times of an hour ago, and lose against
/// what was there: the copy that is away meanwhile, for which nobody keeps anything, has missed nothing that counts. After it was an hour
/// ahead those of the right time lose likewise.
TEST(ClockSkew, LetsOlderValuesWin) {
  for (const double hours : {0.0, -1.0, 1.0}) {
    model::WorldSpec spec = cluster(Consistency::one);
    spec.services[0].replication->read = Consistency::all;
    spec.services[0].replication->hint_window = 0;
    spec.services[1].count = 1;
    const auto load = [](Verb verb) {
      model::LoadSpec one = worlds::open_load(model::LoadSpec::Arrivals::poisson, trial::rate);
      one.mix = {{"ask", verb, model::RequestSpec::Key::fixed, 1, model::usual_priority, {}}};
      return worlds::shared(one);
    };
    spec.services[2].load = load(Verb::put);
    Trial trial(spec);
    trial.see(5 * sim::second);
    if (hours != 0) {
      chaos::FaultRequest request = on("instance.clockSkew", "store", {{"offsetMs", hours * 3'600'000}});
      request.selector.zones = {"us-east-1.zoneA"};
      request.duration = (hours < 0 ? 10 : 1) * sim::second;
      trial::start(trial.world, request);
      trial.see(2 * sim::second);
    }
    chaos::FaultRequest away = on("datastore.nodeDown", "store");
    away.selector.zones = {"us-east-1.zoneB"};
    away.duration = 5 * sim::second;
    trial::start(trial.world, away);
    EXPECT_EQ(trial.see(4'900 * sim::millisecond).failed, 0U);
    trial.world.set_load(2, load(Verb::get));
    trial.see(3 * sim::second);
    EXPECT_EQ(trial.see(period).failed, 0U);
    EXPECT_EQ(counted(trial.world).repaired, hours == 0 ? 1U : 0U) << hours;
    EXPECT_GT(counted(trial.world).compared, 3'000U);
  }
}

}  // namespace
