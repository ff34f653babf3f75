// Requests that arrive twice: whoever is not idempotent does them twice.
#include "chaos/effect.h"

namespace chaos {
namespace {

class Duplicate : public Imposing<Duplicate> {
 public:
  explicit Duplicate(const Parameters& parameters) : probability_(number_in(parameters, "percent") / 100) {}
  void impose(Imposition& on, double level) const override { on.path.twice = sim::threshold(probability_ * level); }

 private:
  double probability_;
};

std::vector<ParameterSpec> network_duplicate_parameters() {
  return {number("percent", "of the requests that arrive twice", 5, 0, 100, "percent")};
}

}  // namespace

const FaultType network_duplicate = {
    .type = "network.duplicate",
    .scope = Scope::any,
    .title = "Duplicated requests",
    .description =
        "A share of the requests between the selected instances and the target (without one: all others) arrives twice and is served "
        "twice; the second answer goes nowhere. More load, and messages that are queued twice.",
    .stands_for =
        "A proxy or client that sends again what was not lost (netem duplicate in Chaos Mesh doubles packets; here whole requests).",
    .parameters = network_duplicate_parameters,
    .make = make<Duplicate>,
    .takes_target = true,
    .example =
        R"({"type":"network.duplicate","selector":{"services":["homepage"]},"target":{"services":["subscriber"]},"durationMs":60000,"percent":50})",
};

}  // namespace chaos
