// Networks of queues: each is M/M/c at the rate that flows through it (Jackson 1957, 1963).

#include "oracles/measured.h"
#include "oracles/theory.h"

namespace {

TEST(Jackson, TwoQueuesThatFeedEachOther) {
  // 400 a second from outside; half of those that leave the first go to the second, a fifth of those that leave the second go back.
  const double from_outside = 400, to_second = .5, to_first = .2, mu[] = {600, 300};
  const double first = from_outside / (1 - to_second * to_first), rates[] = {first, first * to_second};
  EXPECT_NEAR(rates[0], 444.444, 5.1e-4);
  EXPECT_NEAR(rates[1], 222.222, 5.1e-4);
  double number = 0;
  for (int i = 0; i < 2; ++i) {
    const double rho = rates[i] / mu[i];
    EXPECT_NEAR(rho, .740741, 5.1e-7);
    EXPECT_NEAR(rho / (1 - rho), 2.857143, 5.1e-7);
    number += rho / (1 - rho);
  }
  const double sojourn_ms = number / from_outside * 1000;
  EXPECT_NEAR(sojourn_ms, 14.285714, 5.1e-7);

  std::vector<model::ServiceSpec> services;
  for (const std::uint32_t i : {0U, 1U}) {
    services.push_back(oracle::front(i == 0 ? "second" : "first", {1 - i}, model::FanOut::sequential));
    services.back().concurrency = 1;
    services.back().service_time = oracle::exponential(1000 / mu[1 - i]);
    services.back().calls.resize(1);
    services.back().calls[0].calls = i == 0 ? to_first : to_second;
  }
  const oracle::Measured run(oracle::asked(services, from_outside, 1), 8e5 / from_outside);
  for (int i = 0; i < 2; ++i) {
    const std::string name = i == 0 ? "first" : "second";
    const model::GroupFigures figures = run.figures(name);
    const double rho = rates[i] / mu[i];
    oracle::expect(figures.rate, rates[i], "rate of the " + name);
    oracle::expect(figures.utilisation, rho, "utilisation of the " + name);
    oracle::expect(figures.queued, rho * rho / (1 - rho), "number that waits for the " + name);
  }
  // Each visit is a way there and one back.
  const double ways_ms = (rates[0] + rates[1]) / from_outside * (oracle::there_ms + oracle::back_ms);
  oracle::expect(run.calls("users", "first").mean_ms, sojourn_ms + ways_ms, "sojourn");
}

TEST(Jackson, ThreeQueuesInARow) {
  const theory::MMc queue{8, .7};
  const double sojourn_ms = 3 * queue.sojourn() * 1000 + 3 * (oracle::there_ms + oracle::back_ms);
  EXPECT_NEAR(sojourn_ms, 3.938254, 5.1e-7);
  std::vector<model::ServiceSpec> services = {oracle::queue("last", 8)};
  for (const std::uint32_t i : {0U, 1U}) {
    services.push_back(oracle::front(i == 0 ? "middle" : "first", {i}, model::FanOut::sequential));
    services.back().concurrency = 8;
    services.back().service_time = oracle::exponential(1);
  }
  const oracle::Measured run(oracle::asked(services, queue.rate(), 2), 1e6 / queue.rate());
  oracle::expect(run.calls("users", "first").mean_ms, sojourn_ms, "sojourn");
  for (const char* name : {"first", "middle", "last"}) {
    oracle::expect(run.figures(name).rate, queue.rate(), "rate");
    oracle::expect(run.figures(name).queued, queue.rate() * queue.wait(), "number that waits");
  }
}

}  // namespace
