// A function (serverless): business logic whose environments start on demand; see model/function.h.
#include "packages/list.h"
#include "packages/pass_on.h"

namespace packages {

const model::PackageInfo function_info = {
    .name = "function",
    .title = "Function, serverless",
    .description = "Starts an execution environment when none is free, works, then asks one dependency instance at random, in any zone.",
    .step = pass_on,
    .any_dependency = true,
    .on_demand = true,
    .passes_on = true,
};

}  // namespace packages
