#pragma once
// A database with one primary and secondaries, as MySQL, Amazon RDS and Aurora, and MongoDB run it: what a document says about it, and who
// is primary. Writes go to the primary; secondaries follow it, or acknowledge each write. Who is primary is decided at barriers
// (election.cpp), and everybody sees it at once; what has been written and who has it is in model/replica_log.h.

#include <cstdint>
#include <string>
#include <vector>

#include "model/distribution_spec.h"
#include "model/instance.h"
#include "sim/distribution.h"
#include "sim/time.h"

namespace model {

/// Whom reads go to; in the order of read_from_names().
enum class ReadFrom : std::uint8_t {
  primary,
  secondary,  ///< any of them, the nearest first; the primary when none is known
  nearest,    ///< any, the nearest first
};
const std::vector<std::string>& read_from_names();

struct PrimarySpec {
  static constexpr std::uint32_t majority_acknowledges = 0xFFFF;  ///< so many that with the primary they are more than half
  static constexpr std::uint32_t acknowledgements_max = 100;

  ReadFrom read_from = ReadFrom::primary;
  DistributionSpec lag = {};           ///< of a secondary that is not late already, for each write, the network included
  sim::Time apply = 0;                 ///< a secondary takes at least so long from one write to the next
  std::uint32_t acknowledgements = 0;  ///< of secondaries, before a write is answered; 0: it does not wait for them
  bool goes_on = true;                 ///< when too few secondaries are there to acknowledge: without them; else writes fail
  bool shared_storage = false;         ///< all have the same disks: nothing that was written is lost with its primary
  bool needs_majority = false;         ///< no primary unless more than half of all are up
  DistributionSpec detection = {};     ///< until it is known that the primary is gone
  DistributionSpec failover = {};      ///< from then until another is primary

  bool operator==(const PrimarySpec&) const = default;
};

/// What a document may name. Figures and their sources: docs/model.md.
const std::vector<std::string>& primary_preset_names();
const PrimarySpec& primary_preset(std::size_t number);  ///< the first is the one of those who name none

/// The instances of such a service in one region: one of them is primary, or none. Changed at barriers only.
struct ReplicaSet {
  static constexpr std::uint32_t none = 0xffffffffU;

  std::uint32_t service = 0;
  std::uint32_t shard = 0;
  std::vector<std::uint32_t> groups;
  std::uint32_t size = 1;  ///< how many there should be
  InstanceId primary = no_instance;
  std::uint32_t primary_incarnation = 0;
  std::uint32_t primary_group = 0;
  std::uint32_t term = 0;       ///< grows whenever there is another primary, or none
  bool electing = false;        ///< an election is to come
  bool suspected = false;       ///< it is to be looked whether the primary is gone
  bool hands_over = false;      ///< the last one has said Goodbye: who comes next gets all that it had
  std::uint64_t elections = 0;  ///< that made a primary, the first one of the run left out
  sim::Time since = 0;          ///< of the present term
  sim::Time without = 0;        ///< time without a primary before it
};

/// A PrimarySpec ready to be used.
struct Primary {
  PrimarySpec spec;
  sim::Distribution lag;
  sim::Distribution detection;
  sim::Distribution failover;
};
Primary make_primary(const PrimarySpec& spec);

}  // namespace model
