#pragma once
// Reading probes: what a steady state, a stop condition or an expected outcome is made of. The ranges are those of model/probe.h.

#include "architecture/read_fields.h"
#include "model/probe.h"

namespace architecture {

/// The members of a probe: name?, metric, service?, region?, windowMs?, comparator?, value. Reads only these, so that an object may have
/// more; `fields.finish()` is the caller's. A comparator that is left out is "within" for two values, and ">=" for one.
model::ProbeSpec read_probe(Fields& fields);

/// Of an object that has nothing else.
model::ProbeSpec read_probe(const JsonValue& value, const std::string& pointer, Report& report);

}  // namespace architecture
