// Messages that are lost, and sent again by who has not heard of them: each loss costs a time-out of the transport.
#include "chaos/effect.h"

namespace chaos {
namespace {

class NetworkLoss : public Imposing<NetworkLoss> {
 public:
  explicit NetworkLoss(const Parameters& parameters)
      : loss_(number_in(parameters, "percent") / 100), again_(time_in(parameters, "retransmitMs")) {}
  void impose(Imposition& on, double level) const override {
    on.path.loss = sim::threshold(loss_ * level);
    on.path.again = again_;
  }

 private:
  double loss_;
  sim::Time again_;
};

std::vector<ParameterSpec> network_loss_parameters() {
  return {number("percent", "of the messages that are lost each time they are sent", 7, 0, 100, "percent"),
          number("retransmitMs", "after which a lost message is sent again, then after twice as long, seven times; 0: it never is", 200, 0,
                 60'000, "ms")};
}

}  // namespace

const FaultType network_loss = {
    .type = "network.loss",
    .scope = Scope::any,
    .title = "Packet loss",
    .description =
        "Messages between the selected instances and the target (without one: all others) get lost and are sent again: most are as fast as "
        "ever, some take hundreds of milliseconds longer, few never arrive.",
    .stands_for =
        "A bad cable, a congested link (Simian Army network loss: netem loss 7 %; Linux sends again after at least 200 ms, doubling: "
        "TCP_RTO_MIN, RFC 6298; Chaos Mesh, Pumba, Gremlin, Litmus).",
    .parameters = network_loss_parameters,
    .make = make<NetworkLoss>,
    .takes_target = true,
    .example = R"({"type":"network.loss","selector":{"zones":["us-east-1.zoneB"]},"durationMs":60000,"percent":7})",
};

}  // namespace chaos
