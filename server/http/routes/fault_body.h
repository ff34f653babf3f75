#pragma once
// A fault as a body, or a member of one, asks for it.

#include <string>
#include <variant>

#include "http/message.h"
#include "http/schema.h"
#include "model/fault_request.h"

namespace http::routes {

/// `selects`: it has to say what it hits.
Field fault_schema(std::string name, bool selects = true);

/// With all parameters; or what is wrong: 400 for what no fault of this type has, else 422. `fields` were read by fault_schema(); `pointer`
/// is where they are in the body.
std::variant<model::FaultRequest, Reply> fault_of(const Fields& fields, const std::string& pointer = "");

}  // namespace http::routes
