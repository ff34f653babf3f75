#pragma once
// First in, first out, in one piece of memory that only grows: nothing is allocated while no more are in it than ever were. Plain value.

#include <cassert>
#include <cstddef>
#include <vector>

namespace model {

template <class T>
class Ring {
 public:
  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }
  const T& front() const { return (*this)[0]; }
  const T& back() const { return (*this)[size_ - 1]; }
  /// The nth, from 0 at the front.
  const T& operator[](std::size_t n) const { return places_[(first_ + n) & (places_.size() - 1)]; }
  T& operator[](std::size_t n) { return places_[(first_ + n) & (places_.size() - 1)]; }
  void push_back(const T& value) {
    if (size_ == places_.size()) grow();
    places_[(first_ + size_++) & (places_.size() - 1)] = value;
  }
  void pop_front() {
    assert(size_ > 0);
    first_ = (first_ + 1) & (places_.size() - 1);
    --size_;
  }
  void pop_back() {
    assert(size_ > 0);
    --size_;
  }

 private:
  void grow() {
    std::vector<T> larger(places_.empty() ? 16 : 2 * places_.size());
    for (std::size_t n = 0; n < size_; ++n) larger[n] = (*this)[n];
    places_ = std::move(larger);
    first_ = 0;
  }

  std::vector<T> places_;  ///< a power of two of them
  std::size_t first_ = 0;
  std::size_t size_ = 0;
};

}  // namespace model
