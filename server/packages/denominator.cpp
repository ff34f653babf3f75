// Global DNS, the way in for users: makes an open Poisson stream of requests (the World draws their arrivals and keys) and sends each to
// one entry point.
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
    .description = "Sends requests at a given rate: a third each gets of a fixed key, gets of a key put before, puts of a new key.",
    .step = denominator,
    .load_source = true,
};

}  // namespace packages
