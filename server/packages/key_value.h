#pragma once
// What stores have in common: a get finds its key or does not, a put is copied to the connected instances of the same service.

#include "model/package.h"

namespace packages {

inline void copy_to_peers(model::Task& task) {
  const unsigned peers = task.peers();
  for (unsigned n = 0; n < peers; ++n) task.tell(task.peer(n));
}

inline model::Status look_up(model::Task& task) {
  return task.verb() != model::Verb::get || task.hit() ? model::Status::ok : model::Status::miss;
}

inline void key_value(model::Task& task) {
  SIMIANVIZ_BEGIN(task)
  AWAIT(task.compute());
  if (task.verb() == model::Verb::put) copy_to_peers(task);
  task.reply(look_up(task));
  SIMIANVIZ_END
}

}  // namespace packages
