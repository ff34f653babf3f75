#pragma once
// Reading experiments (docs/api.md, Experiments). The ranges are those of model/experiment.h. Pure functions, any thread.

#include <string_view>
#include <variant>

#include "architecture/read_fields.h"
#include "model/experiment.h"

namespace architecture {

/// With stand-ins for what is wrong: it can be planned whatever was reported.
model::ExperimentSpec read_experiment(const JsonValue& value, const std::string& pointer, Report& report);
std::variant<model::ExperimentSpec, Problems> read_experiment(std::string_view json);

}  // namespace architecture
