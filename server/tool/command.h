#pragma once
// `simianviz run`: an architecture without a server, from the document to the report. Takes the calling thread for as long as it runs.

#include <iosfwd>
#include <string>

#include "run/files.h"
#include "tool/options.h"

namespace tool {

/// Exit statuses.
inline constexpr int went_well = 0;
inline constexpr int bad_document = 1;
inline constexpr int event_differs = 1;
inline constexpr int cannot_write = 1;
inline constexpr int bad_input = 2;

/// The report to `out`, what is wrong to `err`; returns the exit status.
int run(const Options& options, const run::Places& places, std::ostream& out, std::ostream& err);

}  // namespace tool
