#pragma once
// What a document promises to its users: its member "objectives", by load source. The ranges are those of model/objective.h. Pure
// functions, any thread.

#include <map>

#include "architecture/read_fields.h"

namespace architecture {

std::map<std::string, model::Objective> read_objectives(Fields& document);

/// What can only be said when the services are known: each name is that of a load source.
void check_objectives(const Architecture& document, Report& report);

}  // namespace architecture
