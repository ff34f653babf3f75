// Stale registry: see model/registry_faults.cpp.
#include "chaos/effect.h"

namespace chaos {
namespace {

class RegistryStale : public Copyable<RegistryStale> {
 public:
  explicit RegistryStale(const Parameters& /*parameters*/) {}
  bool scales() const override { return false; }
  void begin(World& world, const Run& run) override {
    world.fault_registries({run.number, model::RegistryFault::Kind::stale, locations_of(world, run.selector), 0});
  }
  void end(World& world, const Run& run) override { world.mend_registries(run.number); }
};

}  // namespace

const FaultType registry_stale = {
    .type = "registry.stale",
    .scope = Scope::any,
    .title = "Stale registry",
    .description =
        "The registries of the places answer with what they knew when it began: who has died is still asked, who has come is not.",
    .stands_for = "A cache that is not renewed, replication between servers that stands still.",
    .parameters = no_parameters,
    .make = make<RegistryStale>,
    .hits = Hits::places,
    .example = R"({"type":"registry.stale","selector":{"regions":["us-east-1"]},"durationMs":120000})",
};

}  // namespace chaos
