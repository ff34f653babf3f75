#pragma once
// A fault as a body, or a member of one, asks for it: read by architecture/read_fault.h, and told to people by openapi.json.

#include <optional>
#include <string>
#include <vector>

#include "http/message.h"
#include "http/schema.h"
#include "model/fault_request.h"

namespace http::routes {

/// A document: what architecture::read_fault() takes. `selects`: it has to say what it hits.
Field fault_schema(std::string name, bool selects = true);

struct FaultBody {
  std::optional<model::FaultRequest> fault;  ///< with all parameters, and stand-ins for what is wrong; nothing: it is not JSON
  std::vector<model::Problem> problems;
};
/// `json`: what was read by fault_schema(); `pointer`: where that is in the body. `usual`: what it hits when it does not say; nothing: it
/// has to say.
FaultBody fault_of(const std::string& json, const std::string& pointer = "", const std::optional<model::Selector>& usual = {});

}  // namespace http::routes
