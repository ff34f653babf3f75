#include "model/queue.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace model {
namespace {

/// For a heap with the oldest on top.
bool younger(const QueuedMessage& a, const QueuedMessage& b) {
  return std::pair(a.published, a.number) > std::pair(b.published, b.number);
}

}  // namespace

void QueueCount::add(const QueueCount& other) {
  published += other.published;
  rejected += other.rejected;
  delivered += other.delivered;
  redelivered += other.redelivered;
  acknowledged += other.acknowledged;
  dead += other.dead;
  waiting += other.waiting;
  in_flight += other.in_flight;
}

void Queue::publish(std::uint64_t key, std::uint8_t priority, sim::Time published) {
  enqueue({key, published, ++count_.published, 0, priority});
}

void Queue::enqueue(const QueuedMessage& message) {
  if (fresh_.empty() || !younger(fresh_.back(), message)) {
    fresh_.push_back(message);
  } else {
    returned_.push_back(message);
    std::push_heap(returned_.begin(), returned_.end(), younger);
  }
}

/// The oldest. REQUIRES: one waits.
QueuedMessage Queue::next() {
  if (returned_.empty() || (!fresh_.empty() && younger(returned_.front(), fresh_.front()))) {
    const QueuedMessage message = fresh_.front();
    fresh_.pop_front();
    return message;
  }
  std::pop_heap(returned_.begin(), returned_.end(), younger);
  const QueuedMessage message = returned_.back();
  returned_.pop_back();
  return message;
}

sim::Time Queue::oldest() const {
  sim::Time oldest = fresh_.empty() ? sim::never : fresh_.front().published;
  if (!returned_.empty()) oldest = std::min(oldest, returned_.front().published);
  return oldest;
}

QueueCount Queue::count() const {
  QueueCount count = count_;
  count.waiting = waiting();
  return count;
}

// --- those that take

void Queue::begin_to_take(InstanceId id, std::uint32_t way, std::uint32_t at_once) {
  Taker taker = free_taker_;
  if (taker != no_taker) {
    free_taker_ = takers_[taker].next;
  } else {
    taker = static_cast<Taker>(takers_.size());
    takers_.emplace_back();
  }
  takers_[taker] = {id, way, at_once, 0, no_taker, true, false};
  list_if_idle(taker);
}

void Queue::end_to_take(InstanceId id) {
  const auto place = std::find_if(takers_.begin(), takers_.end(), [id](const TakerState& taker) { return taker.takes && taker.id == id; });
  if (place == takers_.end()) return;
  place->takes = false;
  const auto gone = static_cast<Taker>(place - takers_.begin());
  if (place->idle) {
    place->idle = false;
    Taker before = no_taker;
    for (Taker taker = first_idle_; taker != gone; taker = takers_[taker].next) before = taker;
    (before == no_taker ? first_idle_ : takers_[before].next) = place->next;
    if (last_idle_ == gone) last_idle_ = before;
  }
  if (place->in_hand > 0) return;
  place->next = std::exchange(free_taker_, gone);
}

void Queue::list_if_idle(Taker taker) {
  TakerState& state = takers_[taker];
  if (!state.takes || state.idle || state.in_hand >= state.at_once) return;
  state.idle = true;
  state.next = no_taker;
  (last_idle_ == no_taker ? first_idle_ : takers_[last_idle_].next) = taker;
  last_idle_ = taker;
}

void Queue::leave_hand(Taker taker) {
  TakerState& state = takers_[taker];
  --state.in_hand;
  if (!state.takes && state.in_hand == 0) {
    state.next = std::exchange(free_taker_, taker);
    return;
  }
  list_if_idle(taker);
}

// --- what is taken

Queue::Delivery Queue::deliver(const TopicSpec& topic, sim::Time now) {
  assert(can_deliver());
  const Taker taker = first_idle_;
  TakerState& state = takers_[taker];
  first_idle_ = state.next;
  if (first_idle_ == no_taker) last_idle_ = no_taker;
  state.idle = false;
  ++state.in_hand;
  list_if_idle(taker);

  std::uint32_t place = 0;
  if (free_flights_.empty()) {
    place = static_cast<std::uint32_t>(flights_.size());
    flights_.emplace_back();
  } else {
    place = free_flights_.back();
    free_flights_.pop_back();
  }
  Flight& flight = flights_[place];
  flight.message = next();
  ++flight.message.receives;
  flight.taker = taker;
  flight.open = true;
  flight.failed = false;
  ++count_.delivered;
  if (flight.message.receives > 1) ++count_.redelivered;
  ++count_.in_flight;
  const std::uint64_t receipt = (std::uint64_t{flight.generation} << 32) | place;
  due_.push_back({now + topic.visibility, receipt});
  return {flight.message, receipt, state.id, state.way};
}

/// nullptr when it is closed already.
Queue::Flight* Queue::flight_of(std::uint64_t receipt) {
  Flight& flight = flights_[receipt & 0xffffffffU];
  return flight.generation == receipt >> 32 && flight.open ? &flight : nullptr;
}

void Queue::close(Flight& flight) {
  flight.open = false;
  ++flight.generation;
  free_flights_.push_back(static_cast<std::uint32_t>(&flight - flights_.data()));
  --count_.in_flight;
}

void Queue::give_back(const QueuedMessage& message, const TopicSpec& topic) {
  if (topic.max_receives == 0 || message.receives < topic.max_receives) {
    enqueue(message);
    return;
  }
  ++count_.dead;
  if (!topic.dead_letters.empty()) dead_.push_back(message);
}

void Queue::settle(std::uint64_t receipt, bool good, const TopicSpec& topic, sim::Time now) {
  Flight* flight = flight_of(receipt);
  if (flight == nullptr || flight->failed) return;
  const QueuedMessage message = flight->message;
  const Taker taker = flight->taker;
  if (!good && !topic.returns_failures) {
    flight->failed = true;  // its time-out goes on
  } else {
    close(*flight);
    if (good) {
      ++count_.acknowledged;
      end_to_end_.add(now - message.published);
    } else {
      give_back(message, topic);
    }
  }
  leave_hand(taker);
}

void Queue::expire(const TopicSpec& topic, sim::Time now) {
  while (!due_.empty() && due_.front().at <= now) {
    const std::uint64_t receipt = due_.front().receipt;
    due_.pop_front();
    Flight* flight = flight_of(receipt);
    if (flight == nullptr) continue;
    const QueuedMessage message = flight->message;
    const Taker taker = flight->taker;
    const bool in_hand = !flight->failed;
    close(*flight);
    give_back(message, topic);
    if (in_hand) leave_hand(taker);
  }
}

sim::Time Queue::next_expiry() {
  while (!due_.empty() && flight_of(due_.front().receipt) == nullptr) due_.pop_front();
  return due_.empty() ? sim::never : due_.front().at;
}

}  // namespace model
