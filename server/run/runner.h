#pragma once
// The inside of a Simulation: its thread and its World. Everything that other threads may touch is behind `mutex_` or has a lock of its
// own.

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "model/batches.h"
#include "model/world.h"
#include "run/event_log.h"
#include "run/flow_log.h"
#include "run/judge/judge.h"
#include "run/looks.h"
#include "run/pacer.h"
#include "run/past.h"
#include "run/recorder.h"
#include "run/simulation.h"
#include "run/thread_team.h"

namespace run {

class Simulation::Runner {
 public:
  Runner(std::string id, std::string architecture, Beginning beginning, const Settings& settings);
  ~Runner();
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;

  // --- any thread
  const std::string id;
  const std::string architecture;
  const Settings settings;
  const std::optional<Origin> origin;
  const std::shared_ptr<const DocumentNotes> notes;
  const ScenarioPtr scenario;
  EventLog events{id, events_kept};
  FlowLog flows;
  std::shared_ptr<const Snapshot> snapshot() const;
  void post(Command command, CommandDone done);
  void set_clock(ClockSetting setting, std::function<void()> done);
  void step(sim::Time until, StepDone done);
  void look_at(Scope scope, const LookDone& done);
  void ask_beliefs(BeliefScope scope, const BeliefDone& done);
  void ask_account(bool present, const AccountDone& done);
  void watch_wires();
  void watch_closely();
  std::vector<JournalEntry> journal(std::uint64_t since, std::size_t limit) const;
  void on_publish(std::function<void()> callback);

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr auto publish_interval = std::chrono::milliseconds(100);
  static constexpr auto close_interval = std::chrono::milliseconds(50);  ///< while somebody watches closely
  static constexpr auto meetings_interval = std::chrono::seconds(1);     ///< between two looks at whom peers have got to know
  static constexpr auto slice = std::chrono::milliseconds(5);            ///< longest stretch of work between two looks at the inbox
  static constexpr std::uint64_t slice_events = 1'000;  ///< one of fewer that takes long is not too long: others have the processor
  static constexpr auto watched_for = std::chrono::seconds(10);  ///< after each time that somebody asks

  struct Request {
    std::function<void()> act;      ///< on the simulation thread, between events
    std::function<void()> answer;   ///< after the snapshot that shows it was published
    std::function<void()> abandon;  ///< instead of both, when the simulation ends first
  };

  void loop();
  bool handle_requests();
  void submit(Request request);
  void run_slice();
  void finish_step();
  void publish();
  void run_to(sim::Time end);
  void hear(std::uint64_t cause);
  void judge_now();
  void tell(const judge::Notice& notice);
  void apply_clock(const ClockSetting& setting);
  Outcome carry_out(const Command& command, std::size_t action = 0);
  void go_on_playing();
  Account account(bool present) const;
  Event told(const char* type, const std::string& message) const;
  void update_structure();
  bool idle() const { return !running_ && !step_until_; }

  // the simulation thread's own
  std::unique_ptr<ThreadTeam> team_;  ///< outlives the World
  const std::shared_ptr<const model::WorldSpec> spec_;
  const std::unique_ptr<model::World> owned_;
  model::World& world_;
  judge::Judge judge_;
  std::optional<Play> play_;
  std::shared_ptr<const judge::Judgement> judgement_;  ///< nullptr: there is a newer one
  Past past_;
  Looks looks_;
  Listing listing_;
  std::uint64_t described_meetings_ = 0;
  Clock::time_point last_structure_{};
  Recorder recorder_;
  model::Measurement measurement_;
  std::uint64_t published_readings_ = 0;
  std::shared_ptr<const Measured> measured_;
  Pacer pacer_;
  std::shared_ptr<const Structure> structure_;
  bool running_ = true;
  double speed_ = 1;
  std::optional<sim::Time> step_until_;
  StepDone step_done_;
  sim::Time slice_length_ = sim::millisecond;  ///< simulated; adapted so that a slice takes about `slice`
  Clock::time_point last_publish_{};
  Clock::time_point last_histograms_{};
  Clock::duration interval_ = publish_interval;
  std::deque<std::pair<Clock::time_point, std::pair<sim::Time, std::uint64_t>>> progress_;
  std::uint64_t status_event_ = 0;
  std::uint64_t snapshots_ = 0;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Request> inbox_;
  std::size_t commands_waiting_ = 0;
  bool stopping_ = false;
  std::shared_ptr<const Snapshot> snapshot_;
  std::vector<JournalEntry> journal_;
  std::function<void()> on_publish_;
  Clock::time_point wires_until_{};
  Clock::time_point closely_until_{};

  std::thread thread_;
};

}  // namespace run
