#pragma once
// What has been written in a set of one primary and its secondaries, and how much of it each of them has. Writes are numbered from 1; a
// secondary has all up to one of them. Nothing happens here by events: where a secondary is follows from the time and from
//
//   seen(n) = max(seen(n - 1) + apply, max(written(n), up since) + lag(n))
//
// (Lindley's recursion: one applier, in order). A plain value.

#include <cstdint>
#include <vector>

#include "model/histogram.h"
#include "model/instance.h"
#include "model/key_table.h"
#include "model/primary.h"
#include "model/ring.h"
#include "sim/time.h"

namespace model {

/// What a set has done, in the whole run.
struct PrimaryCount {
  std::uint64_t writes = 0;           ///< acknowledged to whoever asked
  std::uint64_t unacknowledged = 0;   ///< written by the primary, but answered with a failure: too few secondaries acknowledged
  std::uint64_t refused = 0;          ///< writes that came to one that is not primary
  std::uint64_t secondary_reads = 0;  ///< reads answered by secondaries
  std::uint64_t stale_reads = 0;      ///< of those, of a key that had been written since
  std::uint64_t lost = 0;             ///< acknowledged writes that nobody has any more
  std::uint64_t copied_anew = 0;      ///< members that were away for more writes than are kept

  void add(const PrimaryCount& other);
};

class ReplicaLog {
 public:
  /// Writes that are kept for members that are away; one that lacks more is copied anew.
  static constexpr std::size_t kept_max = 100'000;

  /// It is there from now on: empty, so it is copied, or with what it had when it went.
  void come(InstanceId id, std::uint32_t incarnation, const Primary& primary, std::uint64_t seed, sim::Time now);
  /// It is gone; `for_good`: it is no member any more.
  void go(InstanceId id, bool for_good, const Primary& primary, std::uint64_t seed, sim::Time now);

  /// The primary writes: the number.
  std::uint64_t write(std::uint64_t key, const Primary& primary, std::uint64_t seed, sim::Time now);
  /// Whoever asked for it hears that it is written.
  void acknowledge(std::uint64_t number);
  /// From now on it gets each write so much later than it would.
  void set_lag(InstanceId id, sim::Time lag, const Primary& primary, std::uint64_t seed, sim::Time now);
  /// A secondary said that it has everything up to this one.
  void receive(InstanceId id, std::uint64_t number);
  /// A secondary is asked for a key: whether it has not seen the last write of it.
  bool is_stale(InstanceId id, std::uint64_t key, const Primary& primary, std::uint64_t seed, sim::Time now);
  /// Nobody follows the primary any more until there is another: what they have they have.
  void stop_following(const Primary& primary, std::uint64_t seed, sim::Time now);

  /// Who of `candidates` has most; the first of those that are equal. REQUIRES: not empty.
  InstanceId most_recent(const std::vector<InstanceId>& candidates) const;
  /// This one is primary from now on: writes that it does not have are no more. `has_all`: it has all. How many are lost.
  std::uint64_t promote(InstanceId id, bool has_all, sim::Time now);

  /// Writes that a member has not seen yet, and for how long the oldest of them has been there.
  struct Behind {
    std::uint64_t writes = 0;
    sim::Time time = 0;
  };
  Behind behind(InstanceId id, sim::Time now) const;

  std::uint64_t last() const { return last_; }
  PrimaryCount& count() { return count_; }
  const PrimaryCount& count() const { return count_; }
  const Histogram& lag() const { return lag_; }  ///< from a write to when a secondary has it

 private:
  struct Write {
    std::uint64_t key = 0;
    sim::Time at = 0;
    std::uint64_t previous = 0;  ///< of the same key
    bool acknowledged = false;
  };
  struct Member {
    InstanceId id = no_instance;
    std::uint32_t incarnation = 0;
    bool up = false;
    std::uint64_t seen = 0;      ///< it answers reads with
    std::uint64_t received = 0;  ///< it would have if it were promoted
    sim::Time seen_at = 0;       ///< when it saw that
    sim::Time since = 0;         ///< up, and following this primary
    sim::Time lag = 0;           ///< added by faults
  };
  Member* member(InstanceId id);
  const Member* member(InstanceId id) const;
  std::uint64_t begin() const { return last_ - writes_.size() + 1; }  ///< the first that is kept
  void follow(Member& member, const Primary& primary, std::uint64_t seed, sim::Time now);
  void trim();
  void drop_first();
  void drop_last();

  std::uint64_t last_ = 0;
  InstanceId primary_ = no_instance;
  bool following_ = false;  ///< secondaries get what is written
  bool deposed_ = false;    ///< nobody is primary
  Ring<Write> writes_;      ///< those that a member may not have seen; the last is number last_
  std::vector<Member> members_;
  KeyTable<std::uint64_t> last_of_;  ///< of each key among those kept, the number of its last write
  PrimaryCount count_;
  Histogram lag_;
};

}  // namespace model
