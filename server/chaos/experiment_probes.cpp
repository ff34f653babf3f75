// The probes of an experiment: one window after the other, in each phase, and the conditions at which it is given up.

#include <algorithm>

#include "chaos/running_experiment.h"

namespace chaos {
namespace {

using model::ExperimentFaultRecord;
using model::ExperimentState;
using model::PhaseRecord;
using model::ProbeSpec;
using model::SteadyState;
using model::Verdict;

bool is_in(const SteadyState& state, std::size_t phase) {
  return phase == model::phase_before ? state.before : phase == model::phase_during ? state.during : state.after;
}

/// How bad a figure is for what it has to be: the more the worse.
double badness(const ProbeSpec& spec, double value) {
  using Comparator = ProbeSpec::Comparator;
  switch (spec.comparator) {
    case Comparator::at_least:
    case Comparator::over:
      return -value;
    case Comparator::at_most:
    case Comparator::under:
      return value;
    case Comparator::within:
      return std::max(spec.value - value, value - spec.high);
    case Comparator::beyond:
      return std::min(value - spec.value, spec.high - value);
  }
  return 0;
}

}  // namespace

std::string name_of(const ProbeSpec& spec) {
  return spec.name.empty() ? describe(spec) : spec.name + " (" + describe(spec) + ")";
}

std::string figure_of(const ProbeSpec& spec, const std::optional<double>& value) {
  return value ? model::figure_text(spec.metric, *value) : "not measured";
}

void RunningExperiment::measure_phase(const model::World& world, std::size_t phase) {
  phase_began_ = world.now();
  probes_.clear();
  for (std::size_t i = 0; i < spec().steady_state.size(); ++i) {
    const SteadyState& state = spec().steady_state[i];
    if (!is_in(state, phase)) continue;
    Measuring measuring{i, {}, world.now() + state.probe.window};
    measuring.prober.begin(world, state.probe);
    probes_.push_back(std::move(measuring));
  }
}

/// How long a phase waits for the steady state.
sim::Time RunningExperiment::patience(std::size_t phase) const {
  sim::Time longest = 0;
  for (const SteadyState& state : spec().steady_state) {
    if (is_in(state, phase)) longest = std::max(longest, state.probe.window);
  }
  return longest + spec().stable_wait;
}

bool RunningExperiment::settled(std::size_t phase) const {
  return std::all_of(probes_.begin(), probes_.end(), [&](const Measuring& m) {
    const PhaseRecord& record = record_.probes[m.number][phase];
    return record.checks > 0 && record.failed_in_a_row == 0;
  });
}

/// True: one that stops the experiment has failed, and it is being reverted.
bool RunningExperiment::judge_probes(model::World& world, std::size_t phase) {
  std::optional<std::size_t> stops;
  for (Measuring& m : probes_) {
    const SteadyState& state = spec().steady_state[m.number];
    if (world.now() < m.due) {
      m.prober.look(world);
      continue;
    }
    const sim::Time began = m.prober.began();
    const bool had_failed = record_.probes[m.number][phase].verdict == Verdict::failed;
    note_check(world, phase, m.number, m.prober.measure(world, state.probe), began);
    if (state.stops && !had_failed && record_.probes[m.number][phase].verdict == Verdict::failed) stops = m.number;
    m.prober.begin(world, state.probe);
    m.due = world.now() + state.probe.window;
  }
  if (!stops || phase != model::phase_during) return false;
  const ProbeSpec& probe = spec().steady_state[*stops].probe;
  give_up(world, ExperimentState::aborted, name_of(probe) + " was " + figure_of(probe, record_.probes[*stops][phase].last), true);
  return true;
}

void RunningExperiment::note_check(model::World& world, std::size_t phase, std::size_t probe, const model::ProbeResult& result,
                                   sim::Time began) {
  if (!result.value) return;
  PhaseRecord& record = record_.probes[probe][phase];
  const SteadyState& state = spec().steady_state[probe];
  const std::string is = name_of(state.probe) + " is " + figure_of(state.probe, result.value);
  ++record.checks;
  record.last = result.value;
  if (!record.worst || badness(state.probe, *result.value) > badness(state.probe, *record.worst)) record.worst = result.value;
  if (result.passed) {
    ++record.passed;
    if (record.failed_in_a_row > 0) tell(world, "experiment.probePassed", "info", is + " again");
    record.failed_in_a_row = 0;
  } else if (++record.failed_in_a_row == 1) {
    tell(world, "experiment.probeFailed", phase == model::phase_during ? "warning" : "info", is);
  }
  if (phase != model::phase_during) return;
  credit(result, began, false);
  if (record.failed_in_a_row >= state.failure_threshold && record.verdict != Verdict::failed) {
    record.verdict = Verdict::failed;
    record.failed_at = world.now();
  }
}

/// A window counts for each fault that was on in it; one afterwards for all that came.
void RunningExperiment::credit(const model::ProbeResult& result, sim::Time began, bool afterwards) {
  for (ExperimentFaultRecord& fault : record_.faults) {
    if (!fault.started || (!afterwards && fault.ended && *fault.ended <= began)) continue;
    ++fault.checks;
    fault.passed += result.passed ? 1 : 0;
  }
}

void RunningExperiment::judge_conditions(model::World& world) {
  for (Measuring& m : conditions_) {
    const model::StopCondition& condition = spec().stop_conditions[m.number];
    if (world.now() < m.due) {
      m.prober.look(world);
      continue;
    }
    const sim::Time began = m.prober.began();
    const model::ProbeResult result = m.prober.measure(world, condition.probe);
    std::optional<sim::Time>& since = record_.conditions_since[m.number];
    if (!result.passed) {
      since.reset();
    } else if (!since) {
      since = began;
    }
    if (since && world.now() - *since >= condition.lasting) {
      give_up(world, ExperimentState::aborted,
              "stop condition: " + name_of(condition.probe) + ", it is " + figure_of(condition.probe, result.value), true);
      return;
    }
    m.prober.begin(world, condition.probe);
    m.due = world.now() + condition.probe.window;
  }
}

}  // namespace chaos
