// Split registry: see model/registry_faults.cpp.
#include "chaos/effect.h"

namespace chaos {
namespace {

class RegistrySplit : public Copyable<RegistrySplit> {
 public:
  explicit RegistrySplit(const Parameters& /*parameters*/) {}
  bool scales() const override { return false; }
  std::optional<model::Refusal> refuses(const World& world) const override {
    if (!world.splits_registries()) return std::nullopt;
    return model::Refusal{model::Refusal::Kind::conflict, "registries are split already; one split at a time", {}};
  }
  void begin(World& world, const Run& run) override {
    world.fault_registries({run.number, model::RegistryFault::Kind::split, locations_of(world, run.selector), 0});
  }
  void end(World& world, const Run& run) override { world.mend_registries(run.number); }
};

}  // namespace

const FaultType registry_split = {
    .type = "registry.split",
    .scope = Scope::zones,
    .title = "Split registry",
    .description =
        "The places that are selected and all others know nothing new of each other: each side goes by what it knew of the other, and by "
        "what happens on its own.",
    .stands_for =
        "A partition between the servers of a registry, each of which goes on (Eureka prefers availability; Consul and etcd would not "
        "answer on the minority side).",
    .parameters = no_parameters,
    .make = make<RegistrySplit>,
    .hits = Hits::places,
    .example = R"({"type":"registry.split","selector":{"zones":["us-east-1.zoneB"]},"durationMs":120000})",
};

}  // namespace chaos
