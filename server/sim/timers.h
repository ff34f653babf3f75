#pragma once
// Time-outs that are nearly always cancelled. They live outside the event queue, in one linked ring for each distinct duration: armed in
// the order of time, so the first of a ring is its earliest. Arming and cancelling touch two links. `bound()` is never later than the
// earliest deadline, so the main loop compares one number; cancelling only makes the true minimum later, and the bound is made exact about
// once a duration.

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/large_allocator.h"
#include "sim/prefetch.h"
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
  static constexpr std::uint32_t durations_max = 4'096;

  Timers() : links_(durations_max) {}

  /// The list of a duration; makes it when it is new. REQUIRES: fewer than durations_max.
  List list_of(Time duration);
  Time duration(List list) const { return durations_[list]; }

  /// Makes room for subjects below `count`.
  void reserve(std::size_t count) {
    if (links_.size() < durations_max + count) links_.resize(durations_max + count);
  }

  /// REQUIRES: subject not armed; `deadline` = now + duration(list). `note` is the owner's own, kept here because arming touches this
  /// line of memory anyway.
  void arm(List list, std::uint32_t subject, Time deadline, std::uint64_t note = 0) {
    const std::uint32_t place = place_of(subject);
    const std::uint32_t last = links_[list].previous;
    links_[place] = {last, list, note};
    links_[last].next = place;
    links_[list].previous = place;
    if (deadline < bound_) bound_ = deadline;
  }

  /// REQUIRES: subject armed, or annotated.
  void cancel(std::uint32_t subject) {
    const Link link = links_[place_of(subject)];
    links_[link.previous].next = link.next;
    links_[link.next].previous = link.previous;
  }

  /// What cancelling touches, in two steps: the second finds what the first has fetched.
  void fetch_early(std::uint32_t subject) const { prefetch(links_.data() + place_of(subject)); }
  void fetch_ahead(std::uint32_t subject) const {
    const std::uint32_t place = place_of(subject);
    if (place >= links_.size()) return;
    const Link& link = links_[place];
    prefetch(links_.data() + link.previous);
    prefetch(links_.data() + link.next);
  }

  /// For one that is not armed, as if it were and would never fire. REQUIRES: reserved.
  void annotate(std::uint32_t subject, std::uint64_t note) {
    const std::uint32_t place = place_of(subject);
    links_[place] = {place, place, note};
  }

  /// Of a subject that is armed or annotated, or was last.
  std::uint64_t note(std::uint32_t subject) const { return links_[place_of(subject)].note; }

  /// No deadline is earlier.
  Time bound() const { return bound_; }

  /// Makes the bound exact and returns the subject with the earliest key, or none. `key_of(list, subject)` tells a subject's key.
  template <class KeyOf>
  std::uint32_t earliest(KeyOf&& key_of, TimerKey& key) {
    std::uint32_t best = none;
    key = {};
    for (std::size_t i = 0; i < durations_.size(); ++i) {
      const std::uint32_t first = links_[i].next;
      if (first == i) continue;
      const std::uint32_t subject = first - durations_max;
      const TimerKey candidate = key_of(static_cast<List>(i), subject);
      if (best == none || candidate.deadline < key.deadline || (candidate.deadline == key.deadline && candidate.order < key.order)) {
        best = subject;
        key = candidate;
      }
    }
    bound_ = key.deadline;
    return best;
  }

 private:
  /// Places below durations_max are where the rings begin and end.
  static std::uint32_t place_of(std::uint32_t subject) { return subject + durations_max; }

  struct Link {
    std::uint32_t previous = none;
    std::uint32_t next = none;
    std::uint64_t note = 0;
  };
  std::vector<Link, LargeAllocator<Link>> links_;
  std::vector<Time> durations_;  ///< by list
  Time bound_ = never;
};

}  // namespace sim
