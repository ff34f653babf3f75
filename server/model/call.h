#pragma once
// A call in flight: one cache line, in a pool indexed by 32 bits. When both ends are in one shard they share one record; across shards each
// end has its own and messages carry what the other needs.

#include <array>
#include <cstdint>
#include <vector>

#include "model/instance.h"
#include "model/status.h"
#include "policies/outcome.h"
#include "sim/large_allocator.h"
#include "sim/time.h"

namespace model {

/// The calls beside this one among those that an instance has in hand; no_call at the ends.
struct Beside {
  std::uint32_t newer = no_call;
  std::uint32_t older = no_call;
};

struct alignas(64) Call {
  std::uint64_t key = 0;
  sim::Time sent = 0;      ///< cs; for a call from another shard: the generation of the record there
  sim::Time received = 0;  ///< sr
  union {
    Beside beside;       ///< while an instance has it in hand
    sim::Time answered;  ///< ss, once answered
  };
  std::uint32_t parent = no_call;  ///< the request in whose service this call is made; for a call from another shard: the record there
  InstanceId source = no_instance;
  InstanceId target = no_instance;
  std::uint32_t next = no_call;  ///< in the free list; when answered, the cell of the instance that answered
  std::uint32_t link = 0;        ///< which link it goes over; a root has none
  // Read with the word that it is in soon after others of its fields are written, a byte of which cannot be forwarded to it: beside it is
  // only what few calls write.
  std::uint32_t generation : 28;  ///< of this slot of the pool
  bool guarded : 1;               ///< a try: its parent is the call under a policy that it is made for
  bool logical : 1;               ///< a call under a policy: a record at the caller, which makes tries; see guard.cpp
  bool dated : 1;                 ///< has a deadline: CallPool::deadline
  std::uint16_t flags = 0;
  std::uint16_t pending = 0;  ///< answers that its service awaits
  Verb verb : 4 = Verb::get;
  Status status : 4;
  std::uint8_t pc = 0;                         ///< where its package goes on; shed_mark: it was turned down, see shed.cpp
  std::uint8_t attempt : 5;                    ///< from 1
  std::uint8_t priority : 3 = usual_priority;  ///< 0 to 7, 0 the most urgent; calls made in its service inherit it
  std::uint8_t scratch = 0;                    ///< its package's own

  Call() : answered(0), generation(0), guarded(false), logical(false), dated(false), status(Status::ok), attempt(1) {}

  static constexpr std::uint8_t shed_mark = 0xff;         ///< no package has so many places
  static constexpr std::uint16_t free_mark = 2 | 8 | 16;  ///< flags of a record that is free: root, from and to afar; no call has these

  enum Flag : std::uint16_t {
    at_server = 1,        ///< arrived and not answered
    root = 2,             ///< a request of a user
    one_way = 4,          ///< nobody waits for an answer
    from_afar = 8,        ///< the caller's record is in another shard
    to_afar = 16,         ///< the server's record is in another shard
    orphan = 32,          ///< the caller has given up
    traced = 64,          ///< spans are kept
    lost = 128,           ///< nobody will ever answer
    retriable = 256,      ///< may be tried elsewhere
    queued = 512,         ///< waits for a worker
    holds_worker = 1024,  ///< keeps its worker until it is answered
    user = 2048,          ///< a root whose user waits for the answer before thinking again
    sized = 4096,         ///< its messages have sizes: CallPool::bytes
    at_caller = 8192,     ///< its caller works on it: puts the request together, or takes the reply apart
    pooled = 16384,       ///< has a connection of its caller's pool
    quorum = 32768        ///< of the answers that it awaits the first that succeed are enough
  };
  bool is(std::uint16_t flag) const { return (flags & flag) != 0; }
  void set(std::uint16_t flag) { flags = static_cast<std::uint16_t>(flags | flag); }
  void clear(std::uint16_t flag) { flags = static_cast<std::uint16_t>(flags & ~flag); }
};
static_assert(sizeof(Call) == 64);

/// What a caller does with a call that it has in its hands (Call::scratch, while Call::at_caller).
enum CallerWork : std::uint8_t {
  puts_together = 0,
  takes_apart = 1,  ///< what was answered: the call is over
  own_worker = 2,   ///< added: on a worker taken for it, not on the one that its request holds
};

/// Where a traced call stands in its trace. Kept beside the pool, touched by traced calls only.
struct TraceMark {
  std::uint64_t trace = 0;
  std::uint32_t span = 0;
  std::uint32_t parent_span = 0;  ///< 0: the root
};

/// A call under a policy, and its tries. Kept beside the pool, touched by such calls only.
struct Guarded {
  static constexpr std::uint32_t tries_max = 5;  ///< at a time: the first and four hedges

