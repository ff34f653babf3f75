// A cache before a database: what it takes away, and what is back when it is lost.

#include <cmath>

#include "chaos/experiment.h"
#include "oracles/measured.h"

namespace {

constexpr double rate = 2'000, cache_ms = 0.5, database_ms = 4;

/// users -> data -> cache, then database; reads alone.
model::WorldSpec cached(double hit_ratio, std::uint64_t seed) {
  model::ServiceSpec cache = worlds::service("cache", "cache", 0, {}, cache_ms),
                     database = worlds::service("database", "store", 0, {}, database_ms);
  cache.hit_ratio = hit_ratio;
  model::ServiceSpec data = worlds::service("data", "staash", 0, {0, 1}, 0);
  data.concurrency = cache.concurrency = database.concurrency = 65'535;
  model::WorldSpec spec = oracle::asked({cache, database, data}, rate, seed);
  model::LoadSpec load = worlds::open_load(model::LoadSpec::Arrivals::poisson, rate);
  load.mix = {{"read", model::Verb::get, model::RequestSpec::Key::fixed}};
  spec.services.back().load = worlds::shared(load);
  return spec;
}

TEST(Cache, TakesItsShareOfTheLoad) {
  struct Row {
    double hits, times;  ///< published: as much load when the cache is lost
  };
  for (const Row& row : {Row{.95, 20}, Row{.99, 100}}) {
    EXPECT_NEAR(1 / (1 - row.hits), row.times, 1e-9);
    oracle::Measured run(cached(row.hits, 1), 400);
    oracle::expect(run.figures("cache").rate, rate, "rate of the cache");
    oracle::expect(run.figures("database").rate, rate * (1 - row.hits), "rate of the database");
    const double way_ms = oracle::there_ms + oracle::back_ms;
    oracle::expect(run.figures("data").service_mean_ms, cache_ms + way_ms + (1 - row.hits) * (database_ms + way_ms), "time");

    // The cache dies: once nobody knows it any more the database has it all.
    model::World& world = run.world;
    world.kill(worlds::instances_of(world, "cache").front());
    world.run_until(world.now() + sim::second);
    model::Measurement lost(sim::second);
    model::run_measured(world, world.now() + 30 * sim::second, lost);
    const model::Period period = model::period_from(lost.whole().marks(), 0);
    const model::GroupFigures database = model::group_figures(period, run.groups("database"), oracle::confidence);
    oracle::expect(database.rate, rate * (1 - row.hits) * row.times, "rate of the database without the cache");
    const model::GroupFigures users = model::group_figures(period, run.groups("users"), oracle::confidence);
    EXPECT_EQ(users.error_share.value, 0);
  }
}

/// A document: an application, a cache of real keys, a database; reads of popular keys. Twenty times what the database has without it.
const char* const document = R"({"arch": "cached", "network": {"jitter": 0}, "services": [
  {"name": "database", "package": "store", "regions": 1, "serviceTime": 4, "concurrency": 65535},
  {"name": "cache",    "package": "cache", "regions": 1, "serviceTime": 0.5, "concurrency": 65535, "content": {"capacity": 2000}},
  {"name": "data",     "package": "staash", "regions": 1, "serviceTime": 0, "concurrency": 65535, "dependencies": ["cache", "database"]},
  {"name": "users",    "package": "denominator", "dependencies": ["data"],
   "load": {"requestsPerSecond": 5000, "mix": [{"name": "read", "verb": "get", "key": "popular", "keys": 2105, "zipf": 0}]}}]})";

TEST(Cache, LostOrEmptyTheDatabaseHasItAll) {
  // Any of 2105 keys with the same chance, of which 2000 are there: 95 % of the reads find theirs.
  constexpr double asked = 5'000, hits = 2'000.0 / 2'105;
  EXPECT_NEAR(1 / (1 - hits), 20, 0.05);
  model::World world(worlds::spec_of_text(document));
  const auto database_rate = [&world](sim::Time length) {
    const std::uint64_t before = worlds::cells_of(world, "database").requests;
    world.run_until(world.now() + length);
    return static_cast<double>(worlds::cells_of(world, "database").requests - before) / sim::to_seconds(length);
  };
  const auto chance = [](double rate_of, double seconds) { return 4 * std::sqrt(rate_of / seconds); };  // one in ten thousand
  world.run_until(10 * sim::second);                                                                    // by then it is full
  const double usual = database_rate(60 * sim::second);
  // Whatever is there, 105 keys are not: misses are a Poisson stream of their own.
  EXPECT_NEAR(usual, asked * (1 - hits), chance(asked * (1 - hits), 60));

  model::Selector selector;
  selector.services = {"cache"};
  const auto fault = chaos::start_fault(world, "service.outage", selector, 30 * sim::second, {{"mode", std::string("fail")}});
  ASSERT_TRUE(std::holds_alternative<chaos::Started>(fault));
  world.run_until(world.now() + 10 * sim::second);
  const double lost = database_rate(10 * sim::second);
  EXPECT_NEAR(lost, asked, chance(asked, 10));
  EXPECT_NEAR(lost / usual, 20, 20 * (chance(asked, 10) / asked + chance(usual, 60) / usual));

  // It comes back empty, and is full again after some seconds: the last of 2000 keys takes 2105 / (105 * 5000) s on average.
  world.run_until(100 * sim::second);
  EXPECT_EQ(worlds::in_state(world, "cache", model::InstanceState::up), 1U);
  world.run_until(world.now() + 20 * sim::second);
  const double again = database_rate(60 * sim::second);
  EXPECT_NEAR(again, asked * (1 - hits), chance(asked * (1 - hits), 60));
  EXPECT_EQ(worlds::requests_of(world).failed, 0U);
}

}  // namespace
