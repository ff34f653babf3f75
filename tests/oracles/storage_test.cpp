// The storage study: a cache before a database with a buffer before a disk. Who answers shows as a mode of the response times, and its
// weight is a product of hit ratios; and the document `storage`, whose histogram is the one that spigo's author showed in a talk.

#include <cmath>
#include <vector>

#include "oracles/measured.h"

namespace {

/// What the load source saw in so many seconds at this rate.
model::Histogram seen(const std::string& document, double rate, double seconds) {
  model::WorldSpec spec = worlds::spec_of(document);
  model::LoadSpec load = *spec.services.back().load;
  load.requests_per_second = rate;
  spec.services.back().load = worlds::shared(load);
  model::World world(spec);
  world.run_until(sim::from_ms(seconds * 1'000));
  EXPECT_EQ(worlds::requests_of(world).failed, 0U);
  return worlds::cells_of(world, "load").response;
}

double share(const model::Histogram& all, double from_ms, double upto_ms) {
  const std::uint64_t in = all.count_at_most(sim::from_ms(upto_ms)) - all.count_at_most(sim::from_ms(from_ms));
  return static_cast<double>(in) / static_cast<double>(all.count());
}

struct Study {
  const char* document;
  double memcache, buffer;  ///< hit ratios
  double weights[3];        ///< published
};

class Storage : public testing::TestWithParam<Study> {};

TEST_P(Storage, HasThreeModes) {
  const Study& study = GetParam();
  const model::Histogram all = seen(study.document, 2'000, 300);
  const double truth[] = {study.memcache, (1 - study.memcache) * study.buffer, (1 - study.memcache) * (1 - study.buffer)};
  // From memcache in 0.7 ms, from the buffer in 1.6, from the disk in 7.5; nothing between them.
  const double borders_ms[] = {0, 1.15, 2.6, 1'000};
  for (int mode = 0; mode < 3; ++mode) {
    EXPECT_NEAR(truth[mode], study.weights[mode], 1e-9);
    const double weight = share(all, borders_ms[mode], borders_ms[mode + 1]);
    const double sigma = std::sqrt(truth[mode] * (1 - truth[mode]) / static_cast<double>(all.count()));
    EXPECT_NEAR(weight, truth[mode], 4 * sigma) << "mode " << mode;
    EXPECT_NEAR(weight, study.weights[mode], 0.01 * study.weights[mode]) << "mode " << mode;
  }
  for (const double border_ms : {1.15, 2.6}) EXPECT_LT(share(all, border_ms * 0.95, border_ms * 1.05), 0.0005) << border_ms;
}

INSTANTIATE_TEST_SUITE_P(Studies, Storage,
                         testing::Values(Study{"storage-40-70", 0.4, 0.7, {0.40, 0.42, 0.18}},
                                         Study{"storage-60-70", 0.6, 0.7, {0.60, 0.28, 0.12}},
                                         Study{"storage-20-90", 0.2, 0.9, {0.20, 0.72, 0.08}}),
                         [](const auto& i) { return "Study" + std::to_string(i.index); });

TEST(StorageTalk, HasTheTwoModesThatWereShown) {
  const model::Histogram all = seen("storage", 100, 600);
  EXPECT_NEAR(static_cast<double>(all.quantile(0.5)), 47'103, 0.10 * 47'103);
  EXPECT_NEAR(static_cast<double>(all.quantile(0.99)), 139'263, 0.15 * 139'263);
  // Published: hits from 29 to 65 us, three quarters; misses from there to 127 us, a quarter. Some are beyond on either side.
  EXPECT_NEAR(share(all, 0.029, 0.065), 0.75, 0.03);
  EXPECT_NEAR(share(all, 0.065, 0.127), 0.25, 0.03);
  // Two modes and a valley between them: requests per microsecond around each.
  const double hits = share(all, 0.039, 0.045) / 6, valley = share(all, 0.062, 0.068) / 6, misses = share(all, 0.080, 0.092) / 12;
  EXPECT_LT(valley, hits / 2);
  EXPECT_LT(valley, misses);
}

/// One cache with hits of 1 ms, misses of 3 ms and puts of 5 ms.
TEST(HitTimes, AreThoseOfHitsAndMisses) {
  model::ServiceSpec cache = worlds::service("cache", "cache", 0, {}, 5);
  cache.hit_ratio = 0.8;
  cache.hit_time = cache.miss_time = cache.service_time;
  cache.hit_time->mean_ms = 1;
  cache.miss_time->mean_ms = 3;
  model::WorldSpec spec = oracle::asked({cache}, 500);
  model::LoadSpec load = worlds::open_load(model::LoadSpec::Arrivals::poisson, 500);
  load.mix = {{"read", model::Verb::get, model::RequestSpec::Key::fixed, 3},
              {"write", model::Verb::put, model::RequestSpec::Key::fixed, 1}};
  spec.services.back().load = worlds::shared(load);
  model::World world(spec);
  world.run_until(200 * sim::second);
  const model::Histogram times = worlds::cells_of(world, "cache").service;
  const auto n = static_cast<double>(times.count());
  const double near = 4 * std::sqrt(0.25 / n);
  EXPECT_NEAR(share(times, 0.9, 1.1), 0.75 * 0.8, near);
  EXPECT_NEAR(share(times, 2.9, 3.1), 0.75 * 0.2, near);
  EXPECT_NEAR(share(times, 4.9, 5.1), 0.25, near);

  // A version that is twice as slow is so for each of them.
  const std::uint32_t index = *world.find_service("cache");
  const model::Profile& slow = world.shared().profiles[world.add_version(
      index, {.name = "2", .service_time_factor = 2, .start_up_ms = {}, .crash_after_ms = {}, .contract = {}})];
  EXPECT_EQ(slow.hit_time.sample(0), 2 * sim::millisecond);
  EXPECT_EQ(slow.miss_time.sample(0), 6 * sim::millisecond);
}

/// Without a time of its own a hit takes the service time; misses come of the same draws as the answers.
TEST(HitTimes, LeftOutAreTheServiceTime) {
  model::ServiceSpec store = worlds::service("store", "volume", 0, {}, 2);
  store.hit_ratio = 0.5;
  store.miss_time = store.service_time;
  store.miss_time->mean_ms = 9;
  model::WorldSpec spec = oracle::asked({store}, 500);
  spec.trace_sample_rate = 1;
  model::LoadSpec load = worlds::open_load(model::LoadSpec::Arrivals::poisson, 500);
  load.mix = {{"read", model::Verb::get, model::RequestSpec::Key::fixed}};
  spec.services.back().load = worlds::shared(load);
  model::World world(spec);
  world.run_until(20 * sim::second);
  std::size_t misses = 0, hits = 0;
  for (const model::Span& span : world.shards()[0].spans()) {
    if (span.root || span.sr == 0) continue;
    ++(span.status == model::Status::miss ? misses : hits);
    EXPECT_EQ(span.ss - span.sr, (span.status == model::Status::miss ? 9 : 2) * sim::millisecond);
  }
  EXPECT_GT(misses, 4'000U);
  EXPECT_GT(hits, 4'000U);
}

/// users -> data -> cache, then database; reads of `keys` keys by Zipf's law.
model::WorldSpec with_content(const model::ContentSpec& content, std::uint32_t keys, double zipf) {
  model::ServiceSpec cache = worlds::service("cache", "cache", 0, {}, 0.1), database = worlds::service("database", "store", 0, {}, 1);
  cache.content = content;
  model::ServiceSpec data = worlds::service("data", "staash", 0, {0, 1}, 0);
  model::WorldSpec spec = oracle::asked({cache, database, data}, 2'000);
  model::LoadSpec load = worlds::open_load(model::LoadSpec::Arrivals::poisson, 2'000);
  model::RequestSpec read{"read", model::Verb::get, model::RequestSpec::Key::popular};
  read.keys = keys;
  read.zipf = zipf;
  load.mix = {read};
  spec.services.back().load = worlds::shared(load);
  return spec;
}

struct Lookups {
  std::uint64_t hits = 0, all = 0;
  double ratio() const { return static_cast<double>(hits) / static_cast<double>(all); }
};

Lookups lookups(const model::World& world) {
  Lookups sum;
  for (const std::uint32_t group : world.shared().services[*world.find_service("cache")].groups) {
    const model::CellCount& cell = world.shards()[0].cell_counts()[world.shared().groups[group].cell];
    sum.hits += cell.hits;
    sum.all += cell.hits + cell.misses;
  }
  return sum;
}

/// Che's approximation (Che, Tung, Wang 2002): a key of rate p is there with chance 1 - exp(-p T) under LRU, p T / (1 + p T) under FIFO and
/// random eviction (Gelenbe 1973; Martina, Garetto, Leonardi 2014), with the T at which as many are there as there is room for.
double approximate_hits(bool lru, std::uint32_t keys, double zipf, double capacity) {
  std::vector<double> p(keys);
  double sum = 0;
  for (std::uint32_t k = 0; k < keys; ++k) sum += p[k] = std::pow(k + 1.0, -zipf);
  for (double& each : p) each /= sum;
  const auto there = [&](double rate, double time) { return lru ? 1 - std::exp(-rate * time) : rate * time / (1 + rate * time); };
  double low = 0, high = 1e12;
  for (int i = 0; i < 200; ++i) {
    const double time = (low + high) / 2;
    double filled = 0;
    for (const double rate : p) filled += there(rate, time);
    (filled < capacity ? low : high) = time;
  }
  double hits = 0;
  for (const double rate : p) hits += rate * there(rate, low);
  return hits;
}

TEST(Eviction, HitsAsChesApproximationSays) {
  constexpr std::uint32_t keys = 10'000, capacity = 500;
  using model::Eviction;
  double of[4] = {};
  for (const Eviction eviction : {Eviction::lru, Eviction::lfu, Eviction::fifo, Eviction::random}) {
    model::World world(with_content({capacity, eviction}, keys, 0.9));
    world.run_until(40 * sim::second);  // 80,000 requests fill it
    const Lookups before = lookups(world);
    world.run_until(240 * sim::second);
    Lookups since = lookups(world);
    since.hits -= before.hits;
    since.all -= before.all;
    of[static_cast<std::size_t>(eviction)] = since.ratio();
    if (eviction == Eviction::lfu) continue;
    const double truth = approximate_hits(eviction == Eviction::lru, keys, 0.9, capacity);
    // Neighbouring requests are not independent: twice what independent ones would be off by.
    EXPECT_NEAR(since.ratio(), truth, 8 * std::sqrt(truth * (1 - truth) / static_cast<double>(since.all)))
        << model::eviction_names()[static_cast<std::size_t>(eviction)];
    // What misses goes to the database.
    EXPECT_NEAR(static_cast<double>(worlds::cells_of(world, "database").requests),
                static_cast<double>(lookups(world).all - lookups(world).hits), 5);
  }
  EXPECT_GT(of[1], of[0]) << "popularity does not change here, so that counting beats recency";
  EXPECT_GT(of[0], of[2]);
}

/// Distinct keys among n requests: what misses a cache that was empty and has room for all.
double distinct(std::uint32_t keys, double zipf, double n) {
  double sum = 0, met = 0;
  for (std::uint32_t k = 0; k < keys; ++k) sum += std::pow(k + 1.0, -zipf);
  for (std::uint32_t k = 0; k < keys; ++k) met += 1 - std::pow(1 - std::pow(k + 1.0, -zipf) / sum, n);
  return met;
}

TEST(Eviction, AnInstanceThatFallsIsCold) {
  constexpr std::uint32_t keys = 1'000;
  model::World world(with_content({keys, model::Eviction::lru}, keys, 0.5));
  const auto expect_misses = [&](const Lookups& now, const Lookups& before) {
    const double expected = distinct(keys, 0.5, static_cast<double>(now.all - before.all));
    EXPECT_NEAR(static_cast<double>((now.all - now.hits) - (before.all - before.hits)), expected, 5 * std::sqrt(expected));
  };
  world.run_until(100 * sim::millisecond);
  expect_misses(lookups(world), {});
  world.run_until(20 * sim::second);
  const Lookups warm = lookups(world);
  EXPECT_EQ(warm.all - warm.hits, keys) << "all of them have been asked for by now";
  const std::vector<model::InstanceId> cache = worlds::instances_of(world, "cache");
  world.hold_down(cache, model::Reach::refuse);
  world.run_until(21 * sim::second);
  world.release(cache, model::Reach::refuse);
  const Lookups back = lookups(world);
  world.run_until(21 * sim::second + 300 * sim::millisecond);
  expect_misses(lookups(world), back);
  model::World copy(world);
  for (model::World* each : {&world, &copy}) each->run_until(30 * sim::second);
  EXPECT_EQ(copy.fingerprint(), world.fingerprint());
  EXPECT_EQ(lookups(copy).hits, lookups(world).hits);
}

}  // namespace
