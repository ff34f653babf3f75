#include "sim/chunk_wheel.h"

#include <bit>

#include "sim/prefetch.h"

namespace sim {

ChunkWheel::ChunkWheel() : head_(slots, none), tail_(slots, none), chunk_of_(std::size_t{levels} * slots, none) {}

std::uint32_t ChunkWheel::Occupied::first(std::uint32_t from) const {
  std::size_t w = from >> 6;
  if (w >= words) return none;
  const std::uint64_t here = slot[w] & (~std::uint64_t{0} << (from & 63));
  if (here != 0) return static_cast<std::uint32_t>(w * 64) + static_cast<std::uint32_t>(std::countr_zero(here));
  if (w + 1 >= words) return none;
  const std::uint64_t later = word & (~std::uint64_t{0} << (w + 1));
  if (later == 0) return none;
  w = static_cast<std::size_t>(std::countr_zero(later));
  return static_cast<std::uint32_t>(w * 64) + static_cast<std::uint32_t>(std::countr_zero(slot[w]));
}

void ChunkWheel::put(const Event& event) {
  const std::uint64_t apart = static_cast<std::uint64_t>(event.time) ^ base_;
  const int level = apart == 0 ? 0 : (63 - std::countl_zero(apart)) / bits;
  if (level == 0) {
    put_bottom(event);
    return;
  }
  if (level >= levels) {
    far_.push(event);
    return;
  }
  const auto slot = static_cast<std::uint32_t>(static_cast<std::uint64_t>(event.time) >> (level * bits)) & (slots - 1);
  std::uint32_t& chunk = chunk_of_[static_cast<std::size_t>(level) * slots + slot];
  if (chunk == none) occupied_[static_cast<std::size_t>(level)].set(slot);
  if (chunk == none || chunks_[chunk].count == chunk_events) chunk = new_chunk(chunk);
  chunks_[chunk].events[chunks_[chunk].count++] = event;
}

void ChunkWheel::put_bottom(const Event& event) {
  prefetch(subjects_.at(event.subject));
  std::uint32_t node = free_node_;
  if (node != none) {
    free_node_ = nodes_[node].next;
  } else {
    node = static_cast<std::uint32_t>(nodes_.size());
    nodes_.emplace_back();
  }
  nodes_[node] = {event, none};
  const auto slot = static_cast<std::uint32_t>(event.time) & (slots - 1);
  if (head_[slot] == none) {
    head_[slot] = node;
    occupied_[0].set(slot);
  } else {
    nodes_[tail_[slot]].next = node;
  }
  tail_[slot] = node;
}

std::uint32_t ChunkWheel::new_chunk(std::uint32_t next) {
  std::uint32_t chunk = free_chunk_;
  if (chunk != none) {
    free_chunk_ = chunks_[chunk].next;
  } else {
    chunk = static_cast<std::uint32_t>(chunks_.size());
    chunks_.emplace_back();
  }
  chunks_[chunk].count = 0;
  chunks_[chunk].next = next;
  return chunk;
}

bool ChunkWheel::find_first(Time limit) {
  if (size_ == 0) return false;
  if (occupied_[0].word == 0 && !advance(static_cast<std::uint64_t>(limit))) return false;
  const std::uint32_t slot = occupied_[0].first(0);
  // Events of one nanosecond: the one of least order to the front.
  std::uint32_t best = head_[slot];
  std::uint32_t before_best = none;
  for (std::uint32_t previous = best, node = nodes_[best].next; node != none; previous = node, node = nodes_[node].next) {
    if (nodes_[node].event.order < nodes_[best].event.order) {
      best = node;
      before_best = previous;
    }
  }
  if (before_best != none) {
    nodes_[before_best].next = nodes_[best].next;
    if (tail_[slot] == best) tail_[slot] = before_best;
    nodes_[best].next = head_[slot];
    head_[slot] = best;
  }
  current_ = slot;
  return true;
}

/// Deals out slots until the bottom level holds something; false when that would take the wheel to `limit`.
bool ChunkWheel::advance(std::uint64_t limit) {
  while (occupied_[0].word == 0) {
    int level = 1;
    std::uint32_t slot = none;
    for (; level < levels; ++level) {
      const auto hand = static_cast<std::uint32_t>(base_ >> (level * bits)) & (slots - 1);
      slot = occupied_[static_cast<std::size_t>(level)].first(hand + 1);
      if (slot != none) break;
    }
    if (slot == none) {
      if (!deal_far(limit)) return false;
      continue;
    }
    const int above = (level + 1) * bits;
    const std::uint64_t start = (base_ >> above << above) | (std::uint64_t{slot} << (level * bits));
    if (start >= limit) return false;
    base_ = start;
    deal(level, slot);
  }
  return true;
}

void ChunkWheel::deal(int level, std::uint32_t slot) {
  std::uint32_t& place = chunk_of_[static_cast<std::size_t>(level) * slots + slot];
  std::uint32_t chunk = place;
  place = none;
  occupied_[static_cast<std::size_t>(level)].clear(slot);
  while (chunk != none) {
    const std::uint32_t next = chunks_[chunk].next;
    if (next != none) prefetch(&chunks_[next]);
    for (std::uint32_t i = 0; i < chunks_[chunk].count; ++i) {
      const Event event = chunks_[chunk].events[i];  // a copy: putting may move the chunks
      put(event);
    }
    chunks_[chunk].next = free_chunk_;
    free_chunk_ = chunk;
    chunk = next;
  }
  if (level == 1) fetch_subjects(occupied_[1].first(slot + 1));
}

/// Of the events in that slot of the level above the bottom, which is to be dealt out next.
void ChunkWheel::fetch_subjects(std::uint32_t slot) const {
  if (slot == none) return;
  const Chunk& chunk = chunks_[chunk_of_[slots + slot]];
  for (std::uint32_t i = 0; i < chunk.count; ++i) prefetch(subjects_.at(chunk.events[i].subject));
  if (chunk.next == none) return;
  for (const Event& event : chunks_[chunk.next].events) prefetch(subjects_.at(event.subject));
}

bool ChunkWheel::deal_far(std::uint64_t limit) {
  const Event* first = far_.peek(static_cast<Time>(limit));
  if (first == nullptr) return false;
  constexpr int above = levels * bits;
  base_ = static_cast<std::uint64_t>(first->time) >> above << above;
  while ((first = far_.peek(never)) != nullptr && static_cast<std::uint64_t>(first->time) >> above == base_ >> above) {
    const Event event = *first;
    far_.pop();
    put(event);
  }
  return true;
}

}  // namespace sim
