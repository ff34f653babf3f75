// Many queues, and each request asks one at random: a share of a Poisson stream is one, so each is M/M/1.

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
  const oracle::Measured run(oracle::asked({service}, rate, 1), theory::run_length(.9, 0.03) / rate);
  ASSERT_EQ(worlds::instances_of(run.world, "queue").size(), queues);
  oracle::expect(run.figures("queue").service_mean_ms, one.sojourn() * 1000, "sojourn");
  oracle::expect(run.figures("queue").utilisation, .9, "utilisation");
}

}  // namespace
