#pragma once
// What running faults impose on instances and on the messages between them: overlays. Each fault has one Imposition, at its present level;
// an instance has a Burden, the impositions that touch it, and on which side. Nothing is added to an instance and taken away again: who is
// touched by nothing has burden 0, and is as it was. Plain values, part of Shared: shards read them while they run, barriers change them.
//
// A fault between instances has two sides, A and B; messages between the two are what it is about.

#include <cstdint>
#include <utility>
#include <vector>

#include "model/instance.h"
#include "model/status.h"
#include "sim/distribution.h"
#include "sim/event.h"
#include "sim/time.h"

namespace model {

/// What a request finds that does not get to be served.
enum class Mishap : std::uint8_t {
  none,
  error,     ///< it is answered at once: a failure
  rejected,  ///< likewise: too much to do
  refused,   ///< connection refused
  silent,    ///< nobody ever answers
};

/// Which requests something is about. What is sent to copies counts as a put.
struct Verbs {
  bool gets = true;
  bool puts = true;
  bool has(Verb verb) const { return verb == Verb::get ? gets : puts; }
};

/// To every piece of work: first what is added, then all factors.
struct WorkHindrance {
  sim::Distribution added;
  std::uint64_t chance = 0;  ///< sim::threshold of `added`
  double factor = 1;         ///< on the work
  double stress = 0;         ///< share of the workers that something else keeps busy, below 1: those that are left share their work
  Verbs verbs;
  bool copies_only = false;  ///< only what comes from its own service
};

/// To requests as they arrive.
struct ArrivalHindrance {
  Mishap mishap = Mishap::none;
  std::uint64_t chance = 0;  ///< sim::threshold
  Verbs verbs;
};

/// Memory that is never given back. Full after 1 / (what leaks) seconds or requests; the garbage collector needs more and more time.
struct LeakHindrance {
  double per_second = 0;   ///< share of the memory
  double per_request = 0;  ///< likewise
  double collector = 0;    ///< work takes 1 + collector * used / free times as long
  bool any() const { return per_second > 0 || per_request > 0; }
};

/// What happens to messages between A and B.
struct PathHindrance {
  enum class Cut : std::uint8_t {
    none,
    drop,        ///< it never arrives
    refuse,      ///< requests only: connection refused, after a way there and back
    reset,       ///< requests only: the work is done, and the answer is a failure
    unresolved,  ///< requests only: the caller finds nobody to ask, at once
  };
  static constexpr unsigned a_to_b = 1, b_to_a = 2;
  static constexpr unsigned losses_max = 8;  ///< of one message in a row: then it is lost for good

  unsigned ways = a_to_b | b_to_a;
  Cut cut = Cut::none;
  std::uint64_t share = ~std::uint64_t{0};  ///< sim::threshold: of the pairs of instances that are cut
  sim::Time lasting = 0;  ///< a pair is cut that long after the fault began at the latest: connections and addresses outlive its beginning
  sim::Distribution added;
  std::uint64_t chance = 0;  ///< sim::threshold of `added`, for each message
  std::uint64_t loss = 0;    ///< sim::threshold, each time that a message is sent
  sim::Time again = 0;       ///< a message that is lost is sent again after that, then after twice as long, and so on; 0: never
  double ns_per_byte = 0;    ///< at least
  std::uint32_t bytes = 0;   ///< of a message that has no size of its own
  std::uint64_t twice = 0;   ///< sim::threshold: requests that arrive twice

  bool any() const { return cut != Cut::none || chance != 0 || loss != 0 || ns_per_byte > 0 || twice != 0; }
};

/// What one running fault imposes, at its present level.
struct Imposition {
  static constexpr std::uint32_t unlimited = 0xffffffffU;

  std::uint64_t fault = 0;  ///< its number, from 1: its random numbers are its own. 0: this place is free
  sim::Time began = 0;
  double level = 1;  ///< 0 to 1; what follows is what that comes to
  // on A
  WorkHindrance work;
  ArrivalHindrance arrival;
  LeakHindrance leak;
  bool frozen = false;                    ///< does nothing, hears nothing: what comes waits
  bool stalls = false;                    ///< a broker hands nothing out
  bool checked_well = true;               ///< health checks find nothing wrong
  sim::Time clock = 0;                    ///< added to what its clock says
  std::uint32_t connections = unlimited;  ///< that it has to each of those that it calls
  double cold_keys = 0;        ///< a cache that only has a hit ratio has lost this many keys, each asked for as often; they come back
  sim::Time copy_lag = 0;      ///< a secondary gets what is written that much later
  double start_up = 1;         ///< factor on its start-up
  double warm_up = 1;          ///< factor on its work when it has just come up, less and less ...
  sim::Time warm_up_time = 0;  ///< ... until so long after
  // between A and B
  PathHindrance path;

  /// Whether requests that arrive at A have to be looked at.
  bool at_arrival() const { return arrival.chance != 0 || leak.any(); }
};

inline constexpr std::uint8_t side_a = 1, side_b = 2;

/// One imposition that touches an instance.
struct Touch {
  std::uint32_t imposition = 0;  ///< index of Shared::impositions
  std::uint8_t sides = 0;
  bool operator==(const Touch&) const = default;
};

/// All that touch some instances; shared by those who have the same.
struct Burden {
  std::vector<Touch> touches;   ///< by imposition
  std::uint64_t instances = 0;  ///< that have it; 0: this place is free
};

/// What a shard itself keeps of its impaired instances.
struct Hindered {
  std::uint64_t draws = 0;     ///< random numbers that faults drew for it
  std::uint64_t requests = 0;  ///< that arrived while its memory leaks
  sim::Time since = 0;         ///< when it was touched or last came up
  double cold = 0;             ///< share of the keys that it has not got back
};

/// An event that waits for an instance that is frozen.
struct KeptEvent {
  std::uint32_t slot = 0;
  sim::Event event;
};

/// The same of all of them.
struct Hindrances {
  std::vector<Hindered> of;          ///< by slot; empty until a fault touches one
  std::vector<std::uint8_t> frozen;  ///< likewise
  std::uint32_t frozen_count = 0;
  std::vector<KeptEvent> kept;  ///< in the order in which they came
};

/// Share of the memory that is used.
inline double memory_used(const LeakHindrance& leak, const Hindered& here, sim::Time now) {
  return leak.per_second * sim::to_seconds(now - here.since) + leak.per_request * static_cast<double>(here.requests);
}

/// What faults impose at the moment, in a form that can be compared. Nothing is left of a fault when this is as before.
struct Overlays {
  struct On {
    InstanceId id = no_instance;
    std::vector<std::pair<std::uint64_t, std::uint8_t>> touches;  ///< by fault, and sides
    std::uint32_t holds = 0;                                      ///< faults that keep it down
    bool operator==(const On&) const = default;
  };
  std::vector<std::pair<std::uint64_t, double>> levels;  ///< by fault
  std::vector<On> instances;                             ///< those that are touched by anything
  std::vector<double> surges;                            ///< by service
  std::vector<std::uint64_t> registries;                 ///< faults that stop or split them
  std::size_t waiting = 0;                               ///< events that wait for frozen instances
  bool operator==(const Overlays&) const = default;
};

}  // namespace model
