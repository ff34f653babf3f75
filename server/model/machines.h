#pragma once
// Machines: what instances run on, where a document says so. A service whose `machine` is a type of machine has its instances on machines
// of that type, in the place where they are; with a `container` they share them, packed first fit by memory and slots in the order in which
// the machines came, else each has one of its own. The machine's death is that of all that runs on it.
//
// Where there is no room a new instance brings a machine with it and starts when that is up. A machine without instances stays, ready for
// others; but a virtual machine that was one instance's own goes with it. Nobody replaces a machine that died: who wants to (an autoscaler)
// calls add().
//
// Plain data; changed by the World, between events.

#include <cstdint>
#include <string>
#include <vector>

#include "model/distribution_spec.h"
#include "model/instance.h"
#include "sim/distribution.h"
#include "sim/time.h"

namespace model {

/// Four ages of computing, in the order of machine_kind_names(): they take months, minutes, seconds and less to come, and live for years,
/// weeks, hours and minutes.
enum class MachineKind : std::uint8_t { datacenter, virtual_machine, container, function };
const std::vector<std::string>& machine_kind_names();
const std::string& name_of(MachineKind kind);

struct MachineTypeSpec {
  static constexpr std::uint32_t memory_max = 1U << 30;  ///< MB: a petabyte
  static constexpr std::uint32_t slots_max = 100'000;
  static constexpr std::uint32_t usual_slots = 110;  ///< what a node of Kubernetes has unless told otherwise (maxPods)
  static constexpr std::uint32_t spare_max = 10'000;

  std::string name;
  MachineKind kind = MachineKind::virtual_machine;
  std::uint32_t memory_mb = 1;  ///< 1 to memory_max
  std::uint32_t slots = 1;      ///< instances that it has room for, 1 to slots_max
  DistributionSpec start_up;
  std::uint32_t spare = 0;  ///< up, with nothing on them, in each place at the beginning, 0 to spare_max

  bool operator==(const MachineTypeSpec&) const = default;
};

/// Where the instances of a service run.
struct PlacementSpec {
  std::uint32_t type = 0;       ///< index of WorldSpec::machine_types
  bool shared = false;          ///< with other instances, as containers; else each on a machine of its own
  std::uint32_t memory_mb = 0;  ///< of an instance; 0: all that a machine of its own has

  bool operator==(const PlacementSpec&) const = default;
};
/// Of a container whose document does not say: the least that AWS Fargate offers.
inline constexpr std::uint32_t container_memory_mb = 512;

enum class MachineState : std::uint8_t { starting, up, dead };
const char* name_of(MachineState state);

struct Machine {
  std::uint32_t type = 0;
  std::uint32_t location = 0;
  std::uint32_t serial = 0;      ///< the number in its name, of its type
  std::uint32_t generation = 0;  ///< tells one user of a place in the list from the next
  std::uint32_t used_mb = 0;
  MachineState state = MachineState::starting;
  bool shared = false;
  bool in_use = false;
  sim::Time started = 0;
  sim::Time up_at = 0;                ///< when it is, or was, up
  std::vector<InstanceId> instances;  ///< in the order in which they came
};

class Machines {
 public:
  static constexpr std::uint32_t none = 0xffffffffU;

  Machines() = default;
  explicit Machines(std::vector<MachineTypeSpec> types);

  bool any() const { return !types_.empty(); }
  const std::vector<MachineTypeSpec>& types() const { return types_; }
  const sim::Distribution& start_up(std::uint32_t type) const { return start_ups_[type]; }
  /// Those in use and those that are not any more; see Machine::in_use.
  const std::vector<Machine>& list() const { return list_; }
  const Machine& operator[](std::uint32_t machine) const { return list_[machine]; }
  std::uint32_t count() const { return count_; }  ///< in use

  /// A machine of that type more, up, with nothing on it.
  std::uint32_t add(std::uint32_t type, std::uint32_t location, bool shared, sim::Time now);
  /// One with room for it; none when there is none.
  std::uint32_t find_room(const PlacementSpec& placement, std::uint32_t location);
  /// REQUIRES: it has room.
  void put(std::uint32_t machine, InstanceId id, const PlacementSpec& placement);
  void take(std::uint32_t machine, InstanceId id, const PlacementSpec& placement);
  void set_state(std::uint32_t machine, MachineState state);
  void set_starting(std::uint32_t machine, sim::Time up_at);  ///< from now until then, if that is later
  void remove(std::uint32_t machine);

  /// Of an instance, also for a while after its end; none when it has none.
  std::uint32_t of(InstanceId id) const;
  void forget(InstanceId id);  ///< another one is in its slot

 private:
  /// Machines of one type in one place that are to be shared, or are not, in the order in which they came.
  struct Pool {
    std::uint32_t type = 0;
    std::uint32_t location = 0;
    bool shared = false;
    std::size_t first = 0;  ///< those before have no room for the smallest that ever was put here
    std::uint32_t least_mb = MachineTypeSpec::memory_max;
    std::vector<std::uint32_t> machines;
  };
  Pool& pool(std::uint32_t type, std::uint32_t location, bool shared);
  bool has_room(const Machine& machine, std::uint32_t memory_mb) const;
  std::uint32_t memory_of(const PlacementSpec& placement) const;
  void reopen(std::uint32_t machine);

  std::vector<MachineTypeSpec> types_;
  std::vector<sim::Distribution> start_ups_;
  std::vector<std::uint32_t> next_serial_;  ///< by type
  std::vector<Machine> list_;
  std::vector<std::uint32_t> free_;
  std::vector<Pool> pools_;
  std::vector<std::vector<std::uint32_t>> of_;  ///< by shard and slot; as far as there are such
  std::uint32_t count_ = 0;
};

}  // namespace model
