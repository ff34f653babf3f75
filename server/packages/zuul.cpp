// The API proxy: routes a request to one of the services behind it, within its own zone.
#include "packages/list.h"
#include "packages/pass_on.h"

namespace packages {

const model::PackageInfo zuul_info = {
    .name = "zuul",
    .title = "API proxy",
    .description = "Passes each request on to one dependency instance at random, in its own zone.",
    .step = pass_on,
    .own_zone_only = true,
    .passes_on = true,
};

}  // namespace packages
