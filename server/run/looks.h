#pragma once
// Which instances somebody looks at one by one: all of them while the simulation is small, else those that were asked for lately.
// Simulation thread only, between events.

#include <chrono>
#include <cstdint>
#include <map>
#include <variant>
#include <vector>

#include "model/problem.h"
#include "model/world.h"
#include "run/scope.h"

namespace run {

/// What a Structure lists.
struct Listing {
  bool everything = true;
  std::vector<model::InstanceId> instances;  ///< ascending by (group, serial); when it is not everything
  sim::Time counted_since = 0;               ///< or since they started
};

/// Ascending by (group, serial). Refused: not_found when there is no such instance, invalid when there are too many.
std::variant<std::vector<model::InstanceId>, model::Refusal> instances_in(const model::World& world, const Scope& scope);

/// From a structure that lists everything. Limits do not apply: it is small.
std::vector<std::uint32_t> instances_in(const Structure& structure, const Scope& scope);

/// Where `ids` are in a structure that lists them. REQUIRES: of the same World at the same time, ascending by (group, serial).
std::vector<std::uint32_t> places_of(const model::World& world, const Structure& structure, const std::vector<model::InstanceId>& ids);

class Looks {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr auto kept_for = std::chrono::seconds(10);  ///< of wall time, after each time that somebody asks

  /// Somebody looks at this. Refused as in instances_in().
  std::variant<std::vector<model::InstanceId>, model::Refusal> look(const model::World& world, const Scope& scope, Clock::time_point now);

  /// Forgets what nobody has asked for lately, and has the World count instances while any are listed. True when what is to be listed may
  /// have changed; so it has whenever the World's structure has.
  bool settle(model::World& world, Clock::time_point now);

  Listing listing(const model::World& world) const;

 private:
  struct Look {
    Clock::time_point asked;
    std::uint64_t instances = 0;
  };
  void drop_oldest();

  std::map<Scope, Look> looks_;
  std::uint64_t looked_at_ = 0;  ///< instances, added over the looks
  bool changed_ = true;
  bool counting_ = false;
  bool everything_ = true;
  sim::Time counted_since_ = 0;
};

}  // namespace run
