#pragma once
// How a scenario went, to be read, or read aloud: Markdown.

#include <iosfwd>

#include "run/scenario/scenario.h"

namespace run {

void print_report(const ScenarioOutcome& outcome, std::ostream& out);

}  // namespace run
