#include "model/machines.h"

#include <algorithm>
#include <cassert>

namespace model {

const std::vector<std::string>& machine_kind_names() {
  static const std::vector<std::string> names{"datacenter", "virtualMachine", "container", "function"};
  return names;
}

const std::string& name_of(MachineKind kind) {
  return machine_kind_names()[static_cast<std::size_t>(kind)];
}

const char* name_of(MachineState state) {
  static const char* const names[] = {"starting", "up", "dead"};
  return names[static_cast<std::size_t>(state)];
}

Machines::Machines(std::vector<MachineTypeSpec> types) : types_(std::move(types)), next_serial_(types_.size()) {
  for (const MachineTypeSpec& type : types_) start_ups_.push_back(make_distribution(type.start_up));
}

Machines::Pool& Machines::pool(std::uint32_t type, std::uint32_t location, bool shared) {
  for (Pool& pool : pools_) {
    if (pool.type == type && pool.location == location && pool.shared == shared) return pool;
  }
  pools_.push_back({type, location, shared, 0, MachineTypeSpec::memory_max, {}});
  return pools_.back();
}

std::uint32_t Machines::add(std::uint32_t type, std::uint32_t location, bool shared, sim::Time now) {
  std::uint32_t index = 0;
  if (free_.empty()) {
    index = static_cast<std::uint32_t>(list_.size());
    list_.emplace_back();
  } else {
    index = free_.back();
    free_.pop_back();
  }
  Machine& machine = list_[index];
  const std::uint32_t generation = machine.generation + 1;
  machine = Machine{};
  machine.type = type;
  machine.location = location;
  machine.serial = next_serial_[type]++;
  machine.generation = generation;
  machine.state = MachineState::up;
  machine.shared = shared;
  machine.in_use = true;
  machine.started = now;
  machine.up_at = now;
  pool(type, location, shared).machines.push_back(index);
  ++count_;
  return index;
}

std::uint32_t Machines::memory_of(const PlacementSpec& placement) const {
  return placement.memory_mb == 0 ? types_[placement.type].memory_mb : placement.memory_mb;
}

bool Machines::has_room(const Machine& machine, std::uint32_t memory_mb) const {
  const MachineTypeSpec& type = types_[machine.type];
  return machine.state != MachineState::dead && machine.instances.size() < (machine.shared ? type.slots : 1) &&
         type.memory_mb - machine.used_mb >= memory_mb;
}

std::uint32_t Machines::find_room(const PlacementSpec& placement, std::uint32_t location) {
  Pool& here = pool(placement.type, location, placement.shared);
  const std::uint32_t memory_mb = memory_of(placement);
  if (memory_mb < here.least_mb) {
    here.least_mb = memory_mb;
    here.first = 0;
  }
  while (here.first < here.machines.size() && !has_room(list_[here.machines[here.first]], here.least_mb)) ++here.first;
  for (std::size_t i = here.first; i < here.machines.size(); ++i) {
    if (has_room(list_[here.machines[i]], memory_mb)) return here.machines[i];
  }
  return none;
}

void Machines::put(std::uint32_t machine, InstanceId id, const PlacementSpec& placement) {
  assert(has_room(list_[machine], memory_of(placement)));
  list_[machine].instances.push_back(id);
  list_[machine].used_mb += memory_of(placement);
  if (of_.size() <= shard_of(id)) of_.resize(shard_of(id) + 1);
  std::vector<std::uint32_t>& slots = of_[shard_of(id)];
  if (slots.size() <= slot_of(id)) slots.resize(slot_of(id) + 1, none);
  slots[slot_of(id)] = machine;
}

void Machines::take(std::uint32_t machine, InstanceId id, const PlacementSpec& placement) {
  Machine& from = list_[machine];
  const auto place = std::find(from.instances.begin(), from.instances.end(), id);
  assert(place != from.instances.end());
  from.instances.erase(place);
  from.used_mb -= memory_of(placement);
  reopen(machine);
}

/// It has room again: whoever looks for some has to look at it.
void Machines::reopen(std::uint32_t machine) {
  const Machine& opened = list_[machine];
  Pool& here = pool(opened.type, opened.location, opened.shared);
  const auto place = std::lower_bound(here.machines.begin(), here.machines.end(), opened.serial,
                                      [this](std::uint32_t other, std::uint32_t serial) { return list_[other].serial < serial; });
  here.first = std::min(here.first, static_cast<std::size_t>(place - here.machines.begin()));
}

void Machines::set_state(std::uint32_t machine, MachineState state) {
  list_[machine].state = state;
}

void Machines::set_starting(std::uint32_t machine, sim::Time up_at) {
  if (up_at > list_[machine].up_at) list_[machine].state = MachineState::starting;
  list_[machine].up_at = up_at;
}

void Machines::remove(std::uint32_t machine) {
  Machine& gone = list_[machine];
  assert(gone.in_use && gone.instances.empty());
  reopen(machine);
  Pool& here = pool(gone.type, gone.location, gone.shared);
  here.machines.erase(std::find(here.machines.begin(), here.machines.end(), machine));
  gone.in_use = false;
  free_.push_back(machine);
  --count_;
}

std::uint32_t Machines::of(InstanceId id) const {
  if (shard_of(id) >= of_.size() || slot_of(id) >= of_[shard_of(id)].size()) return none;
  return of_[shard_of(id)][slot_of(id)];
}

void Machines::forget(InstanceId id) {
  if (of(id) != none) of_[shard_of(id)][slot_of(id)] = none;
}

}  // namespace model
