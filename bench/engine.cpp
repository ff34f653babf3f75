// Messages per second of the engine, on one core: netflixoss flat out, statistics and histograms on, a time-out armed on every call, 1 % of
// requests traced. A message is a request or a reply delivered. The argument is the scale in percent; load grows with it, to about half of
// what the services can carry.

#include <benchmark/benchmark.h>

#include <fstream>
#include <iterator>
#include <string>

#include "architecture/build.h"
#include "architecture/read.h"
#include "packages/list.h"

namespace {

std::string text_of(const std::string& path) {
  std::ifstream file(std::string(SIMIANVIZ_SOURCE_DIR) + "/" + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

model::WorldSpec spec_of(const std::string& name, std::uint32_t scale_percent, std::uint32_t regions) {
  const auto catalogue = std::get<architecture::Regions>(architecture::read_regions(text_of("config/regions.json")));
  const auto defaults = std::get<architecture::Defaults>(architecture::read_defaults(text_of("config/packages.json"), packages::names()));
  const auto document = std::get<architecture::Architecture>(
      architecture::read_architecture(text_of("json_arch/" + name + "_arch.json"), packages::names(), defaults.protocols));
  auto spec = std::get<model::WorldSpec>(architecture::build(document, catalogue, defaults, {1, scale_percent, regions}));
  spec.trace_sample_rate = 0.01;
  return spec;
}

void netflixoss(benchmark::State& state) {
  model::World world(spec_of("netflixoss", static_cast<std::uint32_t>(state.range(0)), static_cast<std::uint32_t>(state.range(1))));
  world.set_traffic(*world.find_service("www"), 4000.0 * static_cast<double>(state.range(0)) / 100);
  world.run_until(2 * sim::second);
  const std::uint64_t messages = world.messages();
  const std::uint64_t events = world.events();
  for (auto _ : state) {
    world.run_until(world.now() + 100 * sim::millisecond);
    for (model::Shard& shard : world.shards()) shard.spans().clear();
  }
  state.counters["messages/s"] = benchmark::Counter(static_cast<double>(world.messages() - messages), benchmark::Counter::kIsRate);
  state.counters["events/s"] = benchmark::Counter(static_cast<double>(world.events() - events), benchmark::Counter::kIsRate);
  state.counters["instances"] = static_cast<double>(world.instance_count());
}
BENCHMARK(netflixoss)
    ->ArgNames({"scale", "regions"})
    ->Args({100, 1})
    ->Args({1000, 1})
    ->Args({100, 2})
    ->Args({154'000, 1})
    ->Unit(benchmark::kMillisecond)
    ->MinTime(2);

void set_up(benchmark::State& state) {
  const model::WorldSpec spec = spec_of("netflixoss", static_cast<std::uint32_t>(state.range(0)), 1);
  for (auto _ : state) {
    model::World world(spec);
    benchmark::DoNotOptimize(world);
  }
}
BENCHMARK(set_up)->ArgNames({"scale"})->Arg(100)->Arg(1'540'000)->Unit(benchmark::kMillisecond);

}  // namespace
