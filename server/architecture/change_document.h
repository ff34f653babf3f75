#pragma once
// A document with changes: what is otherwise, and all else as it was. Pure function of its input, any thread.

#include "architecture/read_json.h"

namespace architecture {

/// As JSON merge patch (RFC 7396): members of objects replace those of the same name, null takes away. In place of an array, `services` of
/// the changes may be an object by name: each changes the service of that name, or adds one.
JsonValue change_document(const JsonValue& document, const JsonValue& changes);

/// The text of a value; numbers in their shortest form that reads back the same.
std::string json_text(const JsonValue& value);

}  // namespace architecture
