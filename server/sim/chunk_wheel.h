#pragma once
// Pending events by the thousand: a hierarchical wheel. The bottom level has a slot for each nanosecond, so what lies there is sorted; each
// of the three levels above has slots 2^11 times as wide, whose events lie unsorted in chunks of memory and are dealt out to the level
// below when their time comes. What is further than 2^44 ns (5 hours) waits in a heap.
//
// Time goes forward only: peek(limit) never moves the wheel to `limit` or beyond, so events may still be pushed at any time that is not
// before both the limit and the event popped last.

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/event.h"
#include "sim/event_heap.h"
#include "sim/large_allocator.h"

namespace sim {

/// Where the subjects of events lie: that of an event that is soon due is fetched into the cache. Never read otherwise.
struct Subjects {
  const char* base = nullptr;  ///< nullptr: there are none yet
  std::size_t stride = 0;

  const char* at(std::uint32_t subject) const { return base + subject * stride; }
};

class ChunkWheel {
 public:
  ChunkWheel();

  std::size_t size() const { return size_; }

  /// Sets the time from which on events will be pushed. REQUIRES: empty.
  void start(Time base) { base_ = static_cast<std::uint64_t>(base); }

  /// No event is earlier.
  Time base() const { return static_cast<Time>(base_); }

  /// REQUIRES: not before the event popped last, nor before the limit of the last peek that found nothing.
  void push(const Event& event) {
    ++size_;
    put(event);
    if (current_ != none && before(event, nodes_[head_[current_]].event)) current_ = none;
  }

  /// The first event, if its time is before `limit`; else nullptr. Valid until the next push or pop.
  const Event* peek(Time limit) {
    if (current_ == none && !find_first(limit)) return nullptr;
    const Event& first = nodes_[head_[current_]].event;
    return first.time < limit ? &first : nullptr;
  }

  /// Removes the event that peek() gave. REQUIRES: it gave one, and nothing was pushed since.
  void pop() {
    const std::uint32_t node = head_[current_];
    head_[current_] = nodes_[node].next;
    if (head_[current_] == none) occupied_[0].clear(current_);
    nodes_[node].next = free_node_;
    free_node_ = node;
    --size_;
    current_ = none;
  }

  /// The first event if it is near, else nullptr. From now on what `subjects` say is fetched ahead.
  const Event* glance(const Subjects& subjects) {
    if (subjects.base != nullptr) subjects_ = subjects;
    if (current_ != none) return &nodes_[head_[current_]].event;
    if (occupied_[0].word == 0) return nullptr;
    find_first(never);
    return &nodes_[head_[current_]].event;
  }
  /// Likely to be the one after that, if it is near, else nullptr. REQUIRES: glance() has just given one.
  const Event* glance_further() const {
    const std::uint32_t same_time = nodes_[head_[current_]].next;
    if (same_time != none) return &nodes_[same_time].event;
    const std::uint32_t slot = occupied_[0].first(current_ + 1);
    return slot == none ? nullptr : &nodes_[head_[slot]].event;
  }

 private:
  static constexpr int bits = 11;
  static constexpr std::uint32_t slots = 1U << bits;
  static constexpr std::size_t words = slots / 64;
  static constexpr int levels = 4;
  static constexpr std::uint32_t none = 0xffffffffU;
  static constexpr std::uint32_t chunk_events = 10;

  struct Node {
    Event event;
    std::uint32_t next = none;
  };
  struct alignas(64) Chunk {
    std::uint32_t count = 0;
    std::uint32_t next = none;
    std::array<Event, chunk_events> events;
  };
  /// Which slots of a level hold something: one bit a slot, and one bit a word of those.
  struct Occupied {
    std::array<std::uint64_t, words> slot{};
    std::uint64_t word = 0;

    void set(std::uint32_t s) {
      slot[s >> 6] |= std::uint64_t{1} << (s & 63);
      word |= std::uint64_t{1} << (s >> 6);
    }
    void clear(std::uint32_t s) {
      slot[s >> 6] &= ~(std::uint64_t{1} << (s & 63));
      if (slot[s >> 6] == 0) word &= ~(std::uint64_t{1} << (s >> 6));
    }
    /// The first occupied slot at or after `from`, or none.
    std::uint32_t first(std::uint32_t from) const;
  };

  void put(const Event& event);
  void put_bottom(const Event& event);
  bool find_first(Time limit);
  bool advance(std::uint64_t limit);
  void deal(int level, std::uint32_t slot);
  void fetch_subjects(std::uint32_t slot) const;
  bool deal_far(std::uint64_t limit);
  std::uint32_t new_chunk(std::uint32_t next);

  std::uint64_t base_ = 0;  ///< no event is earlier; the wheel's hands
  std::size_t size_ = 0;
  std::uint32_t current_ = none;  ///< slot of the bottom level whose head is the first event of all
  std::vector<Node, LargeAllocator<Node>> nodes_;
  std::uint32_t free_node_ = none;
  std::vector<Chunk, LargeAllocator<Chunk>> chunks_;
  std::uint32_t free_chunk_ = none;
  std::array<Occupied, levels> occupied_;
  std::vector<std::uint32_t> head_, tail_;  ///< bottom level: lists of nodes
  std::vector<std::uint32_t> chunk_of_;     ///< levels above: by level and slot
  EventHeap far_;
  static constexpr char nobody = 0;
  Subjects subjects_{&nobody, 0};  ///< never a null pointer, so that nobody has to ask
};

}  // namespace sim
