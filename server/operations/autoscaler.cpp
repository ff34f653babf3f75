#include "model/problem_text.h"
#include "operations/operations.h"

namespace operations {

std::optional<model::Refusal> set_autoscaler(model::World& world, const std::string& service, const policies::AutoscalerSpec* spec) {
  using Kind = model::Refusal::Kind;
  const auto found = service_named(world, service);
  if (const auto* refusal = std::get_if<model::Refusal>(&found)) return *refusal;
  const std::uint32_t index = std::get<std::uint32_t>(found);
  if (world.shared().services[index].package->load_source) {
    return model::Refusal{
        Kind::invalid, model::quoted(service) + " is a load source: it has users, no load of its own to be scaled by", {}};
  }
  if (spec == nullptr && !world.autoscalers().contains(index)) {
    return model::Refusal{Kind::not_found, model::quoted(service) + " has no autoscaler", {}};
  }
  world.set_autoscaler(index, spec == nullptr ? std::nullopt : std::optional(*spec));
  model::Occurrence o;
  o.type = "autoscaler.changed";
  o.severity = "info";
  o.subject_kind = "service";
  o.subject_id = service;
  o.message = spec == nullptr ? service + " has no autoscaler any more"
              : spec->enabled ? service + " is scaled between " + std::to_string(spec->min) + " and " + std::to_string(spec->max)
                              : service + " has an autoscaler that is switched off";
  world.report(std::move(o));
  return std::nullopt;
}

}  // namespace operations
