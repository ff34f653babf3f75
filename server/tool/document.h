#pragma once
// From the name of an architecture on the command line to what a World is made of.

#include <string>
#include <variant>
#include <vector>

#include "model/world.h"
#include "run/files.h"
#include "tool/options.h"

namespace tool {

/// Why there is none: lines to print, and the exit status.
struct NoSpec {
  int status = 2;
  std::vector<std::string> lines;
};

/// A name of `places.architectures` comes before a file of that name.
std::variant<model::WorldSpec, NoSpec> read_spec(const Options& options, const run::Places& places);

}  // namespace tool
