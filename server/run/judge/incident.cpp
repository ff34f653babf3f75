#include "run/judge/incident.h"

#include <algorithm>

namespace run::judge {

const char* name_of(Severity severity) {
  static constexpr std::array<const char*, 4> names{"healthy", "degraded, redundant", "at risk", "outage"};
  return names[static_cast<std::size_t>(severity)];
}

const Incident* Judgement::find(const std::string& id) const {
  const auto place = std::find_if(incidents.begin(), incidents.end(), [&](const Incident& incident) { return incident.id() == id; });
  return place == incidents.end() ? nullptr : &*place;
}

}  // namespace run::judge
