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

std::variant<std::vector<model::InstanceId>, model::Refusal> kill_machine(model::World& world, const std::string& name) {
  using Kind = model::Refusal::Kind;
  const std::uint32_t machine = world.find_machine(name);
  if (machine == model::Machines::none) {
    const std::string hint = world.machines().any() ? "" : "; this architecture has none";
    return model::Refusal{Kind::not_found, "there is no machine \"" + name + "\"" + hint, {}};
  }
  if (world.machines()[machine].state == model::MachineState::dead) {
    return model::Refusal{Kind::gone, "machine \"" + name + "\" is dead", {}};
  }
  std::vector<model::InstanceId> instances = world.machines()[machine].instances;
  world.kill_machine(machine);
  return instances;
}

}  // namespace operations
