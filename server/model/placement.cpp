// Which machine an instance runs on, and what the end of one means for the other.

#include <set>
#include <tuple>

#include "model/world.h"

namespace model {
namespace {

/// Entities of draws: machines are no instances.
constexpr std::uint64_t machine_entities = std::uint64_t{1} << 40;

}  // namespace

std::string World::machine_name(std::uint32_t machine) const {
  const Machine& m = machines_[machine];
  return architecture_ + "." + shared_->locations[m.location].id + "." + machines_.types()[m.type].name + serial_text(m.serial);
}

std::uint32_t World::find_machine(const std::string& name) const {
  for (std::uint32_t machine = 0; machine < machines_.list().size(); ++machine) {
    const Machine& m = machines_[machine];
    if (!m.in_use) continue;
    const std::string prefix = architecture_ + "." + shared_->locations[m.location].id + "." + machines_.types()[m.type].name;
    if (serial_in(name, prefix) == m.serial) return machine;
  }
  return Machines::none;
}

/// Where there is room; else on a machine that is started for it.
void World::place(InstanceId id) {
  if (!machines_.any()) return;
  machines_.forget(id);
  const Group& group = shared_->groups[instance(id).group];
  const std::optional<PlacementSpec>& placement = shared_->services[group.service].placement;
  if (!placement) return;
  std::uint32_t machine = machines_.find_room(*placement, group.location);
  if (machine == Machines::none) machine = start_machine(*placement, group.location);
  machines_.put(machine, id, *placement);
}

/// At the beginning of a run there are as many as are needed; but one that begins cold waits for all that are not in a data centre.
std::uint32_t World::start_machine(const PlacementSpec& placement, std::uint32_t location) {
  const bool beginning = start_ups_.first_nodes == 0;
  const bool there = beginning && (!start_ups_.cold || machines_.types()[placement.type].kind == MachineKind::datacenter);
  const std::uint32_t machine = machines_.add(placement.type, location, placement.shared, now_);
  if (there) return machine;
  const sim::Distribution& start_up = machines_.start_up(placement.type);
  const std::uint64_t random =
      sim::draw(shared_->seed, machine_entities + placement.type, sim::Purpose::start_up, machines_[machine].serial);
  machines_.set_starting(machine, now_ + start_up.sample(random));
  structure_changed();
  tell_machine(machine, "machine.starting", "info", "starts");
  plan(machines_[machine].up_at, act_machine_up, machine, machines_[machine].generation);
  return machine;
}

void World::add_spare_machines() {
  std::set<std::tuple<std::uint32_t, std::uint32_t, bool>> pools;
  for (const Service& service : shared_->services) {
    if (!service.placement || machines_.types()[service.placement->type].spare == 0) continue;
    for (const std::uint32_t group : service.groups) {
      const std::uint32_t location = shared_->groups[group].location;
      if (!pools.emplace(service.placement->type, location, service.placement->shared).second) continue;
      for (std::uint32_t i = 0; i < machines_.types()[service.placement->type].spare; ++i) {
        machines_.add(service.placement->type, location, service.placement->shared, now_);
      }
    }
  }
}

void World::machine_up(std::uint32_t machine) {
  if (machines_[machine].state != MachineState::starting) return;
  machines_.set_state(machine, MachineState::up);
  structure_changed();
  tell_machine(machine, "machine.up", "info", "is up");
}

/// Its instance is dead. One of its own goes with it, unless it stands in a data centre.
void World::leave_machine(InstanceId id) {
  const std::uint32_t machine = machines_.of(id);
  if (machine == Machines::none) return;
  machines_.take(machine, id, *shared_->services[shared_->groups[instance(id).group].service].placement);
  const Machine& m = machines_[machine];
  if (m.shared || m.state == MachineState::dead || machines_.types()[m.type].kind == MachineKind::datacenter) return;
  machines_.set_state(machine, MachineState::dead);
  tell_machine(machine, "machine.stopped", "info", "stopped");
  remove_machine(machine);
}

void World::kill_machine(std::uint32_t machine) {
  machines_.set_state(machine, MachineState::dead);
  structure_changed();
  const std::uint64_t outer = cause_;
  const std::vector<InstanceId> instances = machines_[machine].instances;
  const std::string with =
      instances.empty() ? "" : ", and " + std::to_string(instances.size()) + (instances.size() == 1 ? " instance" : " instances");
  cause_ = tell_machine(machine, "machine.died", "warning", "died" + with);
  for (const InstanceId id : instances) kill(id);
  cause_ = outer;
  plan(now_ + removed_after, act_machine_remove, machine, machines_[machine].generation);
}

void World::remove_machine(std::uint32_t machine) {
  machines_.remove(machine);
  structure_changed();
}

std::uint64_t World::tell_machine(std::uint32_t machine, const char* type, const char* severity, const std::string& message) {
  Occurrence o;
  o.type = type;
  o.severity = severity;
  o.subject_kind = "machine";
  o.subject_id = machine_name(machine);
  o.message = o.subject_id + " " + message;
  const Machine& m = machines_[machine];
  o.data = {{"type", machines_.types()[m.type].name}, {"kind", model::name_of(machines_.types()[m.type].kind)}};
  return report(std::move(o));
}

}  // namespace model
