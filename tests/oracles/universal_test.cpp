// What holds for every queue, whoever comes and however long it takes: exactly, on runs that have come to their end.

#include "oracles/measured.h"

namespace {

using Kind = model::DistributionSpec::Kind;

/// Three services in a row of every kind of queue, and users who stop asking after a while.
model::WorldSpec mixed(model::Discipline discipline, Kind kind) {
  std::vector<model::ServiceSpec> services = {oracle::queue("back", 2)};
  services.push_back(oracle::front("middle", {0}, model::FanOut::sequential));
  services.push_back(oracle::front("front", {1}, model::FanOut::parallel));
  for (model::ServiceSpec& service : services) {
    service.service_time = oracle::exponential(1);
    service.service_time.kind = kind;
    service.concurrency = 2;
    service.discipline = discipline;
  }
  services[0].queue_limit = 4;
  services[1].error_rate = 0.1;
  return oracle::asked(services, 1'500, 1);
}

void check(model::Discipline discipline, Kind kind) {
  SCOPED_TRACE(model::name_of(discipline));
  model::World world(mixed(discipline, kind));
  world.run_until(20 * sim::second);
  const worlds::Sums busy = worlds::requests_of(world);
  EXPECT_GT(busy.in_flight(), 0U);
  std::size_t at_sources = 0;
  for (const model::InstanceId id : worlds::instances_of(world, "users")) at_sources += world.instance(id).in_flight;
  EXPECT_EQ(busy.sent, busy.succeeded + busy.failed + at_sources) << "generated = completed + failed + in flight";
  world.set_load(*world.find_service("users"), worlds::shared(worlds::open_load(model::LoadSpec::Arrivals::poisson, 0)));
  world.run_until(60 * sim::second);

  const worlds::Sums sums = worlds::requests_of(world);
  EXPECT_EQ(sums.in_flight(), 0U);
  EXPECT_EQ(sums.sent, sums.succeeded + sums.failed);
  EXPECT_GT(sums.failed, sums.sent / 20);
  for (const char* name : {"back", "middle", "front"}) {
    const model::CellCount cells = worlds::cells_of(world, name);
    EXPECT_EQ(cells.requests, cells.replies) << name;
    // Little: the integral of the number that is there is the sum of the times for which each was.
    EXPECT_EQ(cells.in_flight.integral(world.now()), cells.service.sum_ns()) << name;
    EXPECT_EQ(cells.in_flight.present(), 0U);
    EXPECT_EQ(cells.queued.present(), 0U);
    EXPECT_EQ(cells.busy.present(), 0U);
  }
}

TEST(Universal, LittleAndConservation) {
  using model::Discipline;
  for (const Discipline discipline : {Discipline::first_come, Discipline::last_come, Discipline::priority, Discipline::sharing}) {
    check(discipline, Kind::exponential);
    check(discipline, Kind::log_normal);
  }
}

TEST(Universal, UtilisationIsRateTimesWork) {
  // Work of a fixed length: to the nanosecond, on a run that has come to its end.
  model::ServiceSpec service = oracle::queue("queue", 3);
  service.service_time.kind = Kind::constant;
  model::World world(oracle::asked({service}, 2'500, 1));
  world.run_until(20 * sim::second);
  world.set_load(*world.find_service("users"), worlds::shared(worlds::open_load(model::LoadSpec::Arrivals::poisson, 0)));
  world.run_until(30 * sim::second);
  const model::CellCount queue = worlds::cells_of(world, "queue");
  EXPECT_GT(queue.requests, 49'000U);
  EXPECT_EQ(queue.busy.integral(world.now()), queue.requests * sim::millisecond);
}

TEST(Universal, WithoutLoadTheTimeIsTheSumOrTheLongest) {
  // front calls three that take 1, 2 and 4 ms, one after another or all at once; nobody else is there.
  for (const bool at_once : {false, true}) {
    std::vector<model::ServiceSpec> services = {worlds::service("one", "store", 0, {}, 1), worlds::service("two", "store", 0, {}, 2),
                                                worlds::service("four", "store", 0, {}, 4)};
    services.push_back(oracle::front("front", {0, 1, 2}, at_once ? model::FanOut::parallel : model::FanOut::sequential));
    services.back().service_time.mean_ms = 3;
    model::WorldSpec spec = oracle::asked(services, 0);
    spec.services.back().load = worlds::shared(worlds::open_load(model::LoadSpec::Arrivals::deterministic, 10));
    model::World world(spec);
    world.run_until(10 * sim::second);
    const model::CellCount front = worlds::cells_of(world, "front");
    const double way_ms = oracle::there_ms + oracle::back_ms;
    const sim::Time expected = sim::from_ms(way_ms + 3 + (at_once ? 4 + way_ms : 1 + 2 + 4 + 3 * way_ms));
    ASSERT_GT(front.replies, 90U);
    EXPECT_EQ(front.response.sum_ns(), front.replies * static_cast<std::uint64_t>(expected)) << at_once;
  }
}

}  // namespace
