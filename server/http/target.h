#pragma once
// The target of a request line, taken apart. Pure function, any thread.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace http {

inline constexpr std::size_t target_length_max = 4'096;
inline constexpr std::size_t query_parameters_max = 50;

struct Target {
  std::vector<std::string> segments;                       ///< decoded, "." and ".." resolved; "/a/" is {"a", ""}
  std::string path;                                        ///< the segments joined by "/", for people
  std::vector<std::pair<std::string, std::string>> query;  ///< decoded, in order
};

/// nullopt: not an absolute path with an optional query, too long, or with NUL bytes in it.
std::optional<Target> parse_target(std::string_view text);

}  // namespace http
