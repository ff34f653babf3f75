#pragma once
// Values by key: open addressing, in memory that only grows. Plain value; what it does depends on what was done with it alone.

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "sim/random.h"

namespace model {

template <class Value>
class KeyTable {
 public:
  /// nullptr when it is not there.
  const Value* find(std::uint64_t key) const {
    if (places_.empty()) return nullptr;
    const Place& place = places_[place_of(key)];
    return place.used ? &place.value : nullptr;
  }
  /// A fresh one when it is not there.
  Value& at(std::uint64_t key) {
    if (places_.size() < 2 * (size_ + 1)) grow();
    Place& place = places_[place_of(key)];
    if (!place.used) {
      place = {key, {}, true};
      ++size_;
    }
    return place.value;
  }
  /// Nothing when it is not there. Those behind it move up, so that nobody is sought in vain.
  void erase(std::uint64_t key) {
    if (places_.empty()) return;
    const std::size_t mask = places_.size() - 1;
    std::size_t gap = place_of(key);
    if (!places_[gap].used) return;
    for (std::size_t place = (gap + 1) & mask; places_[place].used; place = (place + 1) & mask) {
      const std::size_t home = sim::mix(places_[place].key) & mask;
      if (((place - home) & mask) < ((place - gap) & mask)) continue;
      places_[gap] = places_[place];
      gap = place;
    }
    places_[gap].used = false;
    --size_;
  }

 private:
  struct Place {
    std::uint64_t key = 0;
    Value value{};
    bool used = false;
  };

  /// Where the key is, or would be.
  std::size_t place_of(std::uint64_t key) const {
    const std::size_t mask = places_.size() - 1;
    std::size_t place = sim::mix(key) & mask;
    while (places_[place].used && places_[place].key != key) place = (place + 1) & mask;
    return place;
  }
  void grow() {
    std::vector<Place> before = std::move(places_);
    places_.assign(before.empty() ? 64 : 2 * before.size(), {});
    for (const Place& place : before) {
      if (place.used) places_[place_of(place.key)] = place;
    }
  }

  std::vector<Place> places_;
  std::size_t size_ = 0;
};

}  // namespace model
