// The faults of an experiment: which come, when each is due, what is refused.

#include <algorithm>

#include "chaos/running_experiment.h"
#include "model/problem_text.h"
#include "sim/random.h"

namespace chaos {
namespace {

using model::ExperimentFault;
using model::ExperimentFaultRecord;
using model::ExperimentState;
using model::ProbeSpec;
using FaultState = ExperimentFaultRecord::State;

/// Entities of draws: neither instances nor the levels of faults.
constexpr std::uint64_t experiment_entities = std::uint64_t{5} << 40;
/// Draws of an experiment: one a fault, then these.
constexpr std::uint64_t draw_shares = 1'000, draw_together = 1'001;
static_assert(model::ExperimentSpec::faults_max < draw_shares);

}  // namespace

std::vector<bool> draw_faults(const model::ExperimentSpec& spec, std::uint64_t seed, std::uint64_t number) {
  const auto draw = [&](std::uint64_t n) { return sim::draw(seed, experiment_entities + number, sim::Purpose::fault, n); };
  const bool together = draw(draw_shares) < sim::threshold(spec.rho);
  std::vector<bool> comes;
  for (std::size_t i = 0; i < spec.faults.size(); ++i) {
    const ExperimentFault& fault = spec.faults[i];
    const bool shares = together && std::find(spec.correlated.begin(), spec.correlated.end(), fault.id) != spec.correlated.end();
    comes.push_back(fault.probability >= 1 || draw(shares ? draw_together : i) < sim::threshold(fault.probability));
  }
  return comes;
}

/// Its own time since the faults began: stands still while it is paused.
sim::Time RunningExperiment::clock(const model::World& world) const {
  return paused_since_.value_or(world.now()) - *record_.faults_began - paused_;
}

void RunningExperiment::note_ends(const model::World& world) {
  for (std::size_t i = 0; i < record_.faults.size(); ++i) {
    ExperimentFaultRecord& mine = record_.faults[i];
    if (mine.state != FaultState::active) continue;
    const auto& all = world.faults();
    const auto fault = std::find_if(all.begin(), all.end(), [&](const auto& f) { return f.id == mine.fault; });
    if (fault != all.end() && !fault->ended) continue;
    mine.state = FaultState::ended;
    mine.ended = fault == all.end() ? world.now() : *fault->ended;
    over_[i] = clock(world);
  }
}

/// Whether what it waits for has come, and when, by its own clock, it may begin.
bool RunningExperiment::is_due(std::size_t fault, sim::Time& at) const {
  const ExperimentFault& wanted = spec().faults[fault];
  const auto place = [&](const std::string& id) {
    const auto found = std::find_if(spec().faults.begin(), spec().faults.end(), [&](const auto& f) { return f.id == id; });
    return static_cast<std::size_t>(found - spec().faults.begin());
  };
  sim::Time from = 0;
  if (!wanted.with.empty()) {
    const auto& other = began_[place(wanted.with)];
    if (!other) return false;
    from = *other;
  }
  for (const std::string& id : wanted.after) {
    const auto& other = over_[place(id)];
    if (!other) return false;
    from = std::max(from, *other);
  }
  at = from + wanted.offset;
  return true;
}

std::size_t RunningExperiment::active() const {
  return static_cast<std::size_t>(
      std::count_if(record_.faults.begin(), record_.faults.end(), [](const auto& f) { return f.state == FaultState::active; }));
}

void RunningExperiment::start_due(model::World& world) {
  for (bool more = true; more;) {
    more = false;
    for (std::size_t i = 0; i < record_.faults.size() && record_.state == ExperimentState::running; ++i) {
      sim::Time at = 0;
      ExperimentFaultRecord& mine = record_.faults[i];
      if (mine.state != FaultState::waiting || !is_due(i, at) || at > clock(world)) continue;
      if (!comes_[i]) {
        mine.state = FaultState::skipped;
        mine.reason = "by chance: its probability is " + model::number_text(spec().faults[i].probability);
        began_[i] = over_[i] = clock(world);
        tell(world, "experiment.faultSkipped", "info", "fault " + spec().faults[i].id + " does not come, by chance");
      } else {
        const std::uint32_t most = spec().faults_at_a_time;
        if (most > 0 && active() >= most) continue;
        start(world, i);
      }
      more = true;
    }
  }
}

void RunningExperiment::start(model::World& world, std::size_t fault) {
  ExperimentFaultRecord& mine = record_.faults[fault];
  const std::string id = "fault " + spec().faults[fault].id;
  const FaultRequest& request = spec().faults[fault].request;
  const auto planned = plan_fault(world, request);
  double lost = 0;
  for (const ExperimentFaultRecord& other : record_.faults) lost += other.state == FaultState::active ? other.capacity_lost_percent : 0;
  if (const auto* plan = std::get_if<Plan>(&planned); plan != nullptr && lost + plan->capacity_lost_percent > spec().capacity_loss_max) {
    mine.state = FaultState::cancelled;
    mine.reason = "with it " + model::figure_text(ProbeSpec::Metric::utilisation, (lost + plan->capacity_lost_percent) / 100) +
                  " of the capacity would be lost, and maxCapacityLossPercent is " + model::number_text(spec().capacity_loss_max);
    give_up(world, ExperimentState::aborted, id + " does not begin: " + mine.reason, false);
    return;
  }
  const auto started = start_fault(world, request);
  if (const auto* refusal = std::get_if<model::Refusal>(&started)) {
    mine.state = FaultState::failed;
    mine.reason = refusal->detail;
    if (!refusal->problems.empty()) mine.reason += ": " + refusal->problems.front().message;
    give_up(world, ExperimentState::failed, id + " could not be started: " + mine.reason, false);
    return;
  }
  mine.state = FaultState::active;
  mine.fault = std::get<Started>(started).id;
  const std::vector<model::InstanceId>& targets = std::get<Started>(started).targets;
  mine.targets = targets.size();
  std::vector<std::string> names;
  for (std::size_t i = 0; i < std::min(targets.size(), ExperimentFaultRecord::names_max); ++i) names.push_back(world.name_of(targets[i]));
  mine.names = std::make_shared<const std::vector<std::string>>(std::move(names));
  mine.capacity_lost_percent = std::get<Plan>(planned).capacity_lost_percent;
  mine.started = world.now();
  began_[fault] = clock(world);
}

void RunningExperiment::end_faults(model::World& world, const std::string& why) {
  for (std::size_t i = 0; i < record_.faults.size(); ++i) {
    ExperimentFaultRecord& mine = record_.faults[i];
    if (mine.state == FaultState::active) stop_fault(world, mine.fault);
    if (mine.state != FaultState::waiting) continue;
    mine.state = FaultState::cancelled;
    mine.reason = why;
  }
  note_ends(world);
}

}  // namespace chaos
