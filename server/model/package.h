#pragma once
// What a package is (the behaviour of a kind of service) and the words it is written in.
//
// A package is one step function over the record of a request, written straight-line with awaits that expand to a switch on the record's
// program counter (a protothread). Locals do not survive an AWAIT; scratch() does. The life of a call (queueing, a worker's time, spans,
// time-outs, retries, shutdown) is the model's and is not repeated in packages: a step begins when the work for the request is done.
//
//   void karyon(Task& task) {
//     SIMIANVIZ_BEGIN(task)
//     AWAIT(task.call_any());
//     task.reply(task.status());
//     SIMIANVIZ_END
//   }

#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

#include "model/call.h"
#include "model/instance.h"
#include "model/status.h"

namespace model {

class Shard;
struct Group;
enum class FanOut : std::uint8_t;

/// An instance of the own service, and the link to it.
struct Peer {
  InstanceId id = no_instance;
  std::uint32_t link = 0;
};

/// One request at one instance, as its package sees it. Valid during one step.
class Task {
 public:
  static constexpr std::size_t memory_bytes = 64;

  Task(Shard& shard, std::uint32_t call) : shard_(shard), call_(call) {}

  Verb verb() const;
  std::uint8_t priority() const;  ///< 0 the most urgent, 7 the least
  std::uint64_t key() const;
  /// Of the calls last awaited: the worst of them.
  Status status() const;
  /// A byte of the package's own, 0 at first.
  std::uint8_t& scratch();
  std::uint8_t& pc();
  InstanceId self() const;

  // To be awaited, and the last thing in a step.
  void call_any();                   ///< one instance at random of all dependencies together
  void call(unsigned dependency);    ///< one instance of one dependency
  void call_each();                  ///< one instance of every dependency, all at once
  void call_peer(const Peer& peer);  ///< that instance of the own service; not retried elsewhere

  // A service that passes requests on, as its document says. `calls` of a dependency, where a fraction is drawn for each request.
  FanOut fan_out() const;
  bool next_call();             ///< goes on to the next call to be made, one after another; false when there is none left
  void call_next();             ///< makes that one
  void call_parallel();         ///< makes all of them at once, awaits all or the first that succeed
  void call_without_waiting();  ///< makes all of them at once; not awaited

  // Not awaited.
  void tell(const Peer& peer);    ///< one way: a copy of a Put; nothing when the peer is no_instance
  unsigned dependencies() const;  ///< how many services it may call, the own one not counted
  bool from_own_service() const;  ///< whether an instance of the same service sent it
  bool from_outside() const;      ///< whether it came from outside all regions; see hear()
  bool from_own_region() const;   ///< whether its sender is in the region of this instance
  void reply(Status status);      ///< ends the request

  // A package that acts on its own (PackageInfo::wakes). A wake ends when the step returns: it is not replied to and awaits nothing.
  /// Of this instance, zero when it comes up. T: plain data of at most memory_bytes.
  template <class T>
  T& memory() {
    static_assert(sizeof(T) <= memory_bytes && std::is_trivially_copyable_v<T>);
    return *reinterpret_cast<T*>(memory_words());
  }
  void wake_after(sim::Time time);                            ///< replaces nothing: every one asked for comes
  void hear(Verb verb, std::uint64_t key);                    ///< a message from outside all regions reaches this instance
  void tell(const Peer& peer, Verb verb, std::uint64_t key);  ///< one way
  std::uint64_t draw(std::uint64_t n);                        ///< 0 to n - 1, each as likely
  Peer any_peer();                                            ///< of all known instances of the own service but oneself
  std::uint32_t group_of(const Peer& peer) const;             ///< where it is, as others know it ...
  std::uint32_t end_of_group(std::uint32_t group) const;      ///< ... and which end of the own cluster that is for this instance
  Peer at_end(std::uint32_t end, InstanceId id) const;        ///< a peer that is known by these
  static constexpr std::uint32_t no_end = 0xffffffffU;

  /// Its memory names one peer more (PackageInfo::acquaintances), or another in place of one.
  void befriended(bool one_more);

