// A broker: keeps the messages that are put until a service that takes from their topic has acknowledged them. See model/queue.h.
#include "packages/list.h"

namespace packages {
namespace {

void queue(model::Task& task) {
  task.reply(task.verb() != model::Verb::put || task.publish() ? model::Status::ok : model::Status::rejected);
}

}  // namespace

const model::PackageInfo queue_info = {
    .name = "queue",
    .title = "Message broker",
    .description = "Keeps messages until a service that takes them has acknowledged them; what is taken in vain too often is dead.",
    .step = queue,
    .publishes = true,
};

}  // namespace packages
