#include "model/content.h"

#include "sim/random.h"

namespace model {

const std::vector<std::string>& eviction_names() {
  static const std::vector<std::string> names{"lru", "lfu", "fifo", "random"};
  return names;
}

bool Content::access(std::uint64_t key, const ContentSpec& spec, std::uint64_t random) {
  if (table_.size() < 2 * (entries_.size() + 1)) grow();
  const std::size_t place = place_of(key);
  if (table_[place] != 0) {
    const std::uint32_t entry = table_[place] - 1;
    if (spec.eviction == Eviction::lfu) {
      promote(entry);
    } else if (spec.eviction == Eviction::lru) {
      const std::uint32_t bucket = entries_[entry].bucket;
      take_out(entry);
      append(entry, bucket);
    }
    return true;
  }
  std::uint32_t entry = 0;
  if (entries_.size() < spec.capacity) {
    entry = static_cast<std::uint32_t>(entries_.size());
    entries_.emplace_back();
  } else {
    entry = victim(spec.eviction, random);
    const std::uint32_t bucket = entries_[entry].bucket;
    forget(entries_[entry].key);
    take_out(entry);
    drop_if_empty(bucket);
  }
  entries_[entry].key = key;
  append(entry, bucket_of_new());
  table_[place_of(key)] = entry + 1;  // who went may have made room before it
  return false;
}

void Content::clear() {
  *this = Content{};
}

/// Where the key is, or would be.
std::size_t Content::place_of(std::uint64_t key) const {
  const std::size_t mask = table_.size() - 1;
  std::size_t place = sim::mix(key) & mask;
  while (table_[place] != 0 && entries_[table_[place] - 1].key != key) place = (place + 1) & mask;
  return place;
}

void Content::grow() {
  table_.assign(table_.empty() ? 16 : 2 * table_.size(), 0);
  for (std::uint32_t entry = 0; entry < entries_.size(); ++entry) table_[place_of(entries_[entry].key)] = entry + 1;
}

/// Those behind it move up, so that nobody is sought in vain.
void Content::forget(std::uint64_t key) {
  const std::size_t mask = table_.size() - 1;
  std::size_t gap = place_of(key);
  for (std::size_t place = (gap + 1) & mask; table_[place] != 0; place = (place + 1) & mask) {
    const std::size_t home = sim::mix(entries_[table_[place] - 1].key) & mask;
    if (((place - home) & mask) < ((place - gap) & mask)) continue;
    table_[gap] = table_[place];
    gap = place;
  }
  table_[gap] = 0;
}

void Content::append(std::uint32_t entry, std::uint32_t bucket) {
  Bucket& here = buckets_[bucket];
  entries_[entry].bucket = bucket;
  entries_[entry].previous = here.last;
  entries_[entry].next = none;
  (here.last == none ? here.first : entries_[here.last].next) = entry;
  here.last = entry;
}

void Content::take_out(std::uint32_t entry) {
  const Entry& e = entries_[entry];
  Bucket& here = buckets_[e.bucket];
  (e.previous == none ? here.first : entries_[e.previous].next) = e.next;
  (e.next == none ? here.last : entries_[e.next].previous) = e.previous;
}

/// Asked for once more.
void Content::promote(std::uint32_t entry) {
  const std::uint32_t from = entries_[entry].bucket;
  const std::uint64_t times = buckets_[from].times + 1;
  std::uint32_t to = buckets_[from].next;
  if (to == none || buckets_[to].times != times) to = new_bucket(times, from);
  take_out(entry);
  append(entry, to);
  drop_if_empty(from);
}

/// After the bucket `before`; at the beginning when that is none.
std::uint32_t Content::new_bucket(std::uint64_t times, std::uint32_t before) {
  std::uint32_t bucket = free_;
  if (bucket != none) {
    free_ = buckets_[bucket].next;
  } else {
    bucket = static_cast<std::uint32_t>(buckets_.size());
    buckets_.emplace_back();
  }
  const std::uint32_t behind = before == none ? least_ : buckets_[before].next;
  buckets_[bucket] = {times, none, none, before, behind};
  (before == none ? least_ : buckets_[before].next) = bucket;
  if (behind != none) buckets_[behind].previous = bucket;
  return bucket;
}

void Content::drop_if_empty(std::uint32_t bucket) {
  const Bucket here = buckets_[bucket];
  if (here.first != none) return;
  (here.previous == none ? least_ : buckets_[here.previous].next) = here.next;
  if (here.next != none) buckets_[here.next].previous = here.previous;
  buckets_[bucket].next = free_;
  free_ = bucket;
}

std::uint32_t Content::bucket_of_new() {
  return least_ != none && buckets_[least_].times == 1 ? least_ : new_bucket(1, none);
}

std::uint32_t Content::victim(Eviction eviction, std::uint64_t random) const {
  if (eviction == Eviction::random) return static_cast<std::uint32_t>(sim::scale(random, entries_.size()));
  return buckets_[least_].first;
}

}  // namespace model
