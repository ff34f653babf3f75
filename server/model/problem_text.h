#pragma once
// The words of a Problem: what every reader of outside input needs to say where and what is wrong. Pure functions, any thread.

#include <string>
#include <string_view>
#include <vector>

namespace model {

/// In quotes, cut to 60 bytes at a whole UTF-8 character: text from outside must not make a message long.
std::string quoted(std::string_view text);

/// `pointer` continued by one reference token (RFC 6901: "~" and "/" are escaped).
std::string child_pointer(std::string_view pointer, std::string_view token);

/// "a, b, c".
std::string joined(const std::vector<std::string>& names);

/// `names` with the one nearest to `name` in front, if one is near; the others in their order.
std::vector<std::string> nearest_first(std::string_view name, const std::vector<std::string>& names);

/// 0.1, 4, 1000000: as a person would write it.
std::string number_text(double value);

}  // namespace model
