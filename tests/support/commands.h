#pragma once
// Commands that take more than a line.

#include <memory>
#include <string>

#include "run/command.h"

inline run::Push push_of(const std::string& service, const std::string& version, double factor, double error_rate, double surge_percent,
                         bool force = false) {
  model::DeploymentSpec spec;
  spec.version.name = version;
  spec.version.service_time_factor = factor;
  spec.version.error_rate = error_rate;
  spec.max_surge = {surge_percent, true};
  spec.force = force;
  return {service, std::make_shared<const model::DeploymentSpec>(std::move(spec))};
}
