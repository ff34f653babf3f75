#pragma once
// How many instances of a service there should be, of which versions and where: what an Auto Scaling group or a ReplicaSet keeps. An
// instance that died is replaced after a while, where there are fewest and something may start; where nothing may, it is wanted and starts
// later. What had to go elsewhere comes back: a new one starts in the emptier place first, then one too many goes (AZRebalance). Plain
// data of a service, changed at barriers; keeping.cpp has the rules.

#include <cstdint>
#include <vector>

#include "model/instance.h"
#include "sim/time.h"

namespace model {

/// So many instances of one version.
struct Fleet {
  std::uint32_t profile = 0;
  std::uint32_t wanted = 0;
  bool spare = false;  ///< stays warm without traffic: not of the number that there should be

  bool operator==(const Fleet&) const = default;
};

struct Keeping {
  static constexpr sim::Time look_again = sim::second;  ///< while something lacks or is out of balance
  static constexpr std::uint32_t moved_percent = 10;    ///< at a time, at least one

  struct Loss {
    sim::Time due = 0;  ///< when it is replaced
    std::uint32_t profile = 0;
  };

  sim::Time replace_after = sim::never;  ///< from a death until somebody notices; sim::never: nobody does
  std::vector<Fleet> fleets;             ///< at least one
  std::vector<std::uint32_t> places;     ///< parallel to Service::groups: how many should be there; empty: as many everywhere
  std::vector<Loss> losses;              ///< not noticed yet
  std::vector<InstanceRef> moving;       ///< those that start so that another one can go
  sim::Time next_look = sim::never;
  bool changing = false;  ///< a deployment is at work: nothing is moved
};

}  // namespace model
