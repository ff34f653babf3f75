// Many queues. Each request asks one at random: a share of a Poisson stream is one, so each is M/M/1. Or the shortest of d drawn at random
// (Mitzenmacher 2001), or all in turn.

#include <cmath>
#include <ostream>

#include "oracles/measured.h"
#include "oracles/theory.h"

namespace {

TEST(Balancing, AtRandom) {
  const std::uint32_t queues = 30;
  const theory::MMc one{1, .9};
  EXPECT_NEAR(one.sojourn() * 1000, 10.0, 1e-9);
  model::ServiceSpec service = oracle::queue("queue", 1);
  service.count = queues;
  const double rate = queues * one.rate();
  const oracle::Measured run(oracle::asked({service}, rate, 1), theory::run_length(.9, 0.02) / rate);
  ASSERT_EQ(worlds::instances_of(run.world, "queue").size(), queues);
  oracle::expect(run.figures("queue").service_mean_ms, one.sojourn() * 1000, "sojourn");
  oracle::expect(run.figures("queue").utilisation, .9, "utilisation");
}

/// One caller asks so many queues, balanced so; a message takes a ten thousandth of a service time, so what is under way is what is there.
model::WorldSpec balanced(const model::Balancing& balancing, std::uint32_t queues, double rho) {
  model::ServiceSpec service = oracle::queue("queue", 1);
  service.count = queues;
  model::WorldSpec spec = oracle::asked({service}, queues * rho * 1'000);
  spec.network.same_zone_ms = spec.network.other_zone_ms = spec.network.global_ms = 0.0001;
  model::Policy policy;
  policy.balancing = balancing;
  spec.services.back().calls.resize(1);
  spec.services.back().calls[0].policy = policy;
  return spec;
}

struct Choices {
  std::uint32_t d;
  double rho;
  double given;  ///< by oracles.md, in service times
};

void PrintTo(const Choices& row, std::ostream* out) {
  *out << "best_of_" << row.d << "_at_" << static_cast<int>(row.rho * 100);
}

class PowerOfChoices : public testing::TestWithParam<Choices> {};

TEST_P(PowerOfChoices, IsTheFixedPointOfManyQueues) {
  const Choices& row = GetParam();
  double truth = 0;  // sum over i of rho^((d^i - d) / (d - 1)); from i = 20 on nothing that counts
  for (int i = 1; i < 20; ++i) truth += std::pow(row.rho, (std::pow(row.d, i) - row.d) / (row.d - 1));
  EXPECT_NEAR(truth, row.given, 0.0005);
  model::Balancing balancing;
  balancing.kind = model::Balancer::least_request;
  balancing.choices = row.d;
  const oracle::Measured run(balanced(balancing, 1'000, row.rho), 1.5);
  oracle::expect(run.figures("queue").service_mean_ms, truth, "sojourn", 2 * oracle::table);  // 1,000 queues are not quite infinitely many
}

INSTANTIATE_TEST_SUITE_P(Balancing, PowerOfChoices,
                         testing::Values(Choices{2, .9, 2.61406}, Choices{3, .9, 2.02786}, Choices{2, .95, 3.38305}),
                         testing::PrintToStringParamName());

struct Turns {
  std::uint32_t queues;
  double given;
};

void PrintTo(const Turns& row, std::ostream* out) {
  *out << row.queues << "_queues";
}

class InTurn : public testing::TestWithParam<Turns> {};

TEST_P(InTurn, EachQueueIsErlangM1) {
  const Turns& row = GetParam();
  const double n = row.queues, rho = .8;
  double sigma = 0.5;  // the root below 1 of sigma = (n rho / (n rho + 1 - sigma))^n
  for (int i = 0; i < 10'000; ++i) sigma = std::pow(n * rho / (n * rho + 1 - sigma), n);
  EXPECT_NEAR(1 / (1 - sigma), row.given, 0.00001);
  model::Balancing balancing;
  balancing.kind = model::Balancer::round_robin;
  const oracle::Measured run(balanced(balancing, row.queues, rho), 400);
  oracle::expect(run.figures("queue").service_mean_ms, 1 / (1 - sigma), "sojourn");
}

INSTANTIATE_TEST_SUITE_P(Balancing, InTurn, testing::Values(Turns{2, 3.84398}, Turns{4, 3.26738}, Turns{10, 2.92227}),
                         testing::PrintToStringParamName());

}  // namespace
