// Autoscalers that do nothing.
#include "chaos/effect.h"

namespace chaos {
namespace {

class AutoscalerFreeze : public Copyable<AutoscalerFreeze> {
 public:
  explicit AutoscalerFreeze(const Parameters& /*parameters*/) {}
  bool scales() const override { return false; }
  void begin(World& world, const Run& run) override {
    held_ = services_of(world, run.selector);
    for (const std::uint32_t place : held_) ++world.denials().autoscalers[place];
    world.structure_changed();
  }
  void end(World& world, const Run& /*run*/) override {
    for (const std::uint32_t place : held_) --world.denials().autoscalers[place];
    world.structure_changed();
  }

 private:
  std::vector<std::uint32_t> held_;
};

}  // namespace

const FaultType autoscaler_freeze = {
    .type = "autoscaler.freeze",
    .scope = Scope::any,
    .title = "Autoscaler frozen",
    .description = "The autoscalers of the services leave the number of instances as it is, whatever the load.",
    .stands_for = "A metrics pipeline that is out, a controller that crashes, an API that throttles.",
    .parameters = no_parameters,
    .make = make<AutoscalerFreeze>,
    .hits = Hits::places,
    .example = R"({"type":"autoscaler.freeze","selector":{"services":["homepage"]},"durationMs":600000})",
};

}  // namespace chaos
