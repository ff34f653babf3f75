#include "chaos/running_experiment.h"

#include <algorithm>

namespace chaos {
namespace {

using model::ExperimentFaultRecord;
using model::ExperimentState;
using model::PhaseRecord;
using model::ProbeSpec;
using model::Verdict;
using FaultState = ExperimentFaultRecord::State;

}  // namespace

void RunningExperiment::begin(model::World& world, std::uint32_t process) {
  record_.process = process;
  const std::uint64_t outer = world.cause();
  comes_ = draw_faults(spec(), world.shared().seed, record_.number);
  began_.resize(spec().faults.size());
  over_.resize(spec().faults.size());
  record_.faults.resize(spec().faults.size());
  record_.probes.resize(spec().steady_state.size());
  record_.conditions_since.resize(spec().stop_conditions.size());
  const std::size_t count = spec().faults.size();
  occurrence_ = tell(world, "experiment.started", "info",
                     "begins: " + std::to_string(count) + (count == 1 ? " fault" : " faults") +
                         (spec().hypothesis.empty() ? "" : "; " + spec().hypothesis));
  world.set_cause(occurrence_);
  go_on(world);
  world.set_cause(outer);
}

void RunningExperiment::wake(model::World& world, std::uint32_t token) {
  if (token != turn_) return;
  world.set_cause(occurrence_);
  go_on(world);
}

void RunningExperiment::go_on(model::World& world) {
  note_ends(world);
  if (record_.state == ExperimentState::pending && world.now() >= record_.accepted + spec().start_after) {
    record_.checking = world.now();
    set_state(world, ExperimentState::checking, "info", "looks at the steady state");
    measure_phase(world, model::phase_before);
  }
  if (record_.state == ExperimentState::checking) check(world);
  if (record_.state == ExperimentState::running) run(world);
  if (record_.state == ExperimentState::reverting) settle(world);
  publish(world);
  if (model::is_over(record_.state)) {
    world.end_process(record_.process);  // this may be no more
  } else {
    plan_wake(world);
  }
}

// --- the phases

void RunningExperiment::check(model::World& world) {
  judge_probes(world, model::phase_before);
  if (settled(model::phase_before)) {
    for (const Measuring& m : probes_) record_.probes[m.number][model::phase_before].verdict = Verdict::passed;
    begin_faults(world);
    return;
  }
  if (world.now() < phase_began_ + patience(model::phase_before)) return;
  std::string why = "there is no steady state to begin with:";
  for (const Measuring& m : probes_) {
    PhaseRecord& record = record_.probes[m.number][model::phase_before];
    if (record.checks > 0 && record.failed_in_a_row == 0) continue;
    if (record.checks > 0) record.verdict = Verdict::failed;
    why += " " + name_of(spec().steady_state[m.number].probe) + " is " + figure_of(spec().steady_state[m.number].probe, record.last) + ".";
  }
  give_up(world, ExperimentState::failed, why, false);
}

void RunningExperiment::begin_faults(model::World& world) {
  record_.faults_began = world.now();
  go_into_running(world, "the steady state is there; faults begin");
}

/// Windows and stop conditions begin anew.
void RunningExperiment::go_into_running(model::World& world, const char* message) {
  set_state(world, ExperimentState::running, "info", message);
  measure_phase(world, model::phase_during);
  conditions_.clear();
  for (std::size_t i = 0; i < spec().stop_conditions.size(); ++i) {
    const ProbeSpec& probe = spec().stop_conditions[i].probe;
    Measuring measuring{i, {}, world.now() + probe.window};
    measuring.prober.begin(world, probe);
    conditions_.push_back(std::move(measuring));
    record_.conditions_since[i].reset();
  }
}

void RunningExperiment::run(model::World& world) {
  const bool stops = judge_probes(world, model::phase_during);
  if (stops) return;
  judge_conditions(world);
  if (record_.state == ExperimentState::running) start_due(world);
  if (record_.state != ExperimentState::running) return;
  const auto is_over = [](const ExperimentFaultRecord& f) { return f.state != FaultState::waiting && f.state != FaultState::active; };
  if (std::all_of(record_.faults.begin(), record_.faults.end(), is_over)) revert(world, "all faults are over");
}

/// The faults are over: what was not measured once is measured now, and then the steady state has to come back.
void RunningExperiment::revert(model::World& world, const std::string& message) {
  for (Measuring& m : probes_) {
    PhaseRecord& record = record_.probes[m.number][model::phase_during];
    if (record.checks == 0 && world.now() > m.prober.began()) {
      const sim::Time began = m.prober.began();
      note_check(world, model::phase_during, m.number, m.prober.measure(world, spec().steady_state[m.number].probe), began);
    }
    if (record.checks > 0 && record.verdict == Verdict::none) record.verdict = Verdict::passed;
  }
  record_.faults_ended = world.now();
  paused_since_.reset();
  set_state(world, ExperimentState::reverting, "info", message);
  measure_phase(world, model::phase_after);
}

void RunningExperiment::settle(model::World& world) {
  judge_probes(world, model::phase_after);
  const bool back = settled(model::phase_after);
  if (!back && world.now() < phase_began_ + patience(model::phase_after)) return;
  for (const Measuring& m : probes_) {
    PhaseRecord& record = record_.probes[m.number][model::phase_after];
    if (record.checks == 0) continue;
    const bool passed = record.failed_in_a_row == 0;
    record.verdict = passed ? Verdict::passed : Verdict::failed;
    if (!passed) record.failed_at = world.now();
    credit({record.last, passed}, phase_began_, true);
  }
  finish(world);
}

/// Not as it was meant to. `broken`: because the steady state was not kept.
void RunningExperiment::give_up(model::World& world, ExperimentState ends_in, const std::string& why, bool broken) {
  ends_in_ = ends_in;
  broken_ = broken_ || broken;
  if (record_.reason.empty()) record_.reason = why;
  const bool began = record_.state == ExperimentState::running || record_.state == ExperimentState::paused;
  const std::uint64_t outer = world.cause();
  world.set_cause(tell(world, "experiment.givenUp", "warning", why));
  end_faults(world, why);
  if (began) {
    revert(world, "everything is reverted");
  } else {
    finish(world);
  }
  world.set_cause(outer);
}

void RunningExperiment::finish(model::World& world) {
  conclude();
  record_.ended = world.now();
  const bool completed = ends_in_ == ExperimentState::completed;
  std::string text = completed ? "is complete: " : ends_in_ == ExperimentState::failed ? "could not be done: " : "was ended early: ";
  text += model::verdict_names()[static_cast<std::size_t>(record_.verdict)];
  if (!record_.reason.empty()) text += ", " + record_.reason;
  const bool bad = record_.verdict == Verdict::failed;
  record_.state = ends_in_;
  tell(world, "experiment.ended", bad ? "error" : record_.verdict == Verdict::passed ? "info" : "warning", text);
}

void RunningExperiment::conclude() {
  record_.resilience_score = model::resilience_score(spec(), record_.faults);
  bool checked = false, failed = broken_;
  std::string what;
  for (std::size_t i = 0; i < record_.probes.size(); ++i) {
    for (const std::size_t phase : {model::phase_during, model::phase_after}) {
      const PhaseRecord& record = record_.probes[i][phase];
      checked = checked || record.checks > 0;
      if (record.verdict != Verdict::failed) continue;
      failed = true;
      const ProbeSpec& probe = spec().steady_state[i].probe;
      if (what.empty()) {
        what = name_of(probe) + " did not hold " + (phase == model::phase_during ? "during" : "after") + " the faults: at worst it was " +
               figure_of(probe, record.worst);
      }
    }
  }
  const bool came = std::any_of(record_.faults.begin(), record_.faults.end(), [](const auto& f) { return f.started.has_value(); });
  record_.verdict = Verdict::inconclusive;
  if (ends_in_ == ExperimentState::failed) return;
  if (failed) {
    record_.verdict = Verdict::failed;
    if (record_.reason.empty()) record_.reason = what;
  } else if (ends_in_ == ExperimentState::completed) {
    if (came && checked) {
      record_.verdict = Verdict::passed;
    } else {
      record_.reason = came ? "there is no steady state to judge by" : "by chance no fault came";
    }
  }
}

// --- people

void RunningExperiment::pause(model::World& world) {
  note_ends(world);
  paused_since_ = world.now();
  set_state(world, ExperimentState::paused, "info", "is paused: no further fault begins");
  publish(world);
  plan_wake(world);
}

void RunningExperiment::resume(model::World& world) {
  note_ends(world);
  paused_ += world.now() - *paused_since_;
  paused_since_.reset();
  go_into_running(world, "goes on");
  go_on(world);
}

void RunningExperiment::stop(model::World& world, ExperimentState state, const std::string& why) {
  record_.reason = why;
  give_up(world, state, why, false);
  if (record_.state == ExperimentState::reverting) {
    go_on(world);
    return;
  }
  publish(world);
  world.end_process(record_.process);  // this is no more
}

// --- the rest

void RunningExperiment::set_state(model::World& world, ExperimentState state, const char* severity, const std::string& message) {
  record_.state = state;
  tell(world, "experiment.changed", severity, message, {{"state", model::experiment_state_names()[static_cast<std::size_t>(state)]}});
}

/// When something may be to do; whoever woke it for something else before finds another turn.
void RunningExperiment::plan_wake(model::World& world) {
  const sim::Time now = world.now();
  sim::Time next = now + look_period;
  const auto at = [&](sim::Time time) {
    if (time > now) next = std::min(next, time);
  };
  if (record_.state == ExperimentState::pending) next = record_.accepted + spec().start_after;
  const auto measured = [&](const std::vector<Measuring>& all) {
    for (const Measuring& m : all) at(m.due);
  };
  if (record_.state == ExperimentState::checking) at(phase_began_ + patience(model::phase_before));
  if (record_.state == ExperimentState::reverting) at(phase_began_ + patience(model::phase_after));
  if (record_.state != ExperimentState::pending && record_.state != ExperimentState::paused) measured(probes_);
  if (record_.state == ExperimentState::running) {
    measured(conditions_);
    for (std::size_t i = 0; i < record_.faults.size(); ++i) {
      sim::Time due = 0;
      if (record_.faults[i].state == FaultState::waiting && is_due(i, due)) at(*record_.faults_began + paused_ + due);
      if (record_.faults[i].state == FaultState::active) at(*record_.faults[i].started + *spec().faults[i].request.duration);
    }
  }
  world.wake_at(next, record_.process, ++turn_);
}

/// For those who look.
void RunningExperiment::publish(model::World& world) const {
  auto all = std::make_shared<model::Experiments>(*world.experiments());
  const auto mine = std::find_if(all->list.begin(), all->list.end(), [&](const auto& r) { return r->number == record_.number; });
  *mine = std::make_shared<const model::ExperimentRecord>(record_);
  world.set_experiments(std::move(all));
}

std::uint64_t RunningExperiment::tell(model::World& world, const char* type, const char* severity, const std::string& message,
                                      std::vector<std::pair<std::string, std::string>> data) const {
  model::Occurrence o;
  o.type = type;
  o.severity = severity;
  o.subject_kind = "experiment";
  o.subject_id = record_.id;
  o.message = (spec().name.empty() ? record_.id : spec().name) + ": " + message;
  o.data = std::move(data);
  return world.report(std::move(o));
}

}  // namespace chaos