  std::uint32_t route = 0;     ///< index of Group::routes
  std::uint32_t policy = 0;    ///< index of Shared::policies
  std::uint8_t started = 0;    ///< tries so far
  std::uint8_t kept_back = 0;  ///< tries that were not sent: an open breaker, no room, nobody to ask
  std::uint8_t under_way = 0;  ///< of them: not settled
  std::uint8_t listed = 0;     ///< of those: may be given up
  std::uint8_t budgeted = 0;   ///< retries that the budget has let through and not heard the end of
  bool first_under_way = false;
  bool inside = false;                                   ///< has room in the bulkhead, and the breaker has let it through
  bool waits = false;                                    ///< for room
  policies::Outcome cause = policies::Outcome::success;  ///< of the last retry
  std::uint8_t hedged = 0;                               ///< of those started
  Status worst = Status::ok;                             ///< what the tries that failed came to
  InstanceId last = no_instance;                         ///< whom the last try asked
  sim::Time next_try = sim::never;                       ///< when a retry waits for its time
  sim::Time wait_until = sim::never;                     ///< for room
  sim::Time backoff = 0;                                 ///< before the last retry
  sim::Time next_hedge = sim::never;                     ///< when there may be another copy
  std::array<std::uint32_t, tries_max> tries{};          ///< those listed
};

/// A pool of calls. Allocation may move records: hold no reference across alloc().
class CallPool {
 public:
  static constexpr std::uint32_t generation_mask = (1U << 28) - 1;

  /// Sizes of the messages of a call, payload.
  struct Bytes {
    std::uint32_t request = 0;
    std::uint32_t reply = 0;
  };

  /// A place of a call among those that wait for a worker, and until when it is willing to.
  struct Wait {
    std::uint32_t previous = no_call;
    std::uint32_t next = no_call;
    sim::Time until = sim::never;
  };

  std::uint32_t alloc() {
    std::uint32_t index = free_;
    if (index != no_call) [[likely]] {
      free_ = calls_[index].next;
    } else {
      index = grow();
    }
    ++live_;
    return index;
  }
  /// The same, as a call that nothing is known of yet but its generation.
  std::uint32_t alloc_fresh() {
    const std::uint32_t index = alloc();
    const std::uint32_t generation = calls_[index].generation;
    calls_[index] = Call{};
    calls_[index].generation = generation & generation_mask;
    return index;
  }
  void release(std::uint32_t index) {
    Call& call = calls_[index];
    call.generation = (call.generation + 1) & generation_mask;
    call.guarded = call.logical = call.dated = false;
    call.flags = Call::free_mark;
    call.next = free_;
    free_ = index;
    --live_;
  }
  Call& operator[](std::uint32_t index) { return calls_[index]; }
  const Call& operator[](std::uint32_t index) const { return calls_[index]; }
  const Call* data() const { return calls_.data(); }
  TraceMark& mark(std::uint32_t index) { return marks_[index]; }
  /// REQUIRES: needs_waits() since the last alloc().
  Wait& wait(std::uint32_t index) { return waits_[index]; }
  /// REQUIRES: needs_bytes() since the last alloc().
  Bytes& bytes(std::uint32_t index) { return bytes_[index]; }
  void needs_bytes() {
    if (bytes_.size() < calls_.size()) bytes_.resize(calls_.capacity());
  }
  /// Into a list of calls that wait, behind `ahead`; at its beginning when that is no_call. REQUIRES: needs_waits().
  void link(std::uint32_t index, std::uint32_t ahead, std::uint32_t& first, std::uint32_t& last) {
    const std::uint32_t behind = ahead == no_call ? first : waits_[ahead].next;
    waits_[index] = {ahead, behind, sim::never};
    (ahead == no_call ? first : waits_[ahead].next) = index;
    (behind == no_call ? last : waits_[behind].previous) = index;
  }
  void unlink(std::uint32_t index, std::uint32_t& first, std::uint32_t& last) {
    const Wait place = waits_[index];
    (place.previous == no_call ? first : waits_[place.previous].next) = place.next;
    (place.next == no_call ? last : waits_[place.next].previous) = place.previous;
  }
  void needs_waits() {
    if (waits_.size() < calls_.size()) waits_.resize(calls_.size());
  }
  /// REQUIRES: needs_guarded() since the last alloc().
  Guarded& guarded(std::uint32_t index) { return guarded_[index]; }
  void needs_guarded() {
    if (guarded_.size() < calls_.size()) guarded_.resize(calls_.capacity());
  }
  /// Until when anybody is interested in a call that is dated. REQUIRES: needs_deadlines() since the last alloc().
  sim::Time& deadline(std::uint32_t index) { return deadlines_[index]; }
  void needs_deadlines() {
    if (deadlines_.size() < calls_.size()) deadlines_.resize(calls_.capacity());
  }
  std::uint32_t size() const { return static_cast<std::uint32_t>(calls_.size()); }
  std::size_t live() const { return live_; }

 private:
  std::uint32_t grow() {
    calls_.emplace_back();
    marks_.emplace_back();
    return static_cast<std::uint32_t>(calls_.size() - 1);
  }
  std::vector<Call, sim::LargeAllocator<Call>> calls_;
  std::vector<TraceMark> marks_;
  std::vector<Wait> waits_;   ///< touched by calls that wait only
  std::vector<Bytes> bytes_;  ///< touched by calls with sizes only
  std::vector<Guarded> guarded_;
  std::vector<sim::Time> deadlines_;
  std::uint32_t free_ = no_call;
  std::size_t live_ = 0;
};

}  // namespace model
