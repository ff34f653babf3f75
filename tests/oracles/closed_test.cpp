// Users who think, ask and wait for the answer: exact mean value analysis.

#include <ostream>

#include "oracles/measured.h"
#include "oracles/theory.h"

namespace {

struct Row {
  unsigned users;
  double throughput, response_ms;  ///< published
  double tolerance;                ///< half of the last digit
  std::uint64_t seed;
};

constexpr double think = 1, service = 0.05;

void PrintTo(const Row& row, std::ostream* out) {
  *out << "users_" << row.users;
}

class ClosedNetwork : public testing::TestWithParam<Row> {};

TEST_P(ClosedNetwork, AsMeanValueAnalysisSays) {
  const Row& row = GetParam();
  const theory::Closed closed(row.users, think, service);
  EXPECT_NEAR(closed.throughput, row.throughput, 5.1e-6);
  EXPECT_NEAR(closed.response * 1000, row.response_ms, 5.1 * row.tolerance);
  EXPECT_LE(closed.throughput, std::min(row.users / (think + service), 1 / service) * (1 + 1e-12));

  // Ways there and back are part of the time that is not spent in the queue: its mean alone counts.
  const double ways_ms = oracle::there_ms + oracle::back_ms;
  model::WorldSpec spec = oracle::asked({oracle::queue("queue", 1, service * 1000)}, 0, row.seed);
  spec.services[1].load = worlds::shared(worlds::users_load(row.users, think * 1000 - ways_ms, model::DistributionSpec::Kind::exponential));
  const oracle::Measured run(spec, 1e5 / closed.throughput);
  const model::GroupFigures figures = run.figures("queue");
  oracle::expect(figures.rate, closed.throughput, "throughput");
  oracle::expect(figures.utilisation, closed.throughput * service, "utilisation");
  oracle::expect(figures.service_mean_ms, closed.response * 1000, "response");
  oracle::expect(figures.in_flight, closed.throughput * closed.response, "number there");
}

INSTANTIATE_TEST_SUITE_P(Oracles, ClosedNetwork,
                         testing::Values(Row{1, .95238, 50, 1e-6, 1}, Row{10, 9.24074, 82.1648, 1e-5, 2},
                                         Row{20, 16.82216, 188.908, 1e-4, 3}, Row{40, 19.99944, 1000.06, 1e-3, 4},
                                         Row{100, 20, 4000, 1e-3, 5}));

TEST(ClosedNetwork, BoundsMeetWhereTheQueueBeginsToGrow) {
  EXPECT_NEAR((think + service) / service, 21, 1e-9);
}

}  // namespace
