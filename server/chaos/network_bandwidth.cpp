// Connections that carry little: large messages take long.
#include "chaos/effect.h"

namespace chaos {
namespace {

class Bandwidth : public Imposing<Bandwidth> {
 public:
  explicit Bandwidth(const Parameters& parameters)
      : ns_per_byte_(8'000 / number_in(parameters, "megabitsPerSecond")),
        bytes_(static_cast<std::uint32_t>(number_in(parameters, "messageBytes"))) {}
  void impose(Imposition& on, double level) const override {
    on.path.ns_per_byte = ns_per_byte_ * level;
    on.path.bytes = bytes_;
  }

 private:
  double ns_per_byte_;
  std::uint32_t bytes_;
};

std::vector<ParameterSpec> network_bandwidth_parameters() {
  return {number("megabitsPerSecond", "of each connection", 1, 0.001, 100'000, "Mb/s"),
          number("messageBytes", "of a message that has no size of its own", 10'000, 1, 1e9, "bytes")};
}

}  // namespace

const FaultType network_bandwidth = {
    .type = "network.bandwidth",
    .scope = Scope::any,
    .title = "Low bandwidth",
    .description =
        "Connections between the selected instances and the target (without one: all others) carry only so much: messages take longer, "
        "large ones much longer.",
    .stands_for = "A link that is throttled or shared (Toxiproxy bandwidth, Chaos Mesh bandwidth by tbf, Pumba rate, Gremlin).",
    .parameters = network_bandwidth_parameters,
    .make = make<Bandwidth>,
    .takes_target = true,
    .example =
        R"({"type":"network.bandwidth","selector":{"services":["subscriber"]},"target":{"services":["evcacheSubscriber"]},"durationMs":60000,"megabitsPerSecond":1})",
};

}  // namespace chaos
