// What policies cost while nothing goes wrong: netflixoss at 65 instances, once without and once with a preset on every dependency of every
// service, slice by slice in turn, so that what else the machine does meets both alike. "kept" is the share of the message rate that is
// left with them.

#include <benchmark/benchmark.h>

#include <chrono>
#include <string>

#include "system.h"

namespace {

constexpr sim::Time slice = 100 * sim::millisecond;

class Half {
 public:
  explicit Half(const model::WorldSpec& spec) : world_(spec) {
    world_.set_traffic(*world_.find_service("www"), 4000);
    bench::run_for(world_, 5 * sim::second);
    before_ = world_.messages();
  }
  void run() {
    const auto start = std::chrono::steady_clock::now();
    bench::run_for(world_, slice);
    seconds_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }
  double rate() const { return static_cast<double>(world_.messages() - before_) / seconds_; }

 private:
  model::World world_;
  std::uint64_t before_ = 0;
  double seconds_ = 0;
};

void at_rest(benchmark::State& state, const std::string& policy) {
  const model::WorldSpec spec = bench::netflixoss(100, 1);
  Half without(spec), with(bench::under(spec, policy));
  for (auto _ : state) {
    without.run();
    with.run();
  }
  state.counters["without/s"] = without.rate();
  state.counters["with/s"] = with.rate();
  state.counters["kept"] = with.rate() / without.rate();
}
BENCHMARK_CAPTURE(at_rest, envoy, std::string("envoy-1.28"))->Unit(benchmark::kMillisecond)->MinTime(4)->UseRealTime();
BENCHMARK_CAPTURE(at_rest, ribbon, std::string("ribbon-2"))->Unit(benchmark::kMillisecond)->MinTime(4)->UseRealTime();

}  // namespace
