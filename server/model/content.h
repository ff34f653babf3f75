#pragma once
// What a cache holds: keys, up to a capacity, and which of them goes when another one comes. Plain value; every step costs the same
// whatever is in it, and takes memory only while the number of keys grows.

#include <cstdint>
#include <string>
#include <vector>

namespace model {

/// Which key goes; in the order of eviction_names().
enum class Eviction : std::uint8_t {
  lru,     ///< that was not asked for the longest
  lfu,     ///< that was asked for the fewest times since it came; of these the one asked for the longest ago
  fifo,    ///< that came first
  random,  ///< any
};
const std::vector<std::string>& eviction_names();

struct ContentSpec {
  static constexpr std::uint32_t capacity_max = 10'000'000;
  std::uint32_t capacity = 1;  ///< keys, of an instance; 1 to capacity_max
  Eviction eviction = Eviction::lru;

  bool operator==(const ContentSpec&) const = default;
};

class Content {
 public:
  /// Whether the key is there. If it is not it comes in; when there is no room `random` (64 bits) says who goes where chance decides.
  bool access(std::uint64_t key, const ContentSpec& spec, std::uint64_t random);
  void clear();  ///< gives back the memory, too
  std::size_t size() const { return entries_.size(); }

 private:
  static constexpr std::uint32_t none = 0xffffffffU;
  struct Entry {
    std::uint64_t key = 0;
    std::uint32_t previous = none, next = none;  ///< in its bucket, the one asked for the longest ago first
    std::uint32_t bucket = 0;
  };
  /// Entries that were asked for as many times (lfu), else all.
  struct Bucket {
    std::uint64_t times = 1;
    std::uint32_t first = none, last = none;
    std::uint32_t previous = none, next = none;  ///< by times
  };

  std::size_t place_of(std::uint64_t key) const;
  void grow();
  void forget(std::uint64_t key);
  void append(std::uint32_t entry, std::uint32_t bucket);
  void take_out(std::uint32_t entry);
  void promote(std::uint32_t entry);
  std::uint32_t new_bucket(std::uint64_t times, std::uint32_t before);
  void drop_if_empty(std::uint32_t bucket);
  std::uint32_t bucket_of_new();
  std::uint32_t victim(Eviction eviction, std::uint64_t random) const;

  std::vector<Entry> entries_;
  std::vector<std::uint32_t> table_;  ///< open addressing: entry + 1, 0 for none
  std::vector<Bucket> buckets_;
  std::uint32_t least_ = none;  ///< bucket
  std::uint32_t free_ = none;   ///< buckets that are not in use, by next
};

}  // namespace model
