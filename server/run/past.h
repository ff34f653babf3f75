#pragma once
// How to get back to a moment of a run. What a World began as and what people asked of it are all there is to a run, so whoever has both
// has every moment of it; copies that were kept on the way make it quick.

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "architecture/lint/lint.h"
#include "model/world.h"
#include "run/command.h"
#include "run/judge/judge.h"
#include "run/scenario/play.h"

namespace run {

/// What a document says that is not in its World.
struct DocumentNotes {
  judge::Judge::Objectives objectives;
  architecture::lint::Findings findings;
};

/// A copy of a World that was kept. Immutable, any thread.
struct Checkpoint {
  sim::Time at = 0;
  std::uint64_t commands = 0;  ///< of the journal, that have been carried out in it
  std::shared_ptr<const model::World> world;
  std::shared_ptr<const judge::Judge> judge;   ///< of that World; it may not have heard the last of what that has told
  std::shared_ptr<const Play> play = nullptr;  ///< likewise; nullptr: no scenario
};

/// A run up to now. Plain value, any thread.
struct Account {
  std::shared_ptr<const model::WorldSpec> spec;
  std::shared_ptr<const DocumentNotes> notes;
  std::vector<JournalEntry> journal;
  std::vector<Checkpoint> checkpoints;  ///< oldest first
  sim::Time now = 0;
  std::uint64_t messages = 0;  ///< delivered so far
  ScenarioPtr scenario = nullptr;
};

/// A moment between two events, when so many commands have been carried out.
struct Moment {
  sim::Time at = 0;
  std::uint64_t commands = 0;
};

/// The moment at which `account` ends.
Moment present_of(const Account& account);
/// The moment at `time` with all commands of that time and before.
Moment moment_at(const Account& account, sim::Time time);

/// The nearest copy before the moment; its `world` is nullptr when the beginning is nearest.
Checkpoint nearest(const Account& account, const Moment& moment);

/// The World at that moment: takes as long as the run took from the nearest copy to there. Any thread. REQUIRES: the account reaches that
/// far, and the moment is one of its own.
std::unique_ptr<model::World> return_to(const Account& account, const Moment& moment);

/// The same, with what was said of it by then.
struct Judged {
  std::unique_ptr<model::World> world;
  judge::Judge judge;
  std::optional<Play> play;
};
Judged return_judged(const Account& account, const Moment& moment);

/// The copies that a running simulation keeps. Simulation thread only.
class Past {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::size_t kept_max = 8;
  static constexpr std::uint64_t bytes_max = std::uint64_t{1} << 28;  ///< of all copies together; more is replayed from the beginning
  static constexpr sim::Time apart_least = 10 * sim::second;          ///< simulated time between two copies
  static constexpr int share = 200;                                   ///< a copy takes at most this part of the wall time, roughly

  /// Keeps a copy if it is time for one. When there are too many, the one goes that leaves the smallest gap for its age: old ones stand
  /// farther apart.
  void look(const model::World& world, const judge::Judge& judge, const Play* play, std::uint64_t commands, Clock::time_point now);
  const std::vector<Checkpoint>& kept() const { return kept_; }

 private:
  void thin_out(sim::Time now);

  std::vector<Checkpoint> kept_;
  std::vector<std::uint64_t> bytes_;  ///< parallel to kept_
  sim::Time due_ = apart_least;
  Clock::time_point wall_due_{};
};

}  // namespace run
