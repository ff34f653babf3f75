#pragma once
// What faults do to the calls of one shard: Shard asks here, and only about instances that are impaired. See impairment.h for what is
// imposed. No state of its own; one thread at a time.

#include <cstdint>
#include <vector>

#include "model/shard.h"

namespace model {

class Impaired {
 public:
  // Not to be inlined: few calls meet a fault, and most would pay for it.
  explicit Impaired(Shard& shard) : shard_(shard) {}

  // --- at an instance that is impaired
  /// How long a piece of work takes that would take `work`.
  [[gnu::noinline]] sim::Time work(std::uint32_t call, sim::Time work);
  /// A request arrives. True: it is not served, and that is taken care of.
  [[gnu::noinline]] bool arrives(std::uint32_t call);
  /// Whether a get misses because its key was dropped and nobody has asked for it since.
  [[gnu::noinline]] bool is_cold(InstanceId id);

  // --- messages, told to their sender; it is impaired
  /// A request leaves and would arrive at `time`. True: it does not, and that is taken care of.
  [[gnu::noinline]] bool sends(std::uint32_t call, sim::Time& time);
  /// An answer leaves. True: likewise.
  [[gnu::noinline]] bool answers(std::uint32_t call, Status& status, sim::Time& time);
  /// Connections that it has to a dependency; Imposition::unlimited: nobody counts them. Of any instance.
  std::uint32_t connections(InstanceId id, const Dependency& dependency) const;
  /// A broker that hands out nothing.
  [[gnu::noinline]] bool stalls(InstanceId id) const;

  // --- frozen instances
  /// An event that is to be handled: true when it waits for its instance.
  bool keeps(const sim::Event& event);
  bool keeps_timeout(std::uint32_t call, std::uint64_t order);

  // --- at barriers
  /// What is kept of an instance that a fault touches; made when it is not there.
  Hindered& hindered(std::uint32_t slot);
  bool is_frozen(std::uint32_t slot) const;
  void freeze(std::uint32_t slot, bool on);
  /// What waited for these, thawed or aborted since, happens now, in the order in which it came. REQUIRES: sorted.
  void release_kept(const std::vector<std::uint32_t>& slots);
  std::size_t kept() const { return shard_.hindrances_.kept.size(); }
  void equip_pools(std::uint32_t slot);   ///< so that its connections can be counted
  void refill_pools(std::uint32_t slot);  ///< it has more of them: calls that wait get theirs

 private:
  struct Concerned {
    bool there = false;  ///< as a message from the sender to the other
    bool back = false;   ///< as one the other way round
  };
  const std::vector<Touch>& touches_of(InstanceId id) const;
  Concerned concerned(const Imposition& on, const Touch& sender, InstanceId other) const;
  std::uint64_t draw(InstanceId id, const Imposition& on);
  bool happens(InstanceId id, const Imposition& on, std::uint64_t chance);
  double running_in(InstanceId id, const Imposition& on);
  bool is_cut(const Imposition& on, std::uint64_t pair) const;
  std::uint64_t pair_of(std::uint32_t call, const PathHindrance& path) const;
  bool delay(const Imposition& on, InstanceId sender, std::uint64_t bytes, sim::Time& time);
  void cut_off(std::uint32_t call, PathHindrance::Cut cut);
  void send_twice(std::uint32_t call, sim::Time time);
  InstanceId waits_for(const sim::Event& event) const;
  bool stands_still(InstanceId id) const;

  Shard& shard_;
};

}  // namespace model
