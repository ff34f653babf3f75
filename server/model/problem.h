#pragma once
// What is wrong with something that came from outside. Plain data, no exceptions: whoever reads input collects every
// problem and reports them together.

#include <string>
#include <string_view>
#include <vector>

namespace model {

/// One thing that is wrong, where, and what would be right.
struct Problem {
  std::string pointer;             ///< JSON pointer (RFC 6901) into the document or body; "" is the whole of it
  std::string code;                ///< stable, camelCase: unknownField, wrongType, outOfRange, unknownService, ...
  std::string message;             ///< one sentence for a person; says what is allowed
  std::vector<std::string> known;  ///< the allowed or nearest names, where there are some

  bool operator==(const Problem&) const = default;
};

/// Why a command could not be carried out.
struct Refusal {
  enum class Kind {
    not_found,  ///< no such thing
    gone,       ///< it was there and is no more
    conflict,   ///< the present state forbids it
    invalid,    ///< the request makes no sense for this World
    limit,      ///< a named limit would be passed
    locked,     ///< the safety lever is engaged
  };
  Kind kind = Kind::invalid;
  std::string detail;
  std::vector<Problem> problems;
};

/// The one of `known` that is closest to `name` by edit distance, or "" when nothing is near (distance over a third of the length, plus
/// one).
std::string nearest_name(std::string_view name, const std::vector<std::string>& known);

}  // namespace model
