// A cache such as memcached: part of the gets miss (hitRatio).
#include "packages/key_value.h"
#include "packages/list.h"

namespace packages {

const model::PackageInfo cache_info = {
    .name = "cache",
    .title = "Cache",
    .description = "Answers gets that hit (hitRatio); a put is copied to the connected instances of the same service.",
    .step = key_value,
    .looks_up = true,
};

}  // namespace packages
