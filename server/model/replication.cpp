#include "model/replication.h"

namespace model {

const std::vector<std::string>& consistency_names() {
  static const std::vector<std::string> names{"ANY", "ONE", "TWO", "THREE", "QUORUM", "LOCAL_ONE", "LOCAL_QUORUM", "EACH_QUORUM", "ALL"};
  return names;
}

const std::vector<std::string>& speculation_names() {
  static const std::vector<std::string> names{"p50", "p75", "p90", "p95", "p98", "p99", "p999"};
  return names;
}

double speculation_quantile(std::size_t number) {
  static constexpr double shares[] = {0.5, 0.75, 0.9, 0.95, 0.98, 0.99, 0.999};
  return shares[number];
}

Quorum quorum_of(Consistency level, std::uint32_t factor, std::uint32_t regions) {
  using Scope = Quorum::Scope;
  switch (level) {
    case Consistency::any:
    case Consistency::one:
      return {Scope::everywhere, 1};
    case Consistency::two:
      return {Scope::everywhere, 2};
    case Consistency::three:
      return {Scope::everywhere, 3};
    case Consistency::quorum:
      return {Scope::everywhere, factor * regions / 2 + 1};
    case Consistency::local_one:
      return {Scope::own_region, 1};
    case Consistency::local_quorum:
      return {Scope::own_region, factor / 2 + 1};
    case Consistency::each_quorum:
      return {Scope::each_region, factor / 2 + 1};
    case Consistency::all:
      return {Scope::everywhere, factor * regions};
  }
  return {};
}

void ReplicationCount::add(const ReplicationCount& other) {
  unavailable += other.unavailable;
  speculated += other.speculated;
  compared += other.compared;
  repaired += other.repaired;
  stale += other.stale;
  hints_kept += other.hints_kept;
  hints_sent += other.hints_sent;
  hints_dropped += other.hints_dropped;
}

}  // namespace model
