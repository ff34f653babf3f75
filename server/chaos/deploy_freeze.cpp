// Deployments that stand still.
#include "chaos/effect.h"

namespace chaos {
namespace {

class DeployFreeze : public Copyable<DeployFreeze> {
 public:
  explicit DeployFreeze(const Parameters& /*parameters*/) {}
  bool scales() const override { return false; }
  void begin(World& world, const Run& run) override {
    held_ = services_of(world, run.selector);
    for (const std::uint32_t place : held_) ++world.denials().deployments[place];
    world.structure_changed();
  }
  void end(World& world, const Run& /*run*/) override {
    for (const std::uint32_t place : held_) --world.denials().deployments[place];
    world.structure_changed();
  }

 private:
  std::vector<std::uint32_t> held_;
};

}  // namespace

const FaultType deploy_freeze = {
    .type = "deploy.freeze",
    .scope = Scope::any,
    .title = "Deployments frozen",
    .description = "No deployment of the services begins, and those that run stand still, with old and new versions side by side.",
    .stands_for = "A change freeze, a pipeline that is out.",
    .parameters = no_parameters,
    .make = make<DeployFreeze>,
    .hits = Hits::places,
    .example = R"({"type":"deploy.freeze","selector":{"services":["homepage"]},"durationMs":600000})",
};

}  // namespace chaos
