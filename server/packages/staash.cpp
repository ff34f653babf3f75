// Data access: reads try one of each dependency in order of speed until one has the value; writes go to one of each.
#include "packages/list.h"

namespace packages {
namespace {

using model::Status;

void staash(model::Task& task) {
  SIMIANVIZ_BEGIN(task)
  if (task.verb() != model::Verb::get) {
    AWAIT(task.call_each());
    task.reply(task.status());
    return;
  }
  while (task.scratch() < task.dependencies()) {
    AWAIT(task.call(task.scratch()));
    if (task.status() == Status::ok) break;
    ++task.scratch();
  }
  task.reply(task.dependencies() == 0 ? Status::miss : task.status());
  SIMIANVIZ_END
}

int reading_order(std::string_view package) {
  if (package == "cache") return 0;
  if (package == "volume") return 1;
  if (package == "priamCassandra" || package == "riak") return 2;
  if (package == "store") return 3;
  if (package == "staash") return 4;
  return 5;
}

}  // namespace

const model::PackageInfo staash_info = {
    .name = "staash",
    .title = "Data access layer",
    .description = "Gets ask cache, volume, Cassandra, store and other staash in turn until one has the value; puts go to one of each.",
    .step = staash,
    .any_dependency = true,
    .dependency_rank = reading_order,
};

}  // namespace packages
