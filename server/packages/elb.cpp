// A load balancer of a region, outside any zone: spreads requests over the instances in all zones.
#include "packages/list.h"
#include "packages/pass_on.h"

namespace packages {

const model::PackageInfo elb_info = {
    .name = "elb",
    .title = "Elastic load balancer",
    .description = "Passes each request on to one instance at random, in any zone of its region.",
    .step = pass_on,
    .passes_on = true,
};

}  // namespace packages
