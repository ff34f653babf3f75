// The system of the benchmark netflixoss, run for so long and no longer: for tools that count instructions (bench/instructions).
//   bench_work SCALE MS [POLICY]   scale in percent, simulated milliseconds after the warm-up, 0 to 100,000, a policy of
//   config/policies.json for every dependency; prints instances and messages since then

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "system.h"

namespace {

constexpr double requests_per_second = 1000;  ///< at 100 %: an eighth of what the services can carry
constexpr sim::Time warm_up = 60 * sim::millisecond;

/// -1: it is no whole number up to `most`.
long number(const char* text, long most) {
  char* end = nullptr;
  const long value = std::strtol(text, &end, 10);
  return *text == 0 || *end != 0 || value < 0 || value > most ? -1 : value;
}

}  // namespace

int main(int argc, char** argv) {
  const bool counted = argc == 3 || argc == 4;
  const long scale = counted ? number(argv[1], 2'000'000) : -1;
  const long milliseconds = counted ? number(argv[2], 100'000) : -1;
  if (scale < 1 || milliseconds < 0) {
    std::fputs("usage: bench_work SCALE MS [POLICY], a scale of 1 to 2000000 percent and 0 to 100000 simulated milliseconds\n", stderr);
    return 2;
  }
  model::WorldSpec spec = bench::netflixoss(static_cast<std::uint32_t>(scale), 1);
  if (argc == 4) spec = bench::under(std::move(spec), argv[3]);
  model::World world(spec);
  world.set_traffic(*world.find_service("www"), requests_per_second * static_cast<double>(scale) / 100);
  bench::run_for(world, warm_up);
  const std::uint64_t before = world.messages();
  for (long ms = 0; ms < milliseconds; ++ms) bench::run_for(world, sim::millisecond);
  std::printf("%llu %llu\n", static_cast<unsigned long long>(world.instance_count()),
              static_cast<unsigned long long>(world.messages() - before));
}
