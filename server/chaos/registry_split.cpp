// Split registry: see model/registry_faults.cpp.
#include "chaos/effect.h"

namespace chaos {
namespace {

class RegistrySplit : public OnRegistries<model::RegistryFault::Kind::split> {
 public:
  using OnRegistries::OnRegistries;
  std::unique_ptr<Effect> clone() const override { return std::make_unique<RegistrySplit>(*this); }
  std::optional<model::Refusal> refuses(const World& world) const override {
    if (!world.splits_registries()) return std::nullopt;
    return model::Refusal{model::Refusal::Kind::conflict, "registries are split already; one split at a time", {}};
  }
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