  // A cluster: instances of the own service that hold copies of the same data.
  unsigned replicas() const;           ///< places in this region that the service is in, the own zone first
  Peer replica(unsigned n) const;      ///< owner of the key in the n-th of them; no_instance when it is not known to be up
  unsigned far_regions() const;        ///< other regions that the service is known in
  Peer far_replica(unsigned n) const;  ///< owner of the key in the first zone of the n-th of them
  unsigned peers() const;              ///< known instances of the own service in its cluster, oneself left out
  Peer peer(unsigned n) const;
  bool hit();  ///< draws whether a read finds its key here

  // A cluster whose document says how many copies have to answer (Replication).
  bool replicates() const;
  void coordinate();      ///< awaited: asks the copies of the key; then status() is ok, error or unavailable
  void answer_as_copy();  ///< a node is asked by a coordinator
  void deliver_hints();   ///< what a wake is for

  // A database with one primary (PackageInfo::elects): see primary_set.cpp.
  bool is_primary() const;
  bool begin_write();        ///< at the primary: it writes; true: it has to wait for secondaries
  void await_secondaries();  ///< awaited, after that: so many as its document says, or it is known that they never will
  Status end_write();        ///< what to answer
  Status refuse_write();     ///< likewise, at one that is not primary
  Status receive_write();    ///< likewise, at a secondary that is told of a write
  void note_read();          ///< counts whether a secondary that is asked has what was written

  // A broker (PackageInfo::publishes): see broker.cpp.
  bool publish();  ///< keeps the message for those who take from its topic; false: there is no room

  // A store: see store.cpp.
  Status found();  ///< miss for a get whose key is not here, else ok

 private:
  const Group& own_group() const;
  std::uint64_t* memory_words();
  Peer any_peer_as_of(sim::Time as_of);
  Peer peer_as_of(std::uint64_t n, sim::Time as_of) const;

  Shard& shard_;
  const std::uint32_t call_;
};

using Step = void (*)(Task&);

/// One line of the list of packages.
struct PackageInfo {
  std::string_view name;
  std::string_view title;
  std::string_view description;
  Step step = nullptr;
  bool works = true;            ///< a request is worked on before its step begins: waits for a worker and takes its time
  bool own_zone_only = false;   ///< keeps only those answers of the registry that are in its own zone
  bool load_source = false;     ///< sends requests of its own
  bool wakes = false;           ///< acts on its own: its step is called with Verb::wake when an instance comes up, and when it asked for it
  bool any_dependency = false;  ///< works while any one of its dependencies does; else it needs each
  bool looks_up = false;        ///< gets find their key or do not: hits and misses may have times of their own
  bool replicates = false;      ///< its documents may say how many copies there are and how many have to answer
  bool elects = false;          ///< one of its instances in a region is primary: its documents may say how
  bool publishes = false;       ///< keeps messages for other services, which take them
  bool on_demand = false;       ///< its instances are pools of environments that start on demand: see function.h
  bool passes_on = false;       ///< calls its dependencies as its document says: how many times, in turn or at once
  /// Whom of the own service an instance knows, where that is in its memory and not what the registry says. nullptr: the registry's.
  std::span<const InstanceId> (*acquaintances)(const std::uint64_t* memory) = nullptr;
  /// Order in which dependencies are asked, by their package; lower first. nullptr: as the document lists them.
  int (*dependency_rank)(std::string_view package) = nullptr;
};

// NOLINTBEGIN(bugprone-macro-parentheses): statements, not expressions
#define SIMIANVIZ_BEGIN(task)            \
  enum { simianviz_base = __COUNTER__ }; \
  auto& simianviz_task = (task);         \
  switch (simianviz_task.pc()) {         \
    case 0:

#define SIMIANVIZ_AWAIT_AT(place, ...)                      \
  do {                                                      \
    simianviz_task.pc() = static_cast<std::uint8_t>(place); \
    __VA_ARGS__;                                            \
    return;                                                 \
    case (place):;                                          \
  } while (false)
#define AWAIT(...) SIMIANVIZ_AWAIT_AT(__COUNTER__ - simianviz_base, __VA_ARGS__)

#define SIMIANVIZ_END \
  default:            \
    break;            \
    }
// NOLINTEND(bugprone-macro-parentheses)

}  // namespace model
