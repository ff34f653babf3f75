#pragma once
// An experiment: several faults, when each comes, what the steady state is that has to hold before, during and after, and when to give up.
// Plain data: what people say (docs/api.md), and what became of it. chaos/experiments.h carries it out.

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/fault_request.h"
#include "model/probe.h"
#include "model/records.h"

namespace model {

struct ExperimentFault {
  std::string id;        ///< within the experiment
  FaultRequest request;  ///< has a duration: an experiment ends
  // when
  sim::Time offset = 0;            ///< after what follows, or, when there is neither, after the faults begin
  std::vector<std::string> after;  ///< when all of these are over
  std::string with;                ///< when this one begins
  double probability = 1;          ///< that it comes at all
  double weight = 10;              ///< in the resilience score; Litmus: 1 to 10

  bool operator==(const ExperimentFault&) const = default;
};

/// What has to hold, measured over one window after the other.
struct SteadyState {
  ProbeSpec probe;
  bool before = true, during = true, after = true;
  std::uint32_t failure_threshold = 1;  ///< windows in a row that fail, until it has failed during the faults
  bool stops = false;                   ///< then everything is reverted
  bool operator==(const SteadyState&) const = default;
};

/// When this holds for so long while the faults are on, everything is reverted.
struct StopCondition {
  ProbeSpec probe;
  sim::Time lasting = 0;
  bool operator==(const StopCondition&) const = default;
};

struct ExperimentSpec {
  static constexpr std::size_t faults_max = 50;
  static constexpr std::size_t probes_max = 50;
  static constexpr std::size_t conditions_max = 20;
  static constexpr std::size_t labels_max = 20;
  static constexpr sim::Time time_max = FaultRequest::time_max;     ///< of offsets and durations
  static constexpr sim::Time stable_wait_usual = 60 * sim::second;  ///< Service Fabric: MaxClusterStabilizationTimeout

  std::string name;
  std::string hypothesis;
  std::string from_template;  ///< "": none
  std::map<std::string, std::string> labels;
  std::vector<ExperimentFault> faults;
  std::vector<std::string> correlated;  ///< faults that have, with the chance `rho`, one draw together
  double rho = 0;
  std::vector<SteadyState> steady_state;
  std::vector<StopCondition> stop_conditions;
  std::uint32_t faults_at_a_time = 0;         ///< a fault waits while so many are on; 0: never
  double capacity_loss_max = 100;             ///< percent, of all faults that are on
  sim::Time stable_wait = stable_wait_usual;  ///< for the steady state, before and after, beyond its windows
  sim::Time start_after = 0;                  ///< until it looks at the steady state
  bool control = false;                       ///< reports compare it with the same run without it

  bool operator==(const ExperimentSpec&) const = default;
};
using ExperimentPtr = std::shared_ptr<const ExperimentSpec>;

/// Begin and end of each fault after the beginning of the first ones, if each comes and nothing waits; nothing when they wait for each
/// other in a circle. REQUIRES: `after` and `with` name faults of it, and each has a duration.
struct FaultTimes {
  sim::Time begins = 0, ends = 0;
};
std::optional<std::vector<FaultTimes>> planned_times(const ExperimentSpec& spec);

enum class ExperimentState : std::uint8_t {
  pending,    ///< waits for its time
  checking,   ///< waits for the steady state before the faults
  running,    ///< faults are on, or come
  paused,     ///< no fault comes and no probe is judged; those that are on go to their ends
  reverting,  ///< the faults are over; waits for the steady state after them
  completed,
  stopped,  ///< by a person
  aborted,  ///< by a stop condition, a probe, a limit or the safety lever
  failed,   ///< there was no steady state to begin with, or a fault could not be started
};
/// "pending" ... "failed".
const std::vector<std::string>& experiment_state_names();
inline bool is_over(ExperimentState state) {
  return state >= ExperimentState::completed;
}

enum class Verdict : std::uint8_t { none, passed, failed, inconclusive };
/// "", "passed", "failed", "inconclusive".
const std::vector<std::string>& verdict_names();

/// In the order of the phases: "before", "during", "after".
const std::vector<std::string>& experiment_phase_names();
inline constexpr std::size_t phase_before = 0, phase_during = 1, phase_after = 2, phase_count = 3;

/// What became of a fault of it.
struct ExperimentFaultRecord {
  enum class State : std::uint8_t { waiting, active, ended, skipped, cancelled, failed };
  State state = State::waiting;
  std::string fault;  ///< id of the fault that was started
  static constexpr std::size_t names_max = 1'000;
  std::uint64_t targets = 0;
  std::shared_ptr<const std::vector<std::string>> names;  ///< short ones of its targets, the first of them; nullptr: it did not come
  double capacity_lost_percent = 0;
  std::optional<sim::Time> started, ended;
  std::string reason;        ///< why it was skipped, cancelled or could not be started
  std::uint64_t checks = 0;  ///< windows of probes while it was on, and afterwards
  std::uint64_t passed = 0;  ///< of these

  bool operator==(const ExperimentFaultRecord&) const = default;
};
/// "waiting" ... "failed".
const std::vector<std::string>& experiment_fault_state_names();

/// What became of a probe in one phase.
struct PhaseRecord {
  std::uint64_t checks = 0;  ///< windows with a value
  std::uint64_t passed = 0;
  std::uint32_t failed_in_a_row = 0;
  std::optional<double> last;
  std::optional<double> worst;  ///< farthest on the wrong side, or nearest to it
  Verdict verdict = Verdict::none;
  std::optional<sim::Time> failed_at;  ///< end of the window with which it had failed

  bool operator==(const PhaseRecord&) const = default;
};

struct ExperimentRecord {
  std::string id;
  std::uint64_t number = 0;  ///< in its id
  ExperimentPtr spec;
  ExperimentState state = ExperimentState::pending;
  Verdict verdict = Verdict::none;
  std::string reason;  ///< why it ended as it did
  sim::Time accepted = 0;
  std::optional<sim::Time> checking;      ///< since when
  std::optional<sim::Time> faults_began;  ///< when it began to run
  std::optional<sim::Time> faults_ended;  ///< when it began to revert
  std::optional<sim::Time> ended;
  std::vector<ExperimentFaultRecord> faults;                 ///< parallel to those of the spec
  std::vector<std::array<PhaseRecord, phase_count>> probes;  ///< likewise
  std::vector<std::optional<sim::Time>> conditions_since;    ///< likewise: since when a stop condition holds
  std::optional<double> resilience_score;                    ///< 0 to 100
  std::uint32_t process = 0;
};

/// Everything is reverted, and nothing new may begin.
struct SafetyLever {
  bool engaged = false;
  std::string reason;
  sim::Time since = 0;  ///< when it was last moved
  bool operator==(const SafetyLever&) const = default;
};

/// What a World knows of experiments. Immutable: shared by copies and by those who look.
struct Experiments {
  static constexpr std::size_t at_a_time_max = 20;
  static constexpr std::size_t kept = 100;  ///< that have ended
  SafetyLever lever;
  std::vector<std::shared_ptr<const ExperimentRecord>> list;  ///< oldest first

  std::shared_ptr<const ExperimentRecord> find(const std::string& id) const;  ///< nullptr when there is none
};

/// Share of the checks that were passed while each fault was on and afterwards, as a mean over the faults by their weights, 0 to 100:
/// Litmus' resilience score (docs.litmuschaos.io, Resilience Score). Nothing when nothing was checked.
std::optional<double> resilience_score(const ExperimentSpec& spec, const std::vector<ExperimentFaultRecord>& faults);

}  // namespace model
