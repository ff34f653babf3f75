#pragma once
// Which version of a key a node of a cluster has: when it was written. The last kept_max writes that it got are known one by one; of keys
// that are not among them it had all that was written up to the oldest of those. Plain value; every step costs the same whatever is in it.

#include <cstdint>

#include "model/key_table.h"
#include "model/ring.h"
#include "sim/time.h"

namespace model {

class Versions {
 public:
  static constexpr std::size_t kept_max = 16'384;  ///< about a megabyte a node

  /// What a node answers when it is asked for a key: a time of writing, or that it knows of none since a time.
  struct Answer {
    sim::Time time = 0;
    bool known = false;

    /// Whether this one has not got what was written at that time.
    bool lacks(sim::Time written) const { return time < written; }
  };

  /// Of a new node, which has everything that was written before.
  explicit Versions(sim::Time now = 0) : before_(now) {}
  /// Newest wins.
  void write(std::uint64_t key, sim::Time written);
  Answer read(std::uint64_t key) const;

 private:
  struct Write {
    std::uint64_t key = 0;
    sim::Time at = 0;
  };
  void drop_oldest();

  Ring<Write> writes_;  ///< in the order in which they came
  KeyTable<sim::Time> newest_;
  sim::Time before_ = 0;  ///< all that was written up to then, as far as this node ever got it
};

/// For a message: one number. Not 0 when something is known.
constexpr sim::Time packed(Versions::Answer answer) {
  return answer.known ? answer.time : -answer.time - 1;
}
constexpr Versions::Answer unpacked(sim::Time number) {
  return number < 0 ? Versions::Answer{-(number + 1), false} : Versions::Answer{number, true};
}

}  // namespace model
