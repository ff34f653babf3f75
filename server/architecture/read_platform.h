#pragma once
// Platforms: machines, functions, start-up. Reads what architecture/platform.h has.

#include "architecture/architecture.h"
#include "architecture/read_fields.h"

namespace architecture {

/// Of a service: startUp, whenDependenciesMissing, checkDependencies, memoryMb, function.
Platform read_platform(Fields& fields);
/// What makes no sense together in a service. REQUIRES: it was read without a problem.
void check_platform(Fields& fields, const Service& service);

/// Of a document: start, machines, functionConcurrency.
Platforms read_platforms(Fields& fields);
/// Of config/packages.json: machines and functions, everything.
Platforms read_usual_platforms(Fields& fields);

/// Services that would wait for each other for ever when nothing is up. REQUIRES: their dependencies exist.
void check_cold_start(const Architecture& document, Report& report);

}  // namespace architecture
