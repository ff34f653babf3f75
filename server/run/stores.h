#pragma once
// What the outside sees of stores that instances of a service share: queues of brokers, sets with a primary, clusters with copies. Parts of
// a Structure, of Counters and of Histograms, parallel to each other.

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "model/histogram.h"
#include "model/queue.h"
#include "model/replica_log.h"
#include "model/replication.h"
#include "sim/time.h"

namespace model {
class World;
}

namespace run {

/// What one service takes of a topic, in one region.
struct QueueInfo {
  std::string broker;
  std::string topic;
  std::string consumer;  ///< "": nobody
  std::string region;    ///< "*": outside all
};

struct MemberInfo {
  model::InstanceId id = model::no_instance;
  std::string name;
  bool up = false;
};

/// A service with a primary, in one region.
struct ReplicaSetInfo {
  std::string service;
  std::string region;
  std::string primary;  ///< name of an instance; "": there is none
  std::vector<MemberInfo> members;
  std::uint64_t elections = 0;  ///< the first one left out
  sim::Time since = 0;          ///< it is primary, or there is none
  sim::Time without = 0;        ///< time without a primary before that
};

struct Stores {
  std::vector<QueueInfo> queues;
  std::vector<ReplicaSetInfo> sets;
  std::vector<std::string> clusters;  ///< services with copies
};

struct StoreCounts {
  struct Queue {
    model::QueueCount count;
    sim::Time oldest = 0;  ///< for how long the oldest of those that wait has been there
  };
  struct Set {
    model::PrimaryCount count;
    std::vector<std::pair<model::InstanceId, model::ReplicaLog::Behind>> behind;
  };
  std::vector<Queue> queues;
  std::vector<Set> sets;
  std::vector<model::ReplicationCount> clusters;
};

struct StoreHistograms {
  std::vector<model::Histogram> queues;  ///< published to acknowledged
  std::vector<model::Histogram> sets;    ///< written to seen by a secondary

  StoreHistograms since(const StoreHistograms& earlier) const;
};

Stores describe_stores(const model::World& world);
StoreCounts count_stores(const model::World& world);
StoreHistograms times_of_stores(const model::World& world);

}  // namespace run
