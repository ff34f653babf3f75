// A database with one primary and secondaries: writes go to the primary, secondaries follow it; when it is gone another becomes primary.
// See model/primary.h.
#include "packages/list.h"

namespace packages {
namespace {

void primary(model::Task& task) {
  SIMIANVIZ_BEGIN(task)
  if (task.verb() == model::Verb::replicate) {
    task.reply(task.receive_write());
    return;
  }
  if (task.verb() == model::Verb::put) {
    if (!task.is_primary()) {
      task.reply(task.refuse_write());
      return;
    }
    if (task.begin_write()) {
      AWAIT(task.await_secondaries());
    }
    task.reply(task.end_write());
    return;
  }
  task.note_read();
  task.reply(task.found());
  SIMIANVIZ_END
}

}  // namespace

const model::PackageInfo primary_info = {
    .name = "primary",
    .title = "Primary and secondaries",
    .description =
        "A database: writes go to one instance of a region, the primary, and from there to the others; when it is gone one of them takes "
        "over.",
    .step = primary,
    .looks_up = true,
    .elects = true,
};

}  // namespace packages
