#pragma once
// Reading faults and whom they hit, in documents and bodies: experiments, and whatever else starts faults. What depends on a World (names
// of services and places) is checked when they are started.

#include "architecture/read_fields.h"
#include "model/fault_request.h"

namespace architecture {

inline constexpr std::size_t selector_names_max = 1'000;

model::SelectorParts read_selector_parts(const JsonValue& value, const std::string& pointer, Report& report);
model::Selector read_selector(const JsonValue& value, const std::string& pointer, Report& report);

/// The members of a fault: type, selector, target?, direction?, ramp?, jitter?, durationMs, and the parameters of its type. Reads only
/// these, so that an object may have more; `fields.finish()` is the caller's. A duration that is required and is missing or wrong stands
/// in for itself, as 1 ms.
void read_fault(Fields& fields, model::FaultRequest& fault, Need duration);

}  // namespace architecture
