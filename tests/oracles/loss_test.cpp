// Queues that are full: M/M/c/K, Erlang's B.

#include <ostream>

#include "oracles/measured.h"
#include "oracles/theory.h"

namespace {

struct Row {
  unsigned servers;
  unsigned most;
  double rho;
  double rejected;  ///< published; so are the next, where they are not 0
  double goodput, sojourn_ms, number;
  std::uint64_t seed;
};

void PrintTo(const Row& row, std::ostream* out) {
  *out << "servers_" << row.servers << "_most_" << row.most << "_rho_" << row.rho;
}

class Loss : public testing::TestWithParam<Row> {};

TEST_P(Loss, RejectsAndServes) {
  const Row& row = GetParam();
  const theory::MMcK queue(row.servers, row.most, row.rho);
  EXPECT_NEAR(queue.rejected(), row.rejected, 5.1e-7);
  if (row.goodput > 0) {
    EXPECT_NEAR(queue.goodput(), row.goodput, 5.1e-3);
  }
  if (row.sojourn_ms > 0) {
    EXPECT_NEAR(queue.sojourn() * 1000, row.sojourn_ms, 5.1e-6);
  }
  if (row.number > 0) {
    EXPECT_NEAR(queue.states.number(), row.number, 5.1e-5);
  }

  model::ServiceSpec service = oracle::queue("queue", row.servers);
  service.queue_limit = row.most - row.servers;
  const oracle::Measured run(oracle::asked({service}, queue.rate, row.seed), 1e6 / queue.rate);
  const model::GroupFigures figures = run.figures("queue");
  oracle::expect(figures.error_share, queue.rejected(), "share rejected");
  oracle::expect(figures.in_flight, queue.states.number(), "number there");
  oracle::expect(figures.utilisation, queue.goodput() / 1000 / row.servers, "utilisation");
  // Those that are rejected are there for no time at all.
  oracle::expect(figures.service_mean_ms, queue.sojourn() * 1000 * (1 - queue.rejected()), "sojourn of all");
  model::Interval served = figures.rate;
  served.value -= figures.error_rate.value;
  served.low -= figures.error_rate.high;
  served.high -= figures.error_rate.low;
  oracle::expect(served, queue.goodput(), "goodput");
}

INSTANTIATE_TEST_SUITE_P(Oracles, Loss,
                         testing::Values(Row{1, 10, .8, .023493, 781.206, 3.79710, 0, 1}, Row{1, 5, .8, .088819, 0, 0, 0, 2},
                                         Row{1, 10, 1, .090909, 0, 0, 0, 3}, Row{1, 10, 1.2, .192586, 968.896, 6.92614, 0, 4},
                                         Row{1, 10, 2, .500244, 999.511, 9.00978, 0, 5}, Row{8, 8, .7, .100152, 0, 1, 0, 6},
                                         Row{8, 24, .95, .028711, 0, 0, 12.5322, 7}, Row{8, 24, 1.2, .171089, 7957.55, 2.45390, 0, 8},
                                         Row{8, 72, 1.2, .166667, 0, 8.37504, 0, 9}));

TEST(Loss, OfALongerQueueIsTheSameAndTheWaitIsNot) {
  const theory::MMcK shorter(8, 24, 1.2), longer(8, 72, 1.2);
  EXPECT_LT(longer.goodput() / shorter.goodput(), 1.006);
  EXPECT_NEAR(longer.sojourn() / shorter.sojourn(), 3.4, 0.05);
}

}  // namespace
