#pragma once
// A list of instances, of which a place can be told without reading it: what is made together has numbers at equal distances. Only at the
// places where it is otherwise, one bit each, is the list read. A list is longer than a cache is large, its bits are not.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "model/instance.h"

namespace model {

/// As a vector, as far as it goes. Plain value.
class InstanceList {
 public:
  std::size_t size() const { return ids_.size(); }
  bool empty() const { return ids_.empty(); }
  std::vector<InstanceId>::const_iterator begin() const { return ids_.begin(); }
  std::vector<InstanceId>::const_iterator end() const { return ids_.end(); }
  InstanceId back() const { return ids_.back(); }

  /// REQUIRES: place below size().
  InstanceId operator[](std::size_t place) const { return (odd_[place / 64] >> (place % 64) & 1) != 0 ? ids_[place] : usual_at(place); }

  void push_back(InstanceId id) {
    if (ids_.size() % 64 == 0) odd_.push_back(0);
    if (ids_.size() < 2) begin_anew(id);
    ids_.push_back(id);
    mark(ids_.size() - 1);
  }
  /// Takes out who is at `place`: who is last comes there. REQUIRES: place below size().
  void take(std::size_t place) {
    ids_[place] = ids_.back();
    mark(place);
    ids_.pop_back();
    if (ids_.size() % 64 == 0) odd_.pop_back();
  }

 private:
  InstanceId usual_at(std::size_t place) const { return first_ + static_cast<InstanceId>(place) * step_; }
  /// With the first of all, or with the second.
  void begin_anew(InstanceId id) {
    first_ = ids_.empty() ? id : ids_.front();
    step_ = id - first_;
    odd_[0] = 0;
  }
  void mark(std::size_t place) {
    const std::uint64_t bit = std::uint64_t{1} << (place % 64);
    std::uint64_t& bits = odd_[place / 64];
    bits = ids_[place] == usual_at(place) ? bits & ~bit : bits | bit;
  }

  std::vector<InstanceId> ids_;
  std::vector<std::uint64_t> odd_;  ///< by place: not as usual_at() has it
  InstanceId first_ = no_instance;  ///< of the usual ones, the one at place 0 ...
  InstanceId step_ = 0;             ///< ... and from one to the next, modulo 2^32
};

}  // namespace model
