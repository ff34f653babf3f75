#pragma once
// Reading faults and whom they hit, in documents and bodies: experiments, schedules, faults of their own. What depends on a World (names of
// services and places) is checked when they are started. The limits that are named here are what openapi.json says, too
// (http/routes/fault_body.cpp).

#include "architecture/read_fields.h"
#include "model/fault_request.h"

namespace architecture {

inline constexpr std::size_t selector_names_max = 1'000;
inline constexpr double selector_value_max = 1e7;                   ///< instances, of the mode count
inline constexpr std::uint32_t selector_remaining_max = 2'000'000;  ///< as many as a World has at most
inline constexpr double fault_ms_least = 0.001;                     ///< of a duration
inline constexpr double fault_ms_max = sim::to_ms(model::FaultRequest::time_max);

model::SelectorParts read_selector_parts(const JsonValue& value, const std::string& pointer, Report& report);
model::Selector read_selector(const JsonValue& value, const std::string& pointer, Report& report);

/// What a fault has to say besides its type.
struct FaultNeeds {
  Need selector = Need::required;
  Need duration = Need::optional;
};

/// The members of a fault: type, selector, target?, direction?, ramp?, jitter?, durationMs, and the parameters of its type. Reads only
/// these, so that an object may have more; `fields.finish()` is the caller's, and reports nothing when the type is not known, as the rest
/// may be its parameters. What may be left out and is stays as it is in `fault`; a duration that is wrong, or
/// required and missing, is the longest.
void read_fault(Fields& fields, model::FaultRequest& fault, FaultNeeds needs);

}  // namespace architecture
