// Several servers and one queue: M/M/c, Erlang's B and C.

#include <ostream>

#include "oracles/measured.h"
#include "oracles/theory.h"

namespace {

struct Row {
  unsigned servers;
  double rho, b, c, wait, sojourn, p50, p99, p999;  ///< published; ms
  std::uint64_t seed;
};

void PrintTo(const Row& row, std::ostream* out) {
  *out << "servers_" << row.servers << "_rho_" << row.rho;
}

class MMc : public testing::TestWithParam<Row> {};

TEST_P(MMc, TimesAndNumbers) {
  const Row& row = GetParam();
  const theory::MMc queue{row.servers, row.rho};
  EXPECT_NEAR(theory::erlang_b(row.servers, row.rho * row.servers), row.b, 5.1e-7);
  EXPECT_NEAR(queue.waits(), row.c, 5.1e-7);
  EXPECT_NEAR(queue.wait() * 1000, row.wait, 5.1e-6);
  EXPECT_NEAR(queue.sojourn() * 1000, row.sojourn, 5.1e-6);
  const std::vector<double> shares = {.5, .99, .999}, published = {row.p50, row.p99, row.p999};
  for (std::size_t i = 0; i < shares.size(); ++i) EXPECT_NEAR(queue.quantile(shares[i]) * 1000, published[i], 5.1e-5);

  const double arrivals = std::max(2e6, theory::run_length(row.rho, 0.03));
  const oracle::Measured run(oracle::asked({oracle::queue("queue", row.servers)}, queue.rate(), row.seed), arrivals / queue.rate());
  const model::GroupFigures figures = run.figures("queue");
  oracle::expect(figures.rate, queue.rate(), "arrivals");
  oracle::expect(figures.utilisation, row.rho, "utilisation");
  oracle::expect(figures.service_mean_ms, row.sojourn, "sojourn");
  oracle::expect(figures.in_flight, queue.rate() * queue.sojourn(), "number there");
  oracle::expect(figures.queued, queue.rate() * queue.wait(), "number that waits");
  const std::vector<model::Interval> quantiles = run.quantiles("queue", shares);
  for (std::size_t i = 0; i < shares.size(); ++i)
    oracle::expect(quantiles[i], queue.quantile(shares[i]) * 1000 + oracle::there_ms + oracle::back_ms,
                   "quantile " + std::to_string(shares[i]), oracle::table, oracle::sharp_tail);
}

INSTANTIATE_TEST_SUITE_P(Oracles, MMc,
                         testing::Values(Row{2, .8, .329897, .711111, 1.77778, 2.77778, 2.0400, 11.9374, 17.6941, 1},
                                         Row{4, .7, .183724, .428654, .35721, 1.35721, 1.0285, 5.4926, 7.9017, 2},
                                         Row{8, .7, .100152, .270603, .11275, 1.11275, .8169, 4.7817, 7.0845, 3},
                                         Row{8, .9, .190313, .701533, .87692, 1.87692, 1.4894, 7.0873, 10.0783, 4},
                                         Row{32, .9, .077975, .458197, .14319, 1.14319, .8558, 4.7944, 7.0969, 5},
                                         Row{100, .95, .048804, .506457, .10129, 1.10129, .8079, 4.7244, 7.0270, 6}));

}  // namespace
