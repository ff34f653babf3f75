#pragma once
// What the coordinator of a replicated store keeps for a request, and for copies that are away. See coordinate.cpp and hints.cpp.

#include <array>
#include <cstdint>
#include <vector>

#include "model/instance.h"
#include "model/recent_latency.h"
#include "model/replication.h"
#include "model/versions.h"
#include "sim/time.h"

namespace model {

struct Copy {
  InstanceId id = no_instance;
  std::uint32_t link = 0;
  std::uint32_t region = 0;
  bool up = false;  ///< as far as the coordinator knows
};
/// What a copy has said of a key.
struct CopyAnswer {
  InstanceId id = no_instance;
  std::uint32_t link = 0;
  Versions::Answer version;
};
/// What a request that is coordinated waits for.
struct Coordination {
  static constexpr std::size_t none = shards_max;
  std::array<std::uint16_t, shards_max> needed{};     ///< answers, by region; the first alone when regions do not matter
  std::array<std::uint16_t, shards_max> under_way{};  ///< of those that count
  std::uint32_t unmet = 0;                            ///< how many of `needed` are not 0
  std::uint32_t own_region = 0;
  std::uint32_t next = 0;  ///< reads: the place of the first copy that was not considered
  Quorum::Scope scope = Quorum::Scope::everywhere;
  bool hint_is_enough = false;  ///< a write that is kept counts
  bool may_speculate = false;
  bool repairing = false;           ///< a read that waits for copies to take what they lacked
  sim::Time began = 0;              ///< reads
  std::vector<CopyAnswer> answers;  ///< reads
  std::size_t bucket(std::uint32_t region) const;
  std::size_t buckets() const { return scope == Quorum::Scope::each_region ? needed.size() : 1; }
  bool hopeless() const;  ///< more answers are needed than can come
};
struct HintQueue {
  InstanceId target = no_instance;
  std::uint32_t link = 0;
  sim::Time since = 0;  ///< when it was last there, as far as this node knows
  struct Hint {
    std::uint64_t key = 0;
    sim::Time written = 0;
  };
  std::vector<Hint> hints;
  std::size_t sent = 0;        ///< of those
  sim::Time paused_until = 0;  ///< after a write that failed
};
/// What a node of a cluster knows beside its hints. It outlives a fault.
struct Node {
  Versions versions;
  RecentLatency reads;
};
struct Hints {
  std::vector<HintQueue> queues;
  bool awake = false;          ///< a wake is to come ...
  std::uint32_t wakes_in = 0;  ///< ... if the load_generation is still this one
};

}  // namespace model
