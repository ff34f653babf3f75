#pragma once
// Looks at a World from its first moment on and says what does not hold. What it knows of a run it counts from the outside: spans, counts
// of instances and of pairs; it compares them with what the engine itself adds up. Call at barriers, before commands are given.
//
// Little's law is held exactly, in whole nanoseconds: the integral of what is in flight is the sum of the times that everything spent
// there.
// - At a load source the times are those that users saw. So it holds whenever nobody waits, whatever died.
// - At other cells they are counted instance by instance as requests end, and an instance that dies or stops forgets. So the watch looks
//   at each that drains 1 ns before every moment at which it may stop. It holds whenever nothing is in hand there, unless something died
//   with its instance; then, and while something is in hand, the integral may be larger by what those requests can have spent there.

#include <map>
#include <set>
#include <utility>
#include <vector>

#include "model/world.h"

namespace swarm {

class Watch {
 public:
  /// REQUIRES: the World has not run yet.
  Watch(model::World& world, bool plain, bool guarded);

  /// Runs the World to a time, and looks where nobody else would.
  void advance(sim::Time end);
  /// What holds at every moment. Failures are those of GoogleTest, fatal.
  void look();
  /// What holds when nobody asks for anything more and all is over.
  void look_at_the_end();
  /// How often Little's law was held exactly at cells other than sources'.
  std::uint64_t exact() const { return exact_; }
  std::uint64_t spans_checked() const { return spans_checked_; }

 private:
  using Who = std::pair<model::InstanceId, std::uint32_t>;  ///< and which of those that had the slot
  struct Seen {
    std::uint32_t cell = 0;
    std::uint32_t life = 0;
    std::uint64_t in_flight = 0;
    model::InstanceState state = model::InstanceState::up;
    sim::Time since = 0;  ///< when it was first seen so
    std::uint64_t requests = 0;
    std::uint64_t service_ns = 0;
  };
  /// What is known of the times at a cell.
  struct Spent {
    std::uint64_t requests = 0;
    std::uint64_t ns = 0;
    std::uint64_t lost = 0;  ///< requests that died with their instance
  };

  void look_at_counts() const;
  void look_at_cells() const;
  void look_at_places() const;
  void look_at_machines() const;
  void look_at_functions() const;
  void look_at_queues() const;
  void look_at_lists() const;
  void look_at_users() const;
  void look_at_pairs() const;
  void look_at_shared_stores();
  void note_instances();
  void forget(const Who& who, const Seen& seen);
  void look_at_littles_law();
  void look_at_the_dead();
  void take_spans();
  void look_at_trees();
  void look_at_trace(std::size_t begin, std::size_t end);
  void look_at_timeout(const model::Span& span) const;
  void look_at_all_traces() const;
  bool sends_sizes(const model::Group& group) const;
  bool is_source(std::uint32_t cell) const;

  model::World& world_;
  const bool plain_;
  const bool guarded_;
  std::map<Who, Seen> seen_;
  std::vector<Spent> spent_;         ///< by cell, of lives that are over
  std::map<Who, Seen> gone_before_;  ///< those that were not there when the watch looked last
  sim::Time looked_ = 0;
  std::set<model::InstanceId> worn_;  ///< slots in which something has died or stopped
  std::set<model::InstanceId> stood_still_;  ///< that a fault has frozen
  std::vector<model::Span> spans_;
  std::size_t spans_before_ = 0;      ///< those that were there when the watch looked last
  std::vector<std::uint32_t> terms_;  ///< of sets with a primary, when the watch looked last
  std::uint64_t exact_ = 0;
  std::uint64_t spans_checked_ = 0;
};

}  // namespace swarm
