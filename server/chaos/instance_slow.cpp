// Instances that take longer for everything: a noisy neighbour, a throttled machine.
#include "chaos/effect.h"

namespace chaos {
namespace {

class Slow : public Imposing<Slow> {
 public:
  explicit Slow(const Parameters& parameters) : factor_(number_in(parameters, "factor")) {}
  double capacity_lost() const override { return 1 - 1 / factor_; }
  void impose(Imposition& on, double level) const override { on.work.factor = 1 + (factor_ - 1) * level; }

 private:
  double factor_;
};

std::vector<ParameterSpec> instance_slow_parameters() {
  return {number("factor", "on the time of every piece of work", 5, 1, 1'000, "")};
}

}  // namespace

const FaultType instance_slow = {
    .type = "instance.slow",
    .scope = Scope::any,
    .title = "Slow instances",
    .description = "Every piece of work at the instances takes a multiple of its time; users whose requests come there wait.",
    .stands_for =
        "A noisy neighbour, a machine whose burst credits are used up, a debug build. The slow instance among many is what Netflix Latency "
        "Monkey and outlier detection are about.",
    .parameters = instance_slow_parameters,
    .make = make<Slow>,
    .example = R"({"type":"instance.slow","selector":{"services":["homepage"],"mode":"percent","value":25},"durationMs":60000,"factor":5})",
};

}  // namespace chaos
