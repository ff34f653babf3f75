// Load shedding against formulas, and against the incident that it is known from.

#include "oracles/measured.h"
#include "oracles/theory.h"

namespace {

using model::Shedding;

constexpr std::uint8_t critical = 0, bulk = 7;

/// Users who send so many requests a second of one priority.
model::ServiceSpec users(const std::string& name, double rate, std::uint8_t priority) {
  model::ServiceSpec service = worlds::service(name, "denominator", 0, {0});
  model::LoadSpec load = worlds::open_load(model::LoadSpec::Arrivals::poisson, rate);
  for (model::RequestSpec& kind : load.mix) kind.priority = priority;
  service.load = worlds::shared(load);
  return service;
}

/// 20 workers of 20 ms: 1000 requests a second.
model::ServiceSpec server() {
  model::ServiceSpec service = oracle::queue("server", 20, 20);
  service.queue_limit = 100;
  return service;
}

model::Interval share_failed(const oracle::Measured& run, const std::string& service) {
  return run.figures(service).error_share;
}

TEST(Shedding, AFixedLimitIsAQueueWithoutMorePlaces) {
  // M/M/8/24: 16 may wait, or the limit is 24 in hand.
  const theory::MMcK queue(8, 24, 1.2);
  model::ServiceSpec service = oracle::queue("queue", 8);
  service.shedding = Shedding{.limit = policies::FixedLimit{24}, .shares = {}, .utilisation = {}};
  const oracle::Measured run(oracle::asked({service}, queue.rate), 1e6 / queue.rate);
  oracle::expect(run.figures("queue").error_share, queue.rejected(), "share shed");
  oracle::expect(run.figures("queue").in_flight, queue.states.number(), "number there");
}

TEST(Shedding, DropsAsManyAsTheLineSays) {
  // While the average stays between the ends of the range, the share that is dropped is linear in it, so means are exact: 1000 u =
  // 2400 (1 - (u - 0.2) / 0.8), u = 0.75.
  model::ServiceSpec service = server();
  policies::UtilisationSpec spec;
  spec.ranges = {{{}, {}, {}, {0.2, 1}}};
  service.shedding = Shedding{.limit = {}, .shares = {}, .utilisation = spec};
  const oracle::Measured run(worlds::small({service, users("users", 2'400, bulk)}), 200);
  oracle::expect(run.figures("server").utilisation, 0.75, "utilisation");
  oracle::expect(share_failed(run, "users"), 1 - 750.0 / 2'400, "share shed");
}

TEST(Shedding, KeepsCriticalTrafficAtTwelveTimesTheRest) {
  // 300 critical requests and 200 others a second; then there are 2400 of those. Netflix saw more than 99.4 % of the critical ones served.
  const auto with = [](const std::optional<Shedding>& shedding, double others) {
    model::ServiceSpec service = server();
    service.shedding = shedding;
    return oracle::Measured(worlds::small({service, users("players", 300, critical), users("prefetch", others, bulk)}), 200);
  };
  const Shedding usual{.limit = {}, .shares = {}, .utilisation = policies::UtilisationSpec{}};
  const oracle::Measured before = with(usual, 200);
  EXPECT_LT(share_failed(before, "players").high, 0.001);
  EXPECT_LT(share_failed(before, "prefetch").high, 0.05) << "half of the workers are busy: few moments are over 60 %";

  const oracle::Measured incident = with(usual, 2'400);
  EXPECT_LT(share_failed(incident, "players").high, 0.01);
  EXPECT_GT(share_failed(incident, "prefetch").low, 0.8);
  EXPECT_LT(incident.figures("server").utilisation.high, 0.8);
  EXPECT_GT(incident.figures("server").utilisation.low, 0.6);

  // Without it both get what a full queue leaves: M/M/20/120.
  const oracle::Measured without = with(std::nullopt, 2'400);
  const double rejected = theory::MMcK(20, 120, 2.7, 50).rejected();
  EXPECT_GT(rejected, 0.6);
  oracle::expect(share_failed(without, "players"), rejected, "critical ones rejected");
  oracle::expect(share_failed(without, "prefetch"), rejected, "others rejected");

  // Shares of a limit do as well: 0.9 for those that are live, 0.1 for the batch.
  const Shedding shares{.limit = policies::FixedLimit{20}, .shares = Shedding::Shares{0.9, 0, 0, 0.1}, .utilisation = {}};
  const oracle::Measured shared = with(shares, 2'400);
  EXPECT_LT(share_failed(shared, "players").high, 0.01);
  EXPECT_GT(share_failed(shared, "prefetch").low, 0.6);
}

}  // namespace
