#include "operations/operations.h"

namespace operations {

std::variant<std::uint32_t, model::Refusal> service_named(const model::World& world, const std::string& name) {
  if (const auto index = world.find_service(name)) return *index;
  std::vector<std::string> known;
  for (const auto& service : world.shared().services) known.push_back(service.name);
  const std::string near = model::nearest_name(name, known);
  std::string detail = "there is no service \"" + name + "\" in this simulation";
  if (!near.empty()) detail += "; did you mean \"" + near + "\"?";
  return model::Refusal{model::Refusal::Kind::not_found, detail, {}};
}

}  // namespace operations
