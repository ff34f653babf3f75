#include "sim/chunk_wheel.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <utility>

namespace sim {

ChunkWheel::ChunkWheel() : levels_(levels) {}

std::uint32_t ChunkWheel::Level::first(std::uint32_t from) const {
  std::size_t w = from >> 6;
  if (w >= words) return none;
  const std::uint64_t here = occupied[w] & (~std::uint64_t{0} << (from & 63));
  if (here != 0) return static_cast<std::uint32_t>(w * 64) + static_cast<std::uint32_t>(std::countr_zero(here));
  if (w + 1 >= words) return none;
  const std::uint64_t later = word & (~std::uint64_t{0} << (w + 1));
  if (later == 0) return none;
  w = static_cast<std::size_t>(std::countr_zero(later));
  return static_cast<std::uint32_t>(w * 64) + static_cast<std::uint32_t>(std::countr_zero(occupied[w]));
}

/// Puts an empty chunk before those of that slot.
void ChunkWheel::add_chunk(Level& level, std::uint32_t slot) {
  std::uint32_t chunk = free_chunk_;
  if (chunk != none) {
    free_chunk_ = chunks_[chunk].next;
  } else {
    chunk = static_cast<std::uint32_t>(chunks_.size());
    chunks_.emplace_back();
  }
  chunks_[chunk].next = level.slot[slot].chunk;
  if (level.slot[slot].chunk == none) level.set(slot);
  level.slot[slot] = {chunk, 0};
}

void ChunkWheel::free_chunk(std::uint32_t chunk) {
  chunks_[chunk].next = free_chunk_;
  free_chunk_ = chunk;
}

/// Deals out slots until there is something to read; false when that would take the wheel to `limit`.
bool ChunkWheel::advance(std::uint64_t limit) {
  if (size_ == 0) return false;
  drop_read();
  if (until_tuned_ == 0) tune();
  while (prepared_ != none || sorted_.empty()) {
    std::size_t level = 0;
    std::uint32_t slot = next_slot();
    while (slot == none && ++level < levels) slot = levels_[level].first(hand(level) + 1);
    if (slot == none) {
      if (!deal_far(limit)) return false;
      continue;
    }
    const int above = shift(level + 1);
    const std::uint64_t start = (base_ >> above << above) | (std::uint64_t{slot} << shift(level));
    if (start >= limit) return false;
    base_ = start;
    if (level == 0) {
      begin_slot(slot);
      break;
    }
    deal(level, slot);
  }
  if (end_ == 0) {
    sort_from(0);
    end_ = sorted_.size();
  }
  dealt_ += end_;
  --until_tuned_;
  if (prepared_ == none) prepare_next();
  return true;
}

/// Of the lowest level, be it prepared or not; or none.
std::uint32_t ChunkWheel::next_slot() const {
  return std::min(levels_[0].first(hand(0) + 1), prepared_);
}

/// What is prepared stays.
void ChunkWheel::drop_read() {
  sorted_.erase(sorted_.begin(), sorted_.begin() + static_cast<std::ptrdiff_t>(next_));
  for (std::size_t* fetched : {&subjects_fetched_, &fetched_early_, &fetched_ahead_}) *fetched -= std::min(*fetched, next_);
  next_ = end_ = 0;
}

/// The slot is the one to be read from now on. It may have got more since it was prepared; or an earlier one has got its first.
void ChunkWheel::begin_slot(std::uint32_t slot) {
  const std::size_t prepared = sorted_.size();
  if (levels_[0].slot[slot].chunk != none) deal(0, slot);
  if (slot == prepared_) {
    prepared_ = none;
    if (sorted_.size() != prepared) sort_from(0);
    end_ = sorted_.size();
    return;
  }
  sort_from(prepared);
  std::rotate(sorted_.begin(), sorted_.begin() + static_cast<std::ptrdiff_t>(prepared), sorted_.end());
  end_ = sorted_.size() - prepared;
  if (prepared != 0) subjects_fetched_ = fetched_early_ = fetched_ahead_ = 0;
}

/// Deals out the slot after the one that is being read, when it is known already.
void ChunkWheel::prepare_next() {
  const std::uint32_t slot = next_slot();
  if (slot == none) return;
  deal(0, slot);
  sort_from(end_);
  prepared_ = slot;
}

void ChunkWheel::sort_from(std::size_t place) {
  std::sort(sorted_.begin() + static_cast<std::ptrdiff_t>(place), sorted_.end(),
            [](const Event& a, const Event& b) { return before(a, b); });
}

void ChunkWheel::deal(std::size_t level, std::uint32_t slot) {
  Slot dealt;
  std::swap(dealt, levels_[level].slot[slot]);
  levels_[level].clear(slot);
  if (level > 0) {
    put_again(dealt);
    return;
  }
  while (dealt.chunk != none) {
    const std::uint32_t next = chunks_[dealt.chunk].next;
    if (next != none) prefetch(&chunks_[next]);
    const auto first = chunks_[dealt.chunk].events.begin();
    sorted_.insert(sorted_.end(), first, first + dealt.count);
    free_chunk(dealt.chunk);
    dealt = {next, chunk_events};
  }
  fetch_after(slot);
}

/// Puts the events of a slot that was taken out where they belong now.
void ChunkWheel::put_again(Slot slot) {
  while (slot.chunk != none) {
    const std::uint32_t next = chunks_[slot.chunk].next;
    if (next != none) prefetch(&chunks_[next]);
    for (std::uint32_t i = 0; i < slot.count; ++i) {
      const Event& event = chunks_[slot.chunk].events[i];
      put(event.time, event.order, event.subject, event.tag, sorted_);
    }
    free_chunk(slot.chunk);
    slot = {next, chunk_events};
  }
}

/// Makes the slots narrower or wider when they hold too many events or too few. REQUIRES: nothing is being read.
void ChunkWheel::tune() {
  const int too_wide = static_cast<int>(std::bit_width(dealt_ / tuning_interval)) - 4;  // 8 to 15: 0
  const int bits_wanted = std::clamp(width_bits_ - too_wide, width_bits_min, width_bits_max);
  dealt_ = 0;
  until_tuned_ = tuning_interval;
  if (std::abs(bits_wanted - width_bits_) < 2) return;
  width_bits_ = bits_wanted;
  std::vector<Level> old(levels);
  std::swap(old, levels_);
  EventHeap far;
  std::swap(far, far_);
  std::vector<Event> prepared;
  std::swap(prepared, sorted_);
  prepared_ = none;
  for (const Level& level : old) {
    for (std::uint32_t slot = level.first(0); slot != none; slot = level.first(slot + 1)) put_again(level.slot[slot]);
  }
  for (const Event& event : far.values()) put(event.time, event.order, event.subject, event.tag, sorted_);
  for (const Event& event : prepared) put(event.time, event.order, event.subject, event.tag, sorted_);
}

/// What the slot to be dealt out next holds.
void ChunkWheel::fetch_after(std::uint32_t slot) const {
  const std::uint32_t next = levels_[0].first(slot + 1);
  if (next == none) return;
  const char* lines = reinterpret_cast<const char*>(&chunks_[levels_[0].slot[next].chunk]);
  for (std::size_t line = 0; line < sizeof(Chunk); line += 64) prefetch(lines + line);
}

bool ChunkWheel::deal_far(std::uint64_t limit) {
  const Event* first = far_.peek(static_cast<Time>(limit));
  if (first == nullptr) return false;
  const int above = shift(levels);
  base_ = static_cast<std::uint64_t>(first->time) >> above << above;
  while ((first = far_.peek(never)) != nullptr && static_cast<std::uint64_t>(first->time) >> above == base_ >> above) {
    const Event event = *first;
    far_.pop();
    put(event.time, event.order, event.subject, event.tag, sorted_);
  }
  return true;
}

}  // namespace sim
