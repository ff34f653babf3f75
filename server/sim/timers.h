#pragma once
// Time-outs that are nearly always cancelled. They live outside the event queue, in one linked list for each distinct duration: armed in
// the order of time, so the head of a list is its earliest. Arming and cancelling touch two links. `bound()` is never later than the
// earliest deadline, so the main loop compares one number; cancelling only makes the true minimum later, and the bound is made exact about
// once a duration.

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/time.h"

namespace sim {

/// A deadline's place in the total order of events.
struct TimerKey {
  Time deadline = never;
  std::uint64_t order = 0;
};

class Timers {
 public:
  using List = std::uint16_t;
  static constexpr std::uint32_t none = 0xffffffffU;
  static constexpr std::size_t durations_max = 4'096;

  /// The list of a duration; makes it when it is new. REQUIRES: fewer than durations_max.
  List list_of(Time duration);
  Time duration(List list) const { return lists_[list].duration; }

  /// Makes room for subjects below `count`.
  void reserve(std::size_t count) {
    if (links_.size() < count) links_.resize(count);
  }

  /// REQUIRES: subject not armed; `deadline` = now + duration(list). `note` is the owner's own, kept here because arming touches this
  /// line of memory anyway.
  void arm(List list, std::uint32_t subject, Time deadline, std::uint64_t note = 0) {
    Ends& ends = lists_[list];
    links_[subject] = {ends.tail, none, note};
    if (ends.tail == none) {
      ends.head = subject;
    } else {
      links_[ends.tail].next = subject;
    }
    ends.tail = subject;
    if (deadline < bound_) bound_ = deadline;
  }

  /// REQUIRES: subject armed in `list`.
  void cancel(List list, std::uint32_t subject) {
    Ends& ends = lists_[list];
    const Link link = links_[subject];
    if (link.previous == none) {
      ends.head = link.next;
    } else {
      links_[link.previous].next = link.next;
    }
    if (link.next == none) {
      ends.tail = link.previous;
    } else {
      links_[link.next].previous = link.previous;
    }
  }

  void fetch_ahead(std::uint32_t subject) const { __builtin_prefetch(links_.data() + subject, 1); }

  /// For one that is not armed. REQUIRES: reserved.
  void annotate(std::uint32_t subject, std::uint64_t note) { links_[subject].note = note; }

  /// Of a subject that is armed, or was last.
  std::uint64_t note(std::uint32_t subject) const { return links_[subject].note; }

  /// No deadline is earlier.
  Time bound() const { return bound_; }

  /// Makes the bound exact and returns the subject with the earliest key, or none. `key_of(list, subject)` tells a subject's key.
  template <class KeyOf>
  std::uint32_t earliest(KeyOf&& key_of, TimerKey& key) {
    std::uint32_t best = none;
    key = {};
    for (std::size_t i = 0; i < lists_.size(); ++i) {
      const std::uint32_t head = lists_[i].head;
      if (head == none) continue;
      const TimerKey candidate = key_of(static_cast<List>(i), head);
      if (best == none || candidate.deadline < key.deadline || (candidate.deadline == key.deadline && candidate.order < key.order)) {
        best = head;
        key = candidate;
      }
    }
    bound_ = key.deadline;
    return best;
  }

 private:
  struct Link {
    std::uint32_t previous = none;
    std::uint32_t next = none;
    std::uint64_t note = 0;
  };
  struct Ends {
    Time duration = 0;
    std::uint32_t head = none;
    std::uint32_t tail = none;
  };
  std::vector<Link> links_;
  std::vector<Ends> lists_;
  Time bound_ = never;
};

}  // namespace sim
