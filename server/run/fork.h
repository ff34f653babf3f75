#pragma once
// A simulation that goes on from a moment of another. Any thread; takes as long as the run took from the nearest copy to there.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "run/simulations.h"

namespace run {

struct ForkSpec {
  std::string id;                               ///< "": made up
  std::optional<sim::Time> at;                  ///< with all commands of that time and before; nothing: now
  std::optional<std::uint64_t> before_command;  ///< its number in the journal: just before it was carried out. Not with `at`
  std::optional<std::uint64_t> seed;            ///< other random numbers from there on
  std::optional<double> speed;                  ///< nothing: as asked of the origin
  std::optional<unsigned> threads;              ///< nothing: as the origin
  bool start_paused = false;

  /// Whether the origin has to be copied as it is.
  bool of_the_present() const { return !at && !before_command; }
};

/// Refused: a moment that has not come, no such command; as Simulations::adopt. REQUIRES: the account is the origin's, with its present if
/// the spec is of that.
std::variant<std::shared_ptr<Simulation>, model::Refusal> fork(Simulations& simulations, const Simulation& origin, const Account& account,
                                                               const ForkSpec& spec);

}  // namespace run
