#pragma once
// What stores have in common: a get finds its key or does not, a put is copied to the connected instances of the same service.

#include "model/package.h"

namespace packages {

inline void copy_to_peers(model::Task& task) {
  const unsigned peers = task.peers();
  for (unsigned n = 0; n < peers; ++n) task.tell(task.peer(n));
}

inline void key_value(model::Task& task) {
  if (task.verb() == model::Verb::put) copy_to_peers(task);
  task.reply(task.found());
}

}  // namespace packages
