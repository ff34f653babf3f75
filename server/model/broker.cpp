// A broker: messages wait in queues (queue.h) that all its instances in a region share, and are sent to those who take them as calls that
// nobody waits for: an answer is an acknowledgement. Who takes messages has an open request at the broker while it has room for one (long
// polling), so a message goes there at once, and a consumer that finds nothing costs no event.

#include <cassert>

#include "model/impaired.h"
#include "model/package.h"

namespace model {

/// Into every queue of its topic, or into none.
bool Shard::publish(std::uint32_t call) {
  const Call& c = calls_[call];
  const Service& broker = shared_->services[shared_->groups[at(c.target).group].service];
  const std::uint32_t topic = c.is(Call::root) ? 0 : dependency_of(call).topic;
  const std::vector<std::uint32_t>& queues = broker.topics[topic];
  bool room = true;
  for (const std::uint32_t queue : queues) room = room && queues_[queue].has_room(shared_->subscriptions[queue].topic);
  for (const std::uint32_t queue : queues) {
    if (!room) {
      queues_[queue].reject();
      continue;
    }
    queues_[queue].publish(calls_[call].key, calls_[call].priority, engine_.now());
    deliver_messages(queue);
  }
  return room;
}

/// The instance of the broker that the next message comes from: of the nearest that are up each in turn.
Shard::Pick Shard::speaker(std::uint32_t subscription) {
  Queue& queue = queues_[subscription];
  for (const RouteEnd& end : shared_->subscriptions[subscription].ways[queue.next_way()].ends) {
    const Group& group = shared_->groups[end.group];
    if (group.shard != number_) continue;
    for (std::size_t n = 0; n < group.members.size(); ++n) {
      const InstanceId member = group.members[(queue.turn + n) % group.members.size()];
      if (at(member).state != InstanceState::up || (at(member).impaired && Impaired(*this).stalls(member))) continue;
      ++queue.turn;
      return {member, end.link};
    }
  }
  return {};
}

/// To all that have room for one, as long as there are any.
void Shard::deliver_messages(std::uint32_t subscription) {
  while (queues_[subscription].can_deliver()) {
    const Pick from = speaker(subscription);
    if (from.id == no_instance) break;
    const Queue::Delivery delivery = queues_[subscription].deliver(shared_->subscriptions[subscription].topic, engine_.now());
    const std::uint32_t parent = calls_.alloc_fresh();
    calls_[parent].key = delivery.message.key;
    calls_[parent].target = from.id;
    calls_[parent].priority = delivery.message.priority & 7U;
    if (!notes_.empty()) set_note(parent, {});
    const std::uint32_t call = send(parent, {delivery.target, from.link}, Verb::put, 0, 1, false);
    if (receipts_.size() <= call) receipts_.resize(calls_.size() + calls_.size() / 2);
    receipts_[call] = delivery.receipt;
    calls_.release(parent);
  }
  Queue& queue = queues_[subscription];
  if (queue.wakes != sim::never) return;
  queue.wakes = queue.next_expiry();
  if (queue.wakes == sim::never) return;
  engine_.schedule(queue.wakes, sim::order_of(queue_source(number_, subscription), queue.sequence++), queue_kind, subscription, 0);
}

/// Its consumer has answered, or will not.
void Shard::settle_delivery(std::uint32_t call, const Call& over) {
  const std::uint32_t subscription = shared_->links[over.link].delivers - 1;
  queues_[subscription].settle(receipts_[call], !failed(over.status), shared_->subscriptions[subscription].topic, engine_.now());
  bury(subscription);
  deliver_messages(subscription);
}

void Shard::expire_deliveries(std::uint32_t subscription) {
  queues_[subscription].wakes = sim::never;
  queues_[subscription].expire(shared_->subscriptions[subscription].topic, engine_.now());
  bury(subscription);
  deliver_messages(subscription);
}

/// Those that have died go to the topic of dead letters, whether or not it has room.
void Shard::bury(std::uint32_t subscription) {
  std::vector<QueuedMessage>& dead = queues_[subscription].dead();
  if (dead.empty()) return;
  const Subscription& from = shared_->subscriptions[subscription];
  for (const std::uint32_t queue : shared_->services[from.broker].topics[from.dead_letters]) {
    for (const QueuedMessage& message : dead) queues_[queue].publish(message.key, message.priority, message.published);
  }
  dead.clear();
  for (const std::uint32_t queue : shared_->services[from.broker].topics[from.dead_letters]) deliver_messages(queue);
}

void Shard::change_taker(std::uint32_t subscription, std::uint32_t way, InstanceId id, bool takes, std::uint32_t at_once) {
  if (takes) {
    queues_[subscription].begin_to_take(id, way, at_once);
    deliver_messages(subscription);
  } else {
    queues_[subscription].end_to_take(id);
  }
}

bool Task::publish() {
  return shard_.publish(call_);
}

}  // namespace model
