#pragma once
// The members of an object that are ServiceSettings: the same in a service of a document and in config/packages.json.

#include "architecture/read_fields.h"

namespace architecture {

/// Reads every setting from `fields`; with Need::required each has to be there.
ServiceSettings read_settings(Fields& fields, Need need);

}  // namespace architecture
