// Those that wait give up: Erlang's A.

#include <ostream>

#include "oracles/measured.h"
#include "oracles/theory.h"

namespace {

struct Row {
  unsigned servers;
  double rho, theta;
  double abandoned, queued, goodput;  ///< published, where they are not 0
  std::uint64_t seed;
};

void PrintTo(const Row& row, std::ostream* out) {
  *out << "servers_" << row.servers << "_rho_" << row.rho;
}

class Patience : public testing::TestWithParam<Row> {};

TEST_P(Patience, AsErlangsASays) {
  const Row& row = GetParam();
  const theory::ErlangA queue(row.servers, row.rho, row.theta);
  EXPECT_NEAR(queue.abandoned(), row.abandoned, 5.1e-7);
  if (row.queued > 0) {
    EXPECT_NEAR(queue.queued(), row.queued, 5.1e-6);
  }
  if (row.goodput > 0) {
    EXPECT_NEAR(queue.goodput(), row.goodput, 5.1e-3);
  }

  model::ServiceSpec service = oracle::queue("queue", row.servers);
  service.queue_timeout = oracle::exponential(1000 / row.theta);
  const oracle::Measured run(oracle::asked({service}, queue.rate, row.seed), 1e6 / queue.rate);
  const model::GroupFigures figures = run.figures("queue");
  oracle::expect(figures.error_share, queue.abandoned(), "share that gives up");
  oracle::expect(figures.queued, queue.queued(), "number that waits");
  oracle::expect(figures.in_flight, queue.states.number(), "number there");
  oracle::expect(figures.utilisation, queue.goodput() / 1000 / row.servers, "utilisation");
}

INSTANTIATE_TEST_SUITE_P(Oracles, Patience,
                         testing::Values(Row{8, .9, 200, .053147, 1.91329, 0, 1}, Row{8, 1.2, 200, .182134, 0, 7851.51, 2},
                                         Row{1, 1.5, 100, .355779, 0, 0, 3}));

}  // namespace
