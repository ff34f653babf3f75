#include "model/replication.h"

namespace model {

const std::vector<std::string>& consistency_names() {
  static const std::vector<std::string> names{"ANY", "ONE", "TWO", "THREE", "QUORUM", "LOCAL_ONE", "LOCAL_QUORUM", "EACH_QUORUM", "ALL"};
  return names;
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

}  // namespace model
