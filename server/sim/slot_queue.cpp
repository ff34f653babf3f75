#include "sim/slot_queue.h"

#include <algorithm>

namespace sim {

void SlotQueue::values(std::vector<Event>& events) const {
  events.insert(events.end(), far_.values().begin(), far_.values().end());
  for (std::size_t slot = 0; slot < slots && size_ > 0; ++slot) {
    if ((occupied_[slot / 64] >> (slot % 64) & 1) == 0) continue;
    for (std::uint16_t i = head_[slot]; i != end; i = nodes_[i].next) events.push_back(nodes_[i].event);
  }
}

void SlotQueue::restart(Time base) {
  base_ = slot_of(base);
  current_ = first_far_ = none;
  until_tuned_ = tuning_interval;
  far_pushes_ = chained_ = 0;
  size_ = 0;
  free_ = end;
  words_ = 0;
  occupied_.fill(0);
  nodes_.clear();
  far_.clear();
}

void SlotQueue::push(Time time, std::uint64_t order, std::uint32_t subject, std::uint32_t tag) {
  if (until_tuned_ == 0) tune();
  const std::uint64_t at = slot_of(time);
  if (at - base_ >= slots) {
    far_.push({time, order, subject, tag});
    first_far_ = std::min(first_far_, at);
    ++far_pushes_;
    return;
  }
  std::uint16_t index = free_;
  if (index != end) {
    free_ = nodes_[index].next;
  } else {
    index = static_cast<std::uint16_t>(nodes_.size());
    nodes_.emplace_back();
  }
  put({time, order, subject, tag}, at, index);
}

void SlotQueue::pop_far() {
  base_ = slot_of(far_.peek(never)->time);
  far_.pop();
  if (base_ + slots > first_far_) fetch();
}

/// Into a list that is not empty.
void SlotQueue::insert(std::size_t slot, std::uint16_t index) {
  ++chained_;
  Node& node = nodes_[index];
  std::uint16_t* link = &head_[slot];
  while (*link != end && before(nodes_[*link].event, node.event)) link = &nodes_[*link].next;
  node.next = *link;
  *link = index;
}

/// What the heap holds within reach of the slots.
void SlotQueue::fetch() {
  first_far_ = none;
  while (const Event* first = far_.peek(never)) {
    const Event event = *first;
    if (slot_of(event.time) - base_ >= slots) {
      first_far_ = slot_of(event.time);
      break;
    }
    far_.pop();
    push(event.time, event.order, event.subject, event.tag);
  }
}

void SlotQueue::tune() {
  const std::uint32_t far = far_pushes_;
  const std::uint32_t chained = chained_;
  until_tuned_ = tuning_interval;
  far_pushes_ = chained_ = 0;
  int bits = width_bits_;
  // The way through the heap costs about as much as being sorted into several lists.
  if (far > tuning_interval / 64 && far > chained) {
    bits = std::min(bits + 1, width_bits_max);
  } else if (chained > tuning_interval / 4 && far < tuning_interval / 64) {
    bits = std::max(bits - 1, width_bits_min);
  }
  if (bits == width_bits_) return;
  std::vector<Event> all;
  values(all);
  const Time from = base();
  width_bits_ = bits;
  restart(from);
  for (const Event& event : all) push(event.time, event.order, event.subject, event.tag);
}

}  // namespace sim
