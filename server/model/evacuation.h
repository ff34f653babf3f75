#pragma once
// How long it takes to evacuate a region. Plain data.

#include <array>
#include <string>
#include <vector>

#include "sim/time.h"

namespace model {

/// People decide, capacity is provided, it starts up, traffic is switched.
using EvacuationStages = std::array<sim::Time, 4>;
const std::vector<std::string>& evacuation_stage_names();  ///< "decide", "provision", "startUp", "switch"

struct EvacuationPreset {
  std::string name;
  EvacuationStages stages;
};
const std::vector<EvacuationPreset>& evacuation_presets();

}  // namespace model
