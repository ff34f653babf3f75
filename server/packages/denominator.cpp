// Global DNS, the way in for users: what they ask for and when is the load's (model/load.h); each request goes to one entry point.
#include "packages/list.h"

namespace packages {
namespace {

void denominator(model::Task& task) {
  SIMIANVIZ_BEGIN(task)
  AWAIT(task.call_any());
  task.reply(task.status());
  SIMIANVIZ_END
}

}  // namespace

const model::PackageInfo denominator_info = {
    .name = "denominator",
    .title = "Global DNS and its users",
    .description =
        "Sends the requests of its load: at random times with a given rate, at equal or given times, or of users who wait for answers.",
    .step = denominator,
    .load_source = true,
};

}  // namespace packages
