// One server and service times of any kind: the formula of Pollaczek and Khinchine.

#include <ostream>

#include "oracles/measured.h"
#include "oracles/theory.h"

namespace {

using Kind = model::DistributionSpec::Kind;

struct Row {
  double rho;
  model::DistributionSpec times;  ///< mean 1 ms
  double cv2;                     ///< of the times
  double wait;                    ///< published; ms
  std::uint64_t seed;
};

void PrintTo(const Row& row, std::ostream* out) {
  *out << "rho_" << row.rho << "_wait_" << row.wait;
}

class MG1 : public testing::TestWithParam<Row> {};

TEST_P(MG1, MeanWait) {
  const Row& row = GetParam();
  const double wait = theory::pollaczek_khinchine(row.rho, row.cv2, 1);
  EXPECT_NEAR(wait, row.wait, 5.1e-5);
  model::ServiceSpec queue = oracle::queue("queue", 1);
  queue.service_time = row.times;
  const double rate = 1000 * row.rho;
  // The formula for M/M/1, whose variability is 1 + 1, longer as the wait is. That is the first order of the run length in heavy traffic.
  const double arrivals = std::max(2e6, theory::run_length(row.rho, 0.025) * (1 + row.cv2) / 2);
  const oracle::Measured run(oracle::asked({queue}, rate, row.seed), arrivals / rate);
  const model::GroupFigures figures = run.figures("queue");
  oracle::expect(figures.utilisation, row.rho, "utilisation");
  oracle::expect(figures.service_mean_ms, wait + 1, "sojourn");
  oracle::expect(figures.queued, rate * wait / 1000, "number that waits");
}

model::DistributionSpec of(Kind kind) {
  model::DistributionSpec spec;
  spec.kind = kind;
  spec.mean_ms = 1;
  spec.max_ms = 2;
  return spec;
}

model::DistributionSpec varied(Kind kind, double cv) {
  model::DistributionSpec spec = of(kind);
  spec.cv = cv;
  return spec;
}

INSTANTIATE_TEST_SUITE_P(Oracles, MG1,
                         testing::Values(Row{.8, of(Kind::constant), 0, 2, 1}, Row{.8, of(Kind::uniform), 1.0 / 3, 2.66667, 2},
                                         Row{.8, of(Kind::erlang), .5, 3, 3}, Row{.8, of(Kind::exponential), 1, 4, 4},
                                         Row{.8, of(Kind::pareto), .8, 3.6, 5}, Row{.8, varied(Kind::log_normal, 1.5), 2.25, 6.5, 6},
                                         Row{.8, varied(Kind::log_normal, 2), 4, 10, 7},
                                         Row{.8, varied(Kind::hyperexponential, 3), 9, 20, 8}, Row{.9, of(Kind::constant), 0, 4.5, 9},
                                         Row{.9, of(Kind::exponential), 1, 9, 10}, Row{.9, varied(Kind::log_normal, 2), 4, 22.5, 11}));

}  // namespace
