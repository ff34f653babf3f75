#pragma once
// `simianviz run --scenario`: a scenario without a server. Takes the calling thread for as long as it runs.

#include <iosfwd>

#include "architecture/architecture.h"
#include "run/scenario/scenario.h"
#include "tool/options.h"

namespace tool {

/// Exit status.
inline constexpr int not_as_expected = 1;

/// The outcome to `out`, what is wrong to `err`; returns the exit status.
int play(const Options& options, const run::ScenarioPtr& scenario, const architecture::Regions& regions,
         const architecture::Defaults& defaults, std::ostream& out, std::ostream& err);

}  // namespace tool
