// A cache before a database: what it takes away, and what is back when it is lost.

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

}  // namespace
