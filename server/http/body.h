#pragma once
// JSON and query text to checked Fields, with every problem at once. Pure functions, any thread, no exceptions.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/message.h"
#include "http/schema.h"

namespace http {

inline constexpr int json_depth_max = 64;

/// "2 problems with the body: /name must not be empty"; `what`: "the body". REQUIRES: there is one.
std::string summary_of(const std::vector<model::Problem>& problems, const std::string& what);

/// `root` is an object or a document. 400: not JSON, too deep, an unknown field, a wrong type, a missing field; 422: out of range.
InputProblems read_body(std::string_view text, const Field& root, Fields& fields);

/// `given` in the order in which they were sent, decoded. Pointers are "?name". All problems are 400.
InputProblems read_query(const std::vector<std::pair<std::string, std::string>>& given, const std::vector<Field>& known, Fields& fields);

}  // namespace http
