#pragma once
// What proxies and business logic have in common: work, one call to one dependency instance at random, the answer back.

#include "model/package.h"

namespace packages {

inline void pass_on(model::Task& task) {
  SIMIANVIZ_BEGIN(task)
  AWAIT(task.compute());
  if (task.dependencies() == 0) {
    task.reply(model::Status::ok);
    return;
  }
  AWAIT(task.call_any());
  task.reply(task.status());
  SIMIANVIZ_END
}

}  // namespace packages
