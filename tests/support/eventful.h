#pragma once
// A run with everything in it: outage, kill, scale, push, roll back.

#include <algorithm>
#include <string>

#include "chaos/experiment.h"
#include "operations/operations.h"
#include "support/pushes.h"
#include "support/worlds.h"

namespace eventful {

inline void commands(model::World& world, int step) {
  model::Selector zone;
  zone.zones = {"us-east-1.zoneB"};
  switch (step) {
    case 1:
      chaos::start_fault(world, "zone.outage", zone, 2 * sim::second, {{"mode", std::string("blackhole")}});
      break;
    case 2:
      operations::scale(world, {"homepage", 30, {}});
      break;
    case 3: {
      model::DeploymentSpec slower = worlds::rolling("1.1", 50);
      slower.version.service_time_factor = 1.5;
      slower.version.error_rate = 0.01;
      operations::push(world, "login", slower);
      break;
    }
    case 4:
      operations::kill(world, "netflixoss.us-east-1.zoneA.cassSubscriber00");
      break;
    case 5:
      operations::roll_back(world, "login", "d2");
      break;
    case 6:
      operations::scale(world, {"homepage", 12, {}});
      break;
    default:
      break;
  }
}

inline model::WorldSpec spec(std::uint32_t regions, double sample_rate = 0.05) {
  model::WorldSpec spec = worlds::spec_of("netflixoss", {11, 100, regions});
  spec.trace_sample_rate = sample_rate;
  return spec;
}

/// From one command to the next, in slices.
inline std::uint64_t run(model::World& world, sim::Time slice, int from = 1) {
  for (int step = from; step <= 20; ++step) {
    for (sim::Time t = world.now(); t < step * sim::second; t += slice) world.run_until(std::min(t + slice, step * sim::second));
    commands(world, step);
  }
  return world.fingerprint();
}

}  // namespace eventful
