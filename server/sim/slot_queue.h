#pragma once
// Pending events while they are few (up to some thousands): 4,096 slots of equal width from the event popped last on, each a short sorted
// list, found through a bitmap; what is further away waits in a heap until it comes within reach. The width follows the load: narrower
// while lists grow, wider while too much goes to the heap. Half the cost of a binary heap when measured (docs/performance.md).

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/event.h"
#include "sim/event_heap.h"

namespace sim {

class SlotQueue {
 public:
  static constexpr std::size_t capacity = 1U << 16;  ///< of events at a time

  SlotQueue() : head_(slots) {}

  std::size_t size() const { return size_ + far_.size(); }
  /// No event is earlier.
  Time base() const { return static_cast<Time>(base_ << width_bits_); }
  /// Adds all of them to `events`, in no order.
  void values(std::vector<Event>& events) const;
  /// Empties it and sets the time from which on events will be pushed.
  void restart(Time base);

  /// Puts it among the slots, unless that takes more than a moment: then false, and push() has to. REQUIRES, here and below: not before the
  /// event popped last; size() < capacity.
  // Inlined, and an event is nowhere handed on by address, so that it goes from registers to its place: copied through memory, its narrow
  // stores stall the wide loads. What is not inlined comes last, so that no register has to be saved for it.
  [[gnu::always_inline]] bool push_at_once(const Event& event) {
    const std::uint64_t at = slot_of(event.time);
    const std::uint16_t index = free_;
    if (--until_tuned_ == 0 || at - base_ >= slots || index == end) [[unlikely]]
      return false;
    free_ = nodes_[index].next;
    put(event, at, index);
    return true;
  }
  /// The same without haste, after push_at_once() has said no.
  void push(Time time, std::uint64_t order, std::uint32_t subject, std::uint32_t tag);

  /// The first event, if its time is before `limit`; else nullptr. Valid until the next push or pop. REQUIRES: any_near().
  const Event* peek(Time limit) {
    if (current_ == none) current_ = first_slot();
    const Event& first = nodes_[head_[current_ % slots]].event;
    return first.time < limit ? &first : nullptr;
  }
  /// Whether there is something in the slots: what is in the heap only is for peek_far() and pop_far().
  bool any_near() const { return size_ != 0; }
  const Event* peek_far(Time limit) { return far_.peek(limit); }

  /// Removes the event that peek() gave. REQUIRES: it gave one, and nothing was pushed since.
  void pop() {
    base_ = current_;
    const std::size_t slot = current_ % slots;
    const std::uint16_t index = head_[slot];
    Node& node = nodes_[index];
    if (node.next == end) {
      occupied_[slot / 64] &= ~(std::uint64_t{1} << (slot % 64));
      if (occupied_[slot / 64] == 0) words_ &= ~(std::uint64_t{1} << (slot / 64));
      current_ = none;
    } else {
      head_[slot] = node.next;
    }
    node.next = free_;
    free_ = index;
    --size_;
    if (base_ + slots > first_far_) [[unlikely]]
      fetch();
  }
  void pop_far();

 private:
  static constexpr std::uint64_t slots = 4'096;
  static constexpr std::uint16_t end = 0xffff;
  static constexpr std::uint64_t none = ~std::uint64_t{0};
  static constexpr std::uint32_t tuning_interval = 8'192;  ///< pushes
  static constexpr int width_bits_min = 6;
  static constexpr int width_bits_max = 30;

  struct Node {
    Event event;
    std::uint16_t next = end;
  };

  std::uint64_t slot_of(Time time) const { return static_cast<std::uint64_t>(time) >> width_bits_; }

  [[gnu::always_inline]] void put(const Event& event, std::uint64_t at, std::uint16_t index) {
    ++size_;
    Node& node = nodes_[index];
    node.event = event;
    const std::size_t slot = at % slots;
    const std::uint64_t bit = std::uint64_t{1} << (slot % 64);
    if (current_ != none && at < current_) current_ = at;
    if ((occupied_[slot / 64] & bit) != 0) {
      insert(slot, index);
      return;
    }
    occupied_[slot / 64] |= bit;
    words_ |= std::uint64_t{1} << (slot / 64);
    node.next = end;
    head_[slot] = index;
  }

  /// The absolute number of the first slot that holds something, from base_ on. REQUIRES: size_ > 0.
  std::uint64_t first_slot() const {
    const std::size_t from = base_ % slots;
    std::size_t word = from / 64;
    std::uint64_t bits = occupied_[word] & (~std::uint64_t{0} << (from % 64));
    if (bits == 0) {
      const std::uint64_t above = word == 63 ? 0 : words_ & (~std::uint64_t{0} << (word + 1));
      word = static_cast<std::size_t>(__builtin_ctzll(above != 0 ? above : words_));
      bits = occupied_[word];
    }
    const std::size_t slot = word * 64 + static_cast<std::size_t>(__builtin_ctzll(bits));
    return base_ + ((slot - from) % slots);
  }

  [[gnu::noinline]] void insert(std::size_t slot, std::uint16_t index);
  [[gnu::noinline]] void fetch();
  void tune();

  std::uint64_t base_ = 0;          ///< slot of the event popped last; nothing is earlier
  std::uint64_t current_ = none;    ///< slot of the first event, when known
  std::uint64_t first_far_ = none;  ///< slot of the first event in the heap
  std::size_t size_ = 0;            ///< without the heap
  int width_bits_ = 12;             ///< a slot is 2^12 ns at first
  std::uint16_t free_ = end;
  std::uint32_t until_tuned_ = tuning_interval;
  std::uint32_t chained_ = 0;     ///< of the pushes since: found their slot taken
  std::uint32_t far_pushes_ = 0;  ///< went to the heap
  std::uint64_t words_ = 0;       ///< which words of occupied_ are not 0
  std::array<std::uint64_t, slots / 64> occupied_{};
  std::vector<std::uint16_t> head_;
  std::vector<Node> nodes_;
  EventHeap far_;
};

}  // namespace sim
