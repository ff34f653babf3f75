// Cassandra with Priam's token assignment: each zone of a region holds one copy of the data, on a ring of its own. The node that gets a
// request for a key that it does not own forwards it to the owner in its zone, or in the next zone when that one is down. A put is
// replicated to one node in each other zone, and to one in each other region, which replicates it to its own zones. With a `replication` in
// its document the node that is asked coordinates instead: see model/replication.h.
#include "packages/list.h"

namespace packages {
namespace {

using model::Status;

/// Whether this node keeps a copy of the key, as the n-th owner that the coordinator should ask.
bool own_turn(model::Task& task) {
  return task.replica(task.scratch()).id == task.self();
}

void skip_unknown(model::Task& task) {
  while (task.scratch() < task.replicas() && task.replica(task.scratch()).id == model::no_instance) ++task.scratch();
}

void replicate(model::Task& task) {
  for (unsigned zone = 1; zone < task.replicas(); ++zone) task.tell(task.replica(zone));
  if (!task.from_own_region()) return;
  for (unsigned region = 0; region < task.far_regions(); ++region) task.tell(task.far_replica(region));
}

void cassandra(model::Task& task) {
  if (task.verb() == model::Verb::wake) {
    task.deliver_hints();
    return;
  }
  SIMIANVIZ_BEGIN(task)
  if (task.replicates()) {
    if (task.from_own_service()) {
      task.answer_as_copy();
    } else {
      AWAIT(task.coordinate());
    }
    const bool missing = task.verb() == model::Verb::get && !task.from_own_service() && task.status() == Status::ok && !task.hit();
    task.reply(missing ? Status::miss : task.status());
    return;
  }
  if (task.verb() == model::Verb::replicate) {
    if (!task.from_own_region()) replicate(task);
    task.reply(Status::ok);
    return;
  }
  if (!task.from_own_service()) {
    for (skip_unknown(task); task.scratch() < task.replicas() && !own_turn(task); skip_unknown(task)) {
      AWAIT(task.call_peer(task.replica(task.scratch())));
      if (!model::unreachable(task.status())) {
        task.reply(task.status());
        return;
      }
      ++task.scratch();
    }
    if (task.replicas() > 0 && task.scratch() >= task.replicas()) {
      task.reply(Status::unavailable);
      return;
    }
  }
  if (task.verb() == model::Verb::put) replicate(task);
  task.reply(task.verb() == model::Verb::put || task.hit() ? Status::ok : Status::miss);
  SIMIANVIZ_END
}

}  // namespace

const model::PackageInfo priam_cassandra_info = {
    .name = "priamCassandra",
    .title = "Cassandra ring",
    .description =
        "A ring of token ranges in every zone; requests go to the owner of the key, puts are replicated to the other zones and regions.",
    .step = cassandra,
    .replicates = true,
};

}  // namespace packages
