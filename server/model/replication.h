#pragma once
// Copies of data in a cluster, as Cassandra keeps them: how many there are, how many have to answer, what happens to those that cannot.
//
// Every region holds `factor` copies of a key, on as many zones as there are (NetworkTopologyStrategy with zones as racks). The node that a
// client asks coordinates: a write goes to all copies that are known to be up and waits for as many as its level says; a read asks only as
// many as its level says, the nearest first. When fewer are known to be up than are needed the answer is unavailable, at once.

#include <cstdint>
#include <string>
#include <vector>

#include "sim/time.h"

namespace model {

/// How many copies have to answer; in the order of consistency_names().
enum class Consistency : std::uint8_t { any, one, two, three, quorum, local_one, local_quorum, each_quorum, all };
inline constexpr std::uint8_t no_level = 0xFF;  ///< of a request: that of the service

/// "ANY", "ONE", ... as Cassandra has them.
const std::vector<std::string>& consistency_names();

/// "p50" ... "p999": after how long a read asks one copy more, as a quantile of how long reads took; and the share.
const std::vector<std::string>& speculation_names();
double speculation_quantile(std::size_t number);

/// Whose answers count, and how many of them are needed.
struct Quorum {
  enum class Scope : std::uint8_t { everywhere, own_region, each_region };
  Scope scope = Scope::everywhere;
  std::uint32_t needed = 1;  ///< in the scope; each_region: in every one
};
/// By the documentation of Apache Cassandra: QUORUM is floor(sum of factors / 2) + 1, LOCAL_QUORUM and EACH_QUORUM floor(factor / 2) + 1.
Quorum quorum_of(Consistency level, std::uint32_t factor, std::uint32_t regions);

struct Replication {
  static constexpr std::uint32_t factor_max = 8;

  std::uint32_t factor = 3;  ///< copies in each region, 1 to factor_max
  Consistency read = Consistency::one;
  Consistency write = Consistency::one;
  sim::Time speculative = 0;        ///< a read that has waited for so long asks one copy more; 0: never
  double speculative_quantile = 0;  ///< one that has waited longer than this share of the coordinator's recent reads took; 0: never
  bool read_repair = true;          ///< a read that finds copies that lack the newest write gives it to them before it answers
  sim::Time hint_window = 3 * sim::Time{3600} * sim::second;  ///< writes are kept for a copy that is away for at most so long; 0: no hints
  std::uint32_t hint_bytes = 1'024;                           ///< of a write that is kept
  /// A thread's pace in delivering hints, divided by the number of other nodes; a node has two threads, one for each copy that is back.
  std::uint32_t hint_kib_per_second = 1'024;

  bool operator==(const Replication&) const = default;
};

/// What became of it, in one shard.
struct ReplicationCount {
  std::uint64_t unavailable = 0;  ///< requests for which too few copies were known to be up
  std::uint64_t speculated = 0;   ///< reads that asked one copy more
  std::uint64_t compared = 0;     ///< reads that heard of more than one copy
  std::uint64_t repaired = 0;     ///< of those, not all of which had the newest write
  std::uint64_t stale = 0;        ///< answers of copies that lacked it
  std::uint64_t hints_kept = 0;
  std::uint64_t hints_sent = 0;
  std::uint64_t hints_dropped = 0;  ///< for copies that were away for too long, or for ever

  void add(const ReplicationCount& other);
};

}  // namespace model
