// Instances that take long to start, and are slow when they have: cold caches, code that is not compiled yet.
#include "chaos/effect.h"

namespace chaos {
namespace {

class SlowStart : public Imposing<SlowStart> {
 public:
  explicit SlowStart(const Parameters& parameters)
      : factor_(number_in(parameters, "startUpFactor")),
        warm_up_(number_in(parameters, "warmUpFactor")),
        warm_up_time_(time_in(parameters, "warmUpMs")) {}
  void impose(Imposition& on, double level) const override {
    on.start_up = 1 + (factor_ - 1) * level;
    on.warm_up = 1 + (warm_up_ - 1) * level;
    on.warm_up_time = warm_up_time_;
  }

 private:
  double factor_;
  double warm_up_;
  sim::Time warm_up_time_;
};

std::vector<ParameterSpec> instance_slow_start_parameters() {
  return {number("startUpFactor", "on the start-up time", 5, 1, 1'000, ""),
          number("warmUpFactor", "on the work of one that has just come up, less and less", 3, 1, 1'000, ""),
          number("warmUpMs", "until it is as fast as usual", 60'000, 0, 3'600'000, "ms")};
}

}  // namespace

const FaultType instance_slow_start = {
    .type = "instance.slowStart",
    .scope = Scope::any,
    .title = "Slow start",
    .description =
        "Instances that start take a multiple of their start-up time, and work slowly at first. Nothing is seen until some start: kill, "
        "scale or deploy meanwhile.",
    .stands_for =
        "Cold caches and code that is not compiled yet; the reason for slow-start load balancing (Envoy) and pre-warmed capacity (Netflix: "
        "about 25 of the 50 minutes of a region evacuation were start-up).",
    .parameters = instance_slow_start_parameters,
    .make = make<SlowStart>,
    .example = R"({"type":"instance.slowStart","selector":{"services":["homepage"]},"durationMs":600000,"startUpFactor":5})",
};

}  // namespace chaos
