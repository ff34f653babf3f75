#pragma once
// Pending events by the thousand: a hierarchical wheel. Each of its four levels has slots 2^9 times as wide as those of the level below,
// whose events lie unsorted in chunks of memory. When its time comes a slot is dealt out to the level below, one of the lowest level into
// an array, which is sorted then and read from the front; what is pushed into that slot's time later goes to a heap beside it. The next
// slot is there by then, too, so that what its events need can be fetched before their time. The slots of the lowest level are as wide as
// makes 8 to 16 events in each: the width follows the load. What is further than the wheel reaches (2^46 ns, 19.5 hours, at first) waits
// in a heap, too.
//
// Time goes forward only: peek(limit) never moves the wheel to `limit` or beyond, so events may still be pushed at any time that is not
// before both the limit and the event popped last.

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/event.h"
#include "sim/event_heap.h"
#include "sim/large_allocator.h"
#include "sim/prefetch.h"

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
  // Inlined, and from registers to its place: copied through memory, its narrow stores stall the wide loads (as in SlotQueue).
  [[gnu::always_inline]] void push(const Event& event) {
    ++size_;
    put(event.time, event.order, event.subject, event.tag, late_);
  }

  /// The first event, if its time is before `limit`; else nullptr. Valid until the next push or pop.
  const Event* peek(Time limit) {
    if (next_ == end_ && late_.empty() && !advance(static_cast<std::uint64_t>(limit))) return nullptr;
    const Event& first = late_first() ? *late_.peek(never) : sorted_[next_];
    return first.time < limit ? &first : nullptr;
  }

  /// Removes the event that peek() gave. REQUIRES: it gave one, and nothing was pushed since.
  void pop() {
    if (late_first()) {
      late_.pop();
    } else {
      ++next_;
    }
    --size_;
  }

  /// Has `handler` fetch what the events that come soon need, each once in three steps (Engine::run_until).
  template <class Handler>
  void look_ahead(Handler& handler) {
    if (const Subjects subjects = handler.subjects(); subjects.base != nullptr) subjects_ = subjects;
    for (const std::size_t end = soon(subjects_ahead); subjects_fetched_ < end; ++subjects_fetched_)
      prefetch(subjects_.at(sorted_[subjects_fetched_].subject));
    for (const std::size_t end = soon(early); fetched_early_ < end; ++fetched_early_) handler.fetch_early(sorted_[fetched_early_]);
    for (const std::size_t end = soon(ahead); fetched_ahead_ < end; ++fetched_ahead_) handler.fetch_ahead(sorted_[fetched_ahead_]);
  }

 private:
  static constexpr int width_bits_min = 3;
  static constexpr int width_bits_max = 20;
  static constexpr std::uint32_t tuning_interval = 256;  ///< slots of the lowest level
  static constexpr int bits = 9;                         ///< what a slot is dealt out into stays in the cache then
  static constexpr std::uint32_t slots = 1U << bits;
  static constexpr std::size_t words = slots / 64;
  static constexpr std::size_t levels = 4;
  static constexpr std::uint32_t none = 0xffffffffU;
  static constexpr std::uint32_t chunk_events = 21;

  struct alignas(64) Chunk {
    std::uint32_t next = none;  ///< all behind the first are full
    std::array<Event, chunk_events> events;
  };
  struct Slot {
    std::uint32_t chunk = none;          ///< the first
    std::uint32_t count = chunk_events;  ///< in it; here, so that an event is put into memory that need not be read; none: full
  };
  /// The slots of a level. Which of them hold something: one bit a slot, and one bit a word of those.
  struct Level {
    std::array<std::uint64_t, words> occupied{};
    std::uint64_t word = 0;
    std::array<Slot, slots> slot;

    void set(std::uint32_t s) {
      occupied[s >> 6] |= std::uint64_t{1} << (s & 63);
      word |= std::uint64_t{1} << (s >> 6);
    }
    void clear(std::uint32_t s) {
      occupied[s >> 6] &= ~(std::uint64_t{1} << (s & 63));
      if (occupied[s >> 6] == 0) word &= ~(std::uint64_t{1} << (s >> 6));
    }
    /// The first occupied slot at or after `from`, or none.
    std::uint32_t first(std::uint32_t from) const;
  };

  // How many events before its own what an event needs is fetched: a few times as long as memory takes, and not so long that it is gone
  // again. Not more than are in two slots.
  static constexpr std::size_t subjects_ahead = 16, early = 8, ahead = 4;

  std::size_t soon(std::size_t distance) const { return std::min(next_ + distance, sorted_.size()); }

  /// Bits of time below the number of a slot.
  int shift(std::size_t level) const { return width_bits_ + static_cast<int>(level) * bits; }
  /// The slot that the wheel's hand on that level is at.
  std::uint32_t hand(std::size_t level) const { return static_cast<std::uint32_t>(base_ >> shift(level)) & (slots - 1); }
  static void add(EventHeap& to, const Event& event) { to.push(event); }
  static void add(std::vector<Event>& to, const Event& event) { to.push_back(event); }

  /// Where it belongs; to `near` when that is in the time that is being read.
  template <class Near>
  [[gnu::always_inline]] void put(Time time, std::uint64_t order, std::uint32_t subject, std::uint32_t tag, Near& near) {
    const std::uint64_t apart = (static_cast<std::uint64_t>(time) ^ base_) >> width_bits_;
    const auto number = static_cast<std::size_t>((63 - std::countl_zero(apart | 1)) / bits);
    if (apart == 0 || number >= levels) [[unlikely]] {
      apart == 0 ? add(near, {time, order, subject, tag}) : far_.push({time, order, subject, tag});
      return;
    }
    Level& level = levels_[number];
    const auto s = static_cast<std::uint32_t>(static_cast<std::uint64_t>(time) >> shift(number)) & (slots - 1);
    Slot& slot = level.slot[s];
    if (slot.count == chunk_events) [[unlikely]]
      add_chunk(level, s);
    Event& place = chunks_[slot.chunk].events[slot.count++];
    place.time = time;
    place.order = order;
    place.subject = subject;
    place.tag = tag;
  }
  bool late_first() const { return !late_.empty() && (next_ == end_ || before(*late_.peek(never), sorted_[next_])); }
  bool advance(std::uint64_t limit);
  void drop_read();
  void begin_slot(std::uint32_t slot);
  void prepare_next();
  void sort_from(std::size_t place);
  std::uint32_t next_slot() const;
  void deal(std::size_t level, std::uint32_t slot);
  void put_again(Slot slot);
  void free_chunk(std::uint32_t chunk);
  void tune();
  void fetch_after(std::uint32_t slot) const;
  bool deal_far(std::uint64_t limit);
  [[gnu::noinline]] void add_chunk(Level& level, std::uint32_t slot);

  std::uint64_t base_ = 0;  ///< no event is earlier; the wheel's hands
  std::size_t size_ = 0;
  int width_bits_ = 10;  ///< a slot of the lowest level is 2^10 ns at first
  std::uint32_t until_tuned_ = tuning_interval;
  std::size_t dealt_ = 0;                                                     ///< events since the last tuning
  std::vector<Event> sorted_;                                                 ///< of the slot that is being read; behind end_ of the next
  std::size_t next_ = 0;                                                      ///< the first of them that was not popped
  std::size_t end_ = 0;                                                       ///< of the slot that is being read
  std::uint32_t prepared_ = none;                                             ///< the slot behind end_, of the lowest level
  std::size_t subjects_fetched_ = 0, fetched_early_ = 0, fetched_ahead_ = 0;  ///< up to here
  EventHeap late_;                                                            ///< pushed into the time of that slot since
  std::vector<Chunk, LargeAllocator<Chunk>> chunks_;
  std::uint32_t free_chunk_ = none;
  std::vector<Level> levels_;
  EventHeap far_;
  static constexpr char nobody = 0;
  Subjects subjects_{&nobody, 0};  ///< never a null pointer, so that nobody has to ask
};

}  // namespace sim
