#pragma once
// A fault as a body, or a member of one, asks for it: read by architecture/read_fault.h, and told to people by openapi.json.

#include <optional>
#include <string>
#include <variant>

#include "http/message.h"
#include "http/schema.h"
#include "model/fault_request.h"

namespace http::routes {

/// A document: what architecture::read_fault() takes. `selects`: it has to say what it hits.
Field fault_schema(std::string name, bool selects = true);

/// With all parameters; or what is wrong: 400 for what no fault of this type has, else 422. `json`: what was read by fault_schema();
/// `pointer`: where that is in the body. `usual`: what it hits when it does not say; nothing: it has to say.
std::variant<model::FaultRequest, Reply> fault_of(const std::string& json, const std::string& pointer = "",
                                                  const std::optional<model::Selector>& usual = {});

}  // namespace http::routes
