#include "operations/operations.h"

namespace operations {

std::variant<model::InstanceId, model::Refusal> kill(model::World& world, const std::string& name) {
  using Kind = model::Refusal::Kind;
  const model::InstanceId id = world.find_instance(name);
  if (id == model::no_instance) {
    if (world.was_here(name)) return model::Refusal{Kind::gone, "instance \"" + name + "\" is gone", {}};
    return model::Refusal{Kind::not_found, "there is no instance \"" + name + "\"", {}};
  }
  if (world.instance(id).state == model::InstanceState::dead) return model::Refusal{Kind::gone, "instance \"" + name + "\" is dead", {}};
  world.kill(id);
  return id;
}

}  // namespace operations
