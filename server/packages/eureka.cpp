// The service registry as a service of its own, for documents that draw it. Who knows whom is decided in model/registry.h, whether it is
// drawn or not.
#include "packages/list.h"

namespace packages {
namespace {

void eureka(model::Task& task) {
  task.reply(model::Status::ok);
}

}  // namespace

const model::PackageInfo eureka_info = {
    .name = "eureka",
    .title = "Service registry",
    .description = "Answers look-ups. There is one registry in every zone of a region, and they replicate to each other.",
    .step = eureka,
};

}  // namespace packages
