// Registry outage: see model/registry_faults.cpp.
#include "chaos/effect.h"

namespace chaos {
namespace {

class RegistryOutage : public Copyable<RegistryOutage> {
 public:
  explicit RegistryOutage(const Parameters& /*parameters*/) {}
  bool scales() const override { return false; }
  void begin(World& world, const Run& run) override {
    world.fault_registries({run.number, model::RegistryFault::Kind::outage, locations_of(world, run.selector), 0});
  }
  void end(World& world, const Run& run) override { world.mend_registries(run.number); }
};

}  // namespace

const FaultType registry_outage = {
    .type = "registry.outage",
    .scope = Scope::any,
    .title = "Registry outage",
    .description =
        "The registries of the places cannot be asked: callers go on with what they knew, instances that start are not registered and know "
        "nobody. Users notice when instances have come or gone meanwhile.",
    .stands_for =
        "All servers of a registry gone, or unreachable (Netflix runs on through losses of Eureka for that reason; Simian Army has no "
        "monkey for it).",
    .parameters = no_parameters,
    .make = make<RegistryOutage>,
    .hits = Hits::places,
    .example = R"({"type":"registry.outage","selector":{"regions":["us-east-1"]},"durationMs":120000})",
};

}  // namespace chaos
