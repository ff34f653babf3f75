// A microservice that keeps to its own zone.
#include "packages/list.h"
#include "packages/pass_on.h"

namespace packages {

const model::PackageInfo karyon_info = {
    .name = "karyon",
    .title = "Business logic, zone aware",
    .description = "Works, then asks one dependency instance at random, in its own zone.",
    .step = pass_on,
    .own_zone_only = true,
    .passes_on = true,
};

}  // namespace packages
