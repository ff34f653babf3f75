#pragma once
// How callers find out who is there: the registry of a document, over the preset that it names; and the presets.

#include <optional>

#include "architecture/architecture.h"
#include "architecture/read_fields.h"

namespace architecture {

/// The member "registry" of a document: the name of one of `presets`, or an object that may begin with a preset. Nothing when it is not
/// there, or wrong.
std::optional<model::DiscoverySpec> read_registry(Fields& outer, const RegistryPresets& presets);

/// The section "registries" of config/packages.json: an object of objects, each with a kind, what is different from the defaults of that
/// kind and, for people, "why" and "source".
RegistryPresets read_registries(Fields& fields);

}  // namespace architecture
