// Clocks that are wrong: who wrote last, and whose time is up, is decided by them.
#include "chaos/effect.h"

namespace chaos {
namespace {

class ClockSkew : public Imposing<ClockSkew> {
 public:
  explicit ClockSkew(const Parameters& parameters) : offset_(time_in(parameters, "offsetMs")) {}
  void impose(Imposition& on, double level) const override { on.clock = static_cast<sim::Time>(static_cast<double>(offset_) * level); }

 private:
  sim::Time offset_;
};

std::vector<ParameterSpec> instance_clock_skew_parameters() {
  return {number("offsetMs", "added to the time", 5'000, -3'600'000, 3'600'000, "ms")};
}

}  // namespace

const FaultType instance_clock_skew = {
    .type = "instance.clockSkew",
    .scope = Scope::any,
    .title = "Wrong clock",
    .description =
        "The clocks of the instances are ahead (or, below 0, behind). Writes that a node of a replicated store coordinates get wrong "
        "times, so older values win; deadlines that are passed on look nearer or farther than they are.",
    .stands_for = "A clock without NTP, a leap second, a virtual machine that was suspended (Chaos Mesh TimeChaos, Gremlin time travel).",
    .parameters = instance_clock_skew_parameters,
    .make = make<ClockSkew>,
    .example =
        R"({"type":"instance.clockSkew","selector":{"services":["cassSubscriber"],"zones":["us-east-1.zoneB"]},"durationMs":60000,"offsetMs":5000})",
};

}  // namespace chaos
