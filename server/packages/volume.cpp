// A disk: slower than a cache, holds what was written.
#include "packages/key_value.h"
#include "packages/list.h"

namespace packages {

const model::PackageInfo volume_info = {
    .name = "volume",
    .title = "Disk volume",
    .description =
        "Answers gets that hit (hitRatio), at the pace of a disk; a put is copied to the connected instances of the same service.",
    .step = key_value,
    .looks_up = true,
};

}  // namespace packages
