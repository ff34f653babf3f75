#pragma once
// What an experiment did: to users, to services and in which order, who noticed when, and what would have been without it. The run is run
// once more for it, from the nearest copy that was kept before the experiment, so nothing has to be written down while it runs, and the
// figures are exact. Pure function of the account, any thread; takes as long as that part of the run took, three times as long with a
// control.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "model/experiment.h"
#include "run/bands.h"
#include "run/comparison.h"
#include "run/past.h"

namespace run {

struct ExperimentReport {
  static constexpr sim::Time normal_before = 60 * sim::second;  ///< of the time before the faults is what is normal, if it is that long
  static constexpr sim::Time looks_after = 60 * sim::second;    ///< beyond the end of the experiment, if it is that long
  static constexpr std::size_t lines_max = 500;                 ///< of the timeline

  struct Line {
    sim::Time at = 0;
    std::uint64_t number = 0;  ///< of the occurrence; 0: what the judge says
    std::uint64_t cause = 0;   ///< number of the occurrence that led to it; 0: none
    bool due_to_it = false;    ///< the experiment is among its causes; an incident: it was opened after the first fault
    std::string type, severity, subject_kind, subject, message;
  };
  /// Of one load source, from when the faults began.
  struct Impact {
    std::string service;
    std::uint64_t requests = 0;  ///< that ended
    std::uint64_t failed = 0;
    std::optional<std::uint64_t> slow;  ///< nothing: nothing is promised of that
    double budget_burnt = 0;            ///< what those that failed are of the error budget; above 1: more than all of it
  };
  struct Noticed {
    sim::Time at = 0;
    std::string who;  ///< "the steady state", "the operators", "the registry" ...
    std::string what;
  };
  std::shared_ptr<const model::ExperimentRecord> record;
  std::string architecture;
  sim::Time from = 0, until = 0;         ///< that was looked at
  std::optional<sim::Time> first_fault;  ///< nothing: none came
  std::optional<sim::Time> last_fault;   ///< when the last one was over; nothing: one is on
  std::vector<Impact> users;
  std::vector<Noticed> noticed;  ///< in their order
  std::vector<Bands::Departure> path;
  std::optional<sim::Time> detected;   ///< the first incident was opened
  std::optional<sim::Time> recovered;  ///< all services are back in their normal bands; nothing: not yet, or none left
  std::vector<std::string> incidents;  ///< ids
  std::vector<Line> timeline;
  std::uint64_t lines_left_out = 0;
  /// Base: the same run without the experiment; candidate: with it. Nothing: it was not asked for, or no command began it, but something in
  /// the run: then there is no run without it.
  std::optional<Comparison> control;
};

/// `record`: of a World of that account, of whatever moment. Refused: conflict when it has not begun to look; invalid when it would be too
/// much to run again; gone when `wanted`, which is asked now and then, says no.
std::variant<ExperimentReport, model::Refusal> report_experiment(const Account& account,
                                                                 std::shared_ptr<const model::ExperimentRecord> record,
                                                                 const std::function<bool()>& wanted);

/// For people: Markdown that reads well aloud.
std::string report_text(const ExperimentReport& report);

}  // namespace run
