#pragma once
// What is left of what there should be, whether users can still get through, and what would be the loss too many. Looks at instances,
// workers and the wiring; knows nothing of faults. Simulation thread only, between events.

#include <cstdint>
#include <string>
#include <vector>

#include "model/world.h"

namespace run::judge {

/// A part of the system that is gone, or that could be.
struct Part {
  enum class Kind : std::uint8_t { region, zone, service };
  Kind kind = Kind::service;
  std::uint32_t number = 0;  ///< region, location of the zone, or service
  auto operator<=>(const Part&) const = default;
};

struct Loss {
  Part part;
  std::uint64_t lost = 0;  ///< instances
  std::uint64_t of = 0;    ///< of so many
  bool operator==(const Loss&) const = default;
};

/// What the loss of a part would come to, when that is an outage.
struct Risk {
  Part part;
  std::uint32_t service = 0;  ///< what would not work, or have too little
  double utilisation = 0;     ///< of what would be left of it; 0: no path would be left
};

struct Capacity {
  std::vector<Loss> losses;             ///< the largest parts first; nothing is in two of them
  std::vector<std::uint32_t> unserved;  ///< load sources without a working path
  std::vector<Risk> risks;              ///< while something is lost: what must not follow; by design nothing like it had to be feared
  bool starting = false;                ///< the architecture has begun cold and was not complete yet

  bool at_risk() const { return !risks.empty(); }
};

/// Whether a group, by its number, belongs to a part.
bool within(const model::World& world, std::uint32_t group, const Part& part);
/// "zoneB of us-east-1", "us-east-1", "homepage".
std::string name_of(const Part& part, const model::World& world);

/// Remembers what there should be and what the structure came to; costs what there is in cells at each look, and the wiring once for each
/// part when the structure has changed and something is lost. Not instances. Plain value.
class CapacityWatch {
 public:
  /// REQUIRES: the same World, or a copy, whenever it is called; its time has grown.
  const Capacity& look(const model::World& world);
  /// Whether a zone or region is one in which the registry lists nobody.
  static bool unlisted(const model::World& world, const Part& part);

 private:
  void count(const model::World& world);
  void compare(const model::World& world);
  void find_pathless(const model::World& world);
  void find_risks(const model::World& world);
  std::vector<Part> parts(const model::World& world) const;
  double utilisation_without(const model::World& world, const Part& part, std::uint32_t service) const;

  std::uint64_t version_ = 0;
  sim::Time at_ = 0;
  std::vector<std::uint64_t> expected_;  ///< by group: instances when its service was last complete
  std::vector<std::uint64_t> present_;   ///< by group: up, draining or starting
  std::vector<std::uint64_t> workers_;   ///< by group
  std::vector<std::uint64_t> busy_ns_;   ///< by group, cumulative
  std::vector<double> busy_;             ///< by group: workers at work, the past weighted with e^(-age / busy_window)
  std::vector<bool> up_;                 ///< by group
  std::vector<Risk> pathless_;           ///< while something is lost: what would leave no path, and not by design
  Capacity capacity_;
};

}  // namespace run::judge
