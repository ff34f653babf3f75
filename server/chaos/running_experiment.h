#pragma once
// An experiment that runs, from the steady state before its faults to the one after them. A Process of its World, a plain value.

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "chaos/experiment.h"
#include "model/experiment.h"
#include "model/process.h"

namespace chaos {

/// Which of the faults come: those of the correlated ones have, with the chance rho, one draw together, else each its own.
std::vector<bool> draw_faults(const model::ExperimentSpec& spec, std::uint64_t seed, std::uint64_t number);

/// For people: its name and what it asks for; a figure, or that there is none.
std::string name_of(const model::ProbeSpec& spec);
std::string figure_of(const model::ProbeSpec& spec, const std::optional<double>& value);

class RunningExperiment : public model::Process {
 public:
  /// Looked at faults and workers so often at least.
  static constexpr sim::Time look_period = sim::second;

  explicit RunningExperiment(model::ExperimentRecord record) : record_(std::move(record)) {}

  /// REQUIRES: it is that process of the World, and its record is among the experiments. May be no more afterwards.
  void begin(model::World& world, std::uint32_t process);
  void wake(model::World& world, std::uint32_t token) override;
  std::unique_ptr<Process> clone() const override { return std::make_unique<RunningExperiment>(*this); }

  void pause(model::World& world);
  void resume(model::World& world);
  /// Reverts everything now. `state`: stopped or aborted, in which it ends when the steady state is back, or is not.
  void stop(model::World& world, model::ExperimentState state, const std::string& why);
  const std::string& id() const { return record_.id; }

 private:
  /// A probe that is being measured; of the steady state or of a stop condition.
  struct Measuring {
    std::size_t number = 0;
    model::Prober prober;
    sim::Time due = 0;
  };
  const model::ExperimentSpec& spec() const { return *record_.spec; }
  void go_on(model::World& world);
  void set_state(model::World& world, model::ExperimentState state, const char* severity, const std::string& message);
  void measure_phase(const model::World& world, std::size_t phase);
  // the phases
  void check(model::World& world);
  void run(model::World& world);
  void settle(model::World& world);
  void begin_faults(model::World& world);
  void go_into_running(model::World& world, const char* message);
  void revert(model::World& world, const std::string& message);
  void finish(model::World& world);
  // faults
  void note_ends(const model::World& world);
  bool is_due(std::size_t fault, sim::Time& at) const;
  void start_due(model::World& world);
  void start(model::World& world, std::size_t fault);
  void end_faults(model::World& world, const std::string& why);
  std::size_t active() const;
  sim::Time clock(const model::World& world) const;
  // probes
  bool judge_probes(model::World& world, std::size_t phase);
  void note_check(model::World& world, std::size_t phase, std::size_t probe, const model::ProbeResult& result, sim::Time began);
  void credit(const model::ProbeResult& result, sim::Time began, bool afterwards);
  void judge_conditions(model::World& world);
  bool settled(std::size_t phase) const;
  sim::Time patience(std::size_t phase) const;
  void give_up(model::World& world, model::ExperimentState ends_in, const std::string& why, bool broken);
  void conclude();
  // the rest
  void plan_wake(model::World& world);
  void publish(model::World& world) const;
  std::uint64_t tell(model::World& world, const char* type, const char* severity, const std::string& message,
                     std::vector<std::pair<std::string, std::string>> data = {}) const;

  model::ExperimentRecord record_;
  std::vector<bool> comes_;                      ///< by fault
  std::vector<std::optional<sim::Time>> began_;  ///< by fault, by its own clock: when it came, or would have
  std::vector<std::optional<sim::Time>> over_;   ///< likewise
  std::vector<Measuring> probes_;                ///< of the present phase
  std::vector<Measuring> conditions_;
  std::optional<sim::Time> paused_since_;
  sim::Time paused_ = 0;  ///< time that its own clock stood still
  sim::Time phase_began_ = 0;
  model::ExperimentState ends_in_ = model::ExperimentState::completed;
  bool broken_ = false;  ///< a stop condition has come about
  std::uint32_t turn_ = 0;
  std::uint64_t occurrence_ = 0;  ///< its beginning, which all that it does has for a cause
};

}  // namespace chaos
