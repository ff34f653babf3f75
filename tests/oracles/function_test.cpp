// Functions as an M/G/infinity queue with servers that are kept for a while.
//
// N(t) calls are there at t. A call takes the environment that was used last, and one that nobody used for K is gone; so at any time there
// are as many environments as the most calls at a time during the last K: of T environments T - N(s) are idle at s, those that stay idle
// all through K are T - max N, and these are the ones that go. A call that comes at t is a cold start when all environments are busy:
// N(t-) = max N(s), t - K <= s < t. With exponential times N is a reversible birth and death process with Poisson's distribution, and
// those that come see it (PASTA), so
//   P(cold) = sum over n of e^-a a^n/n! P(from n it takes longer than K to reach n + 1).

#include "oracles/measured.h"
#include "oracles/theory.h"

namespace {

/// P(first passage of the M/M/infinity number from n to n + 1 takes longer than t), by uniformisation.
double stays_below(unsigned n, double lambda, double mu, double t) {
  const double rate = lambda + n * mu;
  std::vector<double> p(n + 1), next(n + 1);
  p[n] = 1;
  double sum = 0;
  double weight = std::exp(-rate * t);  // of so many jumps
  for (unsigned jumps = 0; jumps < 2'000; ++jumps) {
    double there = 0;
    for (const double x : p) there += x;
    sum += weight * there;
    for (unsigned i = 0; i <= n; ++i) {
      next[i] = p[i] * (rate - lambda - i * mu) / rate;
      if (i > 0) next[i] += p[i - 1] * lambda / rate;
      if (i < n) next[i] += p[i + 1] * (i + 1) * mu / rate;
    }
    p.swap(next);
    weight *= rate * t / (jumps + 1);
  }
  return sum;
}

double cold_share(double lambda, double mu, double keep) {
  double share = 0;
  double poisson = std::exp(-lambda / mu);
  for (unsigned n = 0; n < 60; ++n) {
    share += poisson * stays_below(n, lambda, mu, keep);
    poisson *= lambda / mu / (n + 1);
  }
  return share;
}

struct Row {
  double calls;  ///< at a time, on average
  double keep;   ///< in mean durations
  double seconds;
};

model::ServiceSpec function(double mean_ms, double keep_ms) {
  model::ServiceSpec service = worlds::service("f", "function", 0, {}, mean_ms);
  service.function = model::FunctionSpec{};
  service.function->keep_alive = sim::from_ms(keep_ms);
  service.function->concurrency = 60'000;
  return service;
}

/// What the function did in each of so many parts of equal length, the first tenth left out.
struct Parts {
  std::vector<double> cold, invocations, throttled, busy_s, seconds;
};

Parts parts_of(model::World& world, double seconds) {
  constexpr int batches = 39;
  Parts parts;
  const sim::Time step = sim::from_ms(seconds * 1'000) / batches;
  model::FunctionCount before;
  for (int i = 0; i < batches; ++i) {
    world.run_until((i + 1) * step);
    const model::FunctionCount now = world.shards()[0].function_count(0);
    if (i >= batches / 10) {
      parts.cold.push_back(static_cast<double>(now.cold_starts - before.cold_starts));
      parts.invocations.push_back(static_cast<double>(now.invocations - before.invocations));
      parts.throttled.push_back(static_cast<double>(now.throttled - before.throttled));
      parts.busy_s.push_back(static_cast<double>(now.busy.integral(world.now()) - before.busy.integral(world.now() - step)) / 1e9);
      parts.seconds.push_back(static_cast<double>(step) / 1e9);
    }
    before = now;
  }
  return parts;
}

class ColdStarts : public testing::TestWithParam<Row> {};

TEST_P(ColdStarts, AsManyAsTheKeepAliveLets) {
  const Row& row = GetParam();
  model::ServiceSpec service = function(1, row.keep);
  service.service_time = oracle::exponential(1);
  model::WorldSpec spec = oracle::asked({service}, row.calls * 1'000);
  spec.function_concurrency = 60'000;
  model::World world(spec);
  const Parts parts = parts_of(world, row.seconds);
  oracle::expect(model::share_interval(parts.cold, parts.invocations, oracle::confidence),
                 cold_share(row.calls * 1'000, 1'000, row.keep / 1'000), "share of cold starts", oracle::table, oracle::sharp_tail);
  oracle::expect(model::ratio_interval(parts.busy_s, parts.seconds, oracle::confidence), row.calls, "calls at a time");
}

INSTANTIATE_TEST_SUITE_P(Oracles, ColdStarts, testing::Values(Row{0.2, 3, 100}, Row{1, 2, 40}, Row{5, 1, 20}, Row{5, 10, 40}));

TEST(ColdStarts, TheFormulaAtItsEnds) {
  EXPECT_NEAR(cold_share(1'000, 1'000, 0), 1, 1e-12) << "nothing is kept";
  EXPECT_LT(cold_share(1'000, 1'000, 1), 1e-6) << "a thousand durations: all are kept";
  // One call now and then: cold when the last one left more than K ago, P(nobody there) e^(-lambda K) but for those that overlap.
  const double few = cold_share(1, 1'000, 0.5);
  EXPECT_NEAR(few, std::exp(-0.5), 0.002);
}

/// Whatever the distribution of the duration: calls at a time are rate times duration (Little).
TEST(Functions, ConcurrencyIsRateTimesDuration) {
  model::WorldSpec spec = oracle::asked({function(20, 60'000)}, 500);
  model::World world(spec);
  const Parts parts = parts_of(world, 100);
  oracle::expect(model::ratio_interval(parts.busy_s, parts.seconds, oracle::confidence), 500 * 0.020, "calls at a time");
}

/// With a limit c it is Erlang's loss system: of Poisson arrivals the share B(c, a) finds c busy and is throttled.
TEST(Functions, TheShareThatIsThrottledIsErlangsB) {
  for (const unsigned limit : {3U, 8U}) {
    model::ServiceSpec service = function(5, 60'000);
    service.function->concurrency = limit;
    model::World world(oracle::asked({service}, 1'000, limit));
    Parts parts = parts_of(world, 100);
    for (std::size_t i = 0; i < parts.throttled.size(); ++i) parts.invocations[i] += parts.throttled[i];
    oracle::expect(model::share_interval(parts.throttled, parts.invocations, oracle::confidence), theory::erlang_b(limit, 5),
                   "share throttled");
  }
}

}  // namespace
