// Processor sharing: what counts of the service times is their mean.

#include "oracles/measured.h"
#include "oracles/theory.h"

namespace {

using Kind = model::DistributionSpec::Kind;

model::ServiceSpec shared(std::uint32_t workers, Kind kind, double cv = 1) {
  model::ServiceSpec service = oracle::queue("queue", workers);
  service.discipline = model::Discipline::sharing;
  service.service_time.kind = kind;
  service.service_time.cv = cv;
  return service;
}

void check(const model::ServiceSpec& service, double rate, double sojourn_ms, double arrivals, std::uint64_t seed) {
  const oracle::Measured run(oracle::asked({service}, rate, seed), arrivals / rate);
  const model::GroupFigures figures = run.figures("queue");
  oracle::expect(figures.service_mean_ms, sojourn_ms, "sojourn");
  oracle::expect(figures.in_flight, rate * sojourn_ms / 1000, "number there");
  oracle::expect(figures.utilisation, rate / 1000 / service.concurrency, "utilisation");
}

TEST(Sharing, TheTimeIsThatOfTheMeanWhateverTheDistribution) {
  const double arrivals = theory::run_length(.8, 0.02), sojourn = 1 / (1 - .8);
  check(shared(1, Kind::constant), 800, sojourn, arrivals, 1);
  check(shared(1, Kind::exponential), 800, sojourn, arrivals, 2);
  check(shared(1, Kind::log_normal, 2), 800, sojourn, arrivals, 3);
}

TEST(Sharing, WithSeveralWorkersTheMeanIsThatOfAQueue) {
  const theory::MMc queue{8, .9};
  check(shared(8, Kind::exponential), queue.rate(), queue.sojourn() * 1000, theory::run_length(.9, 0.04), 4);
}

TEST(Sharing, EachTakesAsLongAsItIsLarge) {
  // Two kinds of messages, 0.5 and 2 ms of work, at rates 800 and 200: rho = 0.8, and each is there for its work / (1 - rho).
  model::ServiceSpec service = shared(1, Kind::constant);
  service.service_time.mean_ms = 0;
  std::vector<model::ServiceSpec> services = {service};
  const double work_ms[] = {0.5, 2}, rates[] = {800, 200};
  const char* const names[] = {"small", "large"};
  for (int i = 0; i < 2; ++i) {
    services.push_back(worlds::service(names[i], "denominator", 0, {0}));
    services.back().requests_per_second = rates[i];
    model::DependencySpec call;
    call.request_bytes = model::DistributionSpec{};
    call.request_bytes->mean_ms = work_ms[i] * 1000;  // bytes, each of which takes 1 us to read
    call.protocol = {"own", 0, 1000, 1};
    services.back().calls = {call};
  }
  const oracle::Measured run(worlds::small(services, 5), theory::run_length(.8, 0.02) / 1000);
  oracle::expect(run.figures("queue").utilisation, 0.8, "utilisation");
  for (int i = 0; i < 2; ++i)
    oracle::expect(run.calls(names[i], "queue").mean_ms, work_ms[i] / (1 - 0.8) + oracle::there_ms + oracle::back_ms, names[i]);
}

}  // namespace
