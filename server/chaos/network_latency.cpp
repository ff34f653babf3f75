// Messages that take longer.
#include "chaos/effect.h"

namespace chaos {
namespace {

class NetworkLatency : public Imposing<NetworkLatency> {
 public:
  explicit NetworkLatency(const Parameters& parameters) : delay_(delay_in(parameters)) {}
  void impose(Imposition& on, double level) const override { delay_.impose(level, on.path.added, on.path.chance); }

 private:
  Delay delay_;
};

std::vector<ParameterSpec> network_latency_parameters() {
  return latency_parameters(1'000, 500, "a message");
}

}  // namespace

const FaultType network_latency = {
    .type = "network.latency",
    .scope = Scope::any,
    .title = "Network latency",
    .description =
        "Messages between the selected instances and the target (without one: all others) take longer. A request waits for two of them, "
        "one there and one back, unless a direction is given.",
    .stands_for =
        "A long way round, a queue in a router (Simian Army network latency: netem delay 1000 ms +/- 500 ms, the defaults here; Toxiproxy "
        "latency, Chaos Mesh delay, Pumba).",
    .parameters = network_latency_parameters,
    .make = make<NetworkLatency>,
    .takes_target = true,
    .example =
        R"({"type":"network.latency","selector":{"services":["subscriber"]},"target":{"services":["cassSubscriber"]},"direction":"to","durationMs":60000,"latencyMs":200,"jitterMs":50})",
};

}  // namespace chaos
