#include "model/schedule.h"

namespace model {

const std::vector<std::string>& random_kind_names() {
  static const std::vector<std::string> names{"exponential", "daily"};
  return names;
}

const std::vector<std::string>& schedule_place_names() {
  static const std::vector<std::string> names{"said", "zone", "region"};
  return names;
}

bool ScheduleAction::operator==(const ScheduleAction& other) const {
  if (weight != other.weight || place != other.place || what.index() != other.what.index()) return false;
  if (const auto* fault = std::get_if<FaultRequest>(&what)) return *fault == std::get<FaultRequest>(other.what);
  return *std::get<ExperimentPtr>(what) == *std::get<ExperimentPtr>(other.what);
}

}  // namespace model
