// Slow and failing at the same time, more and more: how most outages look from the inside.
#include "chaos/effect.h"

namespace chaos {
namespace {

class Brownout : public Imposing<Brownout> {
 public:
  explicit Brownout(const Parameters& parameters) : factor_(number_in(parameters, "factor")), rate_(number_in(parameters, "rate")) {}
  double capacity_lost() const override { return 1 - (1 - rate_) / factor_; }
  void impose(Imposition& on, double level) const override {
    on.work.factor = 1 + (factor_ - 1) * level;
    on.arrival.mishap = model::Mishap::error;
    on.arrival.chance = sim::threshold(rate_ * level);
  }

 private:
  double factor_;
  double rate_;
};

std::vector<ParameterSpec> service_brownout_parameters() {
  return {number("factor", "on the time of every piece of work", 3, 1, 1'000, ""),
          number("rate", "chance that a request fails at once", 0.05, 0, 1, "")};
}

}  // namespace

const FaultType service_brownout = {
    .type = "service.brownout",
    .scope = Scope::any,
    .title = "Brown-out",
    .description =
        "The service gets slower and fails a share of its requests, neither up nor down: health checks and breakers that wait for clear "
        "failures see little. Best with a ramp.",
    .stands_for =
        "Overload, a thread pool that runs out, a bad disk in an array: degraded, not failed. No tool surveyed has it; AWS FIS and Gremlin "
        "chain steps.",
    .parameters = service_brownout_parameters,
    .make = make<Brownout>,
    .example =
        R"({"type":"service.brownout","selector":{"services":["subscriber"]},"durationMs":120000,"ramp":{"shape":"linear","upMs":60000},"factor":3})",
};

}  // namespace chaos
