#pragma once
// JSON text as a tree of plain values, with limits against hostile text. The only thing here that knows the JSON library is read_json.cpp.

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "model/problem.h"

namespace architecture {

inline constexpr std::size_t document_bytes_max = 1 << 20;
inline constexpr std::size_t nesting_max = 32;  ///< arrays and objects within each other

struct JsonValue {
  enum class Kind { null, boolean, number, string, array, object };
  Kind kind = Kind::null;
  bool boolean = false;
  double number = 0;  ///< whole numbers are exact up to 2^53, far over every limit here
  std::string text;
  std::vector<JsonValue> items;    ///< of an array, or the values of an object's members
  std::vector<std::string> names;  ///< of an object's members, in order; one that is given twice is there twice
};

/// "a number", "an array" ...: what a value is, for messages.
const char* kind_name(JsonValue::Kind kind);

/// One problem (malformedJson with line and column, tooLarge, tooDeep or outOfRange) or the whole tree.
std::variant<JsonValue, model::Problem> parse_json(std::string_view text);

}  // namespace architecture
