// One server: M/M/1, its number, times and their quantiles.

#include <cmath>
#include <ostream>

#include "oracles/measured.h"
#include "oracles/theory.h"

namespace {

struct Row {
  double rho, sojourn, wait, number, p50, p95, p99, p999;  ///< published; ms
  std::uint64_t seed;
};

void PrintTo(const Row& row, std::ostream* out) {
  *out << "rho_" << row.rho;
}

class MM1 : public testing::TestWithParam<Row> {};

TEST_P(MM1, TimesAndNumbers) {
  const Row& row = GetParam();
  const theory::MMc queue{1, row.rho};
  EXPECT_NEAR(queue.sojourn() * 1000, row.sojourn, 5e-7 * row.sojourn);
  EXPECT_NEAR(queue.wait() * 1000, row.wait, 5e-7 * row.wait);
  EXPECT_NEAR(queue.rate() * queue.sojourn(), row.number, 5e-7 * row.number);
  const std::vector<double> shares = {.5, .95, .99, .999}, published = {row.p50, row.p95, row.p99, row.p999};
  for (std::size_t i = 0; i < shares.size(); ++i) EXPECT_NEAR(queue.quantile(shares[i]) * 1000, published[i], 6e-6 * published[i]);

  // Whitt's half-width at 95 % is 2.5 %.
  const double arrivals = std::max(1e6, theory::run_length(row.rho, 0.025));
  const oracle::Measured run(oracle::asked({oracle::queue("queue", 1)}, queue.rate(), row.seed), arrivals / queue.rate());
  const model::GroupFigures figures = run.figures("queue");
  oracle::expect(figures.rate, queue.rate(), "arrivals");
  oracle::expect(figures.utilisation, row.rho, "utilisation");
  oracle::expect(figures.service_mean_ms, row.sojourn, "sojourn");
  oracle::expect(figures.in_flight, row.number, "number there");
  oracle::expect(figures.queued, queue.rate() * queue.wait(), "number that waits");
  // The same by the formula for the length of the run, at the same confidence (3.89 standard errors) and without the first tenth.
  const double tolerance = 3.89 / 1.96 * theory::half_width(row.rho, 0.9 * arrivals) + oracle::table;
  EXPECT_NEAR(figures.in_flight.value / row.number, 1, tolerance);
  const std::vector<model::Interval> quantiles = run.quantiles("queue", shares);
  for (std::size_t i = 0; i < shares.size(); ++i)
    oracle::expect(quantiles[i], queue.quantile(shares[i]) * 1000 + oracle::there_ms + oracle::back_ms,
                   "quantile " + std::to_string(shares[i]), oracle::table, oracle::sharp_tail);
}

INSTANTIATE_TEST_SUITE_P(Oracles, MM1,
                         testing::Values(Row{.5, 2, 1, 1, 1.386294, 5.991465, 9.210340, 13.815511, 1},
                                         Row{.8, 5, 4, 4, 3.465736, 14.978661, 23.025851, 34.538776, 2},
                                         Row{.9, 10, 9, 9, 6.931472, 29.957323, 46.051702, 69.077553, 3},
                                         Row{.95, 20, 19, 19, 13.862944, 59.914645, 92.103404, 138.155106, 4}));

// --- how long they wait

struct Wait {
  double rho, p99;  ///< published; ms
  std::uint64_t seed;
};

void PrintTo(const Wait& row, std::ostream* out) {
  *out << "rho_" << row.rho;
}

class MM1Wait : public testing::TestWithParam<Wait> {};

/// A queue for the only connection to a server without limits is M/M/1, too, when ways take no time; and what is not service is waiting.
TEST_P(MM1Wait, Quantiles) {
  const Wait& row = GetParam();
  const theory::MMc queue{1, row.rho};
  const auto beyond = [&queue](double t_ms) { return queue.rho * std::exp(-queue.drain() * t_ms / 1000); };
  EXPECT_NEAR(beyond(row.p99), .01, 1e-6);
  model::ServiceSpec front = oracle::front("front", {0}, model::FanOut::any);
  front.calls.resize(1);
  front.calls[0].connections = 1;
  front.calls[0].connection_queue = 1'000'000;
  model::WorldSpec spec = oracle::asked({oracle::queue("server", 65'535), front}, queue.rate(), row.seed);
  spec.network = {0, 0, 0, 0, {{0}}};
  model::World world(spec);
  const double arrivals = std::max(1e6, theory::run_length(row.rho, 0.025));
  const sim::Time batch = sim::from_ms(arrivals / queue.rate() * 1000) / 40;
  std::vector<model::Histogram> marks;  // the first tenth is left out
  for (int i = 4; i <= 40; ++i) {
    world.run_until(i * batch);
    marks.push_back(worlds::cells_of(world, "server").network);
  }
  for (const double t_ms : {0.0, row.p99 / 4, row.p99}) {
    SCOPED_TRACE(t_ms);
    // The histogram tells those within the bucket of t from those beyond.
    const sim::Time end = model::Histogram::lower_bound(model::Histogram::bucket_of(static_cast<std::uint64_t>(sim::from_ms(t_ms))) + 1);
    std::vector<double> hits, trials;
    for (std::size_t i = 1; i < marks.size(); ++i) {
      const model::Histogram those = marks[i].since(marks[i - 1]);
      hits.push_back(static_cast<double>(those.count() - those.count_at_most(end - 1)));
      trials.push_back(static_cast<double>(those.count()));
    }
    // As wide as t may be.
    const double wide = std::max(oracle::sharp, std::exp(oracle::sharp * queue.drain() * t_ms / 1000) - 1);
    oracle::expect(model::share_interval(hits, trials, oracle::confidence), beyond(sim::to_ms(end)), "share that waits longer",
                   oracle::table, wide);
  }
}

INSTANTIATE_TEST_SUITE_P(Oracles, MM1Wait,
                         testing::Values(Wait{.5, 7.8240, 1}, Wait{.8, 21.9101, 2}, Wait{.9, 44.9981, 3}, Wait{.95, 91.0775, 4}));

}  // namespace
