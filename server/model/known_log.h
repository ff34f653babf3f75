#pragma once
// What a list of instances was at earlier times. The list itself is one at which only two things happen: one more at the end,
// and one taken out whose place the last one takes. Noted is only what changes: who was at the places that did, and how many there were;
// so a change costs the same in a list of a million, and so does a look back, in the mean over the places. Plain value; changed at barriers
// only, read by any thread between them.

#include <cstdint>
#include <limits>
#include <unordered_map>
#include <vector>

#include "model/instance_list.h"
#include "sim/time.h"

namespace model {

class KnownLog {
 public:
  /// Just before one is put at the end of a list of `size`. Nobody will ask for what was up to `horizon`. REQUIRES: now not earlier than
  /// the last time.
  void note_push(std::size_t size, sim::Time now, sim::Time horizon);
  /// Just before the one at `place` is taken out of `list`.
  void note_take(const InstanceList& list, std::size_t place, sim::Time now, sim::Time horizon);

  /// Since when the list is as it is. Before that: as below.
  sim::Time changed() const { return changed_; }
  /// How many there were at `at`, changes at that very time included; and who was the nth of them. REQUIRES: at over the last horizon;
  /// n below that size. `list`: as it is now.
  std::size_t size_at(const InstanceList& list, sim::Time at) const;
  InstanceId at(const InstanceList& list, std::size_t n, sim::Time at) const;

  std::size_t notes() const { return occupants_.size() + sizes_.size(); }  ///< kept

 private:
  struct Size {
    sim::Time time;
    std::size_t before;
  };
  struct Occupant {
    sim::Time time;
    std::uint64_t previous;  ///< note of the same place, by number; may be forgotten
    InstanceId before;
  };
  static constexpr std::uint64_t nothing = 0;  ///< numbers begin at 1

  void note_size(std::size_t before, sim::Time now);
  void note_occupant(std::size_t place, InstanceId before, sim::Time now);
  void forget(sim::Time horizon);

  sim::Time changed_ = std::numeric_limits<sim::Time>::min();
  std::vector<Size> sizes_;                                ///< by time, one a time
  std::vector<Occupant> occupants_;                        ///< by time
  std::uint64_t first_ = 1;                                ///< number of occupants_.front()
  std::unordered_map<std::size_t, std::uint64_t> newest_;  ///< of each place, the number of its last note
};

}  // namespace model
