#pragma once
// How a dependency is called beyond sending and waiting: the name of a preset, or an object that may begin with one and says what is
// different. The ranges are those of the headers in policies/. Pure functions, any thread.

#include "architecture/read_fields.h"

namespace architecture {

/// Nothing for null (no policy) and when it is neither a name nor an object.
std::optional<model::Policy> read_policy(const JsonValue& value, const std::string& pointer, const PolicyPresets& presets, Report& report);

/// The sections of a policy, over what `policy` holds: a member that is left out changes nothing, null is without.
void read_policy_sections(Fields& fields, model::Policy& policy);

}  // namespace architecture
