// Messages per second of the engine, on one core: netflixoss flat out, statistics and histograms on, a time-out armed on every call, 1 % of
// requests traced. A message is a request or a reply delivered. The argument is the scale in percent; load grows with it, to about half of
// what the services can carry.

#include <benchmark/benchmark.h>

#include <malloc.h>
#include <unistd.h>

#include <fstream>
#include <memory>
#include <string>

#include "instructions.h"
#include "run/thread_team.h"
#include "system.h"

namespace {

using bench::spec_of;

/// Resident memory, in bytes, without what earlier benchmarks gave back to the allocator only.
double resident() {
  malloc_trim(0);
  std::ifstream file("/proc/self/statm");
  std::uint64_t pages = 0;
  file >> pages >> pages;
  return static_cast<double>(pages) * static_cast<double>(sysconf(_SC_PAGESIZE));
}

/// Slices of simulated time until the benchmark has had enough. Instructions for each message where the kernel counts them, of this thread.
void measure(benchmark::State& state, model::World& world, sim::Time slice, unsigned threads = 1) {
  const bench::Instructions instructions;
  const std::uint64_t messages = world.messages();
  const std::uint64_t events = world.events();
  const std::uint64_t executed = instructions.now();
  for (auto _ : state) bench::run_for(world, slice);
  const auto done = static_cast<double>(instructions.now() - executed);
  if (!instructions.counted()) {
    state.SetLabel("instructions are not counted here: " + instructions.why_not());
  } else if (threads == 1) {
    state.counters["instructions/message"] = done / static_cast<double>(world.messages() - messages);
  }
  state.counters["messages/s"] = benchmark::Counter(static_cast<double>(world.messages() - messages), benchmark::Counter::kIsRate);
  state.counters["events/s"] = benchmark::Counter(static_cast<double>(world.events() - events), benchmark::Counter::kIsRate);
  state.counters["instances"] = static_cast<double>(world.instance_count());
  state.counters["resident_MB"] = resident() / 1e6;
}

void netflixoss(benchmark::State& state) {
  const auto scale = static_cast<std::uint32_t>(state.range(0));
  const auto regions = static_cast<std::uint32_t>(state.range(1));
  run::ThreadTeam team(static_cast<unsigned>(state.range(2)));
  model::World world(bench::netflixoss(scale, regions));
  world.run_by(&team);
  world.set_traffic(*world.find_service("www"), 4000.0 * scale / 100 * regions);
  // Long enough for the time-outs, 4 s at most, to be as many as they will be; what is large has its calls in flight much sooner.
  world.run_until(scale > 10'000 ? 300 * sim::millisecond : 5 * sim::second);
  measure(state, world, scale > 10'000 ? 10 * sim::millisecond : 100 * sim::millisecond, team.size());
}
BENCHMARK(netflixoss)
    ->ArgNames({"scale", "regions", "threads"})
    ->Args({100, 1, 1})
    ->Args({1'000, 1, 1})
    ->Args({10'000, 1, 1})
    ->Args({158'750, 1, 1})
    ->Args({1'587'500, 1, 1})
    ->Args({1'000, 2, 1})
    ->Args({1'000, 2, 2})
    ->Args({10'000, 2, 1})
    ->Args({10'000, 2, 2})
    ->Unit(benchmark::kMillisecond)
    ->MinTime(2)
    ->UseRealTime();

/// Three queues in a row, each M/M/8 at rho 0.7, six hops of 0.1 ms; requests/s.
void tandem(benchmark::State& state) {
  model::WorldSpec spec;
  spec.architecture = "tandem";
  spec.regions = {{"us-east-1", {"zoneA"}, {"54.198"}}};
  spec.network = {0.1, 0.1, 0.1, 0, {{0}}};
  for (std::uint32_t i = 0; i < 4; ++i) {
    model::ServiceSpec s;
    s.name = i == 3 ? "users" : "queue" + std::to_string(i);
    s.package = packages::find(i == 0 ? "store" : i == 3 ? "denominator" : "monolith");
    if (i > 0) s.dependencies = {i - 1};
    s.regions = i == 3 ? 0 : 1;
    s.service_time.kind = model::DistributionSpec::Kind::exponential;
    s.service_time.mean_ms = 1;
    s.concurrency = 8;
    s.queue_limit = 1'000'000;
    s.timeout = 10 * sim::second;
    spec.services.push_back(std::move(s));
  }
  spec.services[3].requests_per_second = 5'600;
  spec.trace_sample_rate = 0.01;
  model::World world(spec);
  world.run_until(20 * sim::second);
  const std::uint64_t before = world.shards().front().requests().succeeded;
  measure(state, world, 100 * sim::millisecond);
  const auto requests = static_cast<double>(world.shards().front().requests().succeeded - before);
  state.counters["requests/s"] = benchmark::Counter(requests, benchmark::Counter::kIsRate);
}
BENCHMARK(tandem)->Unit(benchmark::kMillisecond)->MinTime(2)->UseRealTime();

void set_up(benchmark::State& state) {
  const model::WorldSpec spec = spec_of("netflixoss", static_cast<std::uint32_t>(state.range(0)), 1);
  const double before = resident();
  for (auto _ : state) {
    model::World world(spec);
    benchmark::DoNotOptimize(world);
    state.counters["instances"] = static_cast<double>(world.instance_count());
    state.counters["resident_MB"] = (resident() - before) / 1e6;
  }
}
BENCHMARK(set_up)->ArgNames({"scale"})->Arg(100)->Arg(1'587'500)->Unit(benchmark::kMillisecond)->UseRealTime();

/// All that pirates are told at first, five messages each, from the start to the last one's arrival.
void pirates_set_up(benchmark::State& state) {
  const model::WorldSpec spec = spec_of("fsm", static_cast<std::uint32_t>(state.range(0)), 1);
  for (auto _ : state) {
    state.PauseTiming();
    auto world = std::make_unique<model::World>(spec);
    state.ResumeTiming();
    world->run_until(90 * sim::millisecond);  // nobody talks before 100 ms
    state.counters["messages"] = static_cast<double>(world->messages());
    state.PauseTiming();
    world.reset();
    state.ResumeTiming();
  }
}
BENCHMARK(pirates_set_up)->ArgNames({"scale"})->Arg(100'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond)->UseRealTime();

/// One instance more and one fewer among very many.
void kill_one(benchmark::State& state) {
  model::World world(spec_of("netflixoss", static_cast<std::uint32_t>(state.range(0)), 1));
  world.set_traffic(*world.find_service("www"), 4000.0 * static_cast<double>(state.range(0)) / 100);
  world.run_until(50 * sim::millisecond);
  const auto& group = world.shared().groups[world.shared().services[*world.find_service("homepage")].groups[0]];
  std::size_t next = 0;
  for (auto _ : state) {
    world.kill(group.members[next++ % group.members.size()]);
    world.take_occurrences();
  }
}
BENCHMARK(kill_one)->ArgNames({"scale"})->Arg(100)->Arg(1'587'500)->Unit(benchmark::kMicrosecond)->Iterations(8);

}  // namespace
