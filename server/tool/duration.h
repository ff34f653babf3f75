#pragma once
// Durations as people write them on a command line. Pure functions, any thread.

#include <optional>
#include <string>
#include <string_view>

#include "sim/time.h"

namespace tool {

/// "10s", "500ms", "2m", "1.5h", or a plain number of seconds; rounded to whole nanoseconds. Nothing when it is none of these, or longer
/// than sim::Time can tell.
std::optional<sim::Time> read_duration(std::string_view text);

/// "60 s", "0.25 s", "3600 s": seconds with as many digits as they need.
std::string seconds_text(sim::Time time);

}  // namespace tool
