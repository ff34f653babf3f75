#pragma once
// One instance of a service: 64 bytes that every message to it touches, and a part that only statistics and changes touch.

#include <cstdint>
#include <optional>
#include <string>

#include "sim/time.h"

namespace model {

/// Shard (logical process, a region) in the upper 6 bits of 28, slot within the shard in the lower 22. Slots are used again after their
/// instance is removed; `incarnation` tells one user of a slot from the next.
using InstanceId = std::uint32_t;
inline constexpr InstanceId no_instance = 0xffffffffU;
inline constexpr int slot_bits = 22;
inline constexpr std::uint32_t shards_max = 64;
inline constexpr std::uint32_t slots_max = 1U << slot_bits;
constexpr InstanceId instance_id(std::uint32_t shard, std::uint32_t slot) {
  return (shard << slot_bits) | slot;
}
constexpr std::uint32_t shard_of(InstanceId id) {
  return id >> slot_bits;
}
constexpr std::uint32_t slot_of(InstanceId id) {
  return id & (slots_max - 1);
}

enum class InstanceState : std::uint8_t {
  starting,
  up,
  draining,  ///< said Goodbye: serves what still comes, then stops
  down,      ///< a fault holds it; comes back when the fault ends
  dead,      ///< killed or stopped; removed after a while
};

/// How many instances are in each state.
struct StateCounts {
  std::uint32_t starting = 0, up = 0, draining = 0, down = 0, dead = 0;

  std::uint32_t& operator[](InstanceState state);
  std::uint32_t operator[](InstanceState state) const { return StateCounts(*this)[state]; }
  std::uint64_t all() const { return std::uint64_t{starting} + up + draining + down + dead; }
  std::uint64_t wanted() const { return std::uint64_t{starting} + up + down; }  ///< those that count against the number desired
  void add(const StateCounts& other);
  bool operator==(const StateCounts&) const = default;
};

/// What a message that arrives finds.
enum class Reach : std::uint8_t {
  open,
  sheds,      ///< as open, but it may turn the message down: see shed.cpp
  impaired,   ///< as either, but a fault has to be asked: see impaired.h
  refuse,     ///< connection refused, at once
  blackhole,  ///< nothing ever answers
};

constexpr bool serves(Reach reach) {
  return reach == Reach::open || reach == Reach::sheds || reach == Reach::impaired;
}

inline constexpr std::uint32_t no_call = 0xffffffffU;
inline constexpr std::uint32_t no_source = 0xffffffffU;

struct alignas(64) Instance {
  std::uint64_t draws = 0;        ///< random numbers drawn so far: the n of sim::draw
  std::uint64_t sequence = 0;     ///< events caused so far: the tie-breaker of sim::order_of
  std::uint32_t calls = no_call;  ///< the newest of the calls that it has in hand
  std::uint32_t first = no_call;  ///< of those that wait for a worker: who came first
  std::uint32_t last = no_call;   ///< who came last
  std::uint32_t queued = 0;       ///< how many wait
  std::uint32_t in_flight = 0;    ///< accepted and not answered
  std::uint32_t life = 0;         ///< grows whenever it loses everything that it has in hand
  std::uint32_t group = 0;
  std::uint32_t profile = 0;
  std::uint32_t cell = 0;  ///< statistics of its version in its group
  std::uint16_t busy = 0;  ///< workers at work, or held
  std::uint16_t workers = 1;
  InstanceState state = InstanceState::up;
  Reach reach = Reach::open;
  bool known = false;     ///< in the callers' view
  bool impaired = false;  ///< a fault touches it: Shared::touches_of
};
static_assert(sizeof(Instance) == 64);

/// The part that is not touched by every message.
struct InstanceDetail {
  sim::Time started = 0;
  sim::Time draining_since = 0;  ///< while it is starting: when its start-up goes on, sim::never while it waits; while it is up: since when
  std::uint32_t serial = 0;      ///< the number in its name
  std::uint32_t display_slot = 0;  ///< its place within its group while it lives
  std::uint32_t known_at = 0;      ///< index in Group::known, while it is known
  std::uint32_t node = 0;          ///< order of creation, from 1: gives its address
  std::uint32_t incarnation = 0;
  std::uint32_t holds_refuse = 0;     ///< faults that keep it down, refusing
  std::uint32_t holds_blackhole = 0;  ///< faults that keep it down, silent
  std::uint32_t source = no_source;   ///< load sources: index of Shard's sources; a slot keeps it for whoever is there next
  std::uint32_t load_generation = 0;  ///< load sources: which stream of arrivals is the present one
  std::uint32_t memory = 0;           ///< what its package remembers: index of the shard's, 0 for none
  std::uint32_t pools = 0;            ///< its connection pools: index of the shard's, 0 for none
  std::uint32_t gates = 0;            ///< what it knows of those that it calls under policies: index of the shard's, 0 for none
  std::uint32_t classes = 0;          ///< its queue's classes: likewise
  std::uint32_t sharing = 0;          ///< its shared workers: likewise
  std::uint32_t content = 0;          ///< the keys that it has: likewise
  std::uint32_t hints = 0;            ///< writes that it keeps for others: likewise
  std::uint32_t node_state = 0;       ///< what it knows as a node of a cluster: likewise
  std::uint32_t shedder = 0;          ///< what it turns down: likewise
  std::uint32_t environments = 0;     ///< functions: those that have nothing to do; likewise
  bool ready = false;                 ///< has started up
  bool in_use = false;
  bool may_start = false;    ///< while it is starting: has seen all that it depends on
  std::uint8_t crashes = 0;  ///< of this start, at most 255
};
static_assert(sizeof(InstanceDetail) == 96);

/// The end of an instance's short name: at least two digits.
std::string serial_text(std::uint32_t serial);
/// The serial in `name`, which begins with the prefix of its group; none when it is not such a name.
std::optional<std::uint32_t> serial_in(const std::string& name, const std::string& prefix);

/// An instance that may be gone by the time it is looked at.
struct InstanceRef {
  InstanceId id = no_instance;
  std::uint32_t incarnation = 0;
};

}  // namespace model
