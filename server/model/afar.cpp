// Messages to and from other shards.

#include "model/shard.h"

namespace model {

void Shard::receive(std::vector<Shard>& all, std::uint64_t window) {
  for (Shard& other : all) {
    std::vector<Message>& box = other.outboxes_[window % 2][number_];
    for (const Message& message : box) accept(message);
    box.clear();
  }
}

void Shard::post(const Message& message) {
  outboxes_[outbox_][shard_of(message.is_reply ? message.source : message.target)].push_back(message);
}

void Shard::send_afar(std::uint32_t call, sim::Time time, std::uint64_t order) {
  const Call& c = calls_[call];
  Message message;
  message.time = time;
  message.order = order;
  message.key = c.key;
  message.mark = calls_.mark(call);
  message.source = c.source;
  message.target = c.target;
  message.call = call;
  message.generation = c.generation;
  message.link = c.link;
  message.verb = c.verb;
  message.priority = c.priority;
  if (!notes_.empty()) {
    message.level = notes_[call].level;
    message.received = notes_[call].version;
  }
  message.flags = static_cast<std::uint16_t>(c.flags & (Call::one_way | Call::traced | Call::sized));
  message.attempt = c.attempt;
  if (c.is(Call::sized)) message.bytes = calls_.bytes(call).request;
  if (c.dated) message.deadline = calls_.deadline(call);
  post(message);
  if (c.is(Call::one_way)) calls_.release(call);
}

void Shard::reply_afar(std::uint32_t call, sim::Time time, std::uint64_t order) {
  const Call& c = calls_[call];
  Message message;
  message.time = time;
  message.order = order;
  message.received = c.received;
  message.answered = engine_.now();
  message.source = c.source;
  message.target = c.target;
  message.call = c.parent;
  message.generation = static_cast<std::uint32_t>(c.sent);
  message.cell = at(c.target).cell;
  message.is_reply = true;
  if (!notes_.empty()) message.key = static_cast<std::uint64_t>(note(call).version);
  message.status = c.status;
  message.shed = c.pc == Call::shed_mark;
  if (c.is(Call::sized)) message.bytes = calls_.bytes(call).reply;
  post(message);
  calls_.release(call);
}

void Shard::accept(const Message& message) {
  if (!message.is_reply) {
    accept_request(message);
    return;
  }
  Call& c = calls_[message.call];
  if (c.generation == message.generation) {
    c.received = message.received;
    c.answered = message.answered;
    c.next = message.cell;
    c.status = message.status;
    if (!notes_.empty()) set_note(message.call, {static_cast<sim::Time>(message.key), no_level});
    c.pc = message.shed ? Call::shed_mark : 0;
    if (c.is(Call::sized)) calls_.bytes(message.call).reply = message.bytes;
  }
  // Also when its caller has given up: whether that is so already depends on the window in which it is looked at.
  engine_.schedule(message.time, message.order, reply_kind, message.call, message.generation);
}

void Shard::accept_request(const Message& message) {
  const std::uint32_t call = calls_.alloc_fresh();
  Call& c = calls_[call];
  c.key = message.key;
  c.sent = message.generation;
  c.parent = message.call;
  c.source = message.source;
  c.target = message.target;
  c.link = message.link;
  c.flags = static_cast<std::uint16_t>(message.flags | Call::from_afar);
  c.verb = message.verb;
  c.priority = message.priority & 7U;
  if (message.level != no_level || message.received != 0 || !notes_.empty()) set_note(call, {message.received, message.level});
  c.attempt = message.attempt & 0x1FU;
  if (c.is(Call::traced)) calls_.mark(call) = message.mark;
  if (message.deadline != sim::never) {
    calls_.needs_deadlines();
    c.dated = true;
    calls_.deadline(call) = message.deadline;
  }
  if (c.is(Call::sized)) {
    calls_.needs_bytes();
    calls_.bytes(call) = {message.bytes, 0};
  }
  engine_.schedule(message.time, message.order, arrive_kind, call, c.generation);
}

}  // namespace model
