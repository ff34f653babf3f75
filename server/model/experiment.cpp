#include "model/experiment.h"

#include <algorithm>

namespace model {
namespace {

std::size_t place_of(const ExperimentSpec& spec, const std::string& id) {
  const auto found = std::find_if(spec.faults.begin(), spec.faults.end(), [&](const auto& fault) { return fault.id == id; });
  return static_cast<std::size_t>(found - spec.faults.begin());
}

}  // namespace

std::optional<std::vector<FaultTimes>> planned_times(const ExperimentSpec& spec) {
  std::vector<std::optional<FaultTimes>> known(spec.faults.size());
  const auto begin_of = [&](const ExperimentFault& fault) -> std::optional<sim::Time> {
    sim::Time from = 0;
    if (!fault.with.empty()) {
      const auto& other = known[place_of(spec, fault.with)];
      if (!other) return std::nullopt;
      from = other->begins;
    }
    for (const std::string& id : fault.after) {
      const auto& other = known[place_of(spec, id)];
      if (!other) return std::nullopt;
      from = std::max(from, other->ends);
    }
    return from + fault.offset;
  };
  std::size_t found = 0;
  for (bool more = true; more;) {
    more = false;
    for (std::size_t i = 0; i < spec.faults.size(); ++i) {
      if (known[i]) continue;
      const auto begins = begin_of(spec.faults[i]);
      if (!begins) continue;
      known[i] = FaultTimes{*begins, *begins + *spec.faults[i].request.duration};
      ++found;
      more = true;
    }
  }
  if (found < known.size()) return std::nullopt;
  std::vector<FaultTimes> times;
  times.reserve(known.size());
  for (const auto& entry : known) times.push_back(*entry);
  return times;
}

const std::vector<std::string>& experiment_state_names() {
  static const std::vector<std::string> names = {"pending",   "checking", "running", "paused", "reverting",
                                                 "completed", "stopped",  "aborted", "failed"};
  return names;
}

const std::vector<std::string>& verdict_names() {
  static const std::vector<std::string> names = {"", "passed", "failed", "inconclusive"};
  return names;
}

const std::vector<std::string>& experiment_phase_names() {
  static const std::vector<std::string> names = {"before", "during", "after"};
  return names;
}

const std::vector<std::string>& experiment_fault_state_names() {
  static const std::vector<std::string> names = {"waiting", "active", "ended", "skipped", "cancelled", "failed"};
  return names;
}

std::shared_ptr<const ExperimentRecord> Experiments::find(const std::string& id) const {
  const auto found = std::find_if(list.begin(), list.end(), [&](const auto& record) { return record->id == id; });
  return found == list.end() ? nullptr : *found;
}

std::optional<double> resilience_score(const ExperimentSpec& spec, const std::vector<ExperimentFaultRecord>& faults) {
  double sum = 0, weights = 0;
  for (std::size_t i = 0; i < faults.size(); ++i) {
    if (faults[i].checks == 0) continue;
    sum += spec.faults[i].weight * 100 * static_cast<double>(faults[i].passed) / static_cast<double>(faults[i].checks);
    weights += spec.faults[i].weight;
  }
  if (weights == 0) return std::nullopt;
  return sum / weights;
}

}  // namespace model
