#pragma once
// What people change in a running system, where it takes more than a few fields: autoscalers, deployments, routes, flags. The ranges are
// those of the specs.

#include "architecture/read_fields.h"
#include "model/deployment_spec.h"
#include "model/routing.h"
#include "policies/autoscaler.h"

namespace architecture {

policies::AutoscalerSpec read_autoscaler(const JsonValue& value, const std::string& pointer, Report& report);
/// "1.3", or {"min": "1.2", "max": "1.4"}; nothing when it is wrong.
std::optional<model::VersionRange> read_versions(const JsonValue& value, const std::string& pointer, Report& report);

/// "" when it is left out or wrong.
std::string read_version_name(Fields& fields, const char* name, Need need);

}  // namespace architecture
