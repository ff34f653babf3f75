// A store that has every key, such as MySQL or an in-memory database.
#include "packages/key_value.h"
#include "packages/list.h"

namespace packages {

const model::PackageInfo store_info = {
    .name = "store",
    .title = "Key-value store",
    .description = "Answers gets; a put is copied to the connected instances of the same service.",
    .step = key_value,
    .looks_up = true,
};

}  // namespace packages
