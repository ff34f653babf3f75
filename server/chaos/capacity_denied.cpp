// Places where nothing new can start.
#include "chaos/effect.h"

namespace chaos {
namespace {

class CapacityDenied : public Copyable<CapacityDenied> {
 public:
  explicit CapacityDenied(const Parameters& /*parameters*/) {}
  bool scales() const override { return false; }
  void begin(World& world, const Run& run) override {
    held_ = locations_of(world, run.selector);
    for (const std::uint32_t place : held_) ++world.denials().capacity[place];
    world.structure_changed();
  }
  void end(World& world, const Run& /*run*/) override {
    for (const std::uint32_t place : held_) --world.denials().capacity[place];
    world.structure_changed();
  }

 private:
  std::vector<std::uint32_t> held_;
};

}  // namespace

const FaultType capacity_denied = {
    .type = "capacity.denied",
    .scope = Scope::any,
    .title = "No capacity",
    .description =
        "Nothing can be started in the places: scaling goes to others, and where there are none instances are missing. Together with a "
        "zone outage it shows whether the rest is enough.",
    .stands_for =
        "Insufficient capacity of an instance type after a zone failed, a control plane that is out (a true zone failure includes it: AWS "
        "FIS workshop, issue 16).",
    .parameters = no_parameters,
    .make = make<CapacityDenied>,
    .hits = Hits::places,
    .example = R"({"type":"capacity.denied","selector":{"zones":["us-east-1.zoneB"]},"durationMs":600000})",
};

}  // namespace chaos
