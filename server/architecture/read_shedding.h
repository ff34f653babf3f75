#pragma once
// What a service turns down as it arrives: the member "shedding" of a service, and the body that changes it. The ranges are those of the
// headers in policies/. Pure functions, any thread.

#include "architecture/read_fields.h"

namespace architecture {

/// A stand-in when it is wrong.
model::Shedding read_shedding(const JsonValue& value, const std::string& pointer, Report& report);

}  // namespace architecture
