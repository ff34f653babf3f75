#pragma once
// Deployments for tests that only want one.

#include <string>

#include "model/deployment_spec.h"

namespace worlds {

/// A rolling one, of a version without anything special, so many percent at a time.
inline model::DeploymentSpec rolling(const std::string& version, double percent = 25) {
  model::DeploymentSpec spec;
  spec.version.name = version;
  spec.max_surge = {percent, true};
  return spec;
}

}  // namespace worlds
