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

}  // namespace model
