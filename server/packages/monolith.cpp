// An application that knows its dependencies in all zones; prefers its own.
#include "packages/list.h"
#include "packages/pass_on.h"

namespace packages {

const model::PackageInfo monolith_info = {
    .name = "monolith",
    .title = "Business logic, all zones",
    .description = "Works, then asks one dependency instance at random, in any zone.",
    .step = pass_on,
    .any_dependency = true,
    .passes_on = true,
};

}  // namespace packages
