#pragma once
// What proxies and business logic have in common: work, calls to dependencies as the document has it (one to one instance at random when it
// says nothing), the answer back.

#include "model/package.h"
#include "model/service_spec.h"

namespace packages {

inline void pass_on(model::Task& task) {
  SIMIANVIZ_BEGIN(task)
  if (task.dependencies() == 0) {
    task.reply(model::Status::ok);
    return;
  }
  // No switch here: an AWAIT is a label of the one around it all.
  if (task.fan_out() == model::FanOut::any) {
    AWAIT(task.call_any());
  } else if (task.fan_out() == model::FanOut::parallel) {
    AWAIT(task.call_parallel());
  } else if (task.fan_out() == model::FanOut::asynchronous) {
    task.call_without_waiting();
  } else {
    while (task.next_call()) {
      AWAIT(task.call_next());
      if (model::failed(task.status())) break;
    }
  }
  task.reply(task.status());
  SIMIANVIZ_END
}

}  // namespace packages
