#pragma once
// Which seeds a swarm runs, and what is done about those that fail.

#include <cstdint>
#include <string>
#include <vector>

namespace swarm {

struct Range {
  std::uint64_t from = 1;
  std::uint64_t count = 0;
};

/// From SIMIANVIZ_SEED (that one alone), or SIMIANVIZ_FROM and SIMIANVIZ_SEEDS (so many from there on). Throws std::invalid_argument that
/// says which is no whole number.
Range range_of(const char* seed, const char* from, const char* count, Range otherwise);

/// One a line, "# why" behind it or on a line of its own. Throws std::invalid_argument that says which line is something else.
std::vector<std::uint64_t> read_seeds(const std::string& text);

/// What repeats it.
std::string command_for(std::uint64_t seed);

/// Says on the error output how to repeat it, and adds the seed to `file` (made with its folder when it is not there).
void keep(std::uint64_t seed, const std::string& file);

/// The same for a seed in whose run the program is ended by a signal: an assertion of the engine, a bad access, a time limit. Beginning
/// another one forgets the one before; 0: none.
void keep_if_killed(std::uint64_t seed, const std::string& file);

}  // namespace swarm
