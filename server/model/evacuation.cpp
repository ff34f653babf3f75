#include "model/evacuation.h"

namespace model {

const std::vector<std::string>& evacuation_stage_names() {
  static const std::vector<std::string> names{"decide", "provision", "startUp", "switch"};
  return names;
}

/// Chaos Kong: a region was evacuated in about 50 min: 5 to decide, 3 to 5 to provision, 25 to start up, 10 or more for proxies and DNS.
/// Prewarmed: Netflix' later design keeps dark capacity and takes less than 10 min; how that is divided is an assumption.
const std::vector<EvacuationPreset>& evacuation_presets() {
  constexpr sim::Time minute = 60 * sim::second;
  static const std::vector<EvacuationPreset> presets{
      {"chaos-kong", {5 * minute, 4 * minute, 25 * minute, 10 * minute}},
      {"prewarmed", {2 * minute, 0, 0, 5 * minute}},
  };
  return presets;
}

}  // namespace model
