#pragma once
// One running simulation: its thread, its clock, its queue of commands, what it publishes. All public functions may be called from any
// thread and none waits for the simulation, except the destructor, which ends its thread (at once, between two events).

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "architecture/lint/lint.h"
#include "run/beliefs.h"
#include "run/command.h"
#include "run/past.h"
#include "run/scope.h"
#include "run/snapshot.h"

namespace run {

struct Settings {
  std::uint64_t seed = 1;
  double speed = 1;  ///< simulated seconds per wall second, speed_min to speed_max, or 0: flat out
  std::uint32_t scale_percent = 100;
  std::uint32_t regions = 1;
  std::optional<model::Epoch> starts_at = {};  ///< what simulated time 0 is; nothing: as the document says
  bool start_paused = false;
  unsigned threads = 1;  ///< that run it, 1 to threads_max; at most one a region is made use of. The same run with any number
};

inline constexpr double speed_min = 0.1;
inline constexpr double speed_max = 1'000;
inline constexpr std::uint32_t scale_percent_max = 100'000'000;  ///< whatever it makes has to fit model::World::instances_max
inline constexpr unsigned threads_max = 64;                      ///< a region runs on one, so more than there are regions would wait
inline constexpr std::size_t events_kept = 10'000;
inline constexpr std::size_t flows_kept = 500;
inline constexpr std::size_t journal_max = 100'000;
inline constexpr std::size_t command_queue_max = 1'000;

/// Where a fork comes from.
struct Origin {
  std::string simulation;
  sim::Time at = 0;
  std::uint64_t commands = 0;  ///< of its journal, the first so many are the origin's
};

/// What a fork begins with.
struct Beginning {
  std::shared_ptr<const model::WorldSpec> spec;  ///< at the beginning of time
  std::shared_ptr<const DocumentNotes> notes;
  std::unique_ptr<model::World> world;  ///< now
  std::optional<judge::Judge> judge;    ///< now; nothing: it begins with that World
  std::optional<Play> play = {};        ///< now; nothing: no scenario
  std::vector<JournalEntry> journal;    ///< what led from one to the other
  std::optional<Origin> origin;
};

struct ClockSetting {
  std::optional<bool> running;
  std::optional<double> speed;
};

class Simulation {
 public:
  /// Called on the simulation thread, so it must only hand over: post to an executor, notify a waiter.
  using CommandDone = std::function<void(Outcome)>;
  using StepDone = std::function<void(std::variant<sim::Time, model::Refusal>)>;

  /// Builds the World and starts the thread, and plays the scenario, if there is one, which is of this document; or says why that cannot be
  /// (too many instances, no such region ...).
  static std::variant<std::unique_ptr<Simulation>, model::Refusal> start(std::string id, const architecture::Architecture& document,
                                                                         const architecture::Regions& regions,
                                                                         const architecture::Defaults& defaults, const Settings& settings,
                                                                         ScenarioPtr scenario = nullptr);
  /// Goes on from there. REQUIRES: the settings that say what the World is (seed, scale, regions) are those that it was made with.
  static std::unique_ptr<Simulation> resume(std::string id, std::string architecture, Beginning beginning, const Settings& settings);
  ~Simulation();
  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;

  const std::string& id() const;
  const std::string& architecture() const;
  const Settings& settings() const;
  /// What lint finds in the document that it was made of.
  const architecture::lint::Findings& findings() const;
  const std::optional<Origin>& origin() const;  ///< of a fork
  ScenarioPtr scenario() const;                 ///< that it plays; nullptr: none

  /// The newest one; never null. A command is in the snapshot that is published right after it.
  std::shared_ptr<const Snapshot> snapshot() const;

  /// Applied between events at the present simulated time; `done` is told what came of it, once the snapshot that shows it is published.
  void post(Command command, CommandDone done);

  /// Takes effect within 100 ms of wall time (at once when nothing keeps the thread busy). `done` when it has.
  void set_clock(ClockSetting setting, std::function<void()> done);

  /// Runs flat out to `until` and pauses there. Refused (conflict) when that is in the past or another step is under way.
  void step(sim::Time until, StepDone done);

  /// Asks for exact counts per pair of instances for the next 10 seconds of wall time (Counters::wires).
  void watch_wires();

  /// Asks for these instances one by one (Structure::instances) for the next 10 seconds of wall time. `done`, unless it is empty, is told
  /// once a snapshot shows them: at once when one does that lists everything. Refused: too many, or there is no such instance.
  using LookDone = std::function<void(LookResult)>;
  void look_at(Scope scope, const LookDone& done);

  /// Asks what an instance believes. `done` is told between two events.
  using BeliefDone = std::function<void(BeliefResult)>;
  void ask_beliefs(BeliefScope scope, const BeliefDone& done);

  /// Asks for what the run was up to now; `present`: with a copy of the World as it is, which stops the simulation for as long as the copy
  /// takes. `done` is told between two events.
  using AccountDone = std::function<void(std::variant<Account, model::Refusal>)>;
  void ask_account(bool present, const AccountDone& done);

  /// Asks for a snapshot every 50 ms of wall time instead of every 100 ms, for the next 10 seconds of it.
  void watch_closely();

  /// Events with seq > since, oldest first, at most `limit`.
  std::vector<Event> events_since(std::uint64_t since, std::size_t limit) const;
  std::uint64_t oldest_event() const;

  /// The newest `limit` complete flows, newest first.
  std::vector<std::shared_ptr<const Flow>> flows(std::size_t limit) const;
  std::shared_ptr<const Flow> flow(std::uint64_t trace) const;
  /// Flows completed since the one numbered `since` (numbers grow from 1), oldest first, at most `limit`; `next` is what to ask with next.
  std::vector<std::shared_ptr<const Flow>> flows_since(std::uint64_t since, std::size_t limit, std::uint64_t& next) const;

  std::vector<JournalEntry> journal(std::uint64_t since, std::size_t limit) const;

  /// Wakes whoever streams: called on the simulation thread after each published snapshot. Set once, before anything else looks; may be
  /// empty.
  void on_publish(std::function<void()> callback);

 private:
  class Runner;
  explicit Simulation(std::unique_ptr<Runner> runner);
  std::unique_ptr<Runner> runner_;
};

}  // namespace run
