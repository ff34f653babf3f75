// A zone that is neither up nor down: its network is slow and loses messages, and every health check says that all is well.
#include "chaos/effect.h"

namespace chaos {
namespace {

class GrayZone : public Imposing<GrayZone> {
 public:
  explicit GrayZone(const Parameters& parameters)
      : delay_(delay_in(parameters)), loss_(number_in(parameters, "lossPercent") / 100), again_(time_in(parameters, "retransmitMs")) {}
  bool reaches_itself() const override { return true; }
  void impose(Imposition& on, double level) const override {
    delay_.impose(level, on.path.added, on.path.chance);
    on.path.loss = sim::threshold(loss_ * level);
    on.path.again = again_;
  }

 private:
  Delay delay_;
  double loss_;
  sim::Time again_;
};

std::vector<ParameterSpec> zone_gray_parameters() {
  std::vector<ParameterSpec> specs = latency_parameters(50, 25, "a message to, from or within the zone");
  specs.push_back(number("lossPercent", "of the messages that are lost each time they are sent", 5, 0, 100, "percent"));
  specs.push_back(
      number("retransmitMs", "after which a lost message is sent again, then after twice as long; 0: never", 200, 0, 60'000, "ms"));
  return specs;
}

}  // namespace

const FaultType zone_gray = {
    .type = "zone.gray",
    .scope = Scope::zones,
    .title = "Gray zone",
    .description =
        "The zones are slow and lossy, but answer heartbeats and health checks: nothing is taken out of rotation, and a share of the users "
        "waits.",
    .stands_for =
        "Gray failure: what the system sees differs from what its users see (Huang et al., HotOS 2017); the reason for zonal shift at AWS.",
    .parameters = zone_gray_parameters,
    .make = make<GrayZone>,
    .takes_target = true,
    .example = R"({"type":"zone.gray","selector":{"zones":["us-east-1.zoneB"]},"durationMs":120000})",
};

}  // namespace chaos
