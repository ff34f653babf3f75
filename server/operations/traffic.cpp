#include <cmath>
#include <cstdio>

#include "operations/operations.h"

namespace operations {

std::optional<model::Refusal> set_traffic(model::World& world, const std::string& name, double requests_per_second) {
  using Kind = model::Refusal::Kind;
  const auto found = service_named(world, name);
  if (const auto* refusal = std::get_if<model::Refusal>(&found)) return *refusal;
  const std::uint32_t service = std::get<std::uint32_t>(found);
  if (!world.shared().services[service].package->load_source) {
    return model::Refusal{Kind::invalid, "service \"" + name + "\" is not a load source (package denominator)", {}};
  }
  if (!(requests_per_second >= 0 && requests_per_second <= 1e6)) {
    return model::Refusal{
        Kind::invalid, "requestsPerSecond is out of range", {{"/requestsPerSecond", "outOfRange", "must be 0 to 1000000", {}}}};
  }
  world.set_traffic(service, requests_per_second);
  char text[64];
  std::snprintf(text, sizeof text, "%.6g", requests_per_second);
  model::Occurrence o;
  o.type = "traffic.changed";
  o.severity = "info";
  o.subject_kind = "service";
  o.subject_id = name;
  o.message = name + " now sends " + text + " requests a second";
  o.data = {{"requestsPerSecond", text}};
  world.report(std::move(o));
  return std::nullopt;
}

}  // namespace operations
