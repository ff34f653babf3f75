#include "model/service_spec.h"

#include <cstddef>

namespace model {

const std::vector<std::string>& discipline_names() {
  static const std::vector<std::string> names{"firstCome", "priority", "lastCome", "sharing"};
  return names;
}

const std::vector<std::string>& fan_out_names() {
  static const std::vector<std::string> names{"any", "sequential", "parallel", "asynchronous"};
  return names;
}

const std::string& name_of(Discipline discipline) {
  return discipline_names()[static_cast<std::size_t>(discipline)];
}

const std::string& name_of(FanOut fan_out) {
  return fan_out_names()[static_cast<std::size_t>(fan_out)];
}

}  // namespace model
