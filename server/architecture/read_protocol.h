#pragma once
// What messages of a format cost, by name or in figures.

#include <vector>

#include "architecture/read_fields.h"
#include "model/service_spec.h"

namespace architecture {

using Protocols = std::vector<model::Protocol>;

/// The name of one of `protocols`, or an object with a name and figures of its own.
model::Protocol read_protocol(const JsonValue& value, const std::string& pointer, const Protocols& protocols, Report& report);

/// The section "protocols" of config/packages.json: an object of objects, each with the figures and, for people, "why" and "source".
Protocols read_protocols(Fields& fields);

}  // namespace architecture
