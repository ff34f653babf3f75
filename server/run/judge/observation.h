#pragma once
// What can be seen of a World: what users got, what calls between services came to, what is left of it. Never what was done to it. Counts
// are cumulative. Plain values; simulation thread only, between events.

#include <cstdint>
#include <vector>

#include "model/statistics.h"
#include "model/world.h"

namespace run::judge {

/// Of one load source.
struct EntrySeen {
  std::uint64_t sent = 0;
  std::uint64_t ended = 0;               ///< with whatever answer
  std::uint64_t failed = 0;              ///< of those
  std::uint64_t slow = 0;                ///< likewise; slower than its objective allows
  std::vector<std::uint64_t> failed_in;  ///< by region: calls into it that failed
};

struct Observation {
  sim::Time at = 0;
  std::vector<EntrySeen> entries;       ///< parallel to Observer::entries()
  std::vector<model::LinkCount> calls;  ///< parallel to Observer::pairs()
  model::PolicyCount policies;          ///< of all calls
  std::vector<bool> absent;             ///< by service: none of its instances is up and known to the registry
};

class Observer {
 public:
  explicit Observer(const model::World& world);

  /// A service that calls another.
  struct Pair {
    std::uint32_t source = 0;
    std::uint32_t target = 0;
    bool operator==(const Pair&) const = default;
  };
  const std::vector<std::uint32_t>& entries() const { return entries_; }  ///< load sources, in the order of the document
  const std::vector<Pair>& pairs() const { return pairs_; }

  /// `slow_above`: parallel to entries(); sim::never where nothing is too slow. Costs what there is in links and in cells of load sources.
  Observation look(const model::World& world, const std::vector<sim::Time>& slow_above) const;

 private:
  std::vector<std::uint32_t> entries_;
  std::vector<Pair> pairs_;
  std::vector<std::uint32_t> pair_of_;  ///< by link
};

}  // namespace run::judge
