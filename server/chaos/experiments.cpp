#include "chaos/experiments.h"

#include <algorithm>
#include <set>

#include "chaos/running_experiment.h"
#include "model/problem_text.h"

namespace chaos {
namespace {

using model::ExperimentRecord;
using model::ExperimentSpec;
using model::ExperimentState;
using model::Problem;
using model::Refusal;

void add_under(const std::string& pointer, const Refusal& refusal, std::vector<Problem>& problems) {
  if (refusal.problems.empty()) problems.push_back({pointer, "refused", refusal.detail, {}});
  for (Problem problem : refusal.problems) {
    problem.pointer = pointer + problem.pointer;
    problems.push_back(std::move(problem));
  }
}

/// What is lost at the worst moment, and when that begins.
double most_lost(const std::vector<ExperimentPlan::Fault>& faults) {
  double most = 0;
  for (const ExperimentPlan::Fault& first : faults) {
    double sum = 0;
    for (const ExperimentPlan::Fault& other : faults) {
      const bool on = other.times.begins <= first.times.begins && first.times.begins < other.times.ends;
      sum += on ? other.plan.capacity_lost_percent : 0;
    }
    most = std::max(most, sum);
  }
  return std::min(most, 100.0);
}

std::vector<std::shared_ptr<const ExperimentRecord>> active(const model::World& world) {
  std::vector<std::shared_ptr<const ExperimentRecord>> found;
  for (const auto& record : world.experiments()->list) {
    if (!model::is_over(record->state)) found.push_back(record);
  }
  return found;
}

RunningExperiment& running(model::World& world, const ExperimentRecord& record) {
  return static_cast<RunningExperiment&>(world.process(record.process));
}

/// Room for one more: of those that have ended the oldest go.
void forget_old(model::Experiments& experiments) {
  auto& list = experiments.list;
  const auto ended = [](const auto& record) { return model::is_over(record->state); };
  while (static_cast<std::size_t>(std::count_if(list.begin(), list.end(), ended)) > model::Experiments::kept) {
    list.erase(std::find_if(list.begin(), list.end(), ended));
  }
}

std::uint64_t tell(model::World& world, const char* type, const char* severity, const std::string& message) {
  model::Occurrence o;
  o.type = type;
  o.severity = severity;
  o.subject_kind = "simulation";
  o.subject_id = world.architecture();
  o.message = message;
  return world.report(std::move(o));
}

std::vector<std::string> stop_all(model::World& world, ExperimentState state, const std::string& why) {
  std::vector<std::string> stopped;
  for (const auto& record : active(world)) {
    running(world, *record).stop(world, state, why);
    stopped.push_back(record->id);
  }
  std::vector<std::string> faults;
  for (const model::FaultRecord& fault : world.faults()) {
    if (!fault.ended) faults.push_back(fault.id);
  }
  for (const std::string& id : faults) {
    stop_fault(world, id);
    stopped.push_back(id);
  }
  return stopped;
}

}  // namespace

std::variant<ExperimentPlan, Refusal> plan_experiment(const model::World& world, const ExperimentSpec& spec) {
  if (auto refusal = locked_by_lever(world)) return std::move(*refusal);
  std::vector<Problem> problems;
  for (std::size_t i = 0; i < spec.steady_state.size(); ++i) {
    model::check_probe(world, spec.steady_state[i].probe, "/steadyState/" + std::to_string(i), problems);
  }
  for (std::size_t i = 0; i < spec.stop_conditions.size(); ++i) {
    model::check_probe(world, spec.stop_conditions[i].probe, "/stopConditions/" + std::to_string(i), problems);
  }
  ExperimentPlan plan;
  const std::vector<model::FaultTimes> times = *planned_times(spec);
  std::set<model::InstanceId> targets;
  std::set<std::string> zones;
  for (std::size_t i = 0; i < spec.faults.size(); ++i) {
    auto planned = plan_fault(world, spec.faults[i].request);
    if (const auto* refusal = std::get_if<Refusal>(&planned)) {
      add_under("/faults/" + std::to_string(i), *refusal, problems);
      continue;
    }
    Plan& one = std::get<Plan>(planned);
    targets.insert(one.targets.begin(), one.targets.end());
    zones.insert(one.zones.begin(), one.zones.end());
    plan.ends = std::max(plan.ends, times[i].ends);
    plan.faults.push_back({spec.faults[i].id, times[i], std::move(one)});
  }
  if (!problems.empty()) return Refusal{Refusal::Kind::invalid, "the experiment cannot be started", std::move(problems)};
  plan.targets.assign(targets.begin(), targets.end());
  plan.zones.assign(zones.begin(), zones.end());
  plan.capacity_lost_percent = most_lost(plan.faults);
  if (plan.capacity_lost_percent > spec.capacity_loss_max) {
    const std::string much = "it would take " +
                             model::figure_text(model::ProbeSpec::Metric::utilisation, plan.capacity_lost_percent / 100) +
                             " of the capacity, and at most " + model::number_text(spec.capacity_loss_max) + " % may be lost";
    return Refusal{Refusal::Kind::invalid, much, {{"/limits/maxCapacityLossPercent", "outOfRange", much, {}}}};
  }
  return plan;
}

std::variant<StartedExperiment, Refusal> start_experiment(model::World& world, const model::ExperimentPtr& spec) {
  auto planned = plan_experiment(world, *spec);
  if (auto* refusal = std::get_if<Refusal>(&planned)) return std::move(*refusal);
  ExperimentPlan& plan = std::get<ExperimentPlan>(planned);
  if (active(world).size() >= model::Experiments::at_a_time_max) {
    return Refusal{Refusal::Kind::limit, "at most " + std::to_string(model::Experiments::at_a_time_max) + " experiments at a time", {}};
  }
  ExperimentRecord record;
  record.number = world.next_record();
  record.id = "e" + std::to_string(record.number);
  record.spec = spec;
  record.accepted = world.now();
  auto all = std::make_shared<model::Experiments>(*world.experiments());
  forget_old(*all);
  all->list.push_back(std::make_shared<const ExperimentRecord>(record));
  world.set_experiments(std::move(all));
  // It has to know its own number before it can say anything.
  auto experiment = std::make_unique<RunningExperiment>(std::move(record));
  RunningExperiment& process = *experiment;
  StartedExperiment started{process.id(), std::move(plan)};
  process.begin(world, world.add_process(std::move(experiment)));
  return started;
}

std::optional<Refusal> set_experiment_state(model::World& world, const std::string& id, const std::string& state) {
  const auto record = world.experiments()->find(id);
  using Kind = Refusal::Kind;
  if (record == nullptr) return Refusal{Kind::not_found, "there is no experiment \"" + id + "\"", {}};
  const std::string& present = model::experiment_state_names()[static_cast<std::size_t>(record->state)];
  if (model::is_over(record->state)) return Refusal{Kind::gone, "experiment \"" + id + "\" has ended: it is " + present, {}};
  RunningExperiment& process = running(world, *record);
  if (state == "stopped") {
    process.stop(world, ExperimentState::stopped, "stopped by hand");
  } else if (state == "paused" && record->state == ExperimentState::running) {
    process.pause(world);
  } else if (state == "running" && record->state == ExperimentState::paused) {
    if (auto refusal = locked_by_lever(world)) return refusal;
    process.resume(world);
  } else {
    return Refusal{Kind::conflict, "the experiment is " + present + ": it cannot become " + state, {}};
  }
  return std::nullopt;
}

std::vector<std::string> halt(model::World& world, const std::string& reason) {
  const std::string why = "halted" + (reason.empty() ? "" : ": " + reason);
  const std::uint64_t outer = world.cause();
  if (!active(world).empty() || std::any_of(world.faults().begin(), world.faults().end(), [](const auto& f) { return !f.ended; })) {
    world.set_cause(tell(world, "chaos.halted", "warning", "all experiments and faults are " + why));
  }
  std::vector<std::string> stopped = stop_all(world, ExperimentState::stopped, why);
  world.set_cause(outer);
  return stopped;
}

std::vector<std::string> set_safety_lever(model::World& world, bool engaged, const std::string& reason) {
  auto all = std::make_shared<model::Experiments>(*world.experiments());
  if (all->lever.engaged != engaged) all->lever.since = world.now();
  const bool moved = all->lever.engaged != engaged;
  all->lever.engaged = engaged;
  all->lever.reason = reason;
  world.set_experiments(std::move(all));
  const std::uint64_t outer = world.cause();
  const std::string because = reason.empty() ? "" : ": " + reason;
  if (moved) {
    world.set_cause(tell(world, engaged ? "safetyLever.engaged" : "safetyLever.released", engaged ? "warning" : "info",
                         (engaged ? "the safety lever is engaged" : "the safety lever is released") + because));
  }
  std::vector<std::string> stopped;
  if (engaged) stopped = stop_all(world, ExperimentState::aborted, "the safety lever was engaged" + because);
  world.set_cause(outer);
  return stopped;
}

std::optional<Refusal> locked_by_lever(const model::World& world) {
  const model::SafetyLever& lever = world.experiments()->lever;
  if (!lever.engaged) return std::nullopt;
  return Refusal{
      Refusal::Kind::locked,
      "the safety lever is engaged" + (lever.reason.empty() ? "" : ": " + lever.reason) + "; nothing may begin until it is released",
      {}};
}

}  // namespace chaos
